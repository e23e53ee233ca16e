from __future__ import annotations

from collections import Counter
from statistics import median as of_all

from hypothesis import given
from hypothesis import strategies as st

from reports.distribution import bucketed, median, share, summed, total

VALUES = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@given(VALUES)
def test_the_median_of_counts_is_that_of_the_values(values: list[int]) -> None:
    assert median(Counter(values)) == of_all(values)


def test_a_value_that_never_occurred_moves_no_median() -> None:
    assert median({1: 0, 5: 2, 9: 0}) == 5
    assert median({}) is None and median({3: 0}) is None


@given(VALUES, st.sets(st.integers(0, 400), max_size=6).map(sorted))
def test_every_value_falls_in_exactly_one_bucket(values: list[int], tops: list[int]) -> None:
    found = bucketed(Counter(values), tops)
    assert len(found) == len(tops) + 1 and sum(found) == len(values)
    for place, top in enumerate(tops):
        assert sum(found[: place + 1]) == sum(value <= top for value in values)


def test_nearly_all_is_not_a_hundred_percent() -> None:
    assert share(999, 1000) == 99
    assert share(1000, 1000) == 100
    assert share(0, 0) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9))))
def test_pairs_of_the_same_value_are_added_up(pairs: list[tuple[int, int]]) -> None:
    assert total(summed(pairs)) == sum(times for _value, times in pairs)
