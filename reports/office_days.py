"""The working days of Taiwan's offices, from the calendar of the package `holidays`, make-up Saturdays included.

It knows the days the government has published; a bridge day decreed later is counted as a working day until the package
is updated, which makes a reminder a day early and never late.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from rules.office_days import OfficeDays


def office_days(first: date, last: date) -> OfficeDays:
    """The calendar for the days from `first` to `last`."""
    return _of_years(first.year, last.year)


@lru_cache(maxsize=16)
def _of_years(first: int, last: int) -> OfficeDays:
    calendar = holidays.country_holidays("TW", years=range(first, last + 1))
    return OfficeDays(frozenset(calendar), frozenset(calendar.weekend_workdays))
