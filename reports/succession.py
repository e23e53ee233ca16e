"""What an officer leaves behind at the front desk: open visits, appointments to come, owned persons, deputies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from models.account import Account
from models.appointment import Appointment
from models.desk import Counter, Deputy, Post
from models.desk_rules import BusinessType
from models.ownership import Departure, Owner
from models.visit import Visit
from reports.desk_now import CAME_BACK
from reports.session import ReadSession
from rules.desk import AppointmentState
from rules.visit_flow import OPEN_STATES

OPEN = tuple(state.value for state in OPEN_STATES)


@dataclass(frozen=True)
class Owned:
    business_type: BusinessType
    persons: int


@dataclass(frozen=True)
class OfficerRow:
    """`counters`: the numbers of the posts that have not ended; `owned`: persons, over all business types.

    `departure`: of who has left, or is to leave, and did not come back.
    """

    officer: Account
    counters: Sequence[int]
    owned: int
    departure: Departure | None


@dataclass(frozen=True)
class Estate:
    """`appointments`: booked, on `left_on` or later. `deputies`: in order."""

    officer: Account
    posts: Sequence[Post]
    visits: Sequence[Visit]
    appointments: Sequence[Appointment]
    owned: Sequence[Owned]
    deputies: Sequence[Account]
    departure: Departure | None


def officers(session: ReadSession, unit_id: int, day: date) -> list[OfficerRow]:
    """Who has sat, sits or will sit at a counter of the centre, or still owns persons there."""
    counters: dict[int, list[int]] = {}
    posted: set[int] = set()
    posts = select(Post.officer_id, Counter.number, Post.ends_on).join(Counter, Counter.id == Post.counter_id)
    for officer_id, number, ends_on in session.execute(posts.where(Post.unit_id == unit_id)):
        posted.add(officer_id)
        if ends_on is None or ends_on >= day:
            counters.setdefault(officer_id, []).append(number)
    owned = {
        row.officer_id: row.persons
        for row in session.execute(
            select(Owner.officer_id, func.count().label("persons"))
            .where(Owner.unit_id == unit_id)
            .group_by(Owner.officer_id)
        )
    }
    left = {
        departure.officer_id: departure
        for departure in session.scalars(
            select(Departure).where(Departure.unit_id == unit_id, ~CAME_BACK).order_by(Departure.left_on)
        )
    }
    accounts = session.scalars(
        select(Account).where(Account.id.in_(posted | set(owned))).order_by(Account.id)
    )
    return [
        OfficerRow(
            account, sorted(counters.get(account.id, [])), owned.get(account.id, 0), left.get(account.id)
        )
        for account in accounts
    ]


def estate(session: ReadSession, unit_id: int, officer: Account, left_on: date) -> Estate:
    """A fixed number of statements."""
    posts = session.scalars(
        select(Post)
        .where(
            Post.unit_id == unit_id,
            Post.officer_id == officer.id,
            or_(Post.ends_on.is_(None), Post.ends_on >= left_on),
        )
        .order_by(Post.starts_on)
    ).all()
    visits = session.scalars(
        select(Visit)
        .where(Visit.unit_id == unit_id, Visit.officer_id == officer.id, Visit.state.in_(OPEN))
        .order_by(Visit.queue_from, Visit.id)
        .options(joinedload(Visit.business_type))
    ).all()
    appointments = session.scalars(
        select(Appointment)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.officer_id == officer.id,
            Appointment.day >= left_on,
            Appointment.state == AppointmentState.BOOKED,
        )
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.person), joinedload(Appointment.business_type))
    ).all()
    owned = session.execute(
        select(BusinessType, func.count(Owner.id))
        .join(Owner, Owner.business_type_id == BusinessType.id)
        .where(Owner.unit_id == unit_id, Owner.officer_id == officer.id)
        .group_by(BusinessType.id)
        .order_by(BusinessType.position)
    )
    deputies = session.scalars(
        select(Account)
        .join(Deputy, Deputy.deputy_id == Account.id)
        .where(
            Deputy.unit_id == unit_id,
            Deputy.officer_id == officer.id,
            Deputy.starts_on <= left_on,
            or_(Deputy.ends_on.is_(None), Deputy.ends_on >= left_on),
        )
        .order_by(Deputy.rank)
    ).all()
    departure = session.scalars(
        select(Departure)
        .where(Departure.unit_id == unit_id, Departure.officer_id == officer.id)
        .order_by(Departure.left_on.desc())
        .limit(1)
    ).first()
    return Estate(officer, posts, visits, appointments, [Owned(*row) for row in owned], deputies, departure)
