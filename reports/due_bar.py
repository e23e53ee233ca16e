"""The time of a case as a bar: from the referral to the due date, with today's mark and the extensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.case import Case


@dataclass(frozen=True)
class Mark:
    """`share` of the bar's length in percent."""

    day: date
    share: float


@dataclass(frozen=True)
class DueBar:
    """`mark` is today, or the day of closing; `days_left` is negative after the due date."""

    start: date
    due: date
    mark: Mark
    extensions: Sequence[Mark]

    @property
    def days_left(self) -> int:
        return (self.due - self.mark.day).days

    @property
    def days_gone(self) -> int:
        return (self.mark.day - self.start).days


def due_bar(case: Case, today: date) -> DueBar:
    start, due = case.referral.referral_date, case.due_date
    put_off = [extension.due_before for extension in case.extensions]
    return DueBar(
        start,
        due,
        _mark(case.closed_on or today, start, due),
        [_mark(day, start, due) for day in put_off],
    )


def _mark(day: date, start: date, due: date) -> Mark:
    length = max((due - start).days, 1)
    return Mark(day, round(min(max((day - start).days / length, 0), 1) * 100, 1))
