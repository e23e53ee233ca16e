"""Dispatching a visit: the facts, the decision by the rules, and its row with all that it was made from. Spec 2-dispatch §4.

The decisions of a centre follow each other, for each is made by who holds its desk (`services.desk.hold`): two
receptions that dispatch at the same moment see each other's cases.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.notice import Notice
from models.visit import Decision, DutyList, Visit
from reports.desk_now import ticket
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import GroupKind, NoticeKind
from rules.dispatch import ON_DUTY, Facts, Rule, Sentence, Verdict, decide, duty
from rules.errors import FieldFault, RuleBroken
from rules.permissions import Permission
from rules.replay import Replay, replayed
from rules.texts import N_
from rules.visit_flow import Move, State
from services import desk, employer_notice, notices
from services.dispatch_facts import WAITED_TOO_LONG, facts_of
from services.transaction import AnySession
from services.visit_moves import make_move

NOBODY_ELSE = N_("目前沒有其他可以接手的值勤櫃台，這位民眾仍在原櫃台等候。請洽督導。")
UNDISPATCHED = N_("%(ticket)s（%(business_type)s）目前沒有櫃台可以接案，請督導處理。")
NO_COUNTER = N_("沒有這個櫃台，請重新選擇。")
ALREADY_THERE = N_("這位民眾已在這個櫃台等候。")
NOT_ON_DUTY = N_("%(counter)s 號櫃台目前無人值勤，請選擇其他櫃台。")
DISABILITY_ONLY = N_("身障民眾由身障櫃台服務；若無人值勤，請由督導決定或請民眾預約。")
# Without the reason: nothing is ever taken out of a decision, and the reason is about a person. The entry has it.
CHOSEN = N_("接待台指定 %(counter)s 號櫃台 %(officer)s。")


def dispatch(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> Decision:
    """A CHECKED_IN visit goes to its counter; or it stays, and the supervisor is told. The caller holds the desk."""
    facts = facts_of(session, visit, at=at)
    verdict = decide(facts)
    decision = _store(session, visit, facts, verdict, at=at)
    if verdict.counter_id is None:
        _tell_supervisor(session, visit, by=by, at=at)
    else:
        _move(session, visit, Move.DISPATCH, decision, facts, by=by, at=at)
    return decision


def dispatch_elsewhere(
    session: AnySession, visit: Visit, *, by: Actor, at: datetime, reason: str = ""
) -> Decision:
    """After too long a wait: to another counter by the rule. Raises `RuleBroken` when there is none. The caller holds
    the desk."""
    _take_back(session, visit)
    away_from = ((visit.officer_id, WAITED_TOO_LONG),) if visit.officer_id else ()
    facts = facts_of(session, visit, at=at, redirected=True, excluded=away_from)
    verdict = decide(facts)
    if verdict.counter_id is None:
        raise RuleBroken(NOBODY_ELSE)
    decision = _store(session, visit, facts, verdict, at=at)
    _move(session, visit, Move.REDIRECT, decision, facts, by=by, at=at, reason=reason)
    return decision


def dispatch_to(
    session: AnySession, visit: Visit, counter_id: int, *, reason: str, by: Actor, at: datetime
) -> Decision:
    """To the counter that reception chose; what the rule would have said can be made again from the facts.

    Raises `FieldFault` at `counter_id`. The caller holds the desk and has checked the reason.
    """
    if visit.counter_id == counter_id:
        raise FieldFault("counter_id", ALREADY_THERE)
    _take_back(session, visit)
    facts = facts_of(session, visit, at=at)
    chosen = next((one for one in facts.candidates if one.counter_id == counter_id), None)
    if chosen is None:
        raise FieldFault("counter_id", NO_COUNTER)
    if chosen.presence not in ON_DUTY:
        raise FieldFault("counter_id", NOT_ON_DUTY, counter=chosen.counter)
    kinds = {group.id: group.kind for group in facts.groups}
    if (
        facts.disability
        and kinds[chosen.group_id] != GroupKind.DISABILITY
        and not by.may(Permission.DESK_SUPERVISE)
    ):
        raise FieldFault("counter_id", DISABILITY_ONLY)
    words = Sentence(CHOSEN, {"counter": chosen.counter, "officer": chosen.officer})
    verdict = Verdict(
        Rule.OVERRIDE,
        chosen.officer_id,
        chosen.counter_id,
        chosen.group_id,
        counted=facts.new_case,
        reason=(words,),
        passed=(),
    )
    decision = _store(session, visit, facts, verdict, at=at)
    _move(session, visit, Move.OVERRIDE, decision, facts, by=by, at=at, reason=reason)
    return decision


def redispatch_waiting(session: AnySession, unit_id: int, *, by: Actor, at: datetime) -> list[Decision]:
    """Today's undispatched visits, oldest first; whenever somebody comes on duty. Gives the decisions that found a counter.

    Who still finds none stays as he was: the decision that said so stands already. Holds the desk.
    """
    desk.hold(session, unit_id)
    made = []
    for visit in undispatched(session, unit_id, at=at):
        facts = facts_of(session, visit, at=at)
        verdict = decide(facts)
        if verdict.counter_id is None:
            continue
        decision = _store(session, visit, facts, verdict, at=at)
        _move(session, visit, Move.DISPATCH, decision, facts, by=by, at=at)
        made.append(decision)
    return made


def undispatched(session: AnySession, unit_id: int, *, at: datetime) -> Sequence[Visit]:
    """Today's visits that no counter has taken, oldest first."""
    return session.scalars(
        select(Visit)
        .where(Visit.unit_id == unit_id, Visit.state == State.CHECKED_IN.value, Visit.day == local_date(at))
        .order_by(Visit.checked_in_at, Visit.id)
    ).all()


