"""收案/派案: exactly once, with everything that belongs to it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models.account import Account
from models.case import Assignment, Case
from models.outbox import Mail
from models.referral import Referral
from models.timeline import TimelineEntry
from reports.workload import case_managers
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.referral_flow import State
from services.intake import take_in
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_case, make_person, make_referral
from tests.races import race
from tests.staff import account_id, make_supervisors

WHERE = {"at": NOW, "base_url": "https://jieli.example"}


def waiting(session, **values) -> int:
    with transaction(session):
        return make_referral(session, **values).id


def test_a_case_begins_with_its_supervisor_its_case_manager_and_a_due_date(session, act_as):
    referral_id = waiting(session, referral_date=date(2023, 11, 30))
    boss, worker = act_as("supervisor"), account_id(session, "manager")
    with transaction(session):
        case_id = take_in(session, referral_id, case_manager_id=worker, by=boss, **WHERE).id
    case = session.get_one(Case, case_id)
    assert (case.referral_id, case.supervisor_id, case.case_manager_id) == (referral_id, boss.user_id, worker)
    assert (case.unit_id, case.taken_in_at, case.due_date) == (boss.unit_id, NOW, date(2024, 2, 29))
    assert case.closed_on is None
    assert session.get_one(Referral, referral_id).state == State.OPEN
    (assignment,) = session.scalars(select(Assignment).where(Assignment.case_id == case_id))
    assert (assignment.case_manager_id, assignment.assigned_by_id) == (worker, boss.user_id)
    assert assignment.assigned_at == NOW


def test_the_timeline_tells_who_took_it_in_and_who_got_it(session, act_as):
    referral_id = waiting(session)
    with transaction(session):
        case = take_in(
            session,
            referral_id,
            case_manager_id=account_id(session, "manager"),
            by=act_as("supervisor"),
            **WHERE,
        )
        case_id = case.id
    entry = session.scalars(
        select(TimelineEntry).where(TimelineEntry.referral_id == referral_id, TimelineEntry.move == "take_in")
    ).one()
    assert (entry.actor_name, entry.from_state, entry.to_state, entry.at) == (
        "郭玲巧",
        "submitted",
        "open",
        NOW,
    )
    assert entry.detail["case_id"] == case_id
    assert entry.detail["case_manager"] == "王大毛"


def test_the_case_manager_gets_a_mail_without_personal_data(session, act_as):
    with transaction(session):
        referral_id = make_referral(session, person=make_person(session, name="唐三藏")).id
    with transaction(session):
        case = take_in(
            session,
            referral_id,
            case_manager_id=account_id(session, "manager"),
            by=act_as("supervisor"),
            **WHERE,
        )
        case_id = case.id
    mail = session.scalars(select(Mail).where(Mail.referral_id == referral_id)).one()
    assert mail.recipient == "manager@demo.jieli.example"
    assert "唐○藏" in mail.body and "唐三藏" not in mail.body
    assert f"https://jieli.example/cases/{case_id}" in mail.body


def test_the_supervisor_may_take_the_case_himself(session, act_as):
    referral_id, boss = waiting(session), act_as("supervisor")
    with transaction(session):
        assert take_in(session, referral_id, case_manager_id=boss.user_id, by=boss, **WHERE)


def test_the_second_press_reads_who_was_first_and_changes_nothing(session, act_as):
    referral_id = waiting(session)
    with transaction(session):
        take_in(
            session,
            referral_id,
            case_manager_id=account_id(session, "manager"),
            by=act_as("supervisor"),
            **WHERE,
        )
    second = account_id(session, "manager2")
    with pytest.raises(AlreadyDone, match="此轉介單已由 郭玲巧 收案"), transaction(session):
        take_in(session, referral_id, case_manager_id=second, by=act_as("supervisor"), **WHERE)
    case = session.scalars(select(Case).where(Case.referral_id == referral_id)).one()
    assert case.case_manager.username == "manager"


def test_a_referral_of_another_unit_does_not_exist(session, act_as):
    referral_id = waiting(session, unit="08")
    with pytest.raises(NotFound), transaction(session):
        take_in(
            session,
            referral_id,
            case_manager_id=account_id(session, "manager"),
            by=act_as("supervisor"),
            **WHERE,
        )


def test_a_case_manager_takes_nothing_in(session, act_as):
    referral_id, worker = waiting(session), act_as("manager")
    with pytest.raises(NotFound), transaction(session):
        take_in(session, referral_id, case_manager_id=worker.user_id, by=worker, **WHERE)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [("manager3", "不在本單位"), ("counter1", "不是個管員或督導"), ("manager2", "陳思妤 的帳號已停用")],
)
def test_nobody_else_can_be_given_a_case(session, act_as, chosen, sentence):
    referral_id = waiting(session)
    with transaction(session):
        session.scalars(select(Account).where(Account.username == "manager2")).one().active = False
    with pytest.raises(FieldFault, match=sentence) as refused, transaction(session):
        take_in(
            session,
            referral_id,
            case_manager_id=account_id(session, chosen),
            by=act_as("supervisor"),
            **WHERE,
        )
    assert refused.value.field == "case_manager_id"
    session.expire_all()
    assert session.get_one(Referral, referral_id).state == State.SUBMITTED
    assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


@pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN])
def test_only_what_waits_can_be_taken_in(session, act_as, state):
    referral_id = waiting(session, state=state)
    with pytest.raises(RuleBroken), transaction(session):
        take_in(
            session,
            referral_id,
            case_manager_id=account_id(session, "manager"),
            by=act_as("supervisor"),
            **WHERE,
        )
    assert session.get_one(Referral, referral_id).state == state


def test_eight_supervisors_at_once_make_one_case_of_each_referral(both, session, act_as):
    with transaction(session):
        referrals = [make_referral(session).id for _ in range(50)]
        supervisors = make_supervisors(session, like=act_as("supervisor"), number=8)
    worker = account_id(session, "manager")

    def press(own, by, referral_id):
        with transaction(own):
            take_in(own, referral_id, case_manager_id=worker, by=by, **WHERE)

    outcomes = race(
        both, [(by, referral_id) for by in supervisors for referral_id in referrals], press, lanes=8
    )

    winners = {args[1]: args[0].name for args, error in outcomes if error is None}
    losers = [(args, error) for args, error in outcomes if error is not None]
    assert sorted(winners) == sorted(referrals)
    assert len(losers) == 350
    assert all(isinstance(error, AlreadyDone) for _, error in losers)
    assert all(str(error) == f"此轉介單已由 {winners[args[1]]} 收案" for args, error in losers)
    session.expire_all()
    for row, key in ((Case, Case.referral_id), (Mail, Mail.referral_id)):
        assert Counter(session.scalars(select(key))) == Counter(referrals), row
    moves = select(TimelineEntry.referral_id).where(TimelineEntry.move == "take_in")
    assert Counter(session.scalars(moves)) == Counter(referrals)
    assert session.scalar(select(func.count()).select_from(Assignment)) == 50


def test_the_choice_shows_how_much_everyone_has_on_the_desk(session, act_as):
    today = date(2026, 11, 20)
    with transaction(session):
        for days in (-1, 0, 10, 11):
            make_case(session, manager="manager", due_date=today + timedelta(days=days))
        make_case(session, manager="manager", due_date=today, closed_on=today, closed_at=NOW)
        make_case(session, manager="manager3", supervisor="supervisor3", due_date=today)
        session.scalars(select(Account).where(Account.username == "manager2")).one().active = False
    found = case_managers(session, act_as("supervisor").unit_id, today)
    assert [(each.username, each.open_cases, each.due_soon, each.overdue, each.calm) for each in found] == [
        ("supervisor", 0, 0, 0, 0),
        ("manager", 4, 2, 1, 1),
    ]
