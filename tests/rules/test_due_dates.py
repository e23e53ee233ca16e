from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.due_dates import Urgency, check_extension, extended, first_due, may_extend, urgency
from rules.errors import RuleBroken
from rules.roc_dates import parse, show

DUE = date(2023, 12, 28)


@pytest.mark.parametrize(
    ("referred", "due"),
    [
        ("112/9/26", "112/12/26"),
        ("112/9/28", "112/12/28"),
        ("112/10/17", "113/1/17"),
        ("112/11/30", "113/2/29"),
        ("112/11/29", "113/2/29"),
        ("111/11/30", "112/2/28"),
        ("112/12/31", "113/3/31"),
        ("112/1/31", "112/4/30"),
    ],
)
def test_a_case_is_due_three_months_after_the_referral(referred, due):
    assert show(first_due(parse(referred, field="day"))) == due


def test_an_extension_counts_from_the_due_date():
    assert show(extended(date(2024, 2, 29))) == "113/5/29"


@pytest.mark.parametrize(
    ("days_left", "allowed", "mark", "word"),
    [
        (90, False, Urgency.NONE, ""),
        (11, False, Urgency.NONE, ""),
        (10, True, Urgency.SOON, "即將到期"),
        (1, True, Urgency.SOON, "即將到期"),
        (0, True, Urgency.SOON, "即將到期"),
        (-1, True, Urgency.OVERDUE, "已逾期"),
        (-400, True, Urgency.OVERDUE, "已逾期"),
    ],
)
def test_ten_days_before_the_due_date_the_case_is_marked_and_may_be_extended(days_left, allowed, mark, word):
    today = DUE - timedelta(days=days_left)
    assert may_extend(DUE, today) is allowed
    assert urgency(DUE, today) is mark
    assert mark.word == word


def test_an_early_extension_is_refused_in_the_manuals_words():
    check_extension(DUE, DUE - timedelta(days=10))
    with pytest.raises(RuleBroken) as refused:
        check_extension(DUE, DUE - timedelta(days=11))
    assert str(refused.value) == "未達成延長日期條件"


@given(st.dates(date(1912, 1, 1), date(2900, 1, 1)))
def test_an_extended_case_is_not_yet_due_for_extension_again(referred):
    due = first_due(referred)
    assert not may_extend(extended(due), due)
