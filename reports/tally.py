"""派案量表: the cases of a day by counter, business type, new and old, counted from the visits each time it is asked for.

A visit belongs to the counter that has it now (refused and redirected ones have moved on). New is what counts as a new case
(`Visit.counted`), so that the sheet and the debts say the same. Who left, was booked for another day or was not dispatched is no case of
a counter: they stand at the foot, so that every ticket of the day is accounted for. 接待台 rule 十五.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, or_, select

from models.account import Account
from models.desk import Counter, CounterGroup
from models.desk_review import Refusal
from models.desk_rules import BusinessType
from models.visit import Decision, Visit
from reports.desk_now import posts_of
from reports.session import ReadSession
from reports.tally_debts import DayDebts, debts_on
from rules.calendar import day_begins
from rules.dispatch import Rule
from rules.visit_flow import TAKEN_STATES, State

TAKEN = tuple(state.value for state in TAKEN_STATES)


@dataclass(frozen=True)
class TallyType:
    """A business type as a column of the sheet."""

    id: int
    letter: str
    name: str


@dataclass(frozen=True)
class Line:
    """An officer at a counter. `new`, `old`: cases by business type; `debts`: of the month up to the day, by business type.

    `refused`, `overridden`, `picked`: how many were refused here, sent here against the rule, called out of order.
    """

    counter_id: int
    number: int
    group_id: int
    group: str
    officer_id: int
    officer: str
    new: Mapping[int, int] = field(default_factory=dict)
    old: Mapping[int, int] = field(default_factory=dict)
    debts: Mapping[int, Fraction] = field(default_factory=dict)
    refused: int = 0
    overridden: int = 0
    picked: int = 0

    @property
    def cases(self) -> int:
        return sum(self.new.values()) + sum(self.old.values())


@dataclass(frozen=True)
class Sheet:
    """`groups`: debts of whole groups, by group and business type. `arrivals`: the day's tickets by what became of them."""

    day: date
    types: Sequence[TallyType]
    lines: Sequence[Line]
    arrivals: Mapping[str, int]
    group_debts: Mapping[int, Mapping[int, Fraction]] = field(default_factory=dict)

    @property
    def totals(self) -> Line:
        new: Count[int] = Count()
        old: Count[int] = Count()
        for line in self.lines:
            new.update(line.new)
            old.update(line.old)
        return Line(
            0,
            0,
            0,
            "",
            0,
            "",
            new,
            old,
            {},
            sum(line.refused for line in self.lines),
            sum(line.overridden for line in self.lines),
            sum(line.picked for line in self.lines),
        )

    @property
    def tickets(self) -> int:
        return sum(self.arrivals.values())

    def of_officer(self, officer_id: int) -> Mapping[int, int]:
        """New cases by business type, zeros left out, at whatever counters the officer sat."""
        found: Count[int] = Count()
        for line in self.lines:
            if line.officer_id == officer_id:
                found.update({key: number for key, number in line.new.items() if number})
        return found


def sheet(session: ReadSession, unit_id: int, day: date) -> Sheet:
    types = _types(session, unit_id, day)
    lines = _counted(session, unit_id, day)
    for key, number in _refused(session, unit_id, day).items():
        lines[key] = replace(lines.get(key) or _empty(key), refused=number)
    for key, number in _overridden(session, unit_id, day).items():
        lines[key] = replace(lines.get(key) or _empty(key), overridden=number)
    for post in posts_of(session, unit_id, day):
        lines.setdefault((post.counter_id, post.officer_id), _empty((post.counter_id, post.officer_id)))
    debts = debts_on(session, unit_id, day)
    return Sheet(
        day,
        types,
        _named(session, unit_id, lines.values(), debts),
        _arrivals(session, unit_id, day),
        debts.groups,
    )


def business_types(session: ReadSession, unit_id: int) -> Sequence[BusinessType]:
    found = select(BusinessType).where(BusinessType.unit_id == unit_id)
    return session.scalars(found.order_by(BusinessType.position, BusinessType.id)).all()


Key = tuple[int, int]


def _empty(key: Key) -> Line:
    return Line(key[0], 0, 0, "", key[1], "")


