"""A row in every history, for tests of what must never change."""

from __future__ import annotations

from datetime import date

from models.base import AppendOnly, Model
from models.case import Assignment, Extension, ServiceRecordRevision
from models.person import PersonAccess, PersonRevision
from models.timeline import TimelineEntry
from services.transaction import AnySession
from tests.factories import AT, make_case, make_record


def make_histories(session: AnySession) -> dict[type[AppendOnly], int]:
    """Model and id of a row of each; all about one case."""
    case = make_case(session)
    record = make_record(session, case)
    person, worker = case.referral.person, case.case_manager_id
    added: list[Model] = [
        PersonRevision(
            person_id=person.id, before='{"phone": "0987654321"}', changed_at=AT, changed_by_id=worker
        ),
        PersonAccess(at=AT, actor_id=worker, act="reveal", person_id=person.id, ground="個案服務單"),
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
    rows = [*added, session.query(TimelineEntry).first(), session.query(Assignment).first()]
    return {type(row): row.id for row in rows}
