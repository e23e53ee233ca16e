"""The figures of a small world, on both databases: what is counted, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from models.account import Account
from models.case import Case
from models.referral import Referral
from reports import dashboard
from reports.dashboard import Period, due_range
from rules.actor import Actor
from rules.office_days import OfficeDays
from rules.referral_flow import State
from services.timeline import add_entry
from tests.factories import close_case, make_case, make_record, make_referral

TODAY = date(2026, 11, 20)  # a Friday
HALF_YEAR = Period(6, TODAY)  # from 115/6/1
DAYS = OfficeDays()


@pytest.fixture
def boss(session: Session, act_as: Callable[[str], Actor]) -> Actor:
    return act_as("supervisor")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def case(session: Session, sent: date, taken: date | None = None) -> Case:
    return make_case(session, referral=make_referral(session, at=noon(sent)), at=noon(taken or sent))


def arrive(session: Session, referral: Referral, move: str, at: datetime) -> None:
    """At the unit where it waits; the referral itself keeps its date."""
    by = Actor(referral.submitted_by_id, "誰", None)
    add_entry(session, referral.id, move, by=by, at=at, before=State.SUBMITTED, after=State.SUBMITTED)
    session.flush()


def elsewhere(session: Session) -> None:
    """One of everything at another centre."""
    other = make_case(session, manager="manager3", supervisor="supervisor3", at=noon(date(2026, 11, 2)))
    make_record(session, other, reasons=(1,), served_on=date(2026, 11, 3))
    close_case(session, other, on=date(2026, 11, 5))
    make_case(session, manager="manager3", supervisor="supervisor3", at=noon(date(2026, 11, 2)))
    make_referral(session, unit="08", at=noon(date(2026, 11, 2)))


def test_open_cases_are_told_by_case_manager_and_by_due_date(session: Session, boss: Actor) -> None:
    for days in (-40, -31, -30, -1, 0, 10, 11, 30, 31, 60, 61):
        make_case(session, due_date=TODAY + timedelta(days=days))
    make_case(session, manager="manager2", due_date=TODAY)
    close_case(session, make_case(session, manager="manager2", due_date=TODAY))
    elsewhere(session)
    first, second, *rest = dashboard.loads(session, boss, TODAY)
    assert (first.name, first.by_due, first.open_cases) == ("王大毛", (2, 2, 2, 2, 2, 1), 11)
    assert (first.overdue, first.due_soon, first.calm) == (4, 2, 5)
    assert (second.open_cases, second.due_soon) == (1, 1)
    assert rest and all(load.open_cases == 0 and load.here for load in rest), "who has none is told too"


def test_a_case_of_somebody_who_left_is_not_lost(session: Session, boss: Actor) -> None:
    made = make_case(session)
    session.get_one(Account, made.case_manager_id).active = False
    session.flush()
    found = {load.account_id: load for load in dashboard.loads(session, boss, TODAY)}
    assert found[made.case_manager_id].open_cases == 1 and not found[made.case_manager_id].here


def test_the_buckets_of_due_dates_touch_without_overlapping() -> None:
    ranges = [due_range(bucket, TODAY) for bucket in range(6)]
    assert ranges[0][0] is None and ranges[-1][1] is None
    for (_first, last), (following, _end) in pairwise(ranges):
        assert last is not None and following == last + timedelta(days=1)
    assert ranges[2] == (TODAY, TODAY + timedelta(days=10))


def test_the_day_of_intake_is_that_of_taipei(session: Session, boss: Actor) -> None:
    referral = make_referral(session, at=noon(date(2026, 11, 16)))
    # Tuesday 00:30 in Taipei is still Monday in London.
    make_case(session, referral=referral, at=datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
    assert dashboard.intake(session, boss, HALF_YEAR, DAYS).taken == {1: 1}


def test_intake_is_counted_in_working_days_and_late_waiting_counts_against_it(
    session: Session, boss: Actor
) -> None:
    case(session, date(2026, 11, 13), date(2026, 11, 13))
    case(session, date(2026, 11, 13), date(2026, 11, 18))  # over a weekend: 3
    case(session, date(2026, 11, 9), date(2026, 11, 13))  # 4
    case(session, date(2026, 5, 31))  # before the period
    for sent in (date(2026, 11, 19), date(2026, 11, 9)):
        make_referral(session, at=noon(sent))
    make_referral(session, at=noon(date(2026, 11, 9)), state=State.RETURNED)
    elsewhere(session)
    found = dashboard.intake(session, boss, HALF_YEAR, DAYS)
    assert found.taken == {0: 1, 3: 1, 4: 1}
    assert found.waiting == {1: 1, 9: 1}
    assert (found.in_time, found.decided) == (2, 4)


def test_waiting_referrals_are_counted_whenever_they_were_sent(session: Session, boss: Actor) -> None:
    for sent in (date(2025, 1, 2), date(2026, 11, 16), date(2026, 11, 17)):
        make_referral(session, at=noon(sent))
    case(session, date(2026, 11, 2))
    elsewhere(session)
    found = dashboard.waiting(session, boss, TODAY, DAYS)
    assert (found.number, found.late) == (3, 2)


@pytest.mark.parametrize("move", ["resubmit", "reroute", "route"])
def test_who_gets_a_referral_later_has_its_working_days_from_then_on(
    session: Session, boss: Actor, move: str
) -> None:
    """Both are of 2 November; one came on the 17th at 00:30 in Taipei, which is still the 16th in London."""
    for number in range(2):
        referral = make_referral(session, at=noon(date(2026, 11, 2)))
        if number:
            arrive(session, referral, move, datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
    found = dashboard.waiting(session, boss, TODAY, DAYS)
    assert (found.number, found.late) == (2, 1)
    assert dashboard.intake(session, boss, HALF_YEAR, DAYS).waiting == {14: 1, 3: 1}


def test_what_was_returned_and_sent_again_twice_waits_since_the_last_time(
    session: Session, boss: Actor
) -> None:
    referral = make_referral(session, at=noon(date(2026, 11, 2)))
    for day in (9, 16):
        arrive(session, referral, "return", noon(date(2026, 11, day - 1)))
        arrive(session, referral, "resubmit", noon(date(2026, 11, day)))
    make_case(session, referral=referral, at=noon(date(2026, 11, 18)))
    assert dashboard.intake(session, boss, HALF_YEAR, DAYS).taken == {2: 1}


def test_first_contact_is_the_first_record_of_a_case(session: Session, boss: Actor) -> None:
    served = case(session, date(2026, 10, 1), date(2026, 10, 5))
    make_record(session, served, served_on=date(2026, 10, 20))
    make_record(session, served, reasons=(1,), served_on=date(2026, 10, 12))
    early = case(session, date(2026, 10, 1), date(2026, 10, 5))
    make_record(session, early, served_on=date(2026, 10, 2))
    case(session, date(2026, 10, 1), date(2026, 10, 5))
    old = case(session, date(2026, 5, 1))
    make_record(session, old, served_on=date(2026, 6, 2))
    elsewhere(session)
    found = dashboard.first_contact(session, boss, HALF_YEAR)
    assert found.days == {7: 1, 0: 1} and found.none == 1


def test_closings_are_told_by_month_of_the_year_and_lasting_of_the_period(
    session: Session, boss: Actor
) -> None:
    for taken, on in (
        (date(2026, 9, 1), date(2026, 11, 20)),  # 80 days
        (date(2026, 5, 31), date(2026, 6, 1)),  # 1 day
        (date(2026, 1, 1), date(2026, 5, 31)),  # before the period, of the year
        (date(2025, 10, 1), date(2025, 11, 30)),  # before the year
    ):
        close_case(session, case(session, taken), on=on)
    elsewhere(session)
    found = dashboard.closings(session, boss, HALF_YEAR)
    assert found.days == {80: 1, 1: 1}
    by_month = {month.text: number for month, number in found.by_month}
    assert next(iter(by_month)) == "114/12" and list(by_month)[-1] == "115/11" and len(by_month) == 12
    assert {name: number for name, number in by_month.items() if number} == {
        "115/5": 1,
        "115/6": 1,
        "115/11": 1,
    }


def test_reasons_are_counted_by_record_most_frequent_first(session: Session, boss: Actor) -> None:
    made = make_case(session)
    make_record(session, made, reasons=(2, 5), served_on=date(2026, 6, 1))
    make_record(session, made, reasons=(5,), served_on=TODAY)
    make_record(session, made, reasons=(5,), served_on=date(2026, 5, 31))
    make_record(session, made, served_on=TODAY)
    elsewhere(session)
    found = dashboard.reasons(session, boss, HALF_YEAR)
    assert [(code, number) for code, _label, number in found.counted] == [(5, 2), (2, 1)]
    assert (found.provided, found.not_provided) == (1, 2)


def test_who_supervises_no_unit_gets_no_figures(session: Session, act_as: Callable[[str], Actor]) -> None:
    make_case(session)
    make_referral(session)
    nobody = act_as("manager")
    assert all(load.open_cases == 0 for load in dashboard.loads(session, nobody, TODAY))
    assert dashboard.waiting(session, nobody, TODAY, DAYS).number == 0
    assert not dashboard.intake(session, nobody, HALF_YEAR, DAYS).taken
