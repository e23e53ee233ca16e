"""The bar beside a debt: which side, how long, and its number."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

import pytest

from reports.debt_bar import debt_bar, scale, shown
from reports.desk_dashboard import percentile


def bar(debt: Fraction, whole: Fraction = Fraction(2)) -> tuple[str, float, float] | None:
    """Class, left and width of the drawn bar."""
    found = re.search(r'class="(debt-o\w+)" x="([\d.]+)" y="3" width="([\d.]+)"', debt_bar(debt, whole))
    return (found[1], float(found[2]), float(found[3])) if found else None


def test_what_is_owed_stands_right_of_the_middle_and_what_was_taken_too_much_left() -> None:
    assert bar(Fraction(1)) == ("debt-owed", 20, 10)
    assert bar(Fraction(-1)) == ("debt-over", 10, 10)
    assert bar(Fraction(0)) is None


def test_a_bar_never_leaves_its_half() -> None:
    assert bar(Fraction(5)) == ("debt-owed", 20, 20)
    assert bar(Fraction(-5)) == ("debt-over", 0, 20)


def test_half_the_width_stands_for_the_largest_debt_of_the_sheet_and_at_least_for_two() -> None:
    assert scale([]) == scale([Fraction(1, 2)]) == 2
    assert scale([Fraction(1), Fraction(-7, 2)]) == Fraction(7, 2)


@pytest.mark.parametrize(
    ("debt", "text"),
    [(Fraction(7, 5), "+1.4"), (Fraction(-4, 5), "−0.8"), (Fraction(0), "0"), (Fraction(-1, 100), "0")],
)
def test_a_debt_is_told_to_one_decimal_with_its_sign(debt: Fraction, text: str) -> None:
    assert shown(debt) == text


@pytest.mark.parametrize(
    ("minutes", "percent", "value"),
    [
        ([], 90, 0),
        ([7], 90, 7),
        (range(1, 11), 90, 9),
        (range(1, 12), 90, 10),
        ([1] * 9 + [50], 90, 1),
        ([1] * 8 + [50, 50], 90, 50),
        (range(1, 11), 100, 10),
    ],
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    minutes: list[int], percent: int, value: int
) -> None:
    assert percentile(Counter(minutes), percent) == value
