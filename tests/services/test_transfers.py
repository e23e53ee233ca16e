"""永久轉案 on both databases: proposed with consent, answered by the other, executed at reception, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.desk_rules import BusinessType
from models.notice import Notice
from models.ownership import ChangeRequest, Owner, OwnerChange, PermanentTransfer
from models.person import Person
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from services import desk_review, handing_over, notices, ownership, succession, transfers
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_visit

Who = Callable[[str], Actor]


@pytest.fixture
def owned(session: Session, act_as: Who) -> tuple[Person, BusinessType]:
    """A person whose job seeking belongs to counter1."""
    make_desk(session)
    person = make_person(session)
    kind = session.scalars(select(BusinessType).where(BusinessType.letter == "A")).one()
    officer = act_as("counter1")
    with transaction(session):
        ownership.give(
            session,
            unit_id=officer.unit_id or 0,
            person_id=person.id,
            business_type_id=kind.id,
            to_id=officer.user_id,
            cause="new_case",
            by=officer,
            at=NOW,
        )
    return person, kind


def propose(
    session: Session, owned: tuple[Person, BusinessType], by: Actor, to: Actor, **changed: object
) -> PermanentTransfer:
    said = {"reason": "晤談後確認為身心障礙者。", "consent": True, "to_id": to.user_id, **changed}
    person, kind = owned
    with transaction(session):
        return transfers.propose(
            session,
            person_id=person.id,
            business_type_id=kind.id,
            by=by,
            at=NOW,
            **said,  # type: ignore[arg-type]  # what a form sends
        )


def owner_of(session: Session) -> int:
    return session.scalars(select(Owner.officer_id)).one()


def test_a_transfer_goes_from_the_proposal_to_the_new_owner(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    one, four, reception = act_as("counter1"), act_as("counter4"), act_as("reception")
    made = propose(session, owned, one, four)
    assert owner_of(session) == one.user_id
    with transaction(session):
        transfers.answer(session, made.id, agreed=True, by=four, at=NOW)
    assert [each.id for each in transfers.pending(session, reception.unit_id or 0)] == [made.id]
    with transaction(session):
        transfers.execute(session, made.id, by=reception, at=NOW)
    assert owner_of(session) == four.user_id
    last = session.scalars(select(OwnerChange).order_by(OwnerChange.id.desc())).first()
    assert last is not None
    assert (last.from_id, last.to_id, last.cause) == (one.user_id, four.user_id, "transfer")


def test_the_other_officer_the_supervisor_and_reception_are_told(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    four = act_as("counter4")
    made = propose(session, owned, act_as("counter1"), four)
    with transaction(session):
        transfers.answer(session, made.id, agreed=True, by=four, at=NOW)
    told = session.execute(select(Notice.to_id, Notice.to_permission).order_by(Notice.id)).all()
    assert [tuple(row) for row in told] == [
        (four.user_id, ""),
        (None, "DESK_SUPERVISE"),
        (None, "VISIT_RECEIVE"),
    ]
    assert owned[0].name not in str(session.scalars(select(Notice.values)).all())


def test_nobody_is_asked_any_more_for_what_is_done(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    one, four, reception = act_as("counter1"), act_as("counter4"), act_as("reception")
    visit = make_visit(session, person=owned[0], officer="counter1")
    made = propose(session, owned, one, four, visit_id=visit.id)
    assert asked(session, four) and not asked(session, reception)
    with transaction(session):
        transfers.answer(session, made.id, agreed=True, by=four, at=NOW)
    assert not asked(session, four) and asked(session, reception)
    with transaction(session):
        transfers.execute(session, made.id, by=reception, at=NOW)
    assert not asked(session, reception)
    assert [each.template for each in notices.unread(session, four)] == [transfers.TOLD_DONE]


def asked(session: Session, reader: Actor) -> bool:
    """Whether a step of a transfer is asked for in the reader's notices."""
    open_ones = {each.template for each in notices.unread(session, reader)}
    return bool(open_ones & {transfers.TOLD_OTHER, transfers.TOLD_RECEPTION})


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"consent": False}, "consent"), ({"reason": " "}, "reason"), ({"to_id": None}, "to_id")],
)
def test_a_proposal_needs_consent_a_reason_and_another_officer(
    session: Session,
    owned: tuple[Person, BusinessType],
    act_as: Who,
    changed: dict[str, object],
    field: str,
) -> None:
    with pytest.raises(FieldFault) as refused:
        propose(session, owned, act_as("counter1"), act_as("counter4"), **changed)
    assert refused.value.field == field


