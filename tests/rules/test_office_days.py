from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.office_days import OfficeDays, digest_due, intake_overdue, last_overdue_date

CALENDARS = st.builds(
    OfficeDays,
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=30),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=30),
)
NEAR = st.dates(date(2025, 12, 20), date(2026, 4, 10))
# 115/2/28, a Saturday, is worked for the bridge day on Friday 2/20.
BRIDGED = OfficeDays(frozenset({date(2026, 2, 20)}), frozenset({date(2026, 2, 28)}))


def test_a_weekend_is_free_and_a_made_up_saturday_is_not() -> None:
    assert not OfficeDays().works(date(2026, 2, 28))
    assert BRIDGED.works(date(2026, 2, 28)) and not BRIDGED.works(date(2026, 2, 20))


def test_from_friday_to_monday_one_working_day_has_elapsed() -> None:
    assert OfficeDays().elapsed(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert OfficeDays().elapsed(date(2026, 11, 20), date(2026, 11, 22)) == 0


@given(CALENDARS, NEAR, NEAR)
def test_what_elapsed_is_what_counting_day_by_day_gives(days: OfficeDays, start: date, end: date) -> None:
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert days.elapsed(start, end) == sum(map(days.works, between))


@given(CALENDARS, NEAR, st.integers(0, 12))
def test_the_day_found_before_is_the_latest_that_is_far_enough(
    days: OfficeDays, day: date, number: int
) -> None:
    found = days.before(day, number)
    assert days.elapsed(found, day) >= number
    assert found == day or days.elapsed(found + timedelta(days=1), day) < number


@given(CALENDARS, NEAR, NEAR)
def test_what_is_late_by_date_is_late_by_count(days: OfficeDays, sent: date, today: date) -> None:
    assert intake_overdue(sent, today, days) == (sent <= last_overdue_date(today, days))


def test_a_referral_of_monday_may_be_taken_in_until_thursday() -> None:
    monday = date(2026, 11, 16)
    assert not intake_overdue(monday, date(2026, 11, 19), OfficeDays())
    assert intake_overdue(monday, date(2026, 11, 20), OfficeDays())


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 11, 19, 23, 29, 59, tzinfo=UTC), False),  # Friday 07:29:59 in Taipei
        (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 15, 59, tzinfo=UTC), True),  # Friday 23:59: the service was down all day
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), False),  # Saturday 00:00
        (datetime(2026, 11, 21, 2, 0, tzinfo=UTC), False),
    ],
)
def test_the_digest_is_due_on_working_days_from_half_past_seven(moment: datetime, due: bool) -> None:
    assert digest_due(moment, OfficeDays()) is due
