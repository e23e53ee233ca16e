"""What the records of a centre say about a person's earlier services, by business type. 接待台 rule 一.

The rules of the judgement stand in `rules.judgement`. A fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from models.account import Account
from models.desk_rules import NewCaseRule
from models.evidence import EvidenceRecord
from models.person import Person
from models.visit import Visit
from reports.session import ReadSession
from rules.desk import EvidenceKind
from rules.in_force import each_in_force
from rules.judgement import Evidence, Record
from rules.visit_flow import State

NO_RULE = 0
"""Months for a business type without a new-case rule: any service ever makes an old case."""


def evidence(
    session: ReadSession,
    unit_id: int,
    person: Person,
    business_types: Iterable[int],
    day: date,
    *,
    besides: int = 0,
) -> Mapping[int, Evidence]:
    """By business type: the latest record of each sort up to the day; `besides`: a visit that is no evidence about itself."""
    months = _months(session, unit_id, day)
    history = _history(session, unit_id, person, day, besides)
    records = _records(session, unit_id, person, day)
    return {
        one: Evidence(
            months.get(one, NO_RULE),
            history.get(one),
            records.get((EvidenceKind.INTRODUCTION_CARD, one)),
            None,
            records.get((EvidenceKind.TRANSFERRED_RECORD, one)),
        )
        for one in business_types
    }


def holders(session: ReadSession, hashes: Collection[str]) -> Sequence[int]:
    """The persons here whose numbers these are: what the trail says of a page of records."""
    if not hashes:
        return ()
    return session.scalars(select(Person.id).where(Person.national_id_hash.in_(hashes))).all()


def _months(session: ReadSession, unit_id: int, day: date) -> Mapping[int, int]:
    rows = session.scalars(select(NewCaseRule).where(NewCaseRule.unit_id == unit_id)).all()
    found = each_in_force(rows, day, key=lambda row: row.business_type_id)
    return {business_type_id: row.months for business_type_id, row in found.items()}


def _history(
    session: ReadSession, unit_id: int, person: Person, day: date, besides: int
) -> Mapping[int, Record]:
    """The last service of each business type here, with who gave it. Of the day itself too: who was served this morning
    comes back in the afternoon as an old case."""
    newest = func.row_number().over(
        partition_by=Visit.business_type_id, order_by=(Visit.day.desc(), Visit.id.desc())
    )
    ranked = (
        select(Visit.business_type_id, Visit.day, Visit.officer_id, newest.label("rank"))
        .where(
            Visit.person_id == person.id,
            Visit.unit_id == unit_id,
            Visit.day <= day,
            Visit.state == State.SERVED.value,
            Visit.id != besides,
        )
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.business_type_id, ranked.c.day, Account.name, Account.id)
        .join(Account, Account.id == ranked.c.officer_id)
        .where(ranked.c.rank == 1)
    )
    return {business_type_id: Record(on, name, officer) for business_type_id, on, name, officer in rows}


def _records(
    session: ReadSession, unit_id: int, person: Person, day: date
) -> Mapping[tuple[EvidenceKind, int], Record]:
    """The latest 介紹卡紀錄 and 資料移轉 of each business type; found by the number, whoever it belonged to then."""
    rows = session.execute(
        select(
            EvidenceRecord.kind,
            EvidenceRecord.business_type_id,
            EvidenceRecord.recorded_on,
            Account.name,
            Account.id,
        )
        .outerjoin(Account, Account.id == EvidenceRecord.officer_id)
        .where(
            EvidenceRecord.unit_id == unit_id,
            EvidenceRecord.national_id_hash == person.national_id_hash,
            EvidenceRecord.recorded_on <= day,
        )
        .order_by(EvidenceRecord.recorded_on, EvidenceRecord.id)
    )
    return {
        (EvidenceKind(kind), business_type_id): Record(on, name or "", officer_id)
        for kind, business_type_id, on, name, officer_id in rows
    }
