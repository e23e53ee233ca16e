"""預約率: of the old cases served in a month, how many came by appointment (資訊 rule 一). Computed from the visits.

The running month counts up to the day asked for. Without an old case there is no rate, which is not a rate of nought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from models.desk_rules import BusinessType, Target
from models.visit import Visit
from reports.session import ReadSession
from rules.desk import Kind
from rules.in_force import in_force
from rules.visit_flow import State

KINDS = (Kind.JOB_SEEKING, Kind.BENEFIT)


@dataclass(frozen=True)
class Rate:
    """`target`: percent in force on the last day; None where the centre has set none."""

    kind: Kind
    kept: int
    served: int
    target: int | None

    @property
    def percent(self) -> int | None:
        """Rounded down, so that a target is reached only when it is."""
        return self.kept * 100 // self.served if self.served else None

    @property
    def below(self) -> bool:
        """Compared exactly, not by the rounded percent."""
        return self.target is not None and self.kept * 100 < self.target * self.served


def rates(session: ReadSession, unit_id: int, first: date, last: date) -> Sequence[Rate]:
    """Of the days from `first` to `last`, one for job seeking and one for benefit."""
    rows = session.execute(
        select(
            BusinessType.kind,
            func.count().label("served"),
            func.sum(case((Visit.appointment_id.is_not(None), 1), else_=0)).label("kept"),
        )
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .where(
            Visit.unit_id == unit_id,
            Visit.day >= first,
            Visit.day <= last,
            Visit.state == State.SERVED.value,
            Visit.new_case.is_(False),
            BusinessType.kind.in_([kind.value for kind in KINDS]),
        )
        .group_by(BusinessType.kind)
    )
    found = {row.kind: row for row in rows}
    targets = list(session.scalars(select(Target).where(Target.unit_id == unit_id)))
    told = []
    for kind in KINDS:
        row = found.get(kind.value)
        goal = in_force([each for each in targets if each.kind == kind.value], last)
        told.append(
            Rate(kind, row.kept if row else 0, row.served if row else 0, goal.percent if goal else None)
        )
    return told


def month_to_date(session: ReadSession, unit_id: int, day: date) -> Sequence[Rate]:
    return rates(session, unit_id, day.replace(day=1), day)
