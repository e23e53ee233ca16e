"""應得未得 from the visits: what counts, until when, and that nothing needs to be remembered."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from models.visit import DutyList, Visit
from reports import debts as report
from reports.debts import debts
from rules.debt import POOL
from rules.visit_flow import State
from tests.factories import AT, make_desk, make_visit
from tests.services.desk_helpers import business_type, counter, officer, unit_of

TODAY = date(2026, 11, 20)


@pytest.fixture
def centre(session: Session) -> int:
    make_desk(session)
    return unit_of(session)


def pool(session: Session, *numbers: int) -> DutyList:
    row = DutyList(
        unit_id=unit_of(session),
        digest=f"even {numbers}",
        content=[[POOL, 1, [officer(session, number).id for number in numbers]]],
    )
    session.add(row)
    session.flush()
    return row


def case(session: Session, duty: DutyList, number: int = 1, **values) -> Visit:
    return make_visit(session, officer=f"counter{number}", letter="B", duty_list_id=duty.id, **values)


def owed(session: Session, centre: int, number: int, day: date = TODAY) -> Fraction:
    found = debts(session, centre, business_type(session, "B").id, day)
    return found.officer(POOL, officer(session, number).id)


def test_who_got_a_case_owes_what_the_others_on_duty_were_entitled_to(session, centre):
    duty = pool(session, 1, 2, 3)
    case(session, duty, 1)
    case(session, duty, 1)
    assert [owed(session, centre, number) for number in (1, 2, 3)] == [
        Fraction(-4, 3),
        Fraction(2, 3),
        Fraction(2, 3),
    ]


def test_groups_are_owed_their_share_of_the_ratio(session, centre):
    here, there = counter(session, 1).group_id, counter(session, 5).group_id
    duty = DutyList(
        unit_id=centre,
        digest="ratio",
        content=[[here, 3, [officer(session, 1).id]], [there, 1, [officer(session, 5).id]]],
    )
    session.add(duty)
    session.flush()
    make_visit(session, officer="counter1", duty_list_id=duty.id)
    found = debts(session, centre, business_type(session).id, TODAY)
    assert (found.group(here), found.group(there)) == (Fraction(-1, 4), Fraction(1, 4))


def test_a_month_that_changed_the_distribution_keeps_both_accounts_apart(session, centre):
    case(session, pool(session, 1, 2), 1)
    group = counter(session, 1).group_id
    ratio = DutyList(unit_id=centre, digest="r", content=[[group, 1, [officer(session, 1).id]]])
    session.add(ratio)
    session.flush()
    case(session, ratio, 1)
    found = debts(session, centre, business_type(session, "B").id, TODAY)
    first, second = officer(session, 1).id, officer(session, 2).id
    assert found.officers == {
        (POOL, first): Fraction(-1, 2),
        (POOL, second): Fraction(1, 2),
        (group, first): 0,
    }


@pytest.mark.parametrize("state", [State.WAITING, State.CALLED, State.SERVING, State.SERVED])
def test_a_case_is_taken_from_the_moment_it_is_dispatched(session, centre, state):
    case(session, pool(session, 1, 2), state=state)
    assert owed(session, centre, 1) == Fraction(-1, 2)


def test_who_left_unserved_or_was_not_counted_has_cost_nobody_anything(session, centre):
    duty = pool(session, 1, 2)
    case(session, duty, state=State.LEFT)
    case(session, duty, counted=False)
    assert owed(session, centre, 1) == owed(session, centre, 2) == 0


def test_only_the_business_type_and_the_calendar_month_to_date_count(session, centre):
    duty = pool(session, 1, 2)
    make_visit(session, officer="counter1", letter="A", duty_list_id=duty.id)
    case(session, duty, at=AT - timedelta(days=20))  # the last day of October
    assert owed(session, centre, 1) == 0
    case(session, duty, at=AT - timedelta(days=19))
    case(session, duty, at=AT + timedelta(days=1))
    assert owed(session, centre, 1) == Fraction(-1, 2)
    assert owed(session, centre, 1, TODAY + timedelta(days=1)) == -1
    assert owed(session, centre, 1, date(2026, 10, 31)) == Fraction(-1, 2)


def test_another_centres_cases_are_its_own(session, centre):
    case(session, pool(session, 1, 2))
    assert not debts(session, centre + 1, business_type(session, "B").id, TODAY).officers


def test_a_case_that_moves_takes_its_count_along(session, centre):
    visit = case(session, pool(session, 1, 2))
    visit.officer_id, visit.counter_id = officer(session, 2).id, counter(session, 2).id
    session.flush()
    assert (owed(session, centre, 1), owed(session, centre, 2)) == (Fraction(1, 2), Fraction(-1, 2))


def test_a_list_of_a_transaction_that_was_taken_back_is_no_other_lists_content(session, centre):
    """A row's number may be given again; the content is kept under its digest."""
    session.commit()
    case(session, pool(session, 1, 2))
    assert owed(session, centre, 1) == Fraction(-1, 2)
    session.rollback()
    case(session, pool(session, 1, 2, 3, 5))
    assert owed(session, centre, 1) == Fraction(-3, 4)


def test_a_process_forgets_lists_before_it_keeps_too_many(session, centre, monkeypatch):
    monkeypatch.setattr(report, "MOST_KEPT", 2)
    for others in ((2,), (3,), (5,), (6,)):
        case(session, pool(session, 1, *others))
        assert owed(session, centre, 1) < 0
    assert len(report._known) <= 4
    assert owed(session, centre, 1) == -2
