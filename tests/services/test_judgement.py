"""接待台 rule 一 from the database, and the picture that reception confirms it by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk_rules import NewCaseRule
from models.organisation import Unit
from models.ownership import PermanentTransfer
from models.person import Person
from reports.visitor_records import AgreedTransfer
from rules.actor import Actor
from rules.desk import Basis, Disability, EvidenceKind
from rules.dispatch import Presence
from rules.errors import NotFound
from rules.visit_flow import State
from services.judgement import judge, picture
from tests.factories import AT, close_case, make_case, make_desk, make_person, make_referral, make_visit
from tests.services.desk_helpers import (
    away,
    business_type,
    make_appointment,
    make_evidence,
    make_owner,
    officer,
)
from tests.views.statements import counted

ActAs = Callable[[str], Actor]


@pytest.fixture
def by(session: Session, act_as: ActAs) -> Actor:
    make_desk(session)
    return act_as("reception")


@pytest.fixture
def person(session: Session, by: Actor) -> Person:
    made = make_person(session)
    session.commit()
    return made


def judged(session: Session, by: Actor, person: Person | None, letter: str = "A", at=AT):
    assert by.unit_id is not None
    return judge(session, by.unit_id, person, business_type(session, letter), at=at)


def served(session: Session, person: Person, days_ago: int, number: int = 2, letter: str = "A") -> None:
    at = AT - timedelta(days=days_ago)
    make_visit(session, person=person, state=State.SERVED, officer=f"counter{number}", letter=letter, at=at)
    session.commit()


def test_who_was_served_here_for_the_same_business_is_an_old_case_of_who_served_last(session, by, person):
    served(session, person, 200, number=3)
    served(session, person, 100, number=2)
    found = judged(session, by, person)
    assert (found.new_case, found.basis, found.officer_id) == (False, Basis.HISTORY, officer(session, 2).id)


def test_another_business_or_a_visit_without_a_service_makes_no_old_case(session, by, person):
    served(session, person, 10, letter="B")
    make_visit(session, person=person, state=State.LEFT)
    session.commit()
    assert judged(session, by, person).new_case
    assert not judged(session, by, person, "B").new_case


def test_the_new_case_rule_of_the_day_decides_how_far_back_a_service_counts(session, by, person):
    served(session, person, 200)
    rule = {"unit_id": by.unit_id, "business_type_id": business_type(session).id}
    session.add(NewCaseRule(effective_from=date(2026, 11, 20), months=6, **rule))
    session.commit()
    assert judged(session, by, person).new_case
    assert not judged(session, by, person, at=AT - timedelta(days=1)).new_case


def test_records_are_found_by_the_number_and_the_card_comes_before_the_transfer(session, by, person):
    make_evidence(session, person, EvidenceKind.TRANSFERRED_RECORD, number=5)
    assert judged(session, by, person).basis is Basis.TRANSFERRED_RECORDS
    make_evidence(session, person, EvidenceKind.INTRODUCTION_CARD, number=6)
    found = judged(session, by, person)
    assert (found.basis, found.officer_id) == (Basis.INTRODUCTION_CARD, officer(session, 6).id)


def test_another_centres_records_say_nothing_here(session, by, person):
    elsewhere = session.scalars(select(Unit.id).where(Unit.code == "08")).one()
    make_evidence(session, person, EvidenceKind.INTRODUCTION_CARD, unit_id=elsewhere)
    make_visit(session, person=person, state=State.SERVED, unit_id=elsewhere)
    session.commit()
    assert judged(session, by, person).new_case


def test_who_has_no_person_has_no_records(session, by):
    assert judged(session, by, None, "D").basis is Basis.NOTHING_FOUND


def test_the_picture_shows_what_the_centre_knows_in_one_look(session, by, person):
    case = make_case(session, referral=make_referral(session, person=person, identities=(3, 4)))
    served(session, person, 100)
    make_owner(session, person, 2)
    make_appointment(session, person, 2, at=AT + timedelta(minutes=30))
    waiting = make_visit(session, person=person, letter="B", officer="counter5")
    session.commit()
    away(session, 2)
    seen = picture(session, person, by=by, at=AT)
    job, benefit = business_type(session, "A").id, business_type(session, "B").id
    assert [one.business_type.letter for one in seen.proposals.values()] == ["A", "B", "C", "D"]
    assert (seen.proposals[job].judgement.new_case, seen.proposals[benefit].judgement.new_case) == (
        False,
        True,
    )
    assert (seen.owners[job].officer, seen.owners[job].counter) == ("黃志偉", 2)
    assert seen.owners[job].presence is Presence.AWAY
    assert [one.officer.name for one in seen.appointments] == ["黃志偉"]
    assert [(one.case_id, one.manager) for one in seen.cases] == [(case.id, "王大毛")]
    assert seen.identities == (3, 4)
    assert [one.group for one in seen.programmes] == ["原住民"]
    assert (seen.disability_known, seen.disability) == (True, Disability.CONFIRMED)
    assert seen.open_visits == {benefit: f"B{waiting.number:03}"}
    assert [one.state for one in seen.visits] == [State.WAITING, State.SERVED]


def test_a_closed_case_and_another_centres_referral_are_not_in_the_picture(session, by, person):
    case = make_case(session, referral=make_referral(session, person=person, identities=(2,)))
    close_case(session, case)
    make_referral(session, person=person, unit="08", identities=(9,))
    session.commit()
    seen = picture(session, person, by=by, at=AT)
    assert (seen.cases, seen.identities, seen.disability_known) == ((), (2,), False)


def test_an_accepted_transfer_is_shown_for_reception_to_execute(session, by, person):
    transfer = PermanentTransfer(
        unit_id=by.unit_id,
        person_id=person.id,
        business_type_id=business_type(session).id,
        from_id=officer(session, 1).id,
        to_id=officer(session, 4).id,
        reason="身分別變更",
        consent=True,
        state="accepted",
        proposed_at=AT,
        proposed_by_id=officer(session, 1).id,
    )
    session.add(transfer)
    session.commit()
    told = AgreedTransfer(transfer.id, transfer.business_type_id, "一般求職", "李佳蓉", "劉建宏")
    assert picture(session, person, by=by, at=AT).transfers == (told,)


def test_the_picture_takes_as_many_statements_for_a_long_history_as_for_none(session, by, person):
    def statements() -> int:
        session.expire_all()
        with counted() as sent:
            picture(session, person, by=by, at=AT)
        return len(sent)

    few = statements()
    for days in range(1, 9):
        served(session, person, days, number=days, letter="ABC"[days % 3])
    make_owner(session, person, 2)
    make_owner(session, person, 3, "B")
    make_case(session, referral=make_referral(session, person=person))
    session.commit()
    assert statements() == few < 25


def test_only_reception_looks(session, by, person, act_as):
    with pytest.raises(NotFound):
        picture(session, person, by=act_as("counter1"), at=AT)
