"""The front desk's part of 個人資料彙整: visits with their history, appointments, owners, requests, earlier records."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from models.account import Account
from models.appointment import Appointment
from models.desk_review import Refusal, UnendedExplanation
from models.desk_rules import BusinessType
from models.evidence import EvidenceRecord
from models.organisation import Unit
from models.ownership import ChangeRequest, OwnerChange, PermanentTransfer
from models.person import Person
from models.visit import Visit, VisitEntry
from reports.desk_now import ticket
from reports.disclosure_part import Fact, Part
from reports.phone_checks import phone_checks
from reports.session import ReadSession
from rules.calendar import local_time_text
from rules.desk import (
    APPOINTMENT_TEXT,
    BASIS_TEXT,
    DISABILITY_TEXT,
    EVIDENCE_TEXT,
    OUTCOME_TEXT,
    AppointmentState,
    Basis,
    Disability,
    EvidenceKind,
    Outcome,
)
from rules.judgement import PhoneCheck
from rules.roc_dates import show
from rules.visit_flow import STATE_TEXT, Move, State


def desk_parts(session: ReadSession, person: Person) -> Iterator[Part]:
    """Only what there is: whoever never came to a front desk has no such part."""
    yield from _visits(session, person)
    yield from _appointments(session, person)
    yield from _owners(session, person)
    yield from _requests(session, person)
    yield from _records(session, person)


def _visits(session: ReadSession, person: Person) -> Iterator[Part]:
    found = session.execute(
        select(Visit, Unit.name)
        .join(Unit, Unit.id == Visit.unit_id)
        .where(Visit.person_id == person.id)
        .order_by(Visit.id)
        .options(joinedload(Visit.business_type), joinedload(Visit.counter), joinedload(Visit.officer))
    ).all()
    for visit, unit in found:
        entries = session.scalars(
            select(VisitEntry).where(VisitEntry.visit_id == visit.id).order_by(VisitEntry.id)
        ).all()
        asked = phone_checks(session, entries)
        rows = [
            (
                local_time_text(entry.at),
                str(STATE_TEXT[State(entry.to_state)]),
                entry.actor_name,
                "　".join(filter(None, (entry.reason, *_told(entry, asked.get(entry.id))))),
            )
            for entry in entries
        ]
        rows += _explanations(session, visit)
        number = ticket(visit.business_type.letter, visit.number)
        title = f"到訪 {show(visit.day)} 號碼牌 {number}"
        yield Part(title, _visit(visit, unit), ("時間", "狀態", "人員", "說明"), rows)


def _told(entry: VisitEntry, asked: PhoneCheck | None) -> Iterator[str]:
    """What the states do not say."""
    if entry.move == Move.IDENTIFY:
        yield "登錄身分"
    if asked:
        yield str(asked.words)


def _visit(visit: Visit, unit: str) -> list[Fact]:
    facts = [
        ("中心", unit),
        ("業務類型", visit.business_type.name),
        ("報到時稱呼", visit.visitor),
        ("狀態", STATE_TEXT[State(visit.state)]),
        ("新舊案", "新案" if visit.new_case else "舊案"),
        ("判別依據", BASIS_TEXT[Basis(visit.basis)]),
        ("判別說明", visit.basis_note),
        ("身障身分", DISABILITY_TEXT[Disability(visit.disability)]),
        ("身分別", "、".join(map(str, visit.identities))),
        ("櫃台", str(visit.counter.number) if visit.counter else ""),
        ("就服員", visit.officer.get_full_name() if visit.officer else ""),
        ("服務開始", local_time_text(visit.started_at) if visit.started_at else ""),
        ("服務結束", local_time_text(visit.ended_at) if visit.ended_at else ""),
        ("服務結果", OUTCOME_TEXT[Outcome(visit.outcome)] if visit.outcome else ""),
        ("結果說明", visit.outcome_note),
    ]
    return [(label, text or "—") for label, text in facts]


def _explanations(session: ReadSession, visit: Visit) -> list[tuple[str, str, str, str]]:
    refusals = session.scalars(
        select(Refusal).where(Refusal.visit_id == visit.id).options(joinedload(Refusal.officer))
    )
    rows = [
        (local_time_text(each.refused_at), "無法接案之說明", each.officer.get_full_name(), each.explanation)
        for each in refusals
    ]
    unended = session.get(UnendedExplanation, visit.id)
    if unended:
        who = unended.explained_by.get_full_name()
        rows.append((local_time_text(unended.explained_at), "未點選服務結束之說明", who, unended.explanation))
    return rows


def _appointments(session: ReadSession, person: Person) -> Iterator[Part]:
    found = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == person.id)
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.officer), joinedload(Appointment.business_type))
    ).all()
    if found:
        rows = [
            (
                local_time_text(each.starts_at),
                each.business_type.name,
                each.officer.get_full_name(),
                APPOINTMENT_TEXT[AppointmentState(each.state)],
                "　".join(filter(None, (each.material, each.ended_reason))),
            )
            for each in found
        ]
        yield Part("預約", (), ("時間", "業務類型", "就服員", "狀態", "說明"), rows)


def _owners(session: ReadSession, person: Person) -> Iterator[Part]:
    before, after = aliased(Account), aliased(Account)
    found = session.execute(
        select(OwnerChange.at, BusinessType.name, before.name, after.name)
        .join(BusinessType, BusinessType.id == OwnerChange.business_type_id)
        .outerjoin(before, before.id == OwnerChange.from_id)
        .outerjoin(after, after.id == OwnerChange.to_id)
        .where(OwnerChange.person_id == person.id)
        .order_by(OwnerChange.id)
    ).all()
    if found:
        rows = [(local_time_text(at), kind, was or "—", became or "—") for at, kind, was, became in found]
        yield Part("一案到底就服員", (), ("時間", "業務類型", "原就服員", "就服員"), rows)


def _requests(session: ReadSession, person: Person) -> Iterator[Part]:
    transfers = session.scalars(select(PermanentTransfer).where(PermanentTransfer.person_id == person.id))
    rows = [
        (local_time_text(each.proposed_at), "永久轉案", each.reason, each.answer_note) for each in transfers
    ]
    changes = session.scalars(select(ChangeRequest).where(ChangeRequest.person_id == person.id))
    rows += [
        (
            local_time_text(each.made_at),
            "更換就服員（陳情）" if each.complaint else "更換就服員",
            each.reason,
            each.decision_note,
        )
        for each in changes
    ]
    if rows:
        yield Part("轉案與更換就服員", (), ("時間", "事項", "原因", "處理"), sorted(rows))


def _records(session: ReadSession, person: Person) -> Iterator[Part]:
    found = session.scalars(
        select(EvidenceRecord)
        .where(EvidenceRecord.national_id_hash == person.national_id_hash)
        .order_by(EvidenceRecord.recorded_on)
        .options(joinedload(EvidenceRecord.business_type))
    ).all()
    if found:
        rows = [
            (
                show(each.recorded_on),
                EVIDENCE_TEXT[EvidenceKind(each.kind)],
                each.business_type.name,
                each.note,
            )
            for each in found
        ]
        yield Part("介紹卡與資料移轉紀錄", (), ("日期", "來源", "業務類型", "備註"), rows)
