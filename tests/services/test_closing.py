"""Closing a case: whom it tells, why it is reopened, and what else may happen to the case at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.account import Account
from models.case import Assignment, Case, Extension, ServiceRecord
from models.outbox import Mail
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import FieldFault, RuleBroken
from rules.referral_flow import Move
from rules.service_record import Provided
from services import cases
from services.service_records import record_service
from services.transaction import transaction
from services.transfer import transfer
from tests.factories import AT, make_case
from tests.races import race

URL = "https://jieli.example"

Cast = Callable[[str], Actor]


@pytest.fixture
def case(session: Session) -> Case:
    with transaction(session):
        return make_case(session)


def close(session: Session, case: Case, by: Actor) -> Mail:
    with transaction(session):
        return cases.close(session, case.id, base_url=URL, by=by, at=AT)


class TestWhoHearsOfTheClosing:
    """The person who sent the referral, as long as the mail would reach the unit."""

    @pytest.fixture
    def colleague(self, session: Session) -> Account:
        sender = session.scalars(select(Account).where(Account.username == "referrer")).one()
        with transaction(session):
            colleague = Account(
                username="referrer9",
                name="林同仁",
                email="referrer9@demo.jieli.example",
                unit_id=sender.unit_id,
                roles=list(sender.roles),
                active=True,
                created_by_fk=None,
                changed_by_fk=None,
            )
            session.add(colleague)
        return colleague

    def test_the_sender(self, session: Session, case: Case, act_as: Cast, colleague: Account) -> None:
        assert close(session, case, act_as("manager")).recipient == "referrer@demo.jieli.example"

    @pytest.mark.parametrize("change", [{"active": False}, {"unit_id": None}], ids=["disabled", "elsewhere"])
    def test_a_colleague_when_the_sender_has_left(
        self, session: Session, case: Case, act_as: Cast, colleague: Account, change: dict[str, object]
    ) -> None:
        with transaction(session):
            for name, value in change.items():
                setattr(case.referral.submitted_by, name, value)
        assert close(session, case, act_as("manager")).recipient == colleague.email

    def test_nobody_when_the_unit_has_nobody_left(self, session: Session, case: Case, act_as: Cast) -> None:
        """The old mailbox may be somebody else's by now."""
        with transaction(session):
            case.referral.submitted_by.active = False
        assert close(session, case, act_as("manager")) is None
        assert case.closed_on is not None


@pytest.mark.parametrize("reason", ["字" * 501, "a\0b", "\u202e反"], ids=["long", "NUL", "turned"])
def test_a_reason_that_cannot_be_kept_is_refused_at_its_field(
    session: Session, case: Case, act_as: Cast, reason: str
) -> None:
    close(session, case, act_as("manager"))
    with pytest.raises(FieldFault) as refused, transaction(session):
        cases.reopen(session, case.id, reason=reason, base_url=URL, by=act_as("supervisor"), at=AT)
    assert refused.value.field == "reason"
    session.refresh(case)
    assert case.closed_on is not None


def test_closing_beside_every_other_move_leaves_one_unbroken_history(
    both: Flask, session: Session, act_as: Cast
) -> None:
    """Six people at once on each of six cases: whatever the order was, state, rows and history agree."""
    manager, boss = act_as("manager"), act_as("supervisor")
    other = act_as("manager2").user_id
    with transaction(session):
        due = local_date(AT)
        numbers = [make_case(session, due_date=due).id for _ in range(6)]

    def press(own: Session, lane: int, number: int) -> None:
        entry = Provided((1,))
        with transaction(own):
            match lane:
                case 0:
                    cases.close(own, number, base_url=URL, by=manager, at=AT)
                case 1:
                    record_service(own, number, entry, submission_key=f"{number}", by=manager, at=AT)
                case 2:
                    where = {"by": boss, "at": AT, "base_url": URL}
                    transfer(own, number, from_id=manager.user_id, to_id=other, **where)
                case 3:
                    cases.extend(own, number, due_before=due, by=boss, at=AT)
                case 4:
                    cases.close(own, number, base_url=URL, by=boss, at=AT)
                case _:
                    cases.reopen(own, number, reason="再度求職", base_url=URL, by=boss, at=AT)

    outcomes = race(both, [(lane, number) for number in numbers for lane in range(6)], press, lanes=6)

    assert [repr(error) for _, error in outcomes if error and not isinstance(error, RuleBroken)] == []
    session.expire_all()
    for number in numbers:
        found = session.get_one(Case, number)
        of_case = select(TimelineEntry).where(TimelineEntry.referral_id == found.referral_id)
        history = session.scalars(of_case.order_by(TimelineEntry.id)).all()[1:]
        states = [entry.from_state for entry in history[1:]]
        assert states == [entry.to_state for entry in history[:-1]]
        assert history[-1].to_state == found.referral.state
        assert (found.closed_on is None) == (found.referral.state == "open")
        made = [entry.move for entry in history]
        for row, move, first in (
            (ServiceRecord, Move.RECORD_SERVICE, 0),
            (Extension, Move.EXTEND, 0),
            (Assignment, Move.TRANSFER, 1),
        ):
            rows = session.scalar(select(func.count(row.id)).where(row.case_id == number))
            assert rows == made.count(move) + first
