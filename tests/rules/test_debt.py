"""What groups and officers are owed, from counted cases."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rules.debt import POOL, Debts, debts

TABLE = [[1, 3, [11, 12]], [2, 1, [21]]]


def test_a_case_adds_each_group_its_share_and_takes_one_from_the_group_that_got_it():
    owed = debts([(TABLE, 1, 11, 1)])
    assert owed.groups == {1: Fraction(3, 4) - 1, 2: Fraction(1, 4)}


def test_within_the_group_the_officers_on_duty_share_the_case_and_others_earn_nothing():
    owed = debts([(TABLE, 1, 11, 1)])
    assert owed.officers == {(1, 11): Fraction(-1, 2), (1, 12): Fraction(1, 2)}


def test_shares_are_rescaled_to_the_groups_on_duty():
    owed = debts(
        [([[1, 3, [11]], [2, 1, [21]], [3, 4, [31]]], 2, 21, 1), ([[2, 1, [21]], [3, 4, [31]]], 3, 31, 1)]
    )
    assert owed.group(1) == Fraction(3, 8)
    assert owed.group(2) == Fraction(1, 8) + Fraction(1, 5) - 1


def test_who_was_away_earned_nothing():
    owed = debts([([[1, 1, [11]]], 1, 11, 5), ([[1, 1, [11, 12]]], 1, 11, 1)])
    assert owed.officer(1, 12) == Fraction(1, 2)


def test_a_group_outside_of_the_list_pays_for_the_case_all_the_same():
    owed = debts([(TABLE, 9, 91, 2)])
    assert (owed.group(9), owed.officer(9, 91)) == (-2, -2)
    assert owed.groups[1] == Fraction(3, 2)
    assert not any(key in owed.officers for key in [(1, 11), (2, 21)])


def test_an_officer_who_was_not_on_duty_pays_and_the_officers_of_the_group_earn():
    owed = debts([(TABLE, 1, 13, 1)])
    assert owed.officers == {(1, 11): Fraction(1, 2), (1, 12): Fraction(1, 2), (1, 13): Fraction(-1)}


def test_an_even_pool_books_its_cases_under_one_group_whosever_counter_has_them():
    owed = debts([([[POOL, 1, [1, 2, 3]]], 7, 2, 1), ([[POOL, 1, [1, 2, 3]]], 8, 9, 1)])
    assert owed.groups == {POOL: 0}
    assert owed.officers == {
        (POOL, 1): Fraction(2, 3),
        (POOL, 2): Fraction(-1, 3),
        (POOL, 3): Fraction(2, 3),
        (POOL, 9): Fraction(-1),
    }


def test_a_list_whose_groups_have_no_share_entitles_officers_but_no_group():
    owed = debts([([[5, 0, [51, 52]]], 5, 51, 1)])
    assert owed.group(5) == -1
    assert owed.officer(5, 52) == Fraction(1, 2)


def test_a_list_with_nobody_on_it_entitles_nobody():
    assert debts([([], 4, 41, 1)]) == Debts({4: Fraction(-1)}, {(4, 41): Fraction(-1)})
    assert debts([([[POOL, 1, []]], 4, 41, 1)]).officers == {(POOL, 41): Fraction(-1)}


def test_who_is_in_no_case_is_owed_nothing():
    assert (debts([]).group(1), debts([]).officer(1, 11)) == (0, 0)


OFFICERS = {group: [group * 10 + number for number in range(1, 5)] for group in range(1, 5)}


@st.composite
def contents(draw):
    groups = draw(st.lists(st.sampled_from(sorted(OFFICERS)), min_size=1, unique=True))
    return [
        [
            group,
            draw(st.integers(1, 9)),
            draw(st.lists(st.sampled_from(OFFICERS[group]), min_size=1, unique=True)),
        ]
        for group in groups
    ]


@st.composite
def counted(draw):
    rows = []
    for content in draw(st.lists(contents(), min_size=1, max_size=6)):
        for _ in range(draw(st.integers(1, 4))):
            group, _, officers = draw(st.sampled_from(content))
            rows.append((content, group, draw(st.sampled_from(officers)), draw(st.integers(1, 5))))
    return rows


@given(counted())
def test_what_some_are_owed_others_have_had(rows):
    owed = debts(rows)
    assert sum(owed.groups.values()) == 0
    for group in OFFICERS:
        assert sum(debt for (home, _), debt in owed.officers.items() if home == group) == 0


@given(counted())
def test_cases_one_by_one_give_the_same_as_counted(rows):
    one_by_one = [
        (content, group, officer, 1) for content, group, officer, number in rows for _ in range(number)
    ]
    assert debts(one_by_one) == debts(rows)


@given(counted(), st.randoms())
def test_neither_the_order_nor_copies_of_a_list_change_anything(rows, random):
    copies = [([list(line) for line in content], *rest) for content, *rest in rows]
    random.shuffle(copies)
    assert debts(copies) == debts(rows)


@given(counted())
def test_each_case_written_out_as_the_rule_says_it(rows):
    groups, officers = defaultdict(Fraction), defaultdict(Fraction)
    for content, taker, officer, number in rows:
        for _ in range(number):
            for group, share, on_duty in content:
                groups[group] += Fraction(share, sum(line[1] for line in content))
                for one in on_duty if group == taker else ():
                    officers[group, one] += Fraction(1, len(on_duty))
            groups[taker] -= 1
            officers[taker, officer] -= 1
    assert debts(rows) == Debts(groups, officers)
