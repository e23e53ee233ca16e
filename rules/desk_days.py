"""When the front desk's own watches are due, and what of a service lies outside of the working hours.

The hours are those of 櫃台 rule 四 (`rules.slots.HOURS`): 8–12 and 13–17 in Taipei.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from rules.calendar import TAIPEI, local_date
from rules.slots import HOURS

BEFORE_CLOSING = time(16, 40)
MORNING = time(7, 45)
REVIEW_DAYS = (15, 25)
NOON, CLOSING = HOURS[0][1], HOURS[-1][1]


def evening_due(moment: datetime) -> bool:
    """Shortly before closing and until the day ends; a later moment is catching up."""
    return moment.astimezone(TAIPEI).time() >= BEFORE_CLOSING


def morning_due(moment: datetime) -> bool:
    return MORNING <= moment.astimezone(TAIPEI).time() < BEFORE_CLOSING


def review_of(day: date, works: Callable[[date], bool]) -> date | None:
    """The 15th or 25th whose review falls on `day`: that day itself, or the next working day after it (資訊 rule 一)."""
    for number in REVIEW_DAYS:
        wanted = moved = day.replace(day=number)
        while not works(moved):
            moved += timedelta(days=1)
        if moved == day:
            return wanted
    return None


def overtime_minutes(started_at: datetime, ended_at: datetime) -> int:
    """Full minutes of a service over noon's end of the morning or after closing, on the day when it began.

    A service that ended on another day was left open; nobody knows how long it took: 0.
    """
    day = local_date(started_at)
    if local_date(ended_at) != day:
        return 0
    after_morning = _shared(started_at, ended_at, day, NOON, HOURS[1][0])
    after_closing = _shared(started_at, ended_at, day, CLOSING, time.max)
    return int((after_morning + after_closing).total_seconds() // 60)


def _shared(start: datetime, end: datetime, day: date, first: time, last: time) -> timedelta:
    begin, until = datetime.combine(day, first, TAIPEI), datetime.combine(day, last, TAIPEI)
    return max(min(end, until) - max(start, begin), timedelta())
