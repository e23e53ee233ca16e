"""Arithmetic with days as the office counts them: in Taipei, by calendar months, in full years of age."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from rules.roc_dates import show

TAIPEI = ZoneInfo("Asia/Taipei")


def local_date(moment: datetime) -> date:
    """The day in Taipei at an aware moment. A naive one is a programming error: `ValueError`."""
    return _in_taipei(moment).date()


def local_time_text(moment: datetime) -> str:
    """`112/9/26 14:05` in Taipei."""
    local = _in_taipei(moment)
    return f"{show(local.date())} {local:%H:%M}"


def day_begins(day: date) -> datetime:
    """The first moment of a day in Taipei."""
    return datetime.combine(day, time.min, TAIPEI)


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day where it is shorter."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def age_on(birthday: date, day: date) -> int:
    """Full years. Who was born on 29 February is a year older on 1 March of a common year (民法 §121)."""
    return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))


def _in_taipei(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone; the server's own is nobody's")
    return moment.astimezone(TAIPEI)
