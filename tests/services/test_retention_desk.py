"""The retention schedule at the front desk, and the desk's part of what is held on a person; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from models.appointment import Appointment
from models.crypto import KEYS
from models.desk import Counter
from models.desk_review import Refusal, UnendedExplanation
from models.desk_rules import BusinessType
from models.evidence import EvidenceRecord
from models.ownership import ChangeRequest, Owner, PermanentTransfer
from models.person import Person
from models.visit import Visit, VisitEntry
from reports.disclosure import disclosed
from rules.actor import Actor
from services import housekeeping, retention, retention_desk
from services.retention import Schedule
from services.transaction import transaction
from tests.factories import AT, make_desk, make_person
from tests.services.test_retention import LONG_AGO, SCHEDULE, TODAY, anonymise, everything

Who = Callable[[str], Actor]
# What people typed about the person at the front desk, each text once.
TOLD = {
    "basis": "電話詢問原櫃台查無",
    "outcome": "已介紹三家工廠職缺",
    "entry": "民眾臨時接到學校電話",
    "material": "攜帶離職證明書正本",
    "transfer": "晤談後確認身分變更",
    "request": "覺得等候時間不公平",
    "decision": "已向民眾說明制度",
    "refusal": "處理署交辦緊急案件",
    "unended": "系統當機來不及點選",
    "evidence": "介紹卡一百零三號",
}


@pytest.fixture
def visit(session: Session, act_as: Who) -> Visit:
    """Served five years and some days ago, with every text there can be."""
    officer, other = act_as("counter1"), act_as("counter4")
    unit_id = make_desk(session, at=LONG_AGO).unit_id
    with transaction(session):
        person = make_person(session, changed_at=LONG_AGO, name="哪吒三太子")
        kind = session.scalars(sa.select(BusinessType).where(BusinessType.letter == "A")).one()
        counter = session.scalars(sa.select(Counter).where(Counter.number == 1)).one()
        about = {"unit_id": unit_id, "person_id": person.id, "business_type_id": kind.id}
        visit = _visit(about, counter, officer, day=LONG_AGO.date())
        session.add(visit)
        session.flush()
        session.add_all(
            (
                VisitEntry(
                    visit_id=visit.id,
                    at=LONG_AGO,
                    actor_id=officer.user_id,
                    actor_name=officer.name,
                    move="end",
                    from_state="serving",
                    to_state="served",
                    reason=TOLD["entry"],
                    detail={},
                ),
                _appointment(about, officer, LONG_AGO),
                Owner(**about, officer_id=officer.user_id, since=LONG_AGO),
                PermanentTransfer(
                    **about,
                    from_id=officer.user_id,
                    to_id=other.user_id,
                    reason=TOLD["transfer"],
                    consent=True,
                    state="declined",
                    proposed_at=LONG_AGO,
                    proposed_by_id=officer.user_id,
                ),
                ChangeRequest(
                    **about,
                    officer_id=officer.user_id,
                    reason=TOLD["request"],
                    decision_note=TOLD["decision"],
                    state="kept",
                    made_at=LONG_AGO,
                    made_by_id=other.user_id,
                ),
                Refusal(
                    unit_id=unit_id,
                    visit_id=visit.id,
                    counter_id=counter.id,
                    officer_id=officer.user_id,
                    business_type_id=kind.id,
                    refused_at=LONG_AGO,
                    ground="urgent",
                    explanation=TOLD["refusal"],
                ),
                UnendedExplanation(
                    visit_id=visit.id,
                    unit_id=unit_id,
                    explanation=TOLD["unended"],
                    explained_at=LONG_AGO,
                    explained_by_id=officer.user_id,
                ),
                _evidence(unit_id, kind.id, person.national_id, TOLD["evidence"]),
            )
        )
    return visit


def _visit(about: dict[str, int], counter: Counter, officer: Actor, *, day: date, **values: object) -> Visit:
    return Visit(
        **about
        | {
            "day": day,
            "number": 1,
            "state": "served",
            "new_case": True,
            "basis": "phone_check",
            "basis_note": TOLD["basis"],
            "identities": [4],
            "counter_id": counter.id,
            "officer_id": officer.user_id,
            "group_id": counter.group_id,
            "checked_in_at": LONG_AGO,
            "checked_in_by_id": officer.user_id,
            "queue_from": LONG_AGO,
            "started_at": LONG_AGO,
            "ended_at": LONG_AGO,
            "outcome": "referred",
            "outcome_note": TOLD["outcome"],
            "submission_key": f"visit-{day}",
            **values,
        }
    )


def _appointment(about: dict[str, int], officer: Actor, starts_at: datetime) -> Appointment:
    return Appointment(
        **about,
        officer_id=officer.user_id,
        day=starts_at.date(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        material=TOLD["material"],
        made_at=LONG_AGO,
        made_by_id=officer.user_id,
        submission_key=f"slot-{starts_at:%Y%m%d%H%M}",
    )


def _evidence(unit_id: int, type_id: int, number: str, note: str) -> EvidenceRecord:
    return EvidenceRecord(
        unit_id=unit_id,
        kind="introduction_card",
        national_id=number,
        national_id_hash=KEYS.search_hash(number),
        business_type_id=type_id,
        recorded_on=LONG_AGO.date(),
        note=note,
    )


def held() -> list[str]:
    return [value for value in everything() if any(text in value for text in TOLD.values())]


def test_everything_held_at_the_front_desk_is_disclosed(session: Session, visit: Visit) -> None:
    person = session.get_one(Person, visit.person_id)
    content = disclosed(session, person, reason="113-1", made_by="周正", at=AT)
    said = str([(part.title, part.facts, part.rows) for part in content.parts])
    assert not [text for text in TOLD.values() if text not in said]
    assert "A001" in said


def test_nothing_typed_at_the_front_desk_is_left(session: Session, visit: Visit) -> None:
    number = session.get_one(Person, visit.person_id).national_id
    assert len(held()) >= len(TOLD)
    assert anonymise() == 1
    assert held() == []
    assert number not in " ".join(everything())


def test_the_figures_of_the_visit_stay(session: Session, visit: Visit) -> None:
    visit_id = visit.id
    anonymise()
    kept = session.get_one(Visit, visit_id)
    assert (kept.state, kept.day, kept.new_case, kept.outcome) == (
        "served",
        LONG_AGO.date(),
        True,
        "referred",
    )
    assert kept.identities == [4]


@pytest.mark.parametrize("what", ["visit", "appointment"])
def test_who_came_lately_or_is_expected_stays(session: Session, visit: Visit, act_as: Who, what: str) -> None:
    officer = act_as("counter1")
    about = {
        "unit_id": visit.unit_id,
        "person_id": visit.person_id or 0,
        "business_type_id": visit.business_type_id,
    }
    with transaction(session):
        counter = session.get_one(Counter, visit.counter_id)
        session.add(
            _visit(about, counter, officer, day=TODAY)
            if what == "visit"
            else _appointment(about, officer, AT)
        )
    assert anonymise() == 0


def test_records_about_who_never_came_and_names_of_employers_go_by_the_schedule(
    session: Session, visit: Visit, act_as: Who
) -> None:
    about = {"unit_id": visit.unit_id, "business_type_id": visit.business_type_id}
    with transaction(session):
        counter = session.get_one(Counter, visit.counter_id)
        session.add_all(
            (
                _evidence(visit.unit_id, visit.business_type_id, "B123456780", "沒來過的人"),
                _visit(
                    about,
                    counter,
                    act_as("counter8"),
                    day=LONG_AGO.date(),
                    number=2,
                    visitor="風城精密公司",
                    volunteer="陳志工",
                    submission_key="employer",
                ),
            )
        )
        session.flush()
        employer = session.scalars(sa.select(Visit).where(Visit.submission_key == "employer")).one()
        session.add(
            VisitEntry(
                visit_id=employer.id,
                at=LONG_AGO,
                actor_id=act_as("counter8").user_id,
                actor_name="曾國華",
                move="leave",
                from_state="waiting",
                to_state="left",
                reason="風城人資陳小姐有急事",
                detail={},
            )
        )
    with transaction(session):
        assert retention_desk.forget_old_records(session, before=SCHEDULE.limit) == 3
    with transaction(session):
        assert retention_desk.forget_old_records(session, before=SCHEDULE.limit) == 0
    said = " ".join(everything())
    assert not [
        text for text in ("沒來過的人", "風城精密公司", "陳志工", "風城人資陳小姐有急事") if text in said
    ]


def test_the_nightly_round_takes_them_along(session: Session, visit: Visit) -> None:
    store = current_app.extensions["file_store"]
    done = housekeeping.run(session, store, SCHEDULE, at=AT)
    assert done.desk_records == 1
    assert housekeeping.run(session, store, Schedule(0, TODAY), at=AT).desk_records == 0
    assert retention.count_due(session, SCHEDULE) == 1
