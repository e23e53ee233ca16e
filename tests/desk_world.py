"""One person everywhere at the front desk: what `tests/test_trail.py` walks through, and the ids that addresses are made of."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.appointment import Appointment
from models.desk import Counter
from models.desk_review import Refusal, UnendedExplanation
from models.desk_rules import BusinessType
from models.desk_staff import Attendance
from models.evidence import EvidenceRecord
from models.ownership import ChangeRequest, Departure, Owner, OwnerChange, PermanentTransfer
from models.person import Person
from models.visit import Visit
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import AppointmentState, AttendanceKind, EvidenceKind, NoticeKind, Outcome
from rules.permissions import Permission
from rules.refusals import Ground
from rules.visit_flow import State
from services import notices
from services.dispatching import dispatch
from services.guiding import RING
from services.transaction import AnySession
from tests.factories import AT, make_desk, make_visit

TODAY = local_date(AT)
YESTERDAY, LATER, MONDAY = AT - timedelta(days=1), AT + timedelta(hours=5), AT + timedelta(days=3)


def appear(session: AnySession, person: Person, told: str) -> dict[str, list[Any]]:
    """Visits in every state, appointments, and each paper that names the person. `told`: what somebody wrote about him.

    The officer is counter1, so that a walk as counter1 meets the person wherever an officer can.
    """
    unit_id = make_desk(session).unit_id
    kinds = dict(session.execute(select(BusinessType.letter, BusinessType.id)).all())
    named = select(Account.username, Account.id).where(Account.unit_id == unit_id)
    staff = dict(session.execute(named).all())
    here = {"unit_id": unit_id, "person_id": person.id}
    seek = {**here, "business_type_id": kinds["A"]}

    def booked(officer: str, starts_at: datetime, **values: Any) -> Appointment:
        made = Appointment(
            **seek,
            officer_id=staff[officer],
            day=local_date(starts_at),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            material=told,
            made_at=YESTERDAY,
            made_by_id=staff["counter1"],
            submission_key=str(uuid.uuid4()),
            **values,
        )
        session.add(made)
        session.flush()
        return made

    def visit(state: State, **values: Any) -> Visit:
        return make_visit(session, person=person, state=state, **values)

    kept = booked("counter1", AT, state=AppointmentState.KEPT.value)
    coming, endangered = booked("counter1", LATER), booked("counter2", MONDAY)
    moved = booked("counter5", MONDAY, state=AppointmentState.MOVED.value, moved_to_id=coming.id)
    serving = visit(State.SERVING, appointment=kept)
    served = visit(State.SERVED, letter="B", outcome=Outcome.CONSULTED.value, outcome_note=told)
    waiting = visit(State.WAITING, letter="C", sent_at=AT)
    visits = [
        waiting,
        visit(State.CALLED, officer="counter2", called_at=AT),
        serving,
        served,
        visit(State.BOOKED, officer="counter3", booked_id=coming.id),
        visit(State.LEFT, officer="counter3"),
        visit(State.SERVING, officer="counter3", at=YESTERDAY),
        visit(State.CHECKED_IN, officer=None),
    ]
    reception = Actor(staff["reception"], "", unit_id, frozenset({Permission.VISIT_RECEIVE}))
    dispatched = visit(State.CHECKED_IN, officer=None)
    decision = dispatch(session, dispatched, by=reception, at=AT)
    seat = session.scalars(select(Counter.id).where(Counter.unit_id == unit_id, Counter.number == 1)).one()
    refusal = Refusal(
        unit_id=unit_id,
        visit_id=served.id,
        counter_id=seat,
        officer_id=staff["counter1"],
        business_type_id=kinds["B"],
        refused_at=AT,
        ground=next(iter(Ground)).value,
        explanation=told,
    )
    request = ChangeRequest(
        **seek, officer_id=staff["counter1"], reason=told, made_at=AT, made_by_id=staff["reception"]
    )
    transfers = [
        PermanentTransfer(
            **here,
            business_type_id=kinds[letter],
            from_id=staff["counter1"],
            to_id=staff["counter4"],
            reason=told,
            consent=True,
            state=state,
            proposed_at=AT,
            proposed_by_id=staff["counter1"],
            answered_at=AT if state == "accepted" else None,
        )
        for letter, state in (("A", "proposed"), ("B", "accepted"))
    ]
    departure = Departure(unit_id=unit_id, officer_id=staff["counter5"], left_on=TODAY)
    away = Attendance(
        unit_id=unit_id,
        officer_id=staff["counter2"],
        kind=AttendanceKind.LEAVE.value,
        starts_at=MONDAY - timedelta(hours=2),
        ends_at=MONDAY + timedelta(hours=6),
    )
    evidence = EvidenceRecord(
        unit_id=unit_id,
        kind=EvidenceKind.INTRODUCTION_CARD.value,
        national_id=person.national_id,
        national_id_hash=person.national_id_hash,
        name=person.name,
        business_type_id=kinds["A"],
        recorded_on=date(2026, 6, 1),
        officer_id=staff["counter1"],
        note=told,
    )
    session.add_all((refusal, request, *transfers, departure, away, evidence))
    session.add_all(
        (
            Owner(**seek, officer_id=staff["counter1"], since=YESTERDAY),
            OwnerChange(
                **seek,
                from_id=staff["counter5"],
                to_id=staff["counter1"],
                cause="departure",
                at=YESTERDAY,
                by_id=staff["itstaff"],
            ),
            UnendedExplanation(
                visit_id=visits[6].id,
                unit_id=unit_id,
                explanation="忘了按服務結束。",
                explained_at=AT,
                explained_by_id=staff["counter3"],
            ),
        )
    )
    notice = notices.tell(
        session,
        unit_id,
        NoticeKind.RING,
        RING,
        to=staff["counter1"],
        at=AT,
        by=None,
        visit_id=waiting.id,
        ticket="C001",
        counter=1,
    )
    session.flush()
    return {
        "visit_id": [each.id for each in (*visits, dispatched)],
        "appointment_id": [each.id for each in (kept, coming, endangered, moved)],
        "transfer_id": [each.id for each in transfers],
        "officer_id": [staff["counter1"], staff["counter5"]],
        "begin": ["20261123T1000"],
        "departure_id": [departure.id],
        "refusal_id": [refusal.id],
        "request_id": [request.id],
        "decision_id": [decision.id],
        "attendance_id": [away.id],
        "notice_id": [notice.id],
        "evidence_id": [evidence.id],
        "span": ["day", "month"],
    }
