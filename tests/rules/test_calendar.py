from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import add_months, age_on, local_date, local_time_text

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("moment", "day", "text"),
    [
        (datetime(2023, 9, 26, 15, 59, tzinfo=UTC), date(2023, 9, 26), "112/9/26 23:59"),
        (datetime(2023, 9, 26, 16, 0, tzinfo=UTC), date(2023, 9, 27), "112/9/27 00:00"),
        (
            datetime(2023, 9, 26, 0, 5, tzinfo=timezone(timedelta(hours=8))),
            date(2023, 9, 26),
            "112/9/26 00:05",
        ),
    ],
)
def test_a_day_begins_at_midnight_in_taipei(moment, day, text):
    assert local_date(moment) == day
    assert local_time_text(moment) == text


def test_a_moment_without_time_zone_is_a_programming_error():
    for function in (local_date, local_time_text):
        with pytest.raises(ValueError, match="time zone"):
            function(datetime(2023, 9, 26))


@given(days, st.integers(-600, 600))
def test_months_are_added_to_the_month_and_the_day_only_ever_shrinks(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(days, st.integers(0, 100))
def test_a_year_older_on_each_birthday_and_not_the_day_before(birthday, years):
    try:
        anniversary = birthday.replace(year=birthday.year + years)
    except ValueError:  # 29 February
        anniversary = date(birthday.year + years, 3, 1)
    assert age_on(birthday, anniversary) == years
    assert age_on(birthday, anniversary - timedelta(days=1)) == years - 1


def test_who_is_born_on_leap_day_comes_of_age_on_the_first_of_march():
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18
