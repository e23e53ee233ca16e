"""The month against the ratio table: what each group and officer was entitled to, what they took, and how the days stand.

Entitled is taken plus debt, exactly: the shares of the moments at which the cases came, not the share of the month's last table.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select

from models.account import Account
from models.desk import CounterGroup
from models.desk_rules import BusinessType, RatioShare
from models.tally import TallySignature
from models.visit import Visit
from reports.months import Month
from reports.session import ReadSession
from reports.tally import TAKEN
from reports.tally_debts import DayDebts, debts_on
from rules.debt import POOL
from rules.desk import Distribution
from rules.in_force import whole_table_in_force


@dataclass(frozen=True)
class Taken:
    """A group's or an officer's new cases of one business type. `share`: percent of the ratio table; None where it has none."""

    name: str
    taken: int
    debt: Fraction
    share: float | None = None

    @property
    def entitled(self) -> Fraction:
        return self.taken + self.debt


@dataclass(frozen=True)
class TypeMonth:
    """`groups` for business types that go by the ratio table, with their officers; else all `officers` of one pool."""

    id: int
    name: str
    kind: str
    by_ratio: bool
    groups: Sequence[Taken]
    officers: Sequence[tuple[str, Taken]]  # with the group's name

    @property
    def taken(self) -> int:
        return sum(taken.taken for _group, taken in self.officers)


@dataclass(frozen=True)
class DayStanding:
    """`signed`: by how many shifts; `approved`: by the supervisor."""

    day: date
    new: int
    old: int
    signed: int
    approved: bool


def month_types(session: ReadSession, unit_id: int, month: Month, last: date) -> Sequence[TypeMonth]:
    """Up to the day `last` of the month."""
    debts = debts_on(session, unit_id, last)
    taken = _taken(session, unit_id, month.first, last)
    shares = _shares(session, unit_id, last)
    groups = {
        each.id: each
        for each in session.scalars(
            select(CounterGroup)
            .where(CounterGroup.unit_id == unit_id)
            .order_by(CounterGroup.position, CounterGroup.id)
        )
    }
    whom = {officer for _type, _group, officer in taken} | {officer for _group, officer in debts.officers}
    names = {
        each.id: each.get_full_name() for each in session.scalars(select(Account).where(Account.id.in_(whom)))
    }
    found = session.scalars(
        select(BusinessType)
        .where(BusinessType.unit_id == unit_id)
        .order_by(BusinessType.position, BusinessType.id)
    )
    return [
        each
        for each in (_of_type(row, taken, debts, shares, groups, names) for row in found)
        if each.officers
    ]


def month_days(session: ReadSession, unit_id: int, month: Month) -> Sequence[DayStanding]:
    """The days that had a case or a signature."""
    counted: dict[date, Count[bool]] = {}
    for day, new, number in session.execute(
        select(Visit.day, Visit.counted, func.count())
        .where(
            Visit.unit_id == unit_id,
            Visit.day >= month.first,
            Visit.day <= month.last,
            Visit.state.in_(TAKEN),
        )
        .group_by(Visit.day, Visit.counted)
    ):
        counted.setdefault(day, Count())[new] = number
    signed: dict[date, Count[str]] = {}
    for day, role, number in session.execute(
        select(TallySignature.day, TallySignature.role, func.count())
        .where(
            TallySignature.unit_id == unit_id,
            TallySignature.day >= month.first,
            TallySignature.day <= month.last,
        )
        .group_by(TallySignature.day, TallySignature.role)
    ):
        signed.setdefault(day, Count())[role] = number
    return [
        DayStanding(
            day,
            counted.get(day, Count())[True],
            counted.get(day, Count())[False],
            signed.get(day, Count())["reception"],
            bool(signed.get(day, Count())["supervisor"]),
        )
        for day in sorted(counted.keys() | signed.keys())
    ]


def _taken(session: ReadSession, unit_id: int, first: date, last: date) -> Mapping[tuple[int, int, int], int]:
    """New cases by business type, group and officer."""
    rows = session.execute(
        select(Visit.business_type_id, Visit.group_id, Visit.officer_id, func.count().label("number"))
        .where(
            Visit.unit_id == unit_id,
            Visit.counted.is_(True),
            Visit.day >= first,
            Visit.day <= last,
            Visit.state.in_(TAKEN),
        )
        .group_by(Visit.business_type_id, Visit.group_id, Visit.officer_id)
    )
    return {(row.business_type_id, row.group_id, row.officer_id): row.number for row in rows}


def _shares(session: ReadSession, unit_id: int, day: date) -> Mapping[int, float]:
    """Percent by group of the table in force."""
    rows = whole_table_in_force(
        session.scalars(select(RatioShare).where(RatioShare.unit_id == unit_id)).all(), day
    )
    whole = sum(row.registrations for row in rows)
    return {row.group_id: row.registrations * 100 / whole for row in rows} if whole else {}


def _of_type(
    row: BusinessType,
    taken: Mapping[tuple[int, int, int], int],
    debts: DayDebts,
    shares: Mapping[int, float],
    groups: Mapping[int, CounterGroup],
    names: Mapping[int, str],
) -> TypeMonth:
    by_ratio = row.distribution == Distribution.RATIO.value
    mine = {(group, officer): number for (key, group, officer), number in taken.items() if key == row.id}
    owed = {key: debt[row.id] for key, debt in debts.officers.items() if row.id in debt}
    # An officer of the pool is owed under no group: the line is that of the group whose cases he took, or of none.
    pairs = set(mine) | {key for key in owed if key[0] != POOL}
    pairs |= {(POOL, officer) for group, officer in owed if group == POOL and not _sits(mine, officer)}
    order = {key: place for place, key in enumerate(groups)}
    officers = [
        (
            groups[group].name if group in groups else "",
            Taken(
                names[officer],
                mine.get((group, officer), 0),
                owed.get((group, officer), _pooled(owed, mine, group, officer)),
            ),
        )
        for group, officer in sorted(pairs, key=lambda pair: (order.get(pair[0], len(order)), names[pair[1]]))
    ]
    of_groups = [
        Taken(
            group.name,
            sum(number for (key, _officer), number in mine.items() if key == group.id),
            debts.groups.get(group.id, {}).get(row.id, Fraction()),
            shares.get(group.id),
        )
        for group in groups.values()
        if shares.get(group.id) or any(key == group.id for key, _officer in mine)
    ]
    return TypeMonth(row.id, row.name, row.kind, by_ratio, of_groups if by_ratio else (), officers)


def _sits(mine: Mapping[tuple[int, int], int], officer: int) -> bool:
    return any(who == officer for _group, who in mine)


def _pooled(
    owed: Mapping[tuple[int, int], Fraction], mine: Mapping[tuple[int, int], int], group: int, officer: int
) -> Fraction:
    """The pool's debt of an officer stands once: at the first of the groups that he took cases in."""
    first = min((key for key, who in mine if who == officer), default=group)
    return owed.get((POOL, officer), Fraction()) if group == first else Fraction()
