"""The course of one referral of the large world: when it was taken in, served, extended and closed, or why it was not.

Four of five are closed; what is open is mostly of the last half year, and what waits of the last days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from rules.due_dates import extended, first_due
from rules.referral_flow import State

DAY = timedelta(days=1)
YEARS = 5
SETTLED_DAYS = 183
FRESH_DAYS = 10
_LATE_DAYS = 40
# Shares of closed, open, returned, withdrawn and submitted by the age of the referral.
_FATES = (State.CLOSED, State.OPEN, State.RETURNED, State.WITHDRAWN, State.SUBMITTED)
_FRESH, _RECENT, _SETTLED = (0, 35, 3, 2, 60), (45, 45, 5, 4, 1), (925, 15, 35, 25, 0)
# How many service records a case has got by its end: three on average.
_RECORDS, _RECORD_SHARES = range(9), (6, 14, 22, 22, 16, 10, 6, 3, 1)


@dataclass(slots=True)
class Course:
    """`ended_on`: of the closing, return or withdrawal; `extensions`: the due dates that were put off."""

    filed_on: date
    state: State
    taken_in_on: date | None = None
    ended_on: date | None = None
    due_date: date | None = None
    extensions: list[date] = field(default_factory=list)
    served_on: list[date] = field(default_factory=list)


def filing_day(number: int, of: int, today: date) -> date:
    """Of the referrals 0 … `of` - 1, oldest first: business has grown over the years, and offices rest at weekends."""
    age = YEARS * 365 * ((of - number) / of) ** 1.5
    day = today - timedelta(days=int(age))
    return day - timedelta(days=max(0, day.weekday() - 4))


def draw(random: Random, filed: date, today: date) -> Course:
    age = (today - filed).days
    shares = _FRESH if age <= FRESH_DAYS else _RECENT if age <= SETTLED_DAYS else _SETTLED
    state = random.choices(_FATES, shares)[0]
    course = Course(filed, state)
    if state is State.SUBMITTED:
        return course
    first_step = min(filed + DAY * random.randint(0, 5), today)
    if state in (State.RETURNED, State.WITHDRAWN):
        course.ended_on = first_step
        return course
    course.taken_in_on = first_step
    end = today
    if state is State.CLOSED:
        end = course.ended_on = min(first_step + DAY * random.randint(8, 150), today)
    _put_off(course, random, end)
    days = (end - first_step).days
    if days > 2:
        count = random.choices(_RECORDS, _RECORD_SHARES)[0]
        course.served_on = sorted(first_step + DAY * random.randint(1, days) for _ in range(count))
    return course


def _put_off(course: Course, random: Random, end: date) -> None:
    """Extended while the case went on, up to some weeks late."""
    due = first_due(course.filed_on)
    patience = DAY * random.randint(0, _LATE_DAYS)
    while due + patience < end:
        course.extensions.append(due)
        due = extended(due)
    course.due_date = due
