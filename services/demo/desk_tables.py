"""The tables of a demo centre's front desk: eight counters in six groups, and the rules that dispatch by them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from models.account import Account
from models.desk import Counter, CounterGroup, Deputy, Desk, Post
from models.desk_rules import (
    BusinessType,
    IdentityGroup,
    NewCaseRule,
    RatioShare,
    Target,
    WaitLimit,
)
from models.desk_staff import ReceptionShift
from models.organisation import Unit
from rules.calendar import add_months, local_date
from rules.desk import Distribution, GroupKind, Kind
from rules.texts import N_
from services.demo.cast import HSINCHU
from services.transaction import AnySession

# Name, kind, takes benefit cases, queue limit, share of this year's new registrations.
GROUPS = (
    ("一般", GroupKind.GENERAL, True, None, 1860),
    ("身障", GroupKind.DISABILITY, False, None, 240),
    ("原住民", GroupKind.PROGRAMME, True, 4, 310),
    (N_("更生"), GroupKind.PROGRAMME, True, 4, 190),
    ("個管", GroupKind.CASE_MANAGEMENT, False, None, 0),
    ("求才", GroupKind.EMPLOYER, False, None, 0),
)
# The group of each counter, in the order of their numbers; counter1 … counter8 sit there.
COUNTERS = ("一般", "一般", "一般", "身障", "原住民", "更生", "個管", "求才")
UPSTAIRS = {8: "二樓求才區"}
DEPUTIES = {1: (2, 3), 2: (3, 1), 3: (1, 2), 4: (7, 1), 5: (6, 2), 6: (5, 3), 7: (4, 2), 8: (1,)}
# Letter, name, kind, distribution, usual minutes, months without a service after which a case is new.
TYPES = (
    ("A", "一般求職", Kind.JOB_SEEKING, Distribution.RATIO, 20, 24),
    ("B", "失業給付", Kind.BENEFIT, Distribution.EVEN, 15, 24),
    ("C", "職業訓練", Kind.TRAINING, Distribution.RATIO, 15, 12),
    ("D", "求才(雇主)", Kind.EMPLOYER, Distribution.EMPLOYER, 20, 12),
)
# Identity codes of the manual: 4 indigenous, 9 released from prison, 18 drugs.
IDENTITIES = ((4, "原住民", 1), (9, "更生", 2), (18, "更生", 2))
SHIFTS = ((time(8), time(12)), (time(13), time(17)))
SHIFT_DAYS = 35
SATURDAY = 5


def seed_desk(session: AnySession, unit_code: str = HSINCHU, *, at: datetime) -> Desk:
    """Once: a centre that has a front desk keeps it. In force from the first day of last year."""
    unit_id = session.scalars(select(Unit.id).where(Unit.code == unit_code)).one()
    known = session.get(Desk, unit_id)
    if known is not None:
        return known
    today = local_date(at)
    since = date(today.year - 1, 1, 1)
    desk = Desk(unit_id=unit_id, notice="請備妥身分證件，聽到叫號後請至櫃台辦理。")
    session.add(desk)
    groups = _groups(session, unit_id, since, today)
    _counters(session, unit_id, groups, since)
    _types(session, unit_id, since)
    session.add_all(
        IdentityGroup(unit_id=unit_id, identity_code=code, group_id=groups[name].id, priority=priority)
        for code, name, priority in IDENTITIES
    )
    session.add(WaitLimit(unit_id=unit_id, effective_from=since, minutes=30))
    session.add_all(
        Target(unit_id=unit_id, kind=kind.value, effective_from=since, percent=percent)
        for kind, percent in ((Kind.JOB_SEEKING, 60), (Kind.BENEFIT, 70))
    )
    _shifts(session, unit_id, today)
    session.flush()
    return desk


def _groups(session: AnySession, unit_id: int, since: date, today: date) -> dict[str, CounterGroup]:
    groups = {
        name: CounterGroup(
            unit_id=unit_id,
            name=name,
            kind=kind.value,
            takes_benefit=takes_benefit,
            queue_limit=limit,
            position=position,
        )
        for position, (name, kind, takes_benefit, limit, _share) in enumerate(GROUPS, start=1)
    }
    session.add_all(groups.values())
    session.flush()
    # Two tables, as in life: last year's, and this year's from its first month on.
    for year, start in ((since.year, since), (today.year, date(today.year, 1, 1))):
        session.add_all(
            RatioShare(
                unit_id=unit_id,
                group_id=groups[name].id,
                year=year,
                effective_from=start,
                registrations=share,
            )
            for name, _kind, _takes, _limit, share in GROUPS
        )
    return groups


def _counters(session: AnySession, unit_id: int, groups: dict[str, CounterGroup], since: date) -> None:
    officers = {
        number: session.scalars(select(Account).where(Account.username == f"counter{number}")).one()
        for number in range(1, len(COUNTERS) + 1)
    }
    for number, group in enumerate(COUNTERS, start=1):
        counter = Counter(
            unit_id=unit_id,
            number=number,
            group_id=groups[group].id,
            place=UPSTAIRS.get(number, "一樓"),
            extension=officers[number].extension,
        )
        session.add(counter)
        session.flush()
        session.add(
            Post(unit_id=unit_id, counter_id=counter.id, officer_id=officers[number].id, starts_on=since)
        )
        session.add_all(
            Deputy(
                unit_id=unit_id,
                officer_id=officers[number].id,
                deputy_id=officers[deputy].id,
                rank=rank,
                starts_on=since,
            )
            for rank, deputy in enumerate(DEPUTIES[number], start=1)
        )


def _types(session: AnySession, unit_id: int, since: date) -> None:
    for position, (letter, name, kind, distribution, minutes, months) in enumerate(TYPES, start=1):
        business_type = BusinessType(
            unit_id=unit_id,
            name=name,
            letter=letter,
            kind=kind.value,
            distribution=distribution.value,
            minutes=minutes,
            position=position,
        )
        session.add(business_type)
        session.flush()
        session.add(
            NewCaseRule(
                unit_id=unit_id, business_type_id=business_type.id, effective_from=since, months=months
            )
        )


def _shifts(session: AnySession, unit_id: int, today: date) -> None:
    """The reception's working days of this month and the next weeks, mornings and afternoons."""
    receptionist = session.scalars(select(Account.id).where(Account.username == "reception")).one()
    first = add_months(today, -1)
    days = (first + timedelta(days=n) for n in range((today - first).days + SHIFT_DAYS))
    session.add_all(
        ReceptionShift(unit_id=unit_id, day=day, starts=starts, ends=ends, receptionist_id=receptionist)
        for day in days
        if day.weekday() < SATURDAY
        for starts, ends in SHIFTS
    )
