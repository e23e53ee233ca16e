"""一案到底: who owns a person per business type, and every change as a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.desk_rules import BusinessType
from models.ownership import Owner, OwnerChange
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


@pytest.mark.parametrize("values", [{"new_case": False}, {"person": None, "visitor": "王老闆"}])
def test_an_old_case_and_a_visitor_without_papers_make_no_owner(session, act_as, desk, values):
    with transaction(session):
        visit = make_visit(session, **{key: value for key, value in values.items() if key != "person"})
        if "person" in values:
            visit.person_id = None
    with transaction(session):
        assert not ownership.own(session, visit, by=act_as("counter1"), at=NOW)
    assert session.scalars(select(Owner)).all() == []


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
