"""People: looked up by name and national ID, registered, corrected, their number revealed; with a trace.

A person's row is shared by all units. A look-up is also a way to fish for personal data, so it is counted in
the database over all workers, and a refusal says the same whoever the number belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from models.crypto import KEYS
from models.person import NameSuffix, Person, PersonRevision
from models.trail import Act
from rules import national_id as ids
from rules.actor import Actor
from rules.calendar import local_time_text
from rules.errors import NotFound, RuleBroken, StaleVersion
from rules.names import same_name, suffixes
from rules.permissions import Permission
from rules.person import PersonFields, check_name
from rules.texts import N_
from services import accounts, look_ups, postal, trail
from services.transaction import AnySession

LOOK_UP_SCREEN = "ReferralSubmit.look_up"
GROUND = "轉介個案建立"

NO_PERSON = N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。")
DOES_NOT_FIT = N_("姓名與身分證字號不相符,請對照證件檢查後再查詢。若確認無誤,請洽系統管理者。")

# What a form may change, with the words the user knows the fields by.
LABELS = {
    "name": N_("姓名"),
    "birthday": N_("出生日期"),
    "phone": N_("連絡電話"),
    "home_phone": N_("家裡電話"),
    "other_phone": N_("其他連絡電話"),
    "address": N_("居住地址"),
    "postal_code": N_("郵遞區號"),
}


@dataclass(frozen=True)
class LookUp:
    """Neither person nor refusal: nobody has this number.

    The refusal is handed back and not raised: raising it would roll back the log entry and the count with it.
    """

    person: Person | None = None
    refusal: RuleBroken | None = None


def look_up(
    session: AnySession,
    *,
    name: str,
    national_id: str,
    by: Actor,
    at: datetime,
    screen: str = LOOK_UP_SCREEN,
) -> LookUp:
    """Raises `Faults` of the two fields, and `TooMany` after 30 look-ups of one user in 10 minutes."""
    check_name(name)
    number = ids.inspect(national_id).number
    _require(by, Permission.REFERRAL_SUBMIT)
    accounts.take_turn(session, by.user_id)
    look_ups.require_room(session, by=by, at=at)
    found = with_number(session, number)
    trail.record(
        session,
        Act.LOOK_UP,
        by=by,
        at=at,
        screen=screen,
        ground=GROUND,
        persons=[found.id] if found else [],
        asked_hash=KEYS.search_hash(number),
    )
    return fitting(found, name)


def fitting(found: Person | None, name: str) -> LookUp:
    """The holder of the number asked for, if it is asked under the holder's name."""
    if found is not None and not same_name(name, found.name):
        return LookUp(refusal=RuleBroken(DOES_NOT_FIT))
    return LookUp(found)


def look_up_together(
    session: AnySession,
    numbers: Collection[ids.NationalId],
    *,
    screen: str,
    ground: str,
    by: Actor,
    at: datetime,
) -> dict[str, Person]:
    """Who is known, by number; one entry names them all. Whether the names fit is the caller's to see.

    Counts as a look-up of every number, known or not: raises `TooMany` after 180 of one user in an hour. The caller
    holds the user's turn (`accounts.take_turn`), lest two batches at once have room for one.
    """
    hashes = {KEYS.search_hash(number.number): number.number for number in numbers}
    if not hashes:
        return {}
    _require(by, Permission.REFERRAL_SUBMIT)
    look_ups.require_room(session, batch=len(hashes), by=by, at=at)
    found = session.scalars(select(Person).where(Person.national_id_hash.in_(sorted(hashes)))).all()
    unknown = sorted(hashes.keys() - {person.national_id_hash for person in found})
    trail.record(
        session,
        Act.LOOK_UP,
        by=by,
        at=at,
        screen=screen,
        ground=ground,
        persons=[person.id for person in found],
        criteria={look_ups.ASKED: len(hashes)} | ({look_ups.UNKNOWN: unknown} if unknown else {}),
    )
    return {hashes[person.national_id_hash]: person for person in found}


