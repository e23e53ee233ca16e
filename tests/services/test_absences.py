"""請假: whose days a supervisor may register, and that no day is registered twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.account import Account
from models.staff import Absence
from reports.workload import case_managers
from rules.errors import FieldFault
from services.absences import check
from services.transaction import transaction
from tests.factories import make_absence, make_case
from tests.races import race
from tests.staff import account_id, make_supervisors

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 25)


def asked(session, first, last, who="manager") -> Absence:
    account = session.scalars(select(Account).where(Account.username == who)).one()
    return Absence(account=account, starts_on=first, ends_on=last, note=" 特休 ")


@pytest.fixture
def registered(session) -> int:
    with transaction(session):
        return make_absence(session, "manager", FIRST, LAST).id


def test_one_day_is_a_period_too_and_the_note_is_tidied(session, act_as):
    absence = asked(session, FIRST, FIRST)
    check(session, absence, by=act_as("supervisor"))
    assert absence.note == "特休"


def test_the_days_must_not_stand_the_wrong_way_round(session, act_as):
    with pytest.raises(FieldFault, match="結束日期不能早於開始日期") as refused:
        check(session, asked(session, LAST, FIRST), by=act_as("supervisor"))
    assert refused.value.field == "ends_on"


@pytest.mark.parametrize(("first", "last"), [(18, 20), (25, 30), (21, 22), (18, 30), (20, 25)])
def test_no_day_is_registered_twice_for_one_person(session, act_as, registered, first, last):
    days = date(2026, 11, first), date(2026, 11, last)
    with pytest.raises(FieldFault, match="王大毛 在 115/11/20 至 115/11/25 已登錄請假") as refused:
        check(session, asked(session, *days), by=act_as("supervisor"))
    assert refused.value.field == "starts_on"
    check(session, asked(session, *days, who="manager2"), by=act_as("supervisor"))


@pytest.mark.parametrize(("first", "last"), [(18, 19), (26, 27)])
def test_the_days_beside_it_are_free(session, act_as, registered, first, last):
    check(session, asked(session, date(2026, 11, first), date(2026, 11, last)), by=act_as("supervisor"))


def test_an_absence_does_not_stand_in_its_own_way(session, act_as, registered):
    absence = session.get_one(Absence, registered)
    absence.ends_on = date(2026, 11, 22)
    with session.no_autoflush:
        check(session, absence, by=act_as("supervisor"))


@pytest.mark.parametrize("who", ["supervisor3", "manager", "admin"])
def test_only_the_units_supervisors_register_it(session, act_as, who):
    with pytest.raises(FieldFault, match="不在本單位"):
        check(session, asked(session, FIRST, LAST), by=act_as(who))


def test_the_comparison_of_case_managers_puts_the_absent_last_for_those_days_alone(
    session, act_as, registered
):
    with transaction(session):
        make_case(session)
        make_absence(session, "manager", date(2026, 12, 1), date(2026, 12, 9))
    unit_id, manager = act_as("supervisor").unit_id, account_id(session, "manager")
    for today, until in ((FIRST, LAST), (LAST, LAST)):
        *present, last = case_managers(session, unit_id, today)
        assert (last.account_id, last.absent_until, last.open_cases) == (manager, until, 1)
        assert all(each.absent_until is None for each in present)
    for today in (date(2026, 11, 19), date(2026, 11, 26)):
        found = case_managers(session, unit_id, today)
        assert [each.account_id for each in found] == sorted(each.account_id for each in found)
        assert all(each.absent_until is None for each in found)


def test_of_two_supervisors_at_once_one_registers_the_days(both, session, act_as):
    with transaction(session):
        supervisors = make_supervisors(session, like=act_as("supervisor"), number=2)

    def press(own, by):
        with transaction(own):
            with own.no_autoflush:
                absence = asked(own, FIRST, LAST)
                check(own, absence, by=by)
            own.add(absence)

    outcomes = race(both, [(by,) for by in supervisors], press, lanes=2)

    (refused,) = (error for _args, error in outcomes if error)
    assert isinstance(refused, FieldFault)
    assert len(session.scalars(select(Absence)).all()) == 1
