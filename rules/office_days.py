"""Working days of the office: Monday to Friday without the holidays, and the Saturdays that make up for a bridge day."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from rules.calendar import TAIPEI, local_date

INTAKE_DAYS = 3
DIGEST_FROM = time(7, 30)
_SATURDAY = 5


@dataclass(frozen=True)
class OfficeDays:
    """`off`: holidays; one on a weekend changes nothing. `made_up`: days of a weekend on which work is done."""

    off: frozenset[date] = frozenset()
    made_up: frozenset[date] = frozenset()
    _lost: list[date] = field(init=False, repr=False, compare=False)
    _won: list[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lost", sorted(day for day in self.off if day.weekday() < _SATURDAY))
        object.__setattr__(self, "_won", sorted(day for day in self.made_up if day.weekday() >= _SATURDAY))

    def works(self, day: date) -> bool:
        return day in self.made_up if day.weekday() >= _SATURDAY else day not in self.off

    def elapsed(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`: 0 on the day itself, 1 from Friday to Monday.

        In time that does not depend on the distance: a dashboard asks for a year of referrals.
        """
        return self._until(end) - self._until(start) if end > start else 0

    def before(self, day: date, working_days: int) -> date:
        """The latest day from which `working_days` have elapsed by `day`."""
        found = day
        while self.elapsed(found, day) < working_days:
            found -= timedelta(days=1)
        return found

    def _until(self, day: date) -> int:
        """Working days from the calendar's first Monday, 1 January of the year 1, to `day`."""
        weeks, rest = divmod(day.toordinal(), 7)
        weekdays = weeks * 5 + min(rest, 5)
        return weekdays - bisect_right(self._lost, day) + bisect_right(self._won, day)


def intake_overdue(referral_date: date, today: date, days: OfficeDays) -> bool:
    """Not taken in within three working days: from the fourth one on. Spec 1-referral §5.8."""
    return days.elapsed(referral_date, today) > INTAKE_DAYS


def last_overdue_date(today: date, days: OfficeDays) -> date:
    """Referrals of this day and earlier have waited for longer than three working days."""
    return days.before(today, INTAKE_DAYS + 1)


def digest_due(moment: datetime, days: OfficeDays) -> bool:
    """Whether the day's reminders should be out: on a working day from 07:30 in Taipei, all day long.

    Later than that is catching up after the service was down; a holiday's reminders wait for the next working day.
    """
    return days.works(local_date(moment)) and moment.astimezone(TAIPEI).time() >= DIGEST_FROM
