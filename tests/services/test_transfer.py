"""督導轉案: within the unit, once, and known to everybody concerned."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models.account import Account
from models.case import Assignment, Case
from models.outbox import Mail
from models.timeline import TimelineEntry
from rules.errors import AlreadyDone, FieldFault, NotFound
from rules.referral_flow import Move
from services.timeline import make_move
from services.transaction import transaction
from services.transfer import transfer
from tests.conftest import NOW
from tests.factories import make_case, make_person, make_referral
from tests.races import race
from tests.staff import account_id, make_supervisors

WHERE = {"at": NOW, "base_url": "https://jieli.example"}


@pytest.fixture
def case_id(session) -> int:
    with transaction(session):
        referral = make_referral(session, person=make_person(session, name="唐三藏"))
        return make_case(session, referral=referral).id


def hand_over(session, case_id, *, by, giver="manager", taker="manager2"):
    ids = {"from_id": account_id(session, giver), "to_id": account_id(session, taker)}
    with transaction(session):
        transfer(session, case_id, **ids, by=by, **WHERE)


def test_the_case_goes_to_the_other_case_manager_and_the_first_one_stays_on_record(session, act_as, case_id):
    hand_over(session, case_id, by=act_as("supervisor"))
    assert session.get_one(Case, case_id).case_manager.username == "manager2"
    held = session.scalars(
        select(Assignment).where(Assignment.case_id == case_id).order_by(Assignment.id)
    ).all()
    assert [each.case_manager.username for each in held] == ["manager", "manager2"]
    assert (held[1].assigned_at, held[1].assigned_by_id) == (NOW, act_as("supervisor").user_id)


def test_the_timeline_tells_from_whom_to_whom(session, act_as, case_id):
    hand_over(session, case_id, by=act_as("supervisor"))
    entry = session.scalars(select(TimelineEntry).where(TimelineEntry.move == Move.TRANSFER)).one()
    assert (entry.actor_name, entry.from_state, entry.to_state) == ("郭玲巧", "open", "open")
    assert (entry.detail["from"], entry.detail["to"], entry.detail["case_id"]) == (
        "王大毛",
        "陳思妤",
        case_id,
    )


def test_both_case_managers_get_a_mail_without_personal_data(session, act_as, case_id):
    hand_over(session, case_id, by=act_as("supervisor"))
    mails = {mail.recipient.partition("@")[0]: mail.body for mail in session.scalars(select(Mail))}
    assert set(mails) == {"manager", "manager2"}
    assert all("唐○藏" in body and "唐三藏" not in body for body in mails.values())
    assert f"https://jieli.example/cases/{case_id}" in mails["manager2"]
    assert "https://" not in mails["manager"]


def test_whoever_has_left_gets_no_mail(session, act_as, case_id):
    with transaction(session):
        session.get_one(Account, account_id(session, "manager")).active = False
    hand_over(session, case_id, by=act_as("supervisor"))
    assert [mail.recipient for mail in session.scalars(select(Mail))] == ["manager2@demo.jieli.example"]


def test_transferred_there_and_back_makes_mails_each_time(session, act_as, case_id):
    hand_over(session, case_id, by=act_as("supervisor"))
    hand_over(session, case_id, by=act_as("supervisor"), giver="manager2", taker="manager")
    assert session.scalar(select(func.count()).select_from(Mail)) == 4
    assert session.scalar(select(func.count()).select_from(Assignment)) == 3


def test_an_outdated_page_hears_who_transferred_the_case_to_whom(session, act_as, case_id):
    hand_over(session, case_id, by=act_as("supervisor"))
    with pytest.raises(AlreadyDone, match="此個案已由 郭玲巧 轉給 陳思妤"):
        hand_over(session, case_id, by=act_as("supervisor"), taker="supervisor")
    assert session.get_one(Case, case_id).case_manager.username == "manager2"
    assert session.scalar(select(func.count()).select_from(Mail)) == 2


@pytest.mark.parametrize(
    ("taker", "sentence"),
    [
        ("manager", "王大毛 已經是這個個案的個管員"),
        ("manager3", "不在本單位"),
        ("reception", "不是個管員或督導"),
        ("manager2", "帳號已停用"),
    ],
)
def test_only_another_case_manager_of_the_unit_can_take_it_over(session, act_as, case_id, taker, sentence):
    with transaction(session):
        session.get_one(Account, account_id(session, "manager2")).active = False
    with pytest.raises(FieldFault, match=sentence) as refused:
        hand_over(session, case_id, by=act_as("supervisor"), taker=taker)
    assert refused.value.field == "to_id"
    assert session.get_one(Case, case_id, populate_existing=True).case_manager.username == "manager"
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_a_closed_case_is_not_transferred(session, act_as, case_id):
    with transaction(session):
        case = session.get_one(Case, case_id)
        case.closed_on, case.closed_at = NOW.date(), NOW
        make_move(session, case.referral_id, Move.CLOSE, by=act_as("manager"), at=NOW)
    with pytest.raises(AlreadyDone, match="此個案已由 王大毛 結案"):
        hand_over(session, case_id, by=act_as("supervisor"))


@pytest.mark.parametrize("who", ["supervisor3", "manager", "referrer", "admin"])
def test_for_everybody_but_the_units_supervisors_the_case_does_not_exist(session, act_as, case_id, who):
    with pytest.raises(NotFound):
        hand_over(session, case_id, by=act_as(who))
    assert session.get_one(Case, case_id).case_manager.username == "manager"


def test_of_eight_supervisors_at_once_one_transfers_and_seven_hear_who(both, session, act_as, case_id):
    with transaction(session):
        supervisors = make_supervisors(session, like=act_as("supervisor"), number=8)
    first, second = account_id(session, "manager"), account_id(session, "manager2")

    def press(own, by):
        with transaction(own):
            transfer(own, case_id, from_id=first, to_id=second, by=by, **WHERE)

    outcomes = race(both, [(by,) for by in supervisors], press, lanes=8)

    (winner,) = (args[0].name for args, error in outcomes if error is None)
    told = [str(error) for _, error in outcomes if isinstance(error, AlreadyDone)]
    assert told == [f"此個案已由 {winner} 轉給 陳思妤,請確認是否仍要轉案。"] * 7
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Assignment)) == 2
    assert session.scalar(select(func.count()).select_from(Mail)) == 2
    transfers = select(func.count()).select_from(TimelineEntry).where(TimelineEntry.move == Move.TRANSFER)
    assert session.scalar(transfers) == 1
