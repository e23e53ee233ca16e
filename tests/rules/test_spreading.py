"""Sharing out evenly: everything once, least loaded first, as even as the present loads allow."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.spreading import spread

LOADS = st.dictionaries(st.integers(1, 99), st.integers(0, 12), min_size=1, max_size=6)
ITEMS = st.lists(st.integers(), unique=True, max_size=30)


def test_the_least_loaded_gets_the_first_and_of_equals_the_first_named():
    assert spread("abcd", {"王大毛": 2, "陳思妤": 0, "郭玲巧": 2}) == [
        ("a", "陳思妤"),
        ("b", "陳思妤"),
        ("c", "王大毛"),
        ("d", "陳思妤"),
    ]


def test_one_person_gets_all():
    assert spread([3, 1, 2], {"王大毛": 40}) == [(3, "王大毛"), (1, "王大毛"), (2, "王大毛")]


def test_nothing_is_given_to_nobody():
    assert spread([], {}) == []
    with pytest.raises(ValueError, match="nobody"):
        spread([1], {})


@given(ITEMS, LOADS)
def test_everything_is_placed_exactly_once_and_in_order(items, loads):
    placed = spread(items, loads)
    assert [item for item, _ in placed] == items
    assert {holder for _, holder in placed} <= set(loads)


@given(ITEMS, LOADS)
def test_whoever_was_given_something_ends_at_most_one_above_everybody(items, loads):
    given_to = Counter(holder for _, holder in spread(items, loads))
    final = {holder: load + given_to[holder] for holder, load in loads.items()}
    assert all(final[holder] <= min(final.values()) + 1 for holder in given_to)


@given(st.integers(0, 5), st.lists(st.integers(0, 6), min_size=1, max_size=3))
def test_no_other_way_to_share_out_leaves_smaller_differences(number, present):
    loads = dict(enumerate(present))

    def differences(holders):
        given_to = Counter(holders)
        final = [load + given_to[holder] for holder, load in loads.items()]
        return sum((one - other) ** 2 for one, other in product(final, final))

    mine = differences(holder for _, holder in spread(range(number), loads))
    assert mine == min(differences(way) for way in product(loads, repeat=number))
