"""前台統計: how long visitors waited, what the counters did, when most people came. Shows no persons.

A wait is from the place in the queue (the arrival, or the hour of an appointment) to the start of the service, in full minutes.
The database counts waits by day and minute, so that a quarter comes back as a few thousand pairs.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from models.account import Account
from models.desk import Counter
from models.visit import Visit
from reports.dashboard import Period
from reports.distribution import median, total
from reports.session import ReadSession
from reports.sql_dates import TaipeiMinute
from rules.visit_flow import State

STARTED = (State.SERVING.value, State.SERVED.value)
PERIODS = (1, 3)


@dataclass(frozen=True)
class Waits:
    """Minutes waited in a day or week that begins on `first`, each with how often it occurred."""

    first: date
    minutes: Mapping[int, int]

    @property
    def middle(self) -> int:
        return round(median(self.minutes) or 0)

    @property
    def ninth(self) -> int:
        return percentile(self.minutes, 90)


@dataclass(frozen=True)
class CounterWork:
    """`minutes`: how long the services took, each with how often."""

    number: int
    officers: Sequence[str]
    services: int
    minutes: Mapping[int, int]

    @property
    def middle(self) -> int:
        return round(median(self.minutes) or 0)


def percentile(counted: Mapping[int, int], percent: int) -> int:
    """The least value that at least `percent` of all do not exceed (nearest rank); 0 without any."""
    needed, reached = -(-total(counted) * percent // 100), 0
    for value in sorted(counted):
        reached += counted[value]
        if reached >= needed:
            return value
    return 0


def waits(session: ReadSession, unit_id: int, period: Period) -> Sequence[Waits]:
    """By day in a single month, else by week."""
    found: dict[date, Count[int]] = {}
    rows = session.execute(
        select(Visit.day, Visit.queue_from, Visit.started_at).where(
            Visit.unit_id == unit_id,
            Visit.day >= period.start,
            Visit.day <= period.today,
            Visit.state.in_(STARTED),
        )
    )
    for day, since, started in rows:
        assert started is not None
        minutes = max(0, int((started - since).total_seconds() // 60))
        first = day if period.months == 1 else day - timedelta(days=day.weekday())
        found.setdefault(first, Count())[minutes] += 1
    return [Waits(first, counted) for first, counted in sorted(found.items())]


def counters(session: ReadSession, unit_id: int, period: Period) -> Sequence[CounterWork]:
    """The services ended, by counter; those that ended on another day count, but nobody knows how long they took."""
    rows = session.execute(
        select(Counter.number, Account, Visit.started_at, Visit.ended_at)
        .join(Counter, Counter.id == Visit.counter_id)
        .join(Account, Account.id == Visit.officer_id)
        .where(
            Visit.unit_id == unit_id,
            Visit.day >= period.start,
            Visit.day <= period.today,
            Visit.state == State.SERVED.value,
        )
    )
    services: Count[int] = Count()
    officers: dict[int, dict[str, None]] = {}
    minutes: dict[int, Count[int]] = {}
    for number, account, started, ended in rows:
        assert started and ended  # a served visit has both
        services[number] += 1
        officers.setdefault(number, {})[account.get_full_name()] = None
        if (ended - started) < timedelta(hours=12):
            minutes.setdefault(number, Count())[int((ended - started).total_seconds() // 60)] += 1
    return [
        CounterWork(number, tuple(officers[number]), services[number], minutes.get(number, {}))
        for number in sorted(services)
    ]


def hours(session: ReadSession, unit_id: int, period: Period) -> tuple[Mapping[int, int], int]:
    """Arrivals by the hour of the day, and on how many days there were any."""
    minute = TaipeiMinute(Visit.checked_in_at)
    mine = Visit.unit_id == unit_id, Visit.day >= period.start, Visit.day <= period.today
    found: Count[int] = Count()
    for at, number in session.execute(
        select(minute.label("minute"), func.count()).where(*mine).group_by(minute)
    ):
        found[at // 60] += number
    days = session.scalar(select(func.count(Visit.day.distinct())).where(*mine)) or 0
    return found, days
