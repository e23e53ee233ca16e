"""Which slots an officer has free, whom a person meets today, who is booked on a day. Times of Taipei.

What can be booked is decided here once, for the screens and for the service that writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from models import scopes
from models.account import Account
from models.appointment import Appointment
from models.desk import Desk, Post
from models.desk_rules import CentreHoliday
from models.ownership import Departure
from models.person import NameSuffix, Person
from reports.attendance import away, keeps_away
from reports.criteria import MAX_TYPED, name_holds, person_with
from reports.desk_now import CAME_BACK, left_by
from reports.office_days import office_days
from reports.session import ReadSession
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import AppointmentState
from rules.errors import FieldFault
from rules.slots import MOST_DAYS_AHEAD, Span, free, opens, slots
from rules.texts import has_unprintable, tidy_line

TAKEN = (AppointmentState.BOOKED.value, AppointmentState.KEPT.value)


def free_slots(session: ReadSession, unit_id: int, officer_id: int, day: date) -> list[Span]:
    """Of one officer on one day, those of this morning too; none on a closed day or without a post."""
    return free_between(session, unit_id, officer_id, day, day)


def next_free(session: ReadSession, unit_id: int, officer_id: int, after: datetime, count: int) -> list[Span]:
    """The first free slots that begin later than `after`; fewer if the months to come have no more."""
    day, last = local_date(after), local_date(after) + timedelta(days=MOST_DAYS_AHEAD)
    found: list[Span] = []
    # A few weeks at once: nearly always enough, and no walk day by day through a long leave.
    while day <= last and len(found) < count:
        until = min(day + timedelta(days=20), last)
        found += (
            slot for slot in free_between(session, unit_id, officer_id, day, until) if slot.starts_at > after
        )
        day = until + timedelta(days=1)
    return found[:count]


def free_between(session: ReadSession, unit_id: int, officer_id: int, first: date, last: date) -> list[Span]:
    """Of one officer over some days, in a fixed number of statements."""
    minutes = slot_minutes(session, unit_id)
    posts = posted_officers(session, unit_id, first, last)
    left_on = session.scalar(
        select(func.min(Departure.left_on)).where(
            Departure.unit_id == unit_id, Departure.officer_id == officer_id, ~CAME_BACK
        )
    )
    days = [day for day in open_days(session, unit_id, first, last) if left_on is None or day < left_on]
    gone = keeps_away(away(session, unit_id, first, last, officers=[officer_id]).get(officer_id, ()))
    taken = session.execute(
        select(Appointment.starts_at, Appointment.ends_at).where(
            Appointment.officer_id == officer_id,
            Appointment.day.between(first, last),
            Appointment.state.in_(TAKEN),
        )
    )
    spans = [Span(*row) for row in taken]
    offered = (
        slot
        for day in days
        if any(post.officer_id == officer_id and _in_force(post, day) for post in posts)
        for slot in slots(day, minutes)
    )
    return free(offered, away=gone, taken=spans)


def today_for(session: ReadSession, unit_id: int, person_id: int, at: datetime) -> list[Appointment]:
    """The person's booked appointments of the day, the next one first: past or still to come."""
    found = select(Appointment).where(
        Appointment.unit_id == unit_id,
        Appointment.person_id == person_id,
        Appointment.day == local_date(at),
        Appointment.state == AppointmentState.BOOKED.value,
    )
    return list(session.scalars(found.order_by(Appointment.starts_at)))


def of_day(session: ReadSession, unit_id: int, day: date) -> list[Appointment]:
    """The booked and the kept ones, in the order of time."""
    found = (
        select(Appointment)
        .where(Appointment.unit_id == unit_id, Appointment.day == day, Appointment.state.in_(TAKEN))
        .options(
            joinedload(Appointment.officer),
            joinedload(Appointment.person),
            joinedload(Appointment.business_type),
        )
    )
    return list(session.scalars(found.order_by(Appointment.starts_at, Appointment.officer_id)))


def slot_minutes(session: ReadSession, unit_id: int | None) -> int:
    """Half an hour where no desk says otherwise."""
    return session.scalar(select(Desk.slot_minutes).where(Desk.unit_id == unit_id)) or 30


def open_days(session: ReadSession, unit_id: int, first: date, last: date) -> list[date]:
    """The days on which the centre works: the government's calendar, corrected by the centre's own."""
    calendar = office_days(first, last)
    exceptions = {on: row.open for on, row in exceptions_of(session, unit_id, first, last).items()}
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if opens(day, calendar, exceptions)]


def posted_officers(session: ReadSession, unit_id: int, first: date, last: date) -> Sequence[Post]:
    """The posts that touch the days, of officers who have not left the centre by their first day."""
    found = (
        select(Post)
        .join(Account, Account.id == Post.officer_id)
        .where(
            Post.unit_id == unit_id,
            Post.starts_on <= last,
            or_(Post.ends_on.is_(None), Post.ends_on >= first),
            Account.active.is_(True),
            Account.unit_id == unit_id,
            Post.officer_id.not_in(left_by(unit_id, first)),
        )
        .options(joinedload(Post.counter), joinedload(Post.officer))
        .order_by(Post.starts_on, Post.id)
    )
    return session.scalars(found).all()


def _in_force(post: Post, day: date) -> bool:
    return post.starts_on <= day and (post.ends_on is None or day <= post.ends_on)


def exceptions_of(
    session: ReadSession, unit_id: int, first: date, last: date
) -> Mapping[date, CentreHoliday]:
    found = select(CentreHoliday).where(
        CentreHoliday.unit_id == unit_id, CentreHoliday.day.between(first, last)
    )
    return {row.day: row for row in session.scalars(found)}


def known_persons(
    session: ReadSession, actor: Actor, typed: str, *, also: int | None = None, at_most: int
) -> Sequence[Person]:
    """Whom of the centre's own an ID number or a part of a name means, and the one chosen before. By name, then birthday."""
    text = tidy_line(typed)[:MAX_TYPED]
    which: list[ColumnElement[bool]] = [Person.id == also] if also else []
    try:
        which.append(Person.id.in_(person_with(text)))
    except FieldFault:
        if text and not has_unprintable(text):
            which.append(Person.id.in_(select(NameSuffix.person_id).where(name_holds(text))))
    if not which:
        return ()
    found = select(Person).where(or_(*which), scopes.centre_persons(actor), Person.anonymised_on.is_(None))
    return session.scalars(found.order_by(Person.name, Person.birthday, Person.id).limit(at_most)).all()