def register(session: AnySession, fields: PersonFields, *, by: Actor, at: datetime) -> LookUp:
    """A new person; or the known one, if somebody was first. Counts as a look-up, for it answers like one."""
    postal.require_code(session, fields.postal_code)
    known = look_up(session, name=fields.name, national_id=fields.national_id, by=by, at=at)
    if known.person or known.refusal:
        return known
    added = add(session, fields, by=by, at=at)
    return LookUp(added) if added else fitting(with_number(session, fields.national_id), fields.name)


def add(session: AnySession, fields: PersonFields, *, by: Actor, at: datetime) -> Person | None:
    """The second half of `register`, for whom a look-up has just not found. The postal code is known to exist.

    None when somebody else has registered the number since: what was typed is not saved then.
    """
    _require(by, Permission.REFERRAL_SUBMIT, Permission.VISIT_RECEIVE)
    number = ids.inspect(fields.national_id)
    person = Person(
        **asdict(fields),
        national_id_hash=KEYS.search_hash(number.number),
        national_id_kind=number.kind,
        sex=number.sex,
    )
    _stamp(person, by, at)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        return None
    write_suffixes(session, person)
    return person


def update(
    session: AnySession, person_id: int, fields: PersonFields, *, opened_version: int, by: Actor, at: datetime
) -> Person:
    """Saves what differs and keeps what stood there. The caller knows that the actor looked the person up.

    Locks the person's row. Raises `StaleVersion`, naming who saved what since `opened_version`, if it differs
    from what was typed; somebody who typed the same is no obstacle.
    """
    _require(by, Permission.REFERRAL_SUBMIT)
    person = session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if person is None or person.national_id != fields.national_id:
        raise NotFound(NO_PERSON)
    changed = [field for field in LABELS if getattr(person, field) != getattr(fields, field)]
    if not changed:
        return person
    if person.version != opened_version:
        raise StaleVersion(
            "個案資料在您開啟後已由 %(who)s 於 %(when)s 修改,與您填寫的不同:%(fields)s。"
            "請按「查詢」帶入最新資料後再送出。",
            who=person.changed_by_name,
            when=local_time_text(person.changed_at) if person.changed_at else "",
            fields="、".join(LABELS[field] for field in changed),
        )
    if "postal_code" in changed:
        postal.require_code(session, fields.postal_code)
    session.add(PersonRevision(**revision_values(person, by=by, at=at)))
    for field in changed:
        setattr(person, field, getattr(fields, field))
    _stamp(person, by, at)
    session.flush()
    if "name" in changed:
        write_suffixes(session, person)
    return person


def reveal(session: AnySession, person: Person, *, screen: str, ground: str, by: Actor, at: datetime) -> str:
    """The whole number, for a person the caller has found in the actor's scope. `ground`: why he may see it."""
    _require(by, Permission.PERSON_REVEAL)
    trail.record(session, Act.REVEAL, by=by, at=at, screen=screen, ground=ground, persons=[person.id])
    return person.national_id


def revision_values(person: Person, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The columns of the revision that keeps what stands in the row now."""
    before = {field: getattr(person, field) for field in LABELS}
    return {
        "person_id": person.id,
        "before": json.dumps(before, ensure_ascii=False, default=str),
        "changed_at": at,
        "changed_by_id": by.user_id,
    }


def write_suffixes(session: AnySession, person: Person) -> None:
    session.execute(delete(NameSuffix).where(NameSuffix.person_id == person.id))
    session.add_all(NameSuffix(suffix=suffix, person_id=person.id) for suffix in suffixes(person.name))
    session.flush()


def with_number(session: AnySession, number: str) -> Person | None:
    """Whoever has the number; the caller records that it was asked for."""
    return session.scalars(
        select(Person).where(Person.national_id_hash == KEYS.search_hash(number))
    ).one_or_none()


def _require(by: Actor, *permissions: Permission) -> None:
    """Any one of them is enough."""
    if not any(by.may(permission) for permission in permissions):
        raise NotFound(NO_PERSON)


def _stamp(person: Person, by: Actor, at: datetime) -> None:
    person.changed_at, person.changed_by_id, person.changed_by_name = at, by.user_id, by.name
