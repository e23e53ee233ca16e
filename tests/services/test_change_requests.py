"""更換就服員 on both databases: noted with its reason, told to the supervisor, never twice, and nobody changes by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk_rules import BusinessType
from models.notice import Notice
from models.ownership import ChangeRequest, Owner
from rules.actor import Actor
from rules.errors import FieldFault, NotFound, RuleBroken
from services import change_requests, desk_review, notices, ownership
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person

Who = Callable[[str], Actor]


@pytest.fixture
def asked_for(session: Session, act_as: Who) -> dict[str, Any]:
    """What reception sends for a person whose job seeking belongs to counter1."""
    make_desk(session)
    person = make_person(session)
    kind = session.scalars(select(BusinessType).where(BusinessType.letter == "A")).one()
    officer = act_as("counter1")
    keys = {"person_id": person.id, "business_type_id": kind.id}
    with transaction(session):
        ownership.give(
            session,
            unit_id=officer.unit_id or 0,
            **keys,
            to_id=officer.user_id,
            cause="new_case",
            by=officer,
            at=NOW,
        )
    return {
        **keys,
        "officer_id": officer.user_id,
        "reason": "希望由女性就服員服務。",
        "complaint": False,
        "visit_id": None,
    }


def request(session: Session, by: Actor, data: dict[str, Any], **changed: Any) -> ChangeRequest:
    with transaction(session):
        return change_requests.request(session, **{**data, **changed}, by=by, at=NOW)


def test_a_request_waits_for_the_supervisor_and_the_owner_stays(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    made = request(session, act_as("reception"), asked_for)
    assert (made.state, made.complaint, made.reason) == ("open", False, asked_for["reason"])
    assert session.scalars(select(Owner.officer_id)).one() == asked_for["officer_id"]


def test_a_complaint_reaches_the_supervisor_as_one(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    request(session, act_as("reception"), asked_for, complaint=True)
    (notice,) = notices.unread(session, act_as("supervisor"))
    assert notice.kind == "complaint"
    assert notices.unread(session, act_as("counter1")) == []


def test_without_a_complaint_the_supervisor_is_told_calmly(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    request(session, act_as("reception"), asked_for)
    assert [notice.kind for notice in notices.unread(session, act_as("supervisor"))] == ["change_request"]


def test_the_notice_names_no_visitor(session: Session, act_as: Who, asked_for: dict[str, Any]) -> None:
    request(session, act_as("reception"), asked_for, complaint=True)
    notice = session.scalars(select(Notice)).one()
    assert "唐三藏" not in notice.template % notice.values


def test_a_double_click_makes_one_request_and_one_notice(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    first = request(session, act_as("reception"), asked_for)
    assert request(session, act_as("reception"), asked_for).id == first.id
    assert len(session.scalars(select(Notice)).all()) == 1


def test_a_second_reason_while_one_is_under_way_is_refused(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    request(session, act_as("reception"), asked_for)
    with pytest.raises(RuleBroken, match="已有一筆更換申請"):
        request(session, act_as("reception"), asked_for, reason="等候太久。")


def test_a_request_needs_its_reason(session: Session, act_as: Who, asked_for: dict[str, Any]) -> None:
    with pytest.raises(FieldFault) as refused:
        request(session, act_as("reception"), asked_for, reason="　 ")
    assert refused.value.field == "reason"


def test_only_the_officer_who_owns_the_person_can_be_changed(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    with pytest.raises(FieldFault) as refused:
        request(session, act_as("reception"), asked_for, officer_id=act_as("counter2").user_id)
    assert refused.value.field == "business_type_id"


def test_an_officer_cannot_ask_for_a_change(session: Session, act_as: Who, asked_for: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        request(session, act_as("counter2"), asked_for)


def test_nobody_is_taken_from_an_officer_whom_the_request_is_not_about(
    session: Session, act_as: Who, asked_for: dict[str, Any]
) -> None:
    asked = request(session, act_as("reception"), asked_for)
    third, boss = act_as("counter5").user_id, act_as("supervisor")
    with transaction(session):
        ownership.give(
            session,
            unit_id=asked.unit_id,
            person_id=asked.person_id,
            business_type_id=asked.business_type_id,
            to_id=third,
            cause="transfer",
            by=boss,
            at=NOW,
        )
    with pytest.raises(RuleBroken, match="已不是由"), transaction(session):
        desk_review.decide_request(
            session,
            asked.id,
            granted=True,
            new_officer_id=act_as("counter3").user_id,
            note="",
            by=boss,
            at=NOW,
        )
    assert session.scalars(select(Owner.officer_id)).all() == [third]
