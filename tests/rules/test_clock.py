"""Times of day as they are typed, and the begin of a slot as it stands in an address."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import TAIPEI
from rules.clock import code, from_code, moment, parse_time, time_text
from rules.errors import FieldFault


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("08:30", time(8, 30)),
        ("8:30", time(8, 30)),
        ("830", time(8, 30)),
        ("1330", time(13, 30)),
        ("８：３０", time(8, 30)),
        ("8點半", time(8, 30)),
        ("13時5分", time(13, 5)),
        ("13", time(13)),
        (" 9 : 00 ", time(9)),
        ("0:00", time(0)),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, meant: time) -> None:
    assert parse_time(typed, field="at") == meant


@pytest.mark.parametrize("typed", ["", "24:00", "8:60", "12345", "下午三點", "8:3:0", "-1", "８半"])
def test_what_is_no_time_is_a_fault_of_its_field(typed: str) -> None:
    with pytest.raises(FieldFault) as error:
        parse_time(typed, field="starts_time")
    assert error.value.field == "starts_time"


@given(st.times(timezones=st.none()))
def test_what_is_shown_can_be_typed_again(at: time) -> None:
    minute = at.replace(second=0, microsecond=0)
    shown = time_text(moment(date(2026, 11, 20), minute))
    assert parse_time(shown, field="at") == minute
    assert parse_time(shown.replace(":", ""), field="at") == minute


def test_a_moment_is_one_of_taipei_and_shown_as_one() -> None:
    at = moment(date(2026, 11, 20), time(8, 30))
    assert at.astimezone(UTC) == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert time_text(datetime(2026, 11, 20, 0, 30, tzinfo=UTC)) == "08:30"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(TAIPEI)))
def test_a_code_leads_back_to_its_minute(at: datetime) -> None:
    assert from_code(code(at)) == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize("broken", ["", "20261120", "20261320T0900", "20261120T2460", "2026-11-20T0900", "x"])
def test_a_broken_code_is_none(broken: str) -> None:
    assert from_code(broken) is None
