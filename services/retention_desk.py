"""What the retention schedule takes at the front desk: what people typed about a person. Days, states and figures stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, delete, exists, select, update

from models.appointment import Appointment
from models.desk_review import Refusal, UnendedExplanation
from models.evidence import EvidenceRecord
from models.ownership import ChangeRequest, Owner, PermanentTransfer
from models.person import Person
from models.visit import Visit, VisitEntry
from services.transaction import AnySession


def came_later(limit: date) -> ColumnElement[bool]:
    """Whether the person (of an outer query) came, or is to come, on that day or later."""
    visited = exists().where(Visit.person_id == Person.id, Visit.day >= limit)
    expected = exists().where(Appointment.person_id == Person.id, Appointment.day >= limit)
    return visited | expected


def forget_evidence(session: AnySession, persons: Sequence[int]) -> None:
    """介紹卡 and 資料移轉 records: found by the number's hash, so before that is gone."""
    hashes = select(Person.national_id_hash).where(Person.id.in_(persons))
    _change(session, delete(EvidenceRecord).where(EvidenceRecord.national_id_hash.in_(hashes)))


def empty_visits(session: AnySession, persons: Sequence[int]) -> None:
    """After the persons are anonymised: the histories let go only what is about such."""
    visits = select(Visit.id).where(Visit.person_id.in_(persons))
    _change(
        session,
        update(Visit)
        .where(Visit.person_id.in_(persons))
        .values(visitor="", outcome_note="", basis_note="", version=Visit.version + 1),
    )
    _empty_words(session, visits)
    _change(
        session,
        update(Appointment)
        .where(Appointment.person_id.in_(persons))
        .values(material="", ended_reason="", version=Appointment.version + 1),
    )
    _change(session, delete(Owner).where(Owner.person_id.in_(persons)))
    _change(
        session,
        update(PermanentTransfer)
        .where(PermanentTransfer.person_id.in_(persons))
        .values(reason="", answer_note="", version=PermanentTransfer.version + 1),
    )
    _change(
        session,
        update(ChangeRequest)
        .where(ChangeRequest.person_id.in_(persons))
        .values(reason="", decision_note="", version=ChangeRequest.version + 1),
    )


def forget_old_records(session: AnySession, *, before: date) -> int:
    """Records of other systems about whoever never came, and the names of visitors without a person; gives their number."""
    records = session.execute(delete(EvidenceRecord).where(EvidenceRecord.recorded_on < before)).rowcount  # type: ignore[attr-defined]
    visitors = session.scalars(
        select(Visit.id).where(Visit.person_id.is_(None), Visit.day < before, Visit.section != FORGOTTEN)
    ).all()
    _change(
        session,
        update(Visit)
        .where(Visit.id.in_(visitors))
        .values(
            visitor="",
            outcome_note="",
            basis_note="",
            section=FORGOTTEN,
            volunteer="",
            version=Visit.version + 1,
        ),
    )
    _empty_words(session, visitors)
    return int(records) + len(visitors)


def _empty_words(session: AnySession, visits: Sequence[int] | Select[int]) -> None:
    """The reasons of the history, explanations of refusals and of services that stayed open."""
    _change(
        session,
        update(VisitEntry).where(VisitEntry.visit_id.in_(visits), VisitEntry.reason != "").values(reason=""),
    )
    _change(
        session,
        update(Refusal)
        .where(Refusal.visit_id.in_(visits))
        .values(explanation="", version=Refusal.version + 1),
    )
    _change(
        session,
        update(UnendedExplanation)
        .where(UnendedExplanation.visit_id.in_(visits))
        .values(explanation="", version=UnendedExplanation.version + 1),
    )


FORGOTTEN = "—"
"""In the section of a visit whose visitor's name the schedule has taken: the mark by which a second run leaves it."""


def _change(session: AnySession, statement: object) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