def _types(session: ReadSession, unit_id: int, day: date) -> Sequence[TallyType]:
    """Those in use, and those that the day had."""
    had = select(Visit.business_type_id).where(Visit.unit_id == unit_id, Visit.day == day)
    found = session.scalars(
        select(BusinessType)
        .where(BusinessType.unit_id == unit_id, or_(BusinessType.active.is_(True), BusinessType.id.in_(had)))
        .order_by(BusinessType.position, BusinessType.id)
    )
    return [TallyType(each.id, each.letter, each.name) for each in found]


def _counted(session: ReadSession, unit_id: int, day: date) -> dict[Key, Line]:
    number = func.count()
    rows = session.execute(
        select(
            Visit.counter_id,
            Visit.officer_id,
            Visit.business_type_id,
            Visit.counted,
            number.label("number"),
            func.sum(case((Visit.picked.is_(True), 1), else_=0)).label("picked"),
        )
        .where(Visit.unit_id == unit_id, Visit.day == day, Visit.state.in_(TAKEN))
        .group_by(Visit.counter_id, Visit.officer_id, Visit.business_type_id, Visit.counted)
    )
    found: dict[Key, Line] = {}
    for row in rows:
        key = (row.counter_id, row.officer_id)
        line = found.get(key) or _empty(key)
        side = "new" if row.counted else "old"
        added: dict[str, Any] = {side: {**getattr(line, side), row.business_type_id: row.number}}
        found[key] = replace(line, picked=line.picked + row.picked, **added)
    return found


def _refused(session: ReadSession, unit_id: int, day: date) -> Mapping[Key, int]:
    rows = session.execute(
        select(Refusal.counter_id, Refusal.officer_id, func.count().label("number"))
        .where(
            Refusal.unit_id == unit_id,
            Refusal.refused_at >= day_begins(day),
            Refusal.refused_at < day_begins(day + timedelta(days=1)),
        )
        .group_by(Refusal.counter_id, Refusal.officer_id)
    )
    return {(row.counter_id, row.officer_id): row.number for row in rows}


def _overridden(session: ReadSession, unit_id: int, day: date) -> Mapping[Key, int]:
    """Where the day's visits were sent against the rule, whatever became of them afterwards."""
    rows = session.execute(
        select(Decision.counter_id, Decision.officer_id, func.count().label("number"))
        .join(Visit, Visit.id == Decision.visit_id)
        .where(Visit.unit_id == unit_id, Visit.day == day, Decision.rule == Rule.OVERRIDE.value)
        .group_by(Decision.counter_id, Decision.officer_id)
    )
    return {(row.counter_id, row.officer_id): row.number for row in rows}


def _named(session: ReadSession, unit_id: int, lines: Any, debts: DayDebts) -> Sequence[Line]:
    """With numbers and names, in the order of the counters."""
    counters = {
        counter.id: (counter, group)
        for counter, group in session.execute(
            select(Counter, CounterGroup)
            .join(CounterGroup, CounterGroup.id == Counter.group_id)
            .where(Counter.unit_id == unit_id)
        )
    }
    whom = {line.officer_id for line in lines}
    officers = {each.id: each for each in session.scalars(select(Account).where(Account.id.in_(whom)))}
    named = []
    for line in lines:
        counter, group = counters[line.counter_id]
        named.append(
            replace(
                line,
                number=counter.number,
                group_id=group.id,
                group=group.name,
                officer=officers[line.officer_id].get_full_name(),
                debts=debts.of(group.id, line.officer_id),
            )
        )
    return sorted(named, key=lambda line: (line.number, line.officer_id))


def _arrivals(session: ReadSession, unit_id: int, day: date) -> Mapping[str, int]:
    """`taken`, and the states of those whom no counter has or served."""
    rows = session.execute(
        select(Visit.state, func.count().label("number"))
        .where(Visit.unit_id == unit_id, Visit.day == day)
        .group_by(Visit.state)
    )
    found = {"taken": 0, State.CHECKED_IN.value: 0, State.BOOKED.value: 0, State.LEFT.value: 0}
    for row in rows:
        found["taken" if row.state in TAKEN else row.state] += row.number
    return found
