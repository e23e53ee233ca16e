"""Slots offered for the next appointment of a visitor: in some weeks at about this hour, and the days to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reports.appointments import free_between
from reports.session import ReadSession
from rules.calendar import local_date
from rules.slots import Span

WEEKS = (1, 2, 4)
DAYS_AHEAD = 35
DAYS_LISTED = 10
# Somebody who comes at 10:12 is offered ten o'clock.
EARLIER = timedelta(minutes=29)


@dataclass(frozen=True)
class NextTimes:
    """`suggested`: weeks ahead with the slot; `days`: the first open days with their free slots. Times are of Taipei."""

    suggested: Sequence[tuple[int, Span]]
    days: Sequence[tuple[date, Sequence[Span]]]


def next_times(session: ReadSession, unit_id: int, officer_id: int, at: datetime) -> NextTimes:
    today = local_date(at)
    free = [
        slot
        for slot in free_between(session, unit_id, officer_id, today, today + timedelta(days=DAYS_AHEAD))
        if slot.starts_at > at
    ]
    suggested: list[tuple[int, Span]] = []
    for weeks in WEEKS:
        wanted = at + timedelta(weeks=weeks) - EARLIER
        slot = next((slot for slot in free if slot.starts_at >= wanted), None)
        if slot and slot not in [each for _, each in suggested]:
            suggested.append((weeks, slot))
    days: dict[date, list[Span]] = {}
    for slot in free:
        days.setdefault(local_date(slot.starts_at), []).append(slot)
    return NextTimes(suggested, list(days.items())[:DAYS_LISTED])
