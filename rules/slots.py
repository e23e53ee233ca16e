"""The slots that an officer can be booked for: 8–12 and 13–17 of a working day (櫃台 rule 四), times of Taipei.

A slot that would reach over noon or past five is none. Spans are half open: who is away until ten has the slot at ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.calendar import TAIPEI, day_begins
from rules.office_days import OfficeDays

HOURS = ((time(8), time(12)), (time(13), time(17)))
# A date further ahead is a slip of the pen, and the government has not published its holidays yet.
MOST_DAYS_AHEAD = 184


@dataclass(frozen=True, order=True)
class Span:
    """From `starts_at` up to `ends_at`, both aware; without an end it goes on until further notice."""

    starts_at: datetime
    ends_at: datetime | None = None

    def overlaps(self, other: Span) -> bool:
        return _before(self.starts_at, other.ends_at) and _before(other.starts_at, self.ends_at)

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment and _before(moment, self.ends_at)


def whole_days(first: date, last: date) -> Span:
    """Both days included, as a supervisor registers an absence."""
    return Span(day_begins(first), day_begins(last + timedelta(days=1)))


def opens(day: date, days: OfficeDays, exceptions: Mapping[date, bool]) -> bool:
    """`exceptions`: the centre's own holidays (False) and the days on which it is open all the same (True)."""
    return exceptions.get(day, days.works(day))


def slots(day: date, minutes: int) -> tuple[Span, ...]:
    """All slots of an open day in order; what is left of a morning or an afternoon beside them stays free."""
    step = timedelta(minutes=minutes)
    found: list[Span] = []
    for opening, closing in HOURS:
        start, end = datetime.combine(day, opening, TAIPEI), datetime.combine(day, closing, TAIPEI)
        while start + step <= end:
            found.append(Span(start, start + step))
            start += step
    return tuple(found)


def first_overlap(span: Span, others: Iterable[Span]) -> Span | None:
    return next((other for other in others if span.overlaps(other)), None)


def free(offered: Iterable[Span], *, away: Iterable[Span] = (), taken: Iterable[Span] = ()) -> list[Span]:
    """Those of `offered` that nothing overlaps."""
    blocked = [*away, *taken]
    return [slot for slot in offered if first_overlap(slot, blocked) is None]


def _before(moment: datetime, end: datetime | None) -> bool:
    return end is None or moment < end
