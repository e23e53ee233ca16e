"""接待台: a judgement corrected without losing what was said before, and who came without papers identified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ownership import Owner, OwnerChange
from models.person import Person
from models.visit import Visit, VisitEntry
from reports.disclosure_desk import desk_parts
from reports.phone_checks import phone_check
from reports.tally_check import differences, month_differences
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import AppointmentState, Basis, Disability, DisabilityEvidence, EvidenceKind
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.visit_flow import Move, State
from services import counter, reception
from services.ownership import Cause
from services.reception import CheckIn
from services.transaction import transaction
from tests.factories import AT, make_desk, make_person, make_visit
from tests.services.desk_helpers import (
    arrive,
    known_person,
    make_appointment,
    make_evidence,
    make_owner,
    officer,
)

ActAs = Callable[[str], Actor]
SOON = AT + timedelta(minutes=3)


@pytest.fixture
def by(session: Session, act_as: ActAs) -> Actor:
    make_desk(session)
    return act_as("reception")


@pytest.fixture
def visitor(session: Session, by: Actor) -> Person:
    person = make_person(session)
    session.commit()
    return known_person(session, person, by)


@pytest.fixture
def nameless(session: Session, by: Actor) -> Visit:
    """Checked in without papers, as 阿德."""
    return arrive(session, by, None, visitor="阿德")


def moves(session: Session, visit: Visit) -> Sequence[str]:
    session.expire_all()
    of_visit = select(VisitEntry.move).where(VisitEntry.visit_id == visit.id)
    return session.scalars(of_visit.order_by(VisitEntry.id)).all()


def last_detail(session: Session, move: Move) -> dict:
    entry = select(VisitEntry).where(VisitEntry.move == move).order_by(VisitEntry.id.desc())
    return session.scalars(entry).first().detail


def corrected(session: Session, visit: Visit, by: Actor, **values) -> Visit:
    data = CheckIn(business_type_id=visit.business_type_id, submission_key="", **values)
    with transaction(session):
        return reception.rejudge(session, visit.id, data, by=by, at=SOON)


def identified(session: Session, visit: Visit, person: Person, by: Actor, at=SOON, **values) -> Visit:
    data = CheckIn(visit.business_type_id, "", person_id=person.id, **values)
    with transaction(session):
        return reception.identify(session, visit.id, data, by=by, at=at)


def at_the_counter(session: Session, visit: Visit, act_as: ActAs, *steps: str) -> Actor:
    by = act_as(visit.officer.username)
    for step in steps:
        with transaction(session):
            values = {"outcome": "consulted"} if step == "end" else {}
            getattr(counter, step)(session, visit.id, by=by, at=SOON, **values)
    return by


def owner(session: Session, person: Person) -> int | None:
    session.expire_all()
    return session.scalar(select(Owner.officer_id).where(Owner.person_id == person.id))


# The phone check


@pytest.mark.parametrize("known", [True, False])
def test_the_answer_is_kept_even_where_the_judgement_rests_on_something_else(session, by, visitor, known):
    make_evidence(session, visitor, EvidenceKind.INTRODUCTION_CARD, number=2)
    asked = officer(session, 6)
    visit = arrive(session, by, visitor, asked_officer_id=asked.id, known=known)
    assert visit.basis == Basis.INTRODUCTION_CARD
    assert last_detail(session, Move.CHECK_IN) == {"asked": asked.id, "known": known}
    found = phone_check(session, visit)
    assert (found.officer, found.known) == (asked.get_full_name(), known)


def test_who_was_asked_without_an_answer_is_asked_for_it(session, by, visitor):
    with pytest.raises(FieldFault) as refused:
        arrive(session, by, visitor, asked_officer_id=officer(session, 6).id)
    assert refused.value.field == "known"


def test_another_answer_alone_is_a_correction_and_stays_beside_the_first(session, by, visitor):
    make_evidence(session, visitor, EvidenceKind.INTRODUCTION_CARD, number=2)
    asked = officer(session, 6).id
    visit = arrive(session, by, visitor, asked_officer_id=asked, known=False)
    corrected(session, visit, by, asked_officer_id=asked, known=True)
    assert last_detail(session, Move.CHECK_IN)["known"] is False
    assert last_detail(session, Move.JUDGE)["known"] is True
    assert phone_check(session, visit).known
    before = moves(session, visit)
    corrected(session, visit, by, asked_officer_id=asked, known=True)
    assert moves(session, visit) == before


def test_the_history_that_a_person_is_given_tells_what_was_asked_and_answered(session, by, visitor):
    asked = officer(session, 3).id
    visit = arrive(session, by, None, visitor="阿德", asked_officer_id=asked, known=False)
    identified(session, visit, visitor, by, asked_officer_id=asked, known=True)
    (part,) = desk_parts(session, visitor)
    assert ("報到時稱呼", "阿德") in part.facts
    assert [told for *_, told in part.rows] == [
        "去電 吳淑芬 核對：不是其個案。", "", "登錄身分", "去電 吳淑芬 核對：是其個案。", "",
    ]  # fmt: skip


def test_a_note_belongs_to_receptions_own_word(session, by, visitor):
    assert arrive(session, by, visitor, note="順手打的字").basis_note == ""


# 登錄身分


def test_a_visitor_gets_a_person_and_keeps_the_name_and_the_counter(session, by, visitor, nameless):
    counter_id = nameless.counter_id
    identified(session, nameless, visitor, by)
    assert (nameless.person, nameless.visitor, nameless.counter_id) == (visitor, "阿德", counter_id)
    assert moves(session, nameless) == [Move.CHECK_IN, Move.DISPATCH, Move.IDENTIFY]


def test_who_turns_out_to_be_an_old_case_goes_to_the_owner_with_his_place_in_the_queue(
    session, by, visitor, nameless
):
    make_visit(session, person=visitor, state=State.SERVED, officer="counter3", at=AT - timedelta(days=30))
    make_owner(session, visitor, 3)
    identified(session, nameless, visitor, by)
    assert (nameless.new_case, nameless.basis, nameless.counted) == (False, Basis.HISTORY, False)
    assert (nameless.officer.username, nameless.queue_from) == ("counter3", AT)
    assert moves(session, nameless)[2:] == [Move.IDENTIFY, Move.JUDGE, Move.DISPATCH]


def test_who_was_judged_old_on_his_word_goes_to_the_owner_who_is_known_now(session, by, visitor):
    visit = arrive(session, by, None, visitor="阿德", new_case=False, note="自述為舊案")
    make_owner(session, visitor, 3)
    identified(session, visit, visitor, by, new_case=False, note="自述為舊案")
    assert (visit.basis, visit.officer.username) == (Basis.RECEPTION, "counter3")


def test_what_reception_sees_in_the_papers_counts_as_at_the_check_in(session, by, visitor, nameless):
    with pytest.raises(FieldFault):
        identified(session, nameless, visitor, by, disability=Disability.CONFIRMED)
    session.expire_all()
    assert nameless.person_id is None
    seen = {"disability": Disability.CONFIRMED, "disability_evidence": DisabilityEvidence.HANDBOOK}
    assert identified(session, nameless, visitor, by, **seen).counter.number == 4


def test_the_appointment_of_today_is_kept_after_all(session, by, visitor, nameless):
    booked = make_appointment(session, visitor, 3, at=AT + timedelta(minutes=20))
    identified(session, nameless, visitor, by)
    assert (nameless.appointment_id, booked.state) == (booked.id, AppointmentState.KEPT)
    assert (nameless.officer.username, nameless.queue_from) == ("counter3", AT + timedelta(minutes=20))


@pytest.mark.parametrize("steps", [("call",), ("call", "start"), ("call", "start", "end")])
def test_who_has_been_called_stays_at_the_counter(session, by, act_as, visitor, nameless, steps):
    at_the_counter(session, nameless, act_as, *steps)
    make_owner(session, visitor, 7)
    make_evidence(session, visitor, EvidenceKind.INTRODUCTION_CARD, number=7)
    kept = ("state", "counter_id", "officer_id", "new_case", "basis", "counted")
    before = {name: getattr(nameless, name) for name in kept}
    identified(session, nameless, visitor, by, disability=Disability.SUSPECTED)
    assert {name: getattr(nameless, name) for name in kept} == before
    assert nameless.person == visitor


@pytest.mark.parametrize("steps", [("call", "start"), ("call", "start", "end")])
def test_the_officer_becomes_the_owner_when_the_service_has_begun(
    session, by, act_as, visitor, nameless, steps
):
    at_the_counter(session, nameless, act_as, *steps)
    identified(session, nameless, visitor, by)
    assert owner(session, visitor) == nameless.officer_id
    change = session.scalars(select(OwnerChange)).one()
    assert (change.cause, change.visit_id, change.by_id) == (Cause.NEW_CASE, nameless.id, by.user_id)


def test_the_officer_becomes_the_owner_at_the_start_when_the_papers_came_before(
    session, by, act_as, visitor, nameless
):
    at_the_counter(session, nameless, act_as, "call")
    identified(session, nameless, visitor, by)
    assert owner(session, visitor) is None
    at_the_counter(session, nameless, act_as, "start")
    assert owner(session, visitor) == nameless.officer_id


@pytest.mark.parametrize("first", ["start", "papers"])
def test_an_old_case_is_taken_from_nobody_by_who_served_it_unknown(
    session, by, act_as, visitor, nameless, first
):
    make_visit(session, person=visitor, state=State.SERVED, officer="counter7", at=AT - timedelta(days=30))
    make_owner(session, visitor, 7)
    at_the_counter(session, nameless, act_as, "call", *(["start"] if first == "start" else []))
    identified(session, nameless, visitor, by)
    if first == "papers":
        at_the_counter(session, nameless, act_as, "start")
    assert owner(session, visitor) == officer(session, 7).id != nameless.officer_id


def test_a_service_is_no_evidence_about_itself(session, by, act_as, visitor, nameless):
    """Whose introduction card there is, owns; the service that has just ended does not hide it."""
    make_evidence(session, visitor, EvidenceKind.INTRODUCTION_CARD, number=7)
    at_the_counter(session, nameless, act_as, "call", "start", "end")
    identified(session, nameless, visitor, by)
    assert owner(session, visitor) == officer(session, 7).id
    assert session.scalars(select(OwnerChange.cause)).one() == Cause.FIRST_SERVICE


def test_the_next_arrival_is_an_old_case_of_the_same_officer(session, by, act_as, visitor, nameless):
    at_the_counter(session, nameless, act_as, "call", "start", "end")
    identified(session, nameless, visitor, by)
    again = arrive(session, by, visitor, at=AT + timedelta(hours=3))
    assert (again.new_case, again.counted, again.officer_id) == (False, False, nameless.officer_id)


def test_the_figures_agree_with_the_timeline_afterwards(session, by, act_as, visitor):
    """One who waited and turned out to be old, and one who was served before the papers came."""
    other = known_person(session, make_person(session), by)
    make_evidence(session, other, EvidenceKind.INTRODUCTION_CARD, number=7)
    waiting, served = (arrive(session, by, None, visitor=name) for name in ("阿德", "阿明"))
    at_the_counter(session, served, act_as, "call", "start", "end")
    identified(session, waiting, other, by)
    identified(session, served, visitor, by)
    day = local_date(AT)
    assert list(differences(session, by.unit_id, day)) == []
    assert list(month_differences(session, by.unit_id, day)) == []


def test_the_same_person_again_changes_nothing_and_another_one_is_refused(session, by, visitor, nameless):
    identified(session, nameless, visitor, by)
    before = moves(session, nameless)
    identified(session, nameless, visitor, by)
    other = known_person(session, make_person(session), by)
    with pytest.raises(AlreadyDone):
        identified(session, nameless, other, by)
    assert (moves(session, nameless), nameless.person_id) == (before, visitor.id)


def test_who_is_here_already_for_the_same_business_does_not_get_a_second_visit(
    session, by, act_as, visitor, nameless
):
    first = arrive(session, by, visitor)
    with pytest.raises(RuleBroken, match=first.ticket):
        identified(session, nameless, visitor, by)
    other_business = arrive(session, by, None, "B", visitor="阿德")
    assert identified(session, other_business, visitor, by).person == visitor
    at_the_counter(session, nameless, act_as, "call", "start", "end")
    assert identified(session, nameless, visitor, by).person == visitor, "what is over is no second visit"


def test_an_employer_a_visitor_who_left_and_an_earlier_day_are_not_identified(session, by, visitor):
    employer, gone = (arrive(session, by, None, letter, visitor="陳老闆") for letter in "DA")
    with transaction(session):
        reception.leave(session, gone.id, reason="另有要事", by=by, at=AT)
    earlier = make_visit(session, state=State.SERVED, at=AT - timedelta(days=1), visitor="阿德")
    earlier.person = None
    session.commit()
    for visit in (employer, gone, earlier):
        with pytest.raises(RuleBroken):
            identified(session, visit, visitor, by)
        assert moves(session, visit)[-1:] != [Move.IDENTIFY]


def test_only_reception_of_the_centre_identifies_whom_it_has_looked_up(
    session, by, act_as, visitor, nameless
):
    stranger = make_person(session)
    session.commit()
    elsewhere = act_as("supervisor3")
    foreign = Actor(by.user_id, by.name, elsewhere.unit_id, by.permissions)
    for person, who in ((visitor, act_as("counter1")), (visitor, foreign), (stranger, by)):
        with pytest.raises(NotFound):
            identified(session, nameless, person, who)
    assert session.scalar(select(func.count()).where(VisitEntry.move == Move.IDENTIFY)) == 0


def test_the_form_of_the_check_in_sent_again_still_leads_to_its_visit(session, by, visitor):
    first = arrive(session, by, None, visitor="阿德", submission_key="one-form")
    identified(session, first, visitor, by)
    assert arrive(session, by, None, visitor="阿德", submission_key="one-form").id == first.id
