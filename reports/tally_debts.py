"""應得未得 of a month up to the end of a day, for all business types at once: three statements, whatever the month held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select

from models.visit import Visit
from reports.debts import counted_until, duty_lists
from reports.session import ReadSession
from rules.debt import POOL, Row, debts


@dataclass(frozen=True)
class DayDebts:
    """`groups` by group, `officers` by group and officer (POOL for an even distribution), each by business type."""

    groups: Mapping[int, Mapping[int, Fraction]]
    officers: Mapping[tuple[int, int], Mapping[int, Fraction]]

    def of(self, group_id: int, officer_id: int) -> Mapping[int, Fraction]:
        """What the officer is owed at a counter of this group, by business type."""
        return {
            **self.officers.get((POOL, officer_id), {}),
            **self.officers.get((group_id, officer_id), {}),
        }


def debts_on(session: ReadSession, unit_id: int, day: date) -> DayDebts:
    by = (Visit.business_type_id, Visit.duty_list_id, Visit.group_id, Visit.officer_id)
    rows = session.execute(
        select(*by, func.count().label("number")).where(*counted_until(unit_id, day)).group_by(*by)
    ).all()
    lists = duty_lists(session, {row.duty_list_id for row in rows})
    by_type: dict[int, list[Row]] = {}
    for row in rows:
        cases = (lists[row.duty_list_id], row.group_id, row.officer_id, row.number)
        by_type.setdefault(row.business_type_id, []).append(cases)
    return _collected(by_type)


def _collected(by_type: Mapping[int, list[Row]]) -> DayDebts:
    groups: dict[int, dict[int, Fraction]] = {}
    officers: dict[tuple[int, int], dict[int, Fraction]] = {}
    for business_type_id, rows in by_type.items():
        found = debts(rows)
        for group_id, debt in found.groups.items():
            if group_id != POOL:
                groups.setdefault(group_id, {})[business_type_id] = debt
        for key, debt in found.officers.items():
            officers.setdefault(key, {})[business_type_id] = debt
    return DayDebts(groups, officers)
