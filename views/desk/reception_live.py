"""The parts of the reception's page that update by themselves.

The counters and the state of a visit are tickets and counters only. Of the two lists with names the trail hears when
somebody new appears on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import select

from models.visit import Visit
from reports import reception as watch
from reports.appointments import of_day
from reports.counter_post import beside
from reports.desk_now import CounterNow, counters_now
from reports.desk_waits import long_waits, wait_limit
from reports.forgotten import forgotten
from reports.left_over import left_over
from reports.my_counter import last_step
from rules import desk as words
from rules.errors import NotFound
from rules.visit_flow import STATE_TEXT
from rules.waiting import waited
from services import desk, transfers
from views import trail
from views.access import actor, database, now, today
from views.desk.words import PRESENCE_TEXT, UNDO_TEXT, spoken
from views.steps import chosen_id


def board(*, debts: bool) -> dict[str, Any]:
    """The live counters, and who is stuck: tickets and counters only."""
    unit_id = unit_with_desk()
    counters = counters_now(database(), unit_id, now())
    limit = wait_limit(database(), unit_id, today())
    return {
        "counters": counters,
        "next_change": watch.next_change(counters, limit, now()),
        "debts": watch.debts_by_officer(database(), unit_id, counters, now()) if debts else None,
        "waits": long_waits(database(), unit_id, at=now()),
        "undispatched": [
            (each, spoken(each.reason), waited(each.since, now()))
            for each in watch.undispatched(database(), unit_id, now())
        ],
        "unanswered": [
            watch.Unanswered(visit, counter, beside(counters, counter.counter_id))
            for counter, visit in watch.on_the_way(counters, now())
        ],
        "left_over": forgotten(database(), unit_id, today()),
        "presences": PRESENCE_TEXT,
        "words": words,
        "agreed": len(transfers.pending(database(), unit_id)),
        "stay": stay(),
    }


def status_values(visit: Visit) -> dict[str, Any]:
    """The part of the card that updates by itself."""
    counters = counters_now(database(), visit.unit_id, now())
    here = next((each for each in counters if each.counter_id == visit.counter_id), None)
    near: Sequence[CounterNow] = ()
    if here and any(found.visit_id == visit.id for _counter, found in watch.on_the_way(counters, now())):
        near = beside(counters, here.counter_id)
    return {
        "visit": visit,
        "is_left_over": _is_left_over(visit),
        "here": here,
        "near": near,
        "last": last_step(database(), actor(), now(), visit_id=visit.id),
        "undo_texts": UNDO_TEXT,
        "presences": PRESENCE_TEXT,
        "words": words,
        "states": STATE_TEXT,
    }


def live_appointments() -> dict[str, Any]:
    """Today's appointments, for the page that is open."""
    found = of_day(database(), unit_with_desk(), today())
    trail.shown_live({each.person_id for each in found}, ground=trail.VISIT)
    return {"appointments": found}


def live_transfers() -> dict[str, Any]:
    """The agreed transfers, for the page that is open."""
    pending = transfers.pending(database(), unit_with_desk())
    trail.shown_live({each.person_id for each in pending}, ground=trail.VISIT)
    return {"transfers": pending}


def stay() -> str:
    """Who is at hand, as the forms beside the live counters carry it: `person:12`, `visit:34`."""
    at_hand = request.args.get("stay", "")
    for name in ("visit", "person"):
        if (key := chosen_id(name)) is not None:
            at_hand = f"{name}:{key}"
    return at_hand


def unit_with_desk() -> int:
    unit_id = actor().unit_id
    if unit_id is None or desk.serial(database(), unit_id) is None:
        raise NotFound(desk.NO_DESK)
    return unit_id


def _is_left_over(visit: Visit) -> bool:
    wanted = select(Visit.id).where(Visit.id == visit.id, left_over(today()))
    return database().scalar(wanted) is not None
