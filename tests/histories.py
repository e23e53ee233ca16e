"""A row in every history, for tests of what must never change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from sqlalchemy import inspect, select

from models.base import AppendOnly, Model
from models.case import Assignment, Extension, ServiceRecordRevision
from models.desk import Counter
from models.desk_rules import BusinessType
from models.ownership import OwnerChange
from models.person import Person, PersonRevision
from models.table_change import TableChange
from models.tally import TallyAcceptance, TallyCorrection, TallySignature
from models.timeline import TimelineEntry
from models.trail import Act, TrailEntry, TrailPerson
from models.visit import Decision, DutyList, Visit, VisitEntry
from rules.actor import Actor
from rules.desk import Basis
from services import trail
from services.transaction import AnySession
from tests.factories import AT, make_case, make_desk, make_record

Key = Mapping[str, int]


def make_histories(session: AnySession) -> dict[type[AppendOnly], Key]:
    """Model and primary key of a row of each; all about one case, and one visit of the same person."""
    case = make_case(session)
    record = make_record(session, case)
    person, worker = case.referral.person, case.case_manager_id
    added: list[Model] = [
        PersonRevision(
            person_id=person.id, before='{"phone": "0987654321"}', changed_at=AT, changed_by_id=worker
        ),
        ServiceRecordRevision(
            record_id=record.id, before="陪同面試。", corrected_at=AT, corrected_by_id=worker
        ),
        Extension(
            case_id=case.id,
            due_before=date(2027, 2, 20),
            due_after=date(2027, 5, 20),
            extended_at=AT,
            extended_by_id=worker,
        ),
    ]
    session.add_all(added)
    session.flush()
    trail.record(
        session,
        Act.LIST,
        by=Actor(worker, "王小明", case.unit_id, address="192.0.2.7"),
        at=AT,
        screen="CaseSearch.index",
        ground="本人承辦的個案",
        persons=[person.id],
        criteria={"name": "三藏"},
        asked_hash="0" * 64,
    )
    added += _of_the_front_desk(session, person, worker)
    others = (TimelineEntry, Assignment, TrailEntry, TrailPerson)
    rows = [*added, *(session.query(model).first() for model in others)]
    return {type(row): primary_key(row) for row in rows}


def _of_the_front_desk(session: AnySession, person: Person, worker: int) -> list[Model]:
    desk = make_desk(session)
    counter = session.scalars(select(Counter).order_by(Counter.id).limit(1)).one()
    kind = session.scalars(select(BusinessType).order_by(BusinessType.id).limit(1)).one()
    duty_list = DutyList(unit_id=desk.unit_id, digest="0" * 64, content=[[counter.group_id, 1, [worker]]])
    visit = Visit(
        unit_id=desk.unit_id,
        day=date(2026, 11, 20),
        number=1,
        business_type_id=kind.id,
        person_id=person.id,
        new_case=True,
        basis=Basis.NOTHING_FOUND.value,
        identities=[],
        checked_in_at=AT,
        checked_in_by_id=worker,
        queue_from=AT,
        submission_key="history",
    )
    session.add_all((duty_list, visit))
    session.flush()
    about = {"unit_id": desk.unit_id, "visit_id": visit.id}
    added: list[Model] = [
        VisitEntry(
            visit_id=visit.id,
            at=AT,
            actor_id=worker,
            actor_name="王小明",
            move="check_in",
            from_state=None,
            to_state="checked_in",
            reason="說了什麼",
            detail={},
        ),
        Decision(**about, at=AT, rule="nobody", counted=False, reason=[], passed=[], facts={}),
        OwnerChange(
            **about,
            person_id=person.id,
            business_type_id=kind.id,
            to_id=worker,
            cause="new_case",
            at=AT,
            by_id=worker,
        ),
        TallySignature(
            unit_id=desk.unit_id,
            day=date(2026, 11, 20),
            role="reception",
            until=time(12),
            figures={},
            signed_at=AT,
            signed_by_id=worker,
            signer_name="王小明",
        ),
        TallyAcceptance(
            unit_id=desk.unit_id,
            day=date(2026, 11, 20),
            officer_id=worker,
            standing="missing",
            counted={},
            reason="已離職",
            at=AT,
            by_id=worker,
            by_name="王小明",
        ),
        TallyCorrection(
            unit_id=desk.unit_id,
            day=date(2026, 11, 20),
            counter_id=counter.id,
            business_type_id=kind.id,
            new_case=True,
            difference=1,
            reason="漏登",
            at=AT,
            by_id=worker,
            by_name="王小明",
        ),
        TableChange(
            unit_id=desk.unit_id,
            table_name="counter",
            row_id=counter.id,
            act="add",
            after={},
            at=AT,
            by_id=worker,
            by_name="王小明",
        ),
    ]
    session.add_all(added)
    session.flush()
    return [duty_list, *added]


def primary_key(row: AppendOnly) -> Key:
    mapper = inspect(type(row))
    return {column.name: getattr(row, column.key) for column in mapper.primary_key}
