"""Who leaves behind open cases: the supervisors hear it once for each change that leaves some, and no name."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.account import Account
from models.case import Case
from models.organisation import Unit
from models.outbox import Mail
from services.departures import left_behind, tell_supervisors
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import close_case, make_case
from tests.staff import account_id

WHERE = {"at": NOW, "base_url": "https://jieli.example"}


@pytest.fixture
def cases(session) -> list[int]:
    with transaction(session):
        made = [make_case(session).id for _ in range(3)]
        close_case(session, session.get_one(Case, made[0]))
        return made


def change(session, **values):
    """An administrator changes the case manager's account."""
    with transaction(session):
        account = session.get_one(Account, account_id(session, "manager"))
        before = left_behind(session, account.id)
        for name, value in values.items():
            setattr(account, name, value)
        account.version += 1
        return tell_supervisors(session, account, before=before, **WHERE)


def elsewhere(session) -> int:
    return session.scalars(select(Unit.id).where(Unit.code == "17")).one()


def recipients(session) -> list[str]:
    return sorted(mail.recipient.partition("@")[0] for mail in session.scalars(select(Mail)))


def test_disabling_tells_the_supervisors_how_many_and_where(session, cases):
    assert change(session, active=False) == (2, True)
    (mail,) = session.scalars(select(Mail))
    assert mail.recipient.startswith("supervisor@") and "2 件未結案" in mail.body
    assert "https://jieli.example/cases/uncovered/" in mail.body
    assert "王大毛" not in mail.body and "唐" not in mail.body


def test_so_does_another_unit_and_the_loss_of_the_role(session, cases):
    assert change(session, unit_id=elsewhere(session))[0] == 2
    assert recipients(session) == ["supervisor"]
    assert change(session, unit_id=session.get_one(Case, cases[1]).unit_id)[0] == 0
    assert change(session, roles=[])[0] == 2
    assert recipients(session) == ["supervisor", "supervisor"]


def test_whoever_is_gone_already_leaves_nothing_behind_a_second_time(session, cases):
    change(session, active=False)
    assert change(session, phone="03-1234567")[0] == 0
    assert change(session, roles=[])[0] == 0
    assert len(recipients(session)) == 1


def test_a_change_that_leaves_nothing_behind_is_not_told(session, cases):
    assert change(session, phone="03-1234567") == (0, True)
    assert recipients(session) == []


def test_where_no_supervisor_is_left_the_administrator_hears_so(session, cases):
    with transaction(session):
        session.get_one(Account, account_id(session, "supervisor")).active = False
    assert change(session, active=False) == (2, False)
