"""A row in every history, for tests of what must never change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import inspect

from models.base import AppendOnly, Model
from models.case import Assignment, Extension, ServiceRecordRevision
from models.person import PersonRevision
from models.timeline import TimelineEntry
from models.trail import Act, TrailEntry, TrailPerson
from rules.actor import Actor
from services import trail
from services.transaction import AnySession
from tests.factories import AT, make_case, make_record

Key = Mapping[str, int]


def make_histories(session: AnySession) -> dict[type[AppendOnly], Key]:
    """Model and primary key of a row of each; all about one case."""
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
    others = (TimelineEntry, Assignment, TrailEntry, TrailPerson)
    rows = [*added, *(session.query(model).first() for model in others)]
    return {type(row): primary_key(row) for row in rows}


def primary_key(row: AppendOnly) -> Key:
    mapper = inspect(type(row))
    return {column.name: getattr(row, column.key) for column in mapper.primary_key}
