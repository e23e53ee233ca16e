"""States that must not exist cannot be written, whoever writes them: constraints of both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.case import Case, Extension
from models.person import Person
from models.referral import Attachment, Referral, ReferralDraft
from rules.referral_flow import State
from services.transaction import transaction
from tests.factories import AT, close_case, make_case, make_person, make_record, make_referral


@pytest.fixture
def case(session: Session) -> Case:
    with transaction(session):
        return make_case(session)


def refused(session: Session, statement: Any) -> None:
    with pytest.raises(IntegrityError), transaction(session):
        session.execute(statement)


def test_a_referral_has_one_case(session: Session, case: Case) -> None:
    copy = {
        column.name: getattr(case, column.key) for column in Case.__table__.columns if column.name != "id"
    }
    refused(session, sa.insert(Case).values(copy))


def test_a_due_date_is_extended_once(session: Session, case: Case) -> None:
    values = {
        "case_id": case.id,
        "due_before": date(2027, 2, 20),
        "due_after": date(2027, 5, 20),
        "extended_at": AT,
        "extended_by_id": case.case_manager_id,
    }
    with transaction(session):
        session.execute(sa.insert(Extension).values(values))
    refused(session, sa.insert(Extension).values(values))


def test_a_state_outside_of_the_flow_is_refused(session: Session, case: Case) -> None:
    refused(session, sa.update(Referral).values(state="opened"))


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED])
def test_a_referral_in_service_has_a_receiving_unit(session: Session, state: State) -> None:
    with transaction(session):
        referral = make_referral(session, unit=None)
    refused(session, sa.update(Referral).where(Referral.id == referral.id).values(state=state))


def test_a_submission_key_makes_one_referral(session: Session) -> None:
    with transaction(session):
        first, second = make_referral(session), make_referral(session)
    refused(
        session,
        sa.update(Referral).where(Referral.id == second.id).values(submission_key=first.submission_key),
    )


@pytest.mark.parametrize("values", [{"closed_on": date(2026, 11, 20)}, {"closed_at": AT}])
def test_a_case_is_closed_with_day_and_moment_or_not_at_all(
    session: Session, case: Case, values: dict[str, Any]
) -> None:
    refused(session, sa.update(Case).values(values))
    with transaction(session):
        close_case(session, case)
    assert case.closed_on


@pytest.mark.parametrize("owners", ["both", "none"])
def test_an_attachment_has_one_owner(session: Session, case: Case, owners: str) -> None:
    with transaction(session):
        draft = ReferralDraft(user_id=case.case_manager_id, form="{}", submission_key="k", saved_at=AT)
        session.add(draft)
        session.flush()
        both = owners == "both"
        values = {
            "referral_id": case.referral_id if both else None,
            "draft_id": draft.id if both else None,
            "kind": "consent",
            "name": "同意書.pdf",
            "extension": "pdf",
            "size": 1,
            "sha256": "0" * 64,
            "storage_name": "s",
            "uploaded_at": AT,
            "uploaded_by_id": case.case_manager_id,
        }
    refused(session, sa.insert(Attachment).values(values))
    one = {**values, "referral_id": None, "draft_id": draft.id}
    refused(session, sa.insert(Attachment).values({**one, "kind": "photo"}))
    with transaction(session):
        session.execute(sa.insert(Attachment).values(one))


def test_a_number_belongs_to_one_person(session: Session) -> None:
    with transaction(session):
        first, second = make_person(session), make_person(session)
    refused(
        session,
        sa.update(Person).where(Person.id == second.id).values(national_id_hash=first.national_id_hash),
    )


def test_a_sex_is_one_of_two_codes(session: Session) -> None:
    with transaction(session):
        make_person(session)
    refused(session, sa.update(Person).values(sex="X"))


def test_a_training_does_not_end_before_it_begins(session: Session, case: Case) -> None:
    with transaction(session):
        record = make_record(session, case)
    period = {"training_from": date(2026, 12, 2), "training_to": date(2026, 12, 1)}
    refused(session, sa.update(type(record)).values(period))


def test_foreign_keys_hold(session: Session, case: Case) -> None:
    refused(session, sa.update(Case).values(case_manager_id=999_999))
    refused(session, sa.delete(Referral))
