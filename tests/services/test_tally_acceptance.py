"""督導認可: the way out where an officer cannot confirm, or counts otherwise: with a reason, once, and only for what it was said of."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from models.account import Account
from models.tally import TallyAcceptance, TallySignature
from models.visit import Visit
from rules.actor import Actor
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from services import tally, tally_acceptance
from services.transaction import transaction
from tests.desk_days import Act, arrive, officer_of
from tests.factories import AT, make_desk
from tests.races import race

DAY = date(2026, 11, 20)
NOON, EVENING = time(12), time(17)
LATER = AT + timedelta(hours=7)
GONE = "已離職，依到訪紀錄核對"


@pytest.fixture
def visit(session: Session, act_as: Act) -> Visit:
    """The one case of the day: 求才, which always goes to counter 8."""
    make_desk(session)
    with transaction(session):
        return arrive(session, act_as, at=AT, letter="D")


@pytest.fixture
def me(session: Session, visit: Visit, act_as: Act) -> Actor:
    return act_as(officer_of(session, visit))


def accept(session: Session, visit: Visit, act_as: Act, reason: str = GONE) -> TallyAcceptance:
    with transaction(session):
        return tally_acceptance.accept(
            session, DAY, visit.officer_id or 0, reason=reason, by=act_as("supervisor"), at=LATER
        )


def count(session: Session, visit: Visit, me: Actor, number: int) -> None:
    with transaction(session):
        tally.confirm(session, DAY, {visit.business_type_id: number}, note="", by=me, at=AT)


def sign(session: Session, act_as: Act, until: time = NOON) -> TallySignature:
    with transaction(session):
        return tally.sign(session, DAY, until, by=act_as("reception"), at=LATER)


def test_the_day_of_an_officer_who_is_gone_can_be_signed_and_approved(
    session: Session, act_as: Act, visit: Visit
) -> None:
    with transaction(session):
        session.get_one(Account, visit.officer_id).active = False
    with pytest.raises(RuleBroken):
        sign(session, act_as)
    row = accept(session, visit, act_as)
    assert (row.standing, row.reported, row.counted) == ("missing", None, {str(visit.business_type_id): 1})
    assert (row.reason, row.by_name, row.at) == (GONE, act_as("supervisor").name, LATER)
    sign(session, act_as)
    sign(session, act_as, EVENING)
    with transaction(session):
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)


def test_an_honest_disagreement_is_settled_and_both_counts_are_kept(
    session: Session, act_as: Act, visit: Visit, me: Actor
) -> None:
    count(session, visit, me, 2)
    with pytest.raises(RuleBroken):
        sign(session, act_as)
    row = accept(session, visit, act_as, "A001 已改派 3 號，雙方已說明")
    kind = str(visit.business_type_id)
    assert (row.standing, row.reported, row.counted) == ("differs", {kind: 2}, {kind: 1})
    sign(session, act_as)


def test_who_confirmed_and_left_before_the_next_case_came_is_settled_too(
    session: Session, act_as: Act, visit: Visit, me: Actor
) -> None:
    count(session, visit, me, 1)
    with transaction(session):
        arrive(session, act_as, at=AT, letter="D")
    assert accept(session, visit, act_as).standing == "stale"
    sign(session, act_as)


def test_what_was_accepted_does_not_cover_the_next_case(session: Session, act_as: Act, visit: Visit) -> None:
    accept(session, visit, act_as)
    with transaction(session):
        arrive(session, act_as, at=AT, letter="D")
    with pytest.raises(RuleBroken) as refused:
        sign(session, act_as)
    assert refused.value.template == tally.NOT_CONFIRMED
    accept(session, visit, act_as)
    sign(session, act_as)


def test_what_the_officer_says_afterwards_is_heard(
    session: Session, act_as: Act, visit: Visit, me: Actor
) -> None:
    accept(session, visit, act_as)
    count(session, visit, me, 3)
    with pytest.raises(RuleBroken) as refused:
        sign(session, act_as)
    assert refused.value.template == tally.DIFFERENT
    accept(session, visit, act_as)
    count(session, visit, me, 3)  # the same words again change nothing
    sign(session, act_as)
    assert len(session.scalars(select(TallyAcceptance)).all()) == 2


def test_it_needs_a_reason_and_something_to_accept(
    session: Session, act_as: Act, visit: Visit, me: Actor
) -> None:
    with pytest.raises(FieldFault) as fault:
        accept(session, visit, act_as, "  ")
    assert fault.value.field == "reason"
    count(session, visit, me, 1)
    with pytest.raises(RuleBroken) as refused:
        accept(session, visit, act_as)
    assert refused.value.template == tally_acceptance.NOTHING_TO_ACCEPT
    assert session.scalars(select(TallyAcceptance)).all() == []


@pytest.mark.parametrize("who", ["reception", "counter8", "itstaff", "supervisor3"])
def test_nobody_else_accepts_it(session: Session, act_as: Act, visit: Visit, who: str) -> None:
    refused = NotFound if who != "supervisor3" else RuleBroken
    with pytest.raises(refused), transaction(session):
        tally_acceptance.accept(session, DAY, visit.officer_id or 0, reason=GONE, by=act_as(who), at=LATER)
    assert session.scalars(select(TallyAcceptance)).all() == []


def test_an_approved_day_takes_none(session: Session, act_as: Act, visit: Visit, me: Actor) -> None:
    count(session, visit, me, 1)
    for until in (NOON, EVENING):
        sign(session, act_as, until)
    with transaction(session):
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)
        arrive(session, act_as, at=AT, letter="D")
    with pytest.raises(RuleBroken) as refused:
        accept(session, visit, act_as)
    assert refused.value.template == tally.APPROVED


def test_of_two_presses_at_once_one_is_kept(both: Flask, session: Session, act_as: Act, visit: Visit) -> None:
    by, officer_id = act_as("supervisor"), visit.officer_id or 0

    def press(own: Session, _lane: int) -> None:
        with transaction(own):
            tally_acceptance.accept(own, DAY, officer_id, reason=GONE, by=by, at=LATER)

    outcomes = race(both, [(lane,) for lane in range(3)], press, lanes=3)
    errors = [error for _args, error in outcomes if error]
    assert len(errors) == 2 and all(isinstance(error, AlreadyDone) for error in errors)
    assert len(db.session.scalars(select(TallyAcceptance)).all()) == 1
