from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.months import months_until
from reports.scales import ticks


@given(st.integers(0, 10**9), st.integers(1, 10))
def test_a_scale_ends_at_or_just_above_the_highest_value(highest: int, most: int) -> None:
    marks = list(ticks(highest, most))
    step = marks[1]
    assert marks[0] == 0 and len(marks) - 1 <= most
    assert marks[-2] < max(highest, 1) <= marks[-1]
    assert int(str(step).rstrip("0")) in (1, 2, 5)
    assert all(later - earlier == step for earlier, later in pairwise(marks))


def test_ticks_are_numbers_people_count_in() -> None:
    assert list(ticks(37)) == [0, 10, 20, 30, 40]
    assert list(ticks(3)) == [0, 1, 2, 3]
    assert list(ticks(0)) == [0, 1]


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(1, 36))
def test_months_follow_each_other_without_a_gap(today: date, number: int) -> None:
    months = months_until(today, number)
    assert len(months) == number
    assert months[-1].first <= today <= months[-1].last
    for before, after in pairwise(months):
        assert before.last + timedelta(days=1) == after.first


def test_a_month_is_named_by_its_roc_year() -> None:
    assert [month.text for month in months_until(date(2026, 1, 31), 3)] == ["114/11", "114/12", "115/1"]