def test_only_the_owner_proposes_and_never_to_himself_or_another_centre(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    with pytest.raises(RuleBroken, match="目前不是由您承辦"):
        propose(session, owned, act_as("counter2"), act_as("counter4"))
    for wrong in ("counter1", "manager3"):
        with pytest.raises(FieldFault):
            propose(session, owned, act_as("counter1"), act_as(wrong))


def test_there_is_one_open_transfer_of_a_person_and_business_type(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    with pytest.raises(RuleBroken, match="已有一筆轉案"):
        propose(session, owned, act_as("counter1"), act_as("counter5"))
    with transaction(session):
        transfers.withdraw(session, made.id, by=act_as("counter1"), at=NOW)
    propose(session, owned, act_as("counter1"), act_as("counter5"))


def test_declining_needs_a_reason_and_ends_it(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    four = act_as("counter4")
    made = propose(session, owned, act_as("counter1"), four)
    with pytest.raises(FieldFault), transaction(session):
        transfers.answer(session, made.id, agreed=False, by=four, at=NOW)
    with transaction(session):
        transfers.answer(session, made.id, agreed=False, note="本組本月受訓", by=four, at=NOW)
    with pytest.raises(AlreadyDone), transaction(session):
        transfers.execute(session, made.id, by=act_as("reception"), at=NOW)


def test_only_the_other_officer_answers_and_only_reception_executes(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    for wrong in ("counter1", "counter2", "reception", "supervisor3"):
        with pytest.raises(NotFound), transaction(session):
            transfers.answer(session, made.id, agreed=True, by=act_as(wrong), at=NOW)
    with transaction(session):
        transfers.answer(session, made.id, agreed=True, by=act_as("counter4"), at=NOW)
    for wrong in ("counter1", "counter4", "supervisor", "itstaff"):
        with pytest.raises(NotFound), transaction(session):
            transfers.execute(session, made.id, by=act_as(wrong), at=NOW)


def test_a_transfer_is_executed_once(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    with transaction(session):
        transfers.answer(session, made.id, agreed=True, by=act_as("counter4"), at=NOW)
    with transaction(session):
        transfers.execute(session, made.id, by=act_as("reception"), at=NOW)
    with pytest.raises(AlreadyDone), transaction(session):
        transfers.execute(session, made.id, by=act_as("reception"), at=NOW)
    assert len(session.scalars(select(OwnerChange)).all()) == 2


def test_a_transfer_of_somebody_who_has_another_owner_by_now_is_refused(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    person, kind = owned
    with transaction(session):
        transfers.answer(session, made.id, agreed=True, by=act_as("counter4"), at=NOW)
        ownership.give(
            session,
            unit_id=made.unit_id,
            person_id=person.id,
            business_type_id=kind.id,
            to_id=act_as("counter7").user_id,
            cause="departure",
            by=act_as("supervisor"),
            at=NOW,
        )
    with pytest.raises(RuleBroken, match="已經更換"), transaction(session):
        transfers.execute(session, made.id, by=act_as("reception"), at=NOW)


def test_a_transfer_to_somebody_who_has_left_meanwhile_is_refused(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    giver, taker = act_as("counter1"), act_as("counter4")
    transfer = propose(session, owned, giver, taker)
    with transaction(session):
        transfers.answer(session, transfer.id, agreed=True, by=taker, at=NOW)
        session.get_one(Account, taker.user_id).active = False
    with pytest.raises(RuleBroken, match="已離職"), transaction(session):
        transfers.execute(session, transfer.id, by=act_as("reception"), at=NOW)
    assert owner_of(session) == giver.user_id


def test_a_proposal_names_no_visit_of_somebody_else(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    with transaction(session):
        foreign = make_visit(session, officer="counter1").id
    with pytest.raises(NotFound), transaction(session):
        propose(session, owned, act_as("counter1"), act_as("counter4"), visit_id=foreign)


def depart(session: Session, act_as: Who, who: str, *, days: int = 0) -> int:
    with transaction(session):
        return succession.depart(
            session,
            act_as(who).user_id,
            left_on=local_date(NOW) + timedelta(days=days),
            benefit_officer_id=None,
            by=act_as("itstaff"),
            at=NOW,
        ).departure.id


def state(session: Session, transfer: PermanentTransfer) -> str:
    session.refresh(transfer)
    return transfer.state


@pytest.mark.parametrize("days", [0, 10])
def test_a_transfer_to_who_leaves_is_withdrawn_and_both_are_told(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who, days: int
) -> None:
    one, four = act_as("counter1"), act_as("counter4")
    made = propose(session, owned, one, four)
    depart(session, act_as, "counter4", days=days)
    assert state(session, made) == "withdrawn"
    assert transfers.TOLD_WITHDRAWN in {each.template for each in notices.unread(session, one)}
    propose(session, owned, one, act_as("counter5"))


@pytest.mark.parametrize("agreed", [False, True])
def test_the_open_transfers_of_who_left_end_when_the_persons_are_handed_over(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who, agreed: bool
) -> None:
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    if agreed:
        with transaction(session):
            transfers.answer(session, made.id, agreed=True, by=act_as("counter4"), at=NOW)
    departure = depart(session, act_as, "counter1")
    with transaction(session):
        handing_over.hand_over(
            session,
            departure,
            successors={owned[1].id: act_as("counter5").user_id},
            by=act_as("itstaff"),
            at=NOW,
        )
    assert state(session, made) == "withdrawn"
    assert transfers.pending(session, made.unit_id) == []
    propose(session, owned, act_as("counter5"), act_as("counter4"))


def test_an_open_transfer_ends_when_the_supervisor_changes_the_officer(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    person, kind = owned
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    with transaction(session):
        asked = ChangeRequest(
            unit_id=made.unit_id,
            person_id=person.id,
            business_type_id=kind.id,
            officer_id=act_as("counter1").user_id,
            reason="希望換人",
            made_at=NOW,
            made_by_id=act_as("reception").user_id,
        )
        session.add(asked)
        session.flush()
        desk_review.decide_request(
            session,
            asked.id,
            granted=True,
            new_officer_id=act_as("counter2").user_id,
            note="",
            by=act_as("supervisor"),
            at=NOW,
        )
    assert state(session, made) == "withdrawn"
    propose(session, owned, act_as("counter2"), act_as("counter4"))


def test_what_an_earlier_owner_proposed_is_in_nobodys_way(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    """Whoever serves the person's new case is the owner, without a hand-over."""
    person, kind = owned
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    with transaction(session):
        ownership.give(
            session,
            unit_id=made.unit_id,
            person_id=person.id,
            business_type_id=kind.id,
            to_id=act_as("counter2").user_id,
            cause="new_case",
            by=act_as("counter2"),
            at=NOW,
        )
    propose(session, owned, act_as("counter2"), act_as("counter5"))
    assert state(session, made) == "withdrawn"


def test_the_supervisor_withdraws_for_who_cannot_and_nobody_else_does(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    made = propose(session, owned, act_as("counter1"), act_as("counter4"))
    for wrong in ("counter2", "counter4", "reception", "itstaff", "supervisor3"):
        with pytest.raises(NotFound), transaction(session):
            transfers.withdraw(session, made.id, by=act_as(wrong), at=NOW)
    with transaction(session):
        transfers.withdraw(session, made.id, by=act_as("supervisor"), at=NOW)
    assert state(session, made) == "withdrawn"
    for officer in ("counter1", "counter4"):
        assert transfers.TOLD_WITHDRAWN in {
            each.template for each in notices.unread(session, act_as(officer))
        }


def test_nobody_is_given_to_who_has_left_or_is_about_to(
    session: Session, owned: tuple[Person, BusinessType], act_as: Who
) -> None:
    depart(session, act_as, "counter4")
    depart(session, act_as, "counter5", days=10)
    offered = {each.username for each in transfers.officers_beside(session, act_as("counter1"))}
    assert offered == {"counter2", "counter3", "counter6", "counter7", "counter8"}
    for wrong in ("counter4", "counter5"):
        with pytest.raises(FieldFault):
            propose(session, owned, act_as("counter1"), act_as(wrong))
