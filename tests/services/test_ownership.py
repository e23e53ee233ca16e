"""一案到底: who owns a person per business type, and every change as a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from models.desk import Post
from models.desk_rules import BusinessType
from models.ownership import Owner, OwnerChange
from models.visit import Visit
from services import ownership
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_visit
from tests.staff import account_id

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def desk(session):
    return make_desk(session)


@pytest.fixture
def person_id(session, desk) -> int:
    with transaction(session):
        return make_person(session).id


def kind(session, letter: str) -> int:
    return session.scalars(select(BusinessType.id).where(BusinessType.letter == letter)).one()


def give(session, person_id: int, to: str | None, *, by, cause=ownership.Cause.TRANSFER, letter="A") -> bool:
    with transaction(session):
        return ownership.give(
            session,
            unit_id=by.unit_id,
            person_id=person_id,
            business_type_id=kind(session, letter),
            to_id=account_id(session, to) if to else None,
            cause=cause,
            by=by,
            at=LATER,
        )


def owners(session, person_id: int, unit_id: int) -> dict[str, str]:
    session.expire_all()
    found = ownership.owners_of(session, unit_id, person_id)
    return {each.business_type.letter: each.officer.username for each in found}


def test_a_person_has_an_owner_for_each_business_type(session, act_as, person_id):
    boss = act_as("supervisor")
    give(session, person_id, "counter2", by=boss, letter="B")
    give(session, person_id, "counter1", by=boss, letter="A")
    assert owners(session, person_id, boss.unit_id) == {"A": "counter1", "B": "counter2"}
    assert list(owners(session, person_id, boss.unit_id)) == ["A", "B"]


def test_another_centre_sees_no_owner(session, act_as, person_id):
    give(session, person_id, "counter1", by=act_as("supervisor"))
    assert owners(session, person_id, act_as("supervisor3").unit_id) == {}


def test_each_change_stays_as_a_row_with_its_cause(session, act_as, person_id):
    boss = act_as("supervisor")
    give(session, person_id, "counter1", by=boss, cause=ownership.Cause.NEW_CASE)
    give(session, person_id, "counter2", by=boss, cause="transfer")
    give(session, person_id, None, by=boss, cause=ownership.Cause.UNDO)
    one, two = account_id(session, "counter1"), account_id(session, "counter2")
    changes = session.scalars(select(OwnerChange).order_by(OwnerChange.id)).all()
    assert [(each.from_id, each.to_id, each.cause) for each in changes] == [
        (None, one, "new_case"),
        (one, two, "transfer"),
        (two, None, "undo"),
    ]
    assert {each.by_id for each in changes} == {boss.user_id}
    assert owners(session, person_id, boss.unit_id) == {}


def test_giving_a_person_to_the_owner_changes_nothing(session, act_as, person_id):
    boss = act_as("supervisor")
    assert give(session, person_id, "counter1", by=boss)
    assert not give(session, person_id, "counter1", by=boss)
    assert len(session.scalars(select(OwnerChange)).all()) == 1


def test_a_cause_that_nobody_knows_is_a_mistake(session, act_as, person_id):
    with pytest.raises(ValueError):
        give(session, person_id, "counter1", by=act_as("supervisor"), cause="mood")


def test_a_visitor_without_papers_makes_no_owner(session, act_as, desk):
    with transaction(session):
        visit = make_visit(session, visitor="王老闆")
        visit.person_id = None
    with transaction(session):
        assert not ownership.own(session, visit, by=act_as("counter1"), at=NOW)
    assert session.scalars(select(Owner)).all() == []


def start(session, act_as, **values) -> Visit:
    """The service of an old case of somebody without an owner, at counter 1."""
    with transaction(session):
        visit = make_visit(session, **{"new_case": False, "counted": False, "basis": "reception"} | values)
        ownership.own(session, visit, by=act_as("counter1"), at=NOW)
    return visit


def test_an_old_case_that_nobody_is_written_down_for_belongs_to_who_first_serves_it(session, act_as, desk):
    visit = start(session, act_as)
    assert owners(session, visit.person_id, visit.unit_id) == {"A": "counter1"}
    assert session.scalars(select(OwnerChange.cause)).all() == ["first_service"]
    with transaction(session):
        assert ownership.give_back(session, visit, by=act_as("counter1"), at=LATER)
    assert owners(session, visit.person_id, visit.unit_id) == {}


def test_who_stands_in_for_the_officer_of_the_evidence_does_not_take_the_case(session, act_as, desk):
    knows = account_id(session, "counter3")
    visit = start(session, act_as, basis="phone_check", asked_officer_id=knows)
    assert owners(session, visit.person_id, visit.unit_id) == {"A": "counter3"}


def test_a_case_of_an_officer_who_has_no_counter_any_more_belongs_to_who_serves_it(session, act_as, desk):
    knows = account_id(session, "counter3")
    with transaction(session):
        session.execute(delete(Post).where(Post.officer_id == knows))
    visit = start(session, act_as, basis="phone_check", asked_officer_id=knows)
    assert owners(session, visit.person_id, visit.unit_id) == {"A": "counter1"}


def test_an_old_case_with_an_owner_stays_with_him_whoever_serves_it(session, act_as, desk):
    with transaction(session):
        visit = make_visit(session, new_case=False, counted=False)
    give(session, visit.person_id, "counter3", by=act_as("supervisor"))
    with transaction(session):
        assert not ownership.own(session, visit, by=act_as("counter1"), at=NOW)
    assert owners(session, visit.person_id, visit.unit_id) == {"A": "counter3"}


def test_giving_back_restores_who_owned_the_person_before(session, act_as, desk):
    officer = act_as("counter1")
    with transaction(session):
        visit = make_visit(session)
        person_id = visit.person_id
    give(session, person_id, "counter3", by=act_as("supervisor"))
    with transaction(session):
        assert ownership.own(session, visit, by=officer, at=NOW)
    assert owners(session, person_id, officer.unit_id) == {"A": "counter1"}
    with transaction(session):
        assert ownership.give_back(session, visit, by=officer, at=LATER)
    assert owners(session, person_id, officer.unit_id) == {"A": "counter3"}


def test_what_was_given_to_a_third_officer_meanwhile_is_not_taken_back(session, act_as, desk):
    officer = act_as("counter1")
    with transaction(session):
        visit = make_visit(session)
        ownership.own(session, visit, by=officer, at=NOW)
    give(session, visit.person_id, "counter4", by=act_as("supervisor"))
    with transaction(session):
        assert not ownership.give_back(session, visit, by=officer, at=LATER)
    assert owners(session, visit.person_id, officer.unit_id) == {"A": "counter4"}
