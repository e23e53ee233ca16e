"""What a page shows of people, noted while it is made and written to the trail before it leaves.

A view says `shown(…)`; after the view, one transaction appends the entries. When that fails there is no page but an
error: nothing is shown that is not recorded. Files are recorded before their first byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g, request

from models.case import Case
from models.person import Person
from models.referral import Referral
from models.trail import Act
from rules.calendar import day_begins
from rules.permissions import Permission
from rules.texts import N_
from services import people, trail
from services.transaction import transaction
from views.access import actor, database, now, today

# Why the role allowed it.
SENT = N_("本單位送出的轉介單")
RECEIVED = N_("送到本單位的轉介單")
OWN_CASE = N_("本人承辦的個案")
UNIT_CASE = N_("本單位的個案")
WITHIN_REACH = N_("職務範圍內的資料列表")
REFERRING = N_("建立轉介單")
VISIT = N_("到本中心的民眾")
APPOINTED = N_("本中心的預約")


@dataclass(frozen=True)
class Sight:
    act: Act
    persons: tuple[int, ...]
    ground: str
    criteria: Mapping[str, Any]


def shown(
    persons: Iterable[int],
    *,
    act: Act = Act.VIEW,
    ground: str,
    criteria: Mapping[str, Any] | None = None,
) -> None:
    """The answer to this request shows data of these persons. `criteria`: what was searched for, an ID masked."""
    g.setdefault("sights", []).append(Sight(act, tuple(persons), ground, criteria or {}))


def shown_live(persons: Iterable[int], *, ground: str) -> None:
    """The same for a part of a page that asks by itself, every few seconds: only whom this screen has not shown to the user
    today, so that an open page makes an entry when somebody new appears on it and not with each question.
    """
    screen = (request.endpoint or "").partition(".")[0]
    if new := set(persons) - trail.seen(database(), screen, by=actor(), since=day_begins(today())):
        shown(new, act=Act.LIST, ground=ground)


def revealed(person: Person, *, ground: str) -> str:
    """The whole national ID, recorded in the caller's transaction."""
    screen = request.endpoint or ""
    return people.reveal(database(), person, screen=screen, ground=ground, by=actor(), at=now())


def write_trail(response: Response) -> Response:
    """After each request. A redirect shows nothing; neither does the page of a crash."""
    sights: list[Sight] = g.pop("sights", [])
    if not sights or 300 <= response.status_code < 400 or response.status_code >= 500:
        return response
    try:
        with transaction(database()):
            for sight in _each_once(sights):
                _record(sight)
    except Exception as error:  # what cannot be recorded is not shown
        failed: Response = current_app.make_response(current_app.handle_user_exception(error))
        return failed
    return response


def _record(sight: Sight) -> None:
    trail.record(
        database(),
        sight.act,
        by=actor(),
        at=now(),
        screen=request.endpoint or "",
        ground=sight.ground,
        persons=sight.persons,
        criteria=sight.criteria,
    )


def _each_once(sights: list[Sight]) -> list[Sight]:
    """A view may read the same person twice for one page."""
    return [sight for at, sight in enumerate(sights) if sight not in sights[:at]]


def ground_of_referral(referral: Referral, case: Case | None) -> str:
    who = actor()
    if referral.referring_unit_id == who.unit_id and who.may(Permission.REFERRAL_FOLLOW):
        return SENT
    return RECEIVED if case is None else ground_of(case)


def ground_of(case: Case) -> str:
    """As what the actor may see this case."""
    who = actor()
    if case.case_manager_id == who.user_id and who.may(Permission.CASE_WORK):
        return OWN_CASE
    return UNIT_CASE if case.unit_id == who.unit_id else SENT