def replay(decision: Decision) -> Verdict:
    """The same decision made again from what was stored; of an override, what the rule would have said."""
    return decide(Facts.from_json(decision.facts))


def compared(decision: Decision) -> Replay:
    """The decision made again, and whether it comes to the same."""
    return replayed(
        Facts.from_json(decision.facts),
        rule=Rule(decision.rule),
        to=(decision.counter_id, decision.officer_id, decision.group_id),
        counted=decision.counted,
        reason=decision.reason,
        passed=decision.passed,
    )


def _store(session: AnySession, visit: Visit, facts: Facts, verdict: Verdict, *, at: datetime) -> Decision:
    words = verdict.to_json()
    decision = Decision(
        visit_id=visit.id,
        unit_id=visit.unit_id,
        at=at,
        rule=verdict.rule.value,
        counter_id=verdict.counter_id,
        officer_id=verdict.officer_id,
        group_id=verdict.group_id,
        counted=verdict.counted,
        reason=words["reason"],
        passed=words["passed"],
        facts=facts.to_json(),
    )
    session.add(decision)
    session.flush()
    return decision


def _move(
    session: AnySession,
    visit: Visit,
    move: Move,
    decision: Decision,
    facts: Facts,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """The visit joins the counter's queue, and with it the count of its new case. Of an employer the section hears."""
    make_move(
        session,
        visit,
        move,
        by=by,
        at=at,
        reason=reason,
        detail={"decision": decision.id, "from_officer": visit.officer_id, "to_officer": decision.officer_id},
        counter_id=decision.counter_id,
        officer_id=decision.officer_id,
        group_id=decision.group_id,
        counted=decision.counted,
        duty_list_id=duty_list_of(session, visit.unit_id, duty(facts)) if decision.counted else None,
        overridden=visit.overridden or move is Move.OVERRIDE,  # counted once, wherever the visit ends
        dispatched_at=at,
        sent_at=None,
        acknowledged_at=None,
        called_at=None,
        calls=0,
    )
    employer_notice.announce(session, visit, by=by, at=at)


def _take_back(session: AnySession, visit: Visit) -> None:
    """A case that moves on is no longer its officer's when the debts are weighed."""
    visit.counted, visit.duty_list_id = False, None
    session.flush()


def duty_list_of(session: AnySession, unit_id: int, content: list[Any]) -> int:
    """The row of this content, written once in each centre. The caller holds the desk, so nobody else writes it now."""
    digest = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    known = session.scalar(select(DutyList.id).where(DutyList.unit_id == unit_id, DutyList.digest == digest))
    if known is not None:
        return known
    written = DutyList(unit_id=unit_id, digest=digest, content=content)
    session.add(written)
    session.flush()
    return written.id


def _tell_supervisor(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> None:
    """Once, until somebody has acknowledged it."""
    told = select(Notice.id).where(
        Notice.visit_id == visit.id,
        Notice.kind == NoticeKind.UNDISPATCHED.value,
        Notice.acknowledged_at.is_(None),
    )
    if session.scalar(told.limit(1)) is not None:
        return
    notices.tell(
        session,
        visit.unit_id,
        NoticeKind.UNDISPATCHED,
        UNDISPATCHED,
        to=Permission.DESK_SUPERVISE,
        at=at,
        by=by,
        visit_id=visit.id,
        ticket=ticket(visit.business_type.letter, visit.number),
        business_type=visit.business_type.name,
    )
