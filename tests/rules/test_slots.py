"""The slots of a day: inside of the working hours, apart from each other, and free when nothing overlaps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import TAIPEI
from rules.office_days import OfficeDays
from rules.slots import HOURS, Span, first_overlap, free, opens, slots, whole_days

DAY = date(2026, 11, 20)
MINUTES = st.integers(1, 240)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def at(hour: int, minute: int = 0, *, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TAIPEI)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = at(6) + timedelta(minutes=draw(st.integers(0, 780)))
    length = draw(st.one_of(st.none(), st.integers(1, 600)))
    return Span(start, None if length is None else start + timedelta(minutes=length))


def test_half_hours_make_eight_slots_before_noon_and_eight_after_one() -> None:
    found = [slot.starts_at.time() for slot in slots(DAY, 30)]
    assert len(found) == 16
    assert (found[0], found[7], found[8], found[15]) == (time(8), time(11, 30), time(13), time(16, 30))


def test_times_are_those_of_taipei_wherever_the_server_stands() -> None:
    assert slots(DAY, 30)[0].starts_at.astimezone(UTC) == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def test_a_slot_that_would_reach_over_noon_is_none() -> None:
    before_noon = [slot for slot in slots(DAY, 50) if slot.starts_at < at(12)]
    assert before_noon[-1] == Span(at(10, 30), at(11, 20))


@given(DAYS, MINUTES)
def test_slots_lie_within_the_working_hours_in_order_and_apart(day: date, minutes: int) -> None:
    found = slots(day, minutes)
    for slot in found:
        assert slot.ends_at is not None and slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
        assert any(
            at(opening.hour, day=day) <= slot.starts_at and slot.ends_at <= at(closing.hour, day=day)
            for opening, closing in HOURS
        )
    for slot, following in pairwise(found):
        assert not slot.overlaps(following) and slot < following


@given(DAYS, MINUTES)
def test_what_is_left_of_a_half_day_is_too_short_for_another_slot(day: date, minutes: int) -> None:
    used = timedelta(minutes=minutes) * len(slots(day, minutes))
    left = timedelta(hours=8) - used
    assert timedelta(0) <= left < timedelta(minutes=2 * minutes)


@given(st.lists(spans(), max_size=5), st.lists(spans(), max_size=5), MINUTES)
def test_a_free_slot_overlaps_nothing_and_a_slot_that_is_not_free_overlaps_something(
    away: list[Span], taken: list[Span], minutes: int
) -> None:
    offered = slots(DAY, minutes)
    found = free(offered, away=away, taken=taken)
    for slot in offered:
        blocked = any(slot.overlaps(other) for other in [*away, *taken])
        assert (slot in found) is not blocked


@given(spans(), spans())
def test_overlapping_is_mutual_and_means_a_common_moment(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    later = max(one.starts_at, other.starts_at)
    assert one.overlaps(other) == (one.covers(later) and other.covers(later))


def test_who_is_away_until_ten_has_the_slot_at_ten() -> None:
    away = [Span(at(9), at(10))]
    found = [slot.starts_at for slot in free(slots(DAY, 30), away=away)]
    assert at(10) in found and at(8, 30) in found
    assert at(9) not in found and at(9, 30) not in found


def test_away_until_further_notice_leaves_nothing_after_it() -> None:
    found = free(slots(DAY, 30), away=[Span(at(9, 15))])
    assert [slot.starts_at for slot in found] == [at(8), at(8, 30)]


def test_a_whole_day_reaches_to_its_last_moment_and_no_further() -> None:
    span = whole_days(DAY, DAY + timedelta(days=1))
    assert span.covers(at(0)) and span.covers(at(23, 59, day=DAY + timedelta(days=1)))
    assert not span.covers(at(0, day=DAY + timedelta(days=2)))


@given(DAYS, st.dictionaries(DAYS, st.booleans(), max_size=8), st.frozensets(DAYS, max_size=8))
def test_the_centres_own_word_on_a_day_goes_before_the_calendar(
    day: date, exceptions: dict[date, bool], off: frozenset[date]
) -> None:
    days = OfficeDays(off)
    expected = exceptions[day] if day in exceptions else days.works(day)
    assert opens(day, days, exceptions) is expected


def test_the_first_overlap_is_the_first_of_those_given() -> None:
    others = [Span(at(8), at(9)), Span(at(9), at(11)), Span(at(10), at(12))]
    assert first_overlap(Span(at(10), at(10, 30)), others) == others[1]
    assert first_overlap(Span(at(13), at(14)), others) is None
