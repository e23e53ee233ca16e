"""退回, 改派其他中心, 撤回: each once, with a reason, a line in the timeline and the mails; the loser hears who was first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.organisation import Unit
from models.outbox import Mail
from models.referral import Referral
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.errors import AlreadyDone, Faults, FieldFault, NotFound, RuleBroken
from rules.referral_flow import Move, State
from rules.routing import Basis
from services.intake import take_in
from services.referral_moves import reroute, return_, withdraw
from services.transaction import transaction
from tests.factories import AT, make_person, make_referral
from tests.races import race
from tests.staff import account_id, make_supervisors

Cast = Callable[[str], Actor]
WHERE: dict[str, Any] = {"at": AT, "base_url": "https://jieli.example"}
WHY = "連絡電話為空號,請補正。"


@pytest.fixture
def waiting(session: Session) -> int:
    with transaction(session):
        return make_referral(session, person=make_person(session, name="唐三藏")).id


def unit_id(session: Session, code: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def last_entry(session: Session, referral_id: int) -> TimelineEntry:
    entries = select(TimelineEntry).where(TimelineEntry.referral_id == referral_id)
    return session.scalars(entries.order_by(TimelineEntry.id.desc())).first()


def mails(session: Session) -> list[Mail]:
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def do(session: Session, move: Callable[..., Referral], *args: Any, **values: Any) -> Referral:
    with transaction(session):
        return move(session, *args, **WHERE, **values)


class TestReturn:
    def test_the_referral_goes_back_and_the_timeline_says_why(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        referral = do(session, return_, waiting, reason=f" {WHY} ", by=act_as("supervisor"))
        assert referral.state == State.RETURNED
        entry = last_entry(session, waiting)
        assert (entry.move, entry.actor_name, entry.from_state, entry.to_state, entry.reason) == (
            "return", "郭玲巧", "submitted", "returned", WHY,
        )  # fmt: skip

    def test_who_sent_it_gets_a_mail_without_reason_and_name(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        do(session, return_, waiting, reason="唐三藏的電話為空號", by=act_as("supervisor"))
        (mail,) = mails(session)
        assert mail.recipient == "referrer@demo.jieli.example"
        assert f"https://jieli.example/referrals/{waiting}" in mail.body
        assert "新竹就業中心" in mail.body and "唐○藏" in mail.body
        assert "唐三藏" not in mail.body and "空號" not in mail.body

    @pytest.mark.parametrize("reason", ["", " \n", "字" * 501, "a\0b"])
    def test_without_a_reason_that_can_be_kept_nothing_happens(
        self, session: Session, waiting: int, act_as: Cast, reason: str
    ) -> None:
        with pytest.raises(FieldFault) as refused:
            do(session, return_, waiting, reason=reason, by=act_as("supervisor"))
        assert refused.value.field == "reason"
        assert session.get_one(Referral, waiting).state == State.SUBMITTED
        assert mails(session) == []

    @pytest.mark.parametrize("who", ["supervisor3", "manager", "referrer", "admin"])
    def test_for_anybody_else_there_is_no_such_referral(
        self, session: Session, waiting: int, act_as: Cast, who: str
    ) -> None:
        with pytest.raises(NotFound):
            do(session, return_, waiting, reason=WHY, by=act_as(who))

    def test_who_comes_later_hears_who_took_it_in(self, session: Session, waiting: int, act_as: Cast) -> None:
        boss, manager = act_as("supervisor"), account_id(session, "manager")
        do(session, take_in, waiting, case_manager_id=manager, by=boss)
        with pytest.raises(AlreadyDone, match="此轉介單已由 郭玲巧 收案"):
            do(session, return_, waiting, reason=WHY, by=boss)


class TestReroute:
    def test_it_waits_at_the_other_centre_routed_by_hand(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        there = unit_id(session, "08")
        referral = do(session, reroute, waiting, unit_id=there, reason="設籍板橋", by=act_as("supervisor"))
        assert (referral.state, referral.receiving_unit_id) == (State.SUBMITTED, there)
        assert (referral.routing_basis, referral.routing_prefix) == (Basis.MANUAL, None)
        entry = last_entry(session, waiting)
        assert (entry.detail["from"], entry.detail["unit"], entry.reason) == (
            "新竹就業中心",
            "板橋就業服務站(委辦新北市政府)",
            "設籍板橋",
        )

    def test_its_supervisors_and_who_sent_it_get_a_mail(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        there = unit_id(session, "08")
        do(session, reroute, waiting, unit_id=there, reason="唐三藏住板橋", by=act_as("supervisor"))
        to = {mail.recipient: mail.body for mail in mails(session)}
        assert set(to) == {"supervisor3@demo.jieli.example", "referrer@demo.jieli.example"}
        assert f"/intake/{waiting}" in to["supervisor3@demo.jieli.example"]
        assert f"/referrals/{waiting}" in to["referrer@demo.jieli.example"]
        assert not any("唐三藏" in body for body in to.values())

    def test_there_and_back_again_makes_mails_each_time(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        here, there = unit_id(session, "13"), unit_id(session, "08")
        do(session, reroute, waiting, unit_id=there, reason="設籍板橋", by=act_as("supervisor"))
        do(session, reroute, waiting, unit_id=here, reason="實際居住新竹", by=act_as("supervisor3"))
        do(session, reroute, waiting, unit_id=there, reason="再確認為板橋", by=act_as("supervisor"))
        assert len(mails(session)) == 6

    def test_the_former_centre_hears_who_passed_it_on_whatever_it_tries(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        there, boss, manager = unit_id(session, "08"), act_as("supervisor"), account_id(session, "manager")
        do(session, reroute, waiting, unit_id=there, reason="設籍板橋", by=boss)
        tries: tuple[tuple[Any, dict[str, Any]], ...] = (
            (return_, {"reason": WHY}),
            (reroute, {"reason": WHY, "unit_id": unit_id(session, "17")}),
            (take_in, {"case_manager_id": manager}),
        )
        for move, values in tries:
            with pytest.raises(AlreadyDone, match="此轉介單已由 郭玲巧 改派至 板橋就業服務站"):
                do(session, move, waiting, by=boss, **values)
        with pytest.raises(NotFound):
            do(session, return_, waiting, reason=WHY, by=act_as("supervisor4"))
        with pytest.raises(NotFound):
            do(session, return_, waiting, reason=WHY, by=act_as("manager"))

    @pytest.mark.parametrize("which", ["the same", "closed down", "refers only", "unknown"])
    def test_only_another_centre_that_receives_can_be_chosen(
        self, session: Session, waiting: int, act_as: Cast, which: str
    ) -> None:
        with transaction(session):
            closed = session.scalars(select(Unit).where(Unit.code == "17")).one()
            closed.active = False
            refers = session.scalars(select(Unit.id).where(Unit.receives.is_(False))).first()
        wanted = {
            "the same": unit_id(session, "13"),
            "closed down": closed.id,
            "refers only": refers,
            "unknown": 999_999,
        }
        with pytest.raises(Faults) as refused:
            do(session, reroute, waiting, unit_id=wanted[which], reason=" ", by=act_as("supervisor"))
        assert [fault.field for fault in refused.value.faults] == ["unit_id", "reason"]
        assert session.get_one(Referral, waiting).receiving_unit.code == "13"

    @pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN])
    def test_only_what_waits_is_passed_on(self, session: Session, act_as: Cast, state: State) -> None:
        with transaction(session):
            referral_id = make_referral(session, state=state).id
        with pytest.raises(RuleBroken):
            do(session, reroute, referral_id, unit_id=unit_id(session, "08"), reason=WHY, by=act_as("supervisor"))  # fmt: skip
        assert session.get_one(Referral, referral_id).receiving_unit.code == "13"


class TestWithdrawal:
    def test_a_colleague_may_withdraw_and_the_receiving_unit_hears_of_it(
        self, session: Session, waiting: int, act_as: Cast
    ) -> None:
        sender = act_as("referrer")
        with transaction(session):
            (colleague,) = make_supervisors(session, like=sender, number=1)
        referral = do(session, withdraw, waiting, reason="個案已自行就業", by=colleague)
        assert referral.state == State.WITHDRAWN
        assert last_entry(session, waiting).reason == "個案已自行就業"
        (mail,) = mails(session)
        assert mail.recipient == "supervisor@demo.jieli.example"
        assert "唐○藏" in mail.body and "唐三藏" not in mail.body and "就業中心" not in mail.body

    def test_what_no_centre_has_yet_is_withdrawn_without_a_mail(self, session: Session, act_as: Cast) -> None:
        with transaction(session):
            referral_id = make_referral(session, unit=None).id
        do(session, withdraw, referral_id, reason="個案已自行就業", by=act_as("referrer"))
        assert mails(session) == []

    @pytest.mark.parametrize("who", ["referrer2", "supervisor", "manager", "admin"])
    def test_for_anybody_else_there_is_no_such_referral(
        self, session: Session, waiting: int, act_as: Cast, who: str
    ) -> None:
        with pytest.raises(NotFound):
            do(session, withdraw, waiting, reason="個案已自行就業", by=act_as(who))

    def test_a_returned_referral_stays_returned(self, session: Session, waiting: int, act_as: Cast) -> None:
        do(session, return_, waiting, reason=WHY, by=act_as("supervisor"))
        with pytest.raises(AlreadyDone, match="此轉介單已由 郭玲巧 退回"):
            do(session, withdraw, waiting, reason="個案已自行就業", by=act_as("referrer"))


def test_a_disabled_sender_gets_no_mail_while_a_colleague_is_there(
    session: Session, waiting: int, act_as: Cast
) -> None:
    with transaction(session):
        (colleague,) = make_supervisors(session, like=act_as("referrer"), number=1)
        session.scalars(select(Account).where(Account.username == "referrer")).one().active = False
    do(session, return_, waiting, reason=WHY, by=act_as("supervisor"))
    assert [mail.recipient for mail in mails(session)] == ["colleague0@demo.jieli.example"]
    assert colleague.name == "督導0號"


def test_eight_people_with_different_wishes_make_one_move_of_each_referral(
    both: Flask, session: Session, act_as: Cast
) -> None:
    """Returned, passed on, taken in and withdrawn at once: one happens, all others hear what and by whom."""
    sender, manager, there = act_as("referrer"), account_id(session, "manager"), unit_id(session, "08")
    with transaction(session):
        referrals = [make_referral(session).id for _ in range(12)]
        supervisors = make_supervisors(session, like=act_as("supervisor"), number=7)
    wishes: list[tuple[Any, dict[str, Any]]] = [
        (reroute, {"reason": WHY, "unit_id": there}),
        (return_, {"reason": WHY}),
        (take_in, {"case_manager_id": manager}),
    ]

    def press(own: Session, by: Actor, referral_id: int) -> None:
        number = supervisors.index(by) + referral_id if by in supervisors else -1
        move, values = wishes[number % 3] if by in supervisors else (withdraw, {"reason": "個案已自行就業"})
        with transaction(own):
            move(own, referral_id, by=by, **WHERE, **values)

    presses = [(by, each) for by in (*supervisors, sender) for each in referrals]
    outcomes = race(both, presses, press, lanes=8)

    session.expire_all()
    for referral_id in referrals:
        mine = [(args[0], error) for args, error in outcomes if args[1] == referral_id]
        losers = [(by, error) for by, error in mine if error is not None]
        assert [repr(error) for _, error in losers if not isinstance(error, AlreadyDone)] == []
        moves = session.scalars(
            select(TimelineEntry)
            .where(TimelineEntry.referral_id == referral_id, TimelineEntry.move != "submit")
            .order_by(TimelineEntry.id)
        ).all()
        won = [by for by, error in mine if error is None]
        assert sorted(entry.actor_name for entry in moves) == sorted(by.name for by in won)
        # What was passed on still waits, there: only its sender can come second and withdraw it.
        assert [entry.move for entry in moves[:-1]] == [Move.REROUTE] * (len(moves) - 1)
        assert len(moves) == 1 or moves[-1].move == Move.WITHDRAW
        told = {f"此轉介單已由 {entry.actor_name} {DID[entry.move]}" for entry in moves}
        assert {str(error) for _, error in losers} <= told


DID = {
    "return": "退回",
    "reroute": "改派至 板橋就業服務站(委辦新北市政府)",
    "take_in": "收案",
    "withdraw": "撤回",
}
