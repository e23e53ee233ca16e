from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import FieldFault
from rules.roc_dates import parse, parse_past, show, show_birthday

WRITTEN = [
    ("80/07/07", date(1991, 7, 7)),
    ("100/9/9", date(2011, 9, 9)),
    ("1020505", date(2013, 5, 5)),
    ("0990101", date(2010, 1, 1)),
    ("990101", date(2010, 1, 1)),
    ("民國80年7月7日", date(1991, 7, 7)),
    ("中華民國 80 年 7 月 7 日", date(1991, 7, 7)),
    ("112年9月26號", date(2023, 9, 26)),
    ("112-09-26", date(2023, 9, 26)),
    ("112–9–26", date(2023, 9, 26)),
    ("112.9.26", date(2023, 9, 26)),
    ("112 9 26", date(2023, 9, 26)),
    (" 112 / 9 / 26 ", date(2023, 9, 26)),
    ("１１２／９／２６", date(2023, 9, 26)),
    ("１１２０９２６", date(2023, 9, 26)),
    ("001/01/01", date(1912, 1, 1)),
    ("民國元年1月1日", date(1912, 1, 1)),
    ("民國前1/1/1", date(1911, 1, 1)),
    ("民前 2 年 12 月 31 日", date(1910, 12, 31)),
    ("1995/10/10", date(1995, 10, 10)),
    ("1995-10-10", date(1995, 10, 10)),
    ("西元1995年10月10日", date(1995, 10, 10)),
    ("19951010", date(1995, 10, 10)),
    ("112/2/28", date(2023, 2, 28)),
    ("113/2/29", date(2024, 2, 29)),
    ("8088/12/31", date(9999, 12, 31)),
]
NOT_WRITTEN = [
    "",
    "   ",
    "昨天",
    "112",
    "112/9",
    "112/9/26/1",
    "112/9-26",
    "11209",
    "10101",
    "112年9/26",
    "一一二/九/二六",
    "-1/1/1",
    "112/9/26 10:00",
    "9" * 5000,
    "١١٢/٩/٢٦",
]
NO_SUCH_DAY = [
    "112/2/29",
    "112/13/1",
    "112/0/1",
    "112/4/31",
    "0/1/1",
    "民國前0/1/1",
    "民國前1912/1/1",
    "1120230",
    "9999/1/1",
]


@pytest.mark.parametrize(("text", "day"), WRITTEN)
def test_a_date_is_read_however_it_is_written(text, day):
    assert parse(text, field="birthday") == day


@pytest.mark.parametrize("text", NOT_WRITTEN)
def test_what_is_no_date_is_refused_with_an_example(text):
    with pytest.raises(FieldFault, match="112/9/26") as refused:
        parse(text, field="birthday")
    assert refused.value.field == "birthday"


@pytest.mark.parametrize("text", NO_SUCH_DAY)
def test_a_day_that_the_calendar_lacks_is_refused_as_such(text):
    with pytest.raises(FieldFault, match="沒有") as refused:
        parse(text, field="birthday")
    assert text in str(refused.value)


@given(st.dates())
def test_what_is_shown_is_read_back(day):
    assert parse(show(day), field="day") == day
    assert parse(show_birthday(day), field="day") == day


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_four_digit_years_of_our_time_are_ad(day):
    assert parse(f"{day:%Y/%m/%d}", field="day") == day


@given(st.text(st.sampled_from("0123456789/年月日民國前元- .１"), max_size=14))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    try:
        day = parse(text, field="day")
    except FieldFault:
        return
    assert parse(show(day), field="day") == day


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2023, 9, 26), "112/9/26"),
        (date(1912, 1, 1), "1/1/1"),
        (date(1911, 12, 31), "民國前1/12/31"),
        (date(9999, 12, 31), "8088/12/31"),
    ],
)
def test_dates_are_shown_unpadded(day, text):
    assert show(day) == text


def test_birthdays_are_shown_padded():
    assert show_birthday(date(1912, 1, 1)) == "001/01/01"
    assert show_birthday(date(2013, 5, 5)) == "102/05/05"
    assert show_birthday(date(1911, 1, 1)) == "民國前001/01/01"


def test_the_future_is_refused_and_today_is_not():
    today = date(2023, 9, 26)
    assert parse_past("112/9/26", field="birthday", today=today) == today
    with pytest.raises(FieldFault, match="112/9/27"):
        parse_past("1120927", field="birthday", today=today)
