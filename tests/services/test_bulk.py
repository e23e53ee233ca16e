"""Many at once: every row once, each refusal its own, one mail to each case manager."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from models.account import Account
from models.case import Assignment, Case
from models.outbox import Mail
from models.referral import Referral
from models.timeline import TimelineEntry
from rules.errors import AlreadyDone, FieldFault, NotFound
from rules.referral_flow import Move, State
from services.bulk import Transfer, take_in_all, transfer_all
from services.intake import take_in
from services.transaction import transaction
from services.transfer import transfer
from tests.conftest import NOW
from tests.factories import make_case, make_person, make_referral
from tests.races import race
from tests.staff import account_id, make_supervisors

WHERE = {"at": NOW, "base_url": "https://jieli.example"}


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def referrals(session) -> list[int]:
    with transaction(session):
        return [make_referral(session).id for _ in range(4)]


@pytest.fixture
def cases(session) -> list[int]:
    with transaction(session):
        return [make_case(session).id for _ in range(4)]


def moves(session, case_ids, *, giver="manager", takers=("manager2",)) -> list[Transfer]:
    """In turn to the takers."""
    from_id, to_ids = account_id(session, giver), [account_id(session, taker) for taker in takers]
    return [Transfer(each, from_id, to_ids[n % len(to_ids)]) for n, each in enumerate(case_ids)]


def hand_over(session, plan, *, by):
    with transaction(session):
        return transfer_all(session, plan, by=by, **WHERE)


# intake


def test_every_referral_becomes_a_case_of_the_one_named_for_it(session, act_as, referrals):
    first, second = account_id(session, "manager"), account_id(session, "manager2")
    plan = dict(zip(referrals, (first, second, first, second), strict=True))
    outcomes = take_in_all(session, plan, by=act_as("supervisor"), **WHERE)
    assert [each.key for each in outcomes] == referrals
    made = {case.referral_id: case for case in session.scalars(select(Case))}
    assert {each.key: each.case_id for each in outcomes} == {key: made[key].id for key in referrals}
    assert {key: case.case_manager_id for key, case in made.items()} == plan


def test_a_row_that_comes_too_late_names_the_winner_and_holds_up_no_other(session, act_as, referrals):
    with transaction(session):
        (rival,) = make_supervisors(session, like=act_as("supervisor"), number=1)
    manager = account_id(session, "manager")
    with transaction(session):
        take_in(session, referrals[1], case_manager_id=manager, by=rival, **WHERE)
    with transaction(session):
        session.get_one(Referral, referrals[2]).state = State.RETURNED
    plan = dict.fromkeys(referrals, manager)
    outcomes = take_in_all(session, plan, by=act_as("supervisor"), **WHERE)
    assert [each.refusal is None for each in outcomes] == [True, False, False, True]
    assert str(outcomes[1].refusal) == f"此轉介單已由 {rival.name} 收案"
    assert count(session, Case) == 3


def test_a_case_manager_of_another_unit_is_refused_at_his_rows_alone(session, act_as, referrals):
    plan = dict.fromkeys(referrals, account_id(session, "manager")) | {
        referrals[0]: account_id(session, "manager3")
    }
    outcomes = take_in_all(session, plan, by=act_as("supervisor"), **WHERE)
    assert isinstance(outcomes[0].refusal, FieldFault) and "不在本單位" in str(outcomes[0].refusal)
    assert [each.refusal for each in outcomes[1:]] == [None] * 3


def test_pressed_twice_it_shows_the_same_result_and_does_nothing(session, act_as, referrals):
    plan = dict.fromkeys(referrals, account_id(session, "manager"))
    first = take_in_all(session, plan, by=act_as("supervisor"), **WHERE)
    before = count(session, Case), count(session, Mail), count(session, TimelineEntry)
    again = take_in_all(session, plan, by=act_as("supervisor"), **WHERE)
    assert [each.case_id for each in again] == [each.case_id for each in first]
    assert all(each.repeated and each.refusal is None for each in again)
    assert (count(session, Case), count(session, Mail), count(session, TimelineEntry)) == before


def test_of_two_bulks_at_once_each_referral_is_taken_in_once_and_losers_name_the_winner(
    both, session, act_as
):
    with transaction(session):
        supervisors = make_supervisors(session, like=act_as("supervisor"), number=2)
        wanted = [make_referral(session).id for _ in range(12)]
    manager = account_id(session, "manager")
    results = {}

    def press(own, by, order):
        plan = {wanted[place]: manager for place in order}
        results[by.name] = take_in_all(own, plan, by=by, **WHERE)

    forwards, backwards = tuple(range(9)), tuple(range(11, 2, -1))
    outcomes = race(both, list(zip(supervisors, (forwards, backwards), strict=True)), press, lanes=2)

    assert [error for _args, error in outcomes] == [None, None]
    session.expire_all()
    took = dict(
        session.execute(
            select(Case.referral_id, Account.name).join(Account, Account.id == Case.supervisor_id)
        ).all()
    )
    assert set(took) == set(wanted)
    assert count(session, Case) == 12
    for name, rows in results.items():
        for row in rows:
            if row.refusal is None:
                assert took[row.key] == name
            else:
                assert isinstance(row.refusal, AlreadyDone)
                assert str(row.refusal) == f"此轉介單已由 {took[row.key]} 收案" and took[row.key] != name


# transfer


def test_every_case_goes_to_the_one_named_for_it(session, act_as, cases):
    plan = moves(session, cases, takers=("manager2", "supervisor"))
    outcomes = hand_over(session, plan, by=act_as("supervisor"))
    assert [(each.key, each.refusal) for each in outcomes] == [(case_id, None) for case_id in cases]
    now_with = {case.id: case.case_manager_id for case in session.scalars(select(Case))}
    assert now_with == {each.case_id: each.to_id for each in plan}
    assert count(session, Assignment) == 8
    transfers = select(func.count()).select_from(TimelineEntry).where(TimelineEntry.move == Move.TRANSFER)
    assert session.scalar(transfers) == 4


def test_each_case_manager_gets_one_mail_for_all_without_personal_data(session, act_as):
    with transaction(session):
        made = [
            make_case(session, referral=make_referral(session, person=make_person(session, name="唐三藏"))).id
            for _ in range(4)
        ]
    hand_over(session, moves(session, made, takers=("manager2", "supervisor")), by=act_as("supervisor"))
    mails = {mail.recipient.partition("@")[0]: mail for mail in session.scalars(select(Mail))}
    assert set(mails) == {"manager", "manager2", "supervisor"} and count(session, Mail) == 3
    assert mails["manager"].subject == "個案轉出：4 件" and mails["manager2"].subject == "個案轉入：2 件"
    assert all("唐○藏" in mail.body and "唐三藏" not in mail.body for mail in mails.values())
    told = {name: {n for n in made if f"服務單號 {n}　" in mail.body} for name, mail in mails.items()}
    assert told["manager"] == set(made) == told["manager2"] | told["supervisor"]
    assert not told["manager2"] & told["supervisor"]


def test_whoever_has_left_gets_no_mail(session, act_as, cases):
    with transaction(session):
        session.get_one(Account, account_id(session, "manager")).active = False
    hand_over(session, moves(session, cases), by=act_as("supervisor"))
    assert [mail.recipient for mail in session.scalars(select(Mail))] == ["manager2@demo.jieli.example"]


def test_an_outdated_row_says_so_and_the_others_go_on(session, act_as, cases):
    with transaction(session):
        (rival,) = make_supervisors(session, like=act_as("supervisor"), number=1)
    plan = moves(session, cases)
    with transaction(session):
        ids = {"from_id": plan[2].from_id, "to_id": account_id(session, "supervisor")}
        transfer(session, cases[2], **ids, by=rival, **WHERE)
    outcomes = hand_over(session, plan, by=act_as("supervisor"))
    assert [each.refusal is None for each in outcomes] == [True, True, False, True]
    assert f"此個案已由 {rival.name} 轉給 郭玲巧" in str(outcomes[2].refusal)
    assert session.get_one(Case, cases[2]).case_manager.username == "supervisor"
    (letter,) = session.scalars(select(Mail).where(Mail.key.startswith("cases-transferred-to")))
    assert letter.subject == "個案轉入：3 件"


def test_pressed_twice_it_transfers_once_and_mails_once(session, act_as, cases):
    plan = moves(session, cases)
    hand_over(session, plan, by=act_as("supervisor"))
    again = hand_over(session, plan, by=act_as("supervisor"))
    assert all(each.repeated and each.refusal is None for each in again)
    assert count(session, Assignment) == 8 and count(session, Mail) == 2


def test_a_foreign_case_is_refused_and_nothing_is_told_of_it(session, act_as, cases):
    (outcome, *_rest) = hand_over(session, moves(session, cases), by=act_as("supervisor3"))
    assert isinstance(outcome.refusal, NotFound)
    assert count(session, Mail) == 0


def test_of_two_bulks_at_once_each_case_is_transferred_once_and_nobody_waits_for_ever(both, session, act_as):
    with transaction(session):
        supervisors = make_supervisors(session, like=act_as("supervisor"), number=2)
        wanted = [make_case(session).id for _ in range(8)]
    plan = moves(session, wanted)
    results = {}

    def press(own, by, order):
        with transaction(own):
            results[by.name] = transfer_all(own, [plan[n] for n in order], by=by, **WHERE)

    outcomes = race(
        both, list(zip(supervisors, (tuple(range(8)), tuple(range(7, -1, -1))), strict=True)), press, lanes=2
    )

    assert [error for _args, error in outcomes] == [None, None]
    done = Counter((name, row.refusal is None) for name, rows in results.items() for row in rows)
    winner = next(name for name, rows in results.items() if rows[0].refusal is None)
    (loser,) = set(results) - {winner}
    assert done == {(winner, True): 8, (loser, False): 8}
    assert {str(row.refusal) for row in results[loser]} == {
        f"此個案已由 {winner} 轉給 陳思妤,請確認是否仍要轉案。"
    }
    session.expire_all()
    assert count(session, Assignment) == 16 and count(session, Mail) == 2
