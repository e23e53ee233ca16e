"""Finding and registering visitors at the reception: with limits, and an entry in the trail for every number asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models.crypto import KEYS
from models.desk_rules import BusinessType
from models.person import NameSuffix, Person
from models.scopes import centre_persons, visits
from models.trail import Act, TrailEntry
from models.visit import Visit
from reports.criteria import name_holds
from rules import national_id as ids
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import FieldFault, NotFound
from rules.permissions import Permission
from rules.person import check_visitor
from rules.texts import N_, check_line
from services import accounts, look_ups, people, trail
from services.people import LookUp
from services.transaction import AnySession

GROUND = N_("接待台報到")
MOST_FOUND = 30
MAX_SEARCH = 60
# A check-in follows its look-up; what was found yesterday is asked for again.
REMEMBERED = timedelta(hours=12)

NOTHING_TYPED = N_("請輸入身分證字號、姓名或號碼牌。")
NO_NUMBER = N_("請輸入身分證字號。")
_NUMBER = re.compile(r"[A-Z]{1,2}[0-9]{5,}")
_TICKET = re.compile(r"([A-Z])?([0-9]{1,5})")


@dataclass(frozen=True)
class Finding:
    """What one search box found: persons, today's visit of a ticket, or a valid `number` that nobody has yet."""

    persons: tuple[Person, ...] = ()
    visit: Visit | None = None
    number: str = ""


def find_person(session: AnySession, text: str, *, by: Actor, at: datetime, screen: str) -> Finding:
    """By ID number (any holder; counted and in the trail), by ticket of today, or by name among the centre's persons.

    Raises `FieldFault` at `search`, and `TooMany`. What is found by name or ticket the view records (`trail.shown`).
    """
    _require(by)
    line = check_line(text, field="search", limit=MAX_SEARCH, missing=NOTHING_TYPED)
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", line)).upper()
    if _NUMBER.match(code):
        return _by_number(session, line, by=by, at=at, screen=screen)
    ticket = _TICKET.fullmatch(code)
    if ticket:
        return Finding(visit=_by_ticket(session, ticket[1], int(ticket[2]), by=by, at=at))
    return Finding(_by_name(session, line, by=by))


def find_number(session: AnySession, text: str, *, by: Actor, at: datetime, screen: str) -> Finding:
    """By ID number alone: whose papers are at hand. Raises and records as `find_person` does."""
    _require(by)
    line = check_line(text, field="search", limit=MAX_SEARCH, missing=NO_NUMBER)
    return _by_number(session, line, by=by, at=at, screen=screen)


def register_visitor(
    session: AnySession, raw: Mapping[str, str], *, by: Actor, at: datetime, screen: str
) -> LookUp:
    """A new person of name, national_id, birthday (ROC) and phone, if there is one; the known one if somebody was first.

    Counts as a look-up, for it answers like one. Raises `Faults` and `TooMany`. A known number under another name is
    refused in the result: raising would roll the entry in the trail back.
    """
    _require(by)
    fields = check_visitor(raw, today=local_date(at))
    known = _look_up(session, fields.national_id, by=by, at=at, screen=screen)
    if known is None:
        added = people.add(session, fields, by=by, at=at)
        if added is not None:
            return LookUp(added)
        known = people.with_number(session, fields.national_id)
    return people.fitting(known, fields.name)


def receivable(session: AnySession, person_id: int, *, by: Actor, at: datetime) -> Person:
    """The person whom the actor may check in: of this centre, or looked up by the actor lately. Raises `NotFound`:
    a person's number in the database is no way to his name."""
    person = session.get(Person, person_id)
    if person is None or not (_of_the_centre(session, person, by) or _looked_up(session, person, by, at)):
        raise NotFound(people.NO_PERSON)
    return person


def _by_number(session: AnySession, text: str, *, by: Actor, at: datetime, screen: str) -> Finding:
    try:
        number = ids.inspect(text).number
    except FieldFault as fault:
        raise FieldFault("search", fault.template, **fault.values) from fault
    found = _look_up(session, number, by=by, at=at, screen=screen)
    return Finding((found,)) if found else Finding(number=number)


def _look_up(session: AnySession, number: str, *, by: Actor, at: datetime, screen: str) -> Person | None:
    accounts.take_turn(session, by.user_id)
    look_ups.require_room(session, by=by, at=at, limits=look_ups.FRONT_DESK)
    found = people.with_number(session, number)
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
    return found


def _by_ticket(
    session: AnySession, letter: str | None, number: int, *, by: Actor, at: datetime
) -> Visit | None:
    """Numbers are unique in a centre's day; a letter that does not belong to the number finds nothing."""
    of_today = (
        select(Visit)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .where(visits(by), Visit.day == local_date(at), Visit.number == number)
    )
    if letter:
        of_today = of_today.where(BusinessType.letter == letter)
    return session.scalars(of_today).first()


def _by_name(session: AnySession, name: str, *, by: Actor) -> tuple[Person, ...]:
    named = select(NameSuffix.person_id).where(name_holds(name))
    return tuple(
        session.scalars(
            select(Person)
            .where(Person.id.in_(named), centre_persons(by), Person.anonymised_on.is_(None))
            .order_by(Person.name, Person.birthday, Person.id)
            .limit(MOST_FOUND)
        )
    )


def _of_the_centre(session: AnySession, person: Person, by: Actor) -> bool:
    return session.scalar(select(Person.id).where(Person.id == person.id, centre_persons(by))) is not None


def _looked_up(session: AnySession, person: Person, by: Actor, at: datetime) -> bool:
    asked = select(TrailEntry.id).where(
        TrailEntry.actor_id == by.user_id,
        TrailEntry.act == Act.LOOK_UP.value,
        TrailEntry.at > at - REMEMBERED,
        TrailEntry.asked_hash == person.national_id_hash,
    )
    return session.scalar(asked.limit(1)) is not None


def _require(by: Actor) -> None:
    if not by.may(Permission.VISIT_RECEIVE):
        raise NotFound(people.NO_PERSON)
