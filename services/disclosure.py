"""A data subject's request: an auditor finds the person by the whole national ID, under the request's number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.crypto import KEYS
from models.person import Person
from models.trail import Act, TrailEntry, TrailPerson
from rules import national_id as ids
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import Faults, FieldFault, NotFound
from rules.permissions import Permission
from rules.texts import N_, check_line
from services import trail
from services.transaction import AnySession

SCREEN = "Disclosure.open"
GROUND = N_("當事人請求(個資法第3條)")
MOST_REASON = 100
NO_REASON = N_("請填寫申請案號或事由，資料彙整會留下紀錄。")


def open_request(
    session: AnySession, *, national_id: str, reason: str, by: Actor, at: datetime
) -> TrailEntry:
    """The entry under which all held on the person may be read that day by this auditor. Raises `Faults`.

    An asking that finds nobody leaves its entry too: commit, then look at `persons`.
    """
    _require(by)
    faults: list[FieldFault] = []
    number = ""
    try:
        number = ids.inspect(national_id).number
    except FieldFault as fault:
        faults.append(FieldFault("national_id", fault.template, **fault.values))
    told = ""
    try:
        told = check_line(reason, field="reason", limit=MOST_REASON, missing=NO_REASON)
    except FieldFault as fault:
        faults.append(fault)
    if faults:
        raise Faults(faults)
    asked = KEYS.search_hash(number)
    found = session.scalar(select(Person.id).where(Person.national_id_hash == asked))
    entry_id = trail.record(
        session,
        Act.DISCLOSE,
        by=by,
        at=at,
        screen=SCREEN,
        ground=GROUND,
        persons=[found] if found else [],
        criteria={"reason": told},
        asked_hash=asked,
    )
    return session.get_one(TrailEntry, entry_id)


def opened_person(
    session: AnySession, entry_id: int, *, by: Actor, at: datetime
) -> tuple[TrailEntry, Person]:
    """Whom the actor's own request of today is about. Raises NotFound for any other."""
    _require(by)
    found = session.execute(
        select(TrailEntry, Person)
        .join(TrailPerson, TrailPerson.entry_id == TrailEntry.id)
        .join(Person, Person.id == TrailPerson.person_id)
        .where(
            TrailEntry.id == entry_id,
            TrailEntry.act == Act.DISCLOSE,
            TrailEntry.actor_id == by.user_id,
            TrailEntry.screen == SCREEN,
        )
    ).one_or_none()
    if found is None or local_date(found[0].at) != local_date(at):
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    return found[0], found[1]


def _require(by: Actor) -> None:
    if not by.may(Permission.PERSON_DISCLOSE):
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
