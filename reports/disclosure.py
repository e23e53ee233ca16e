"""個人資料彙整: everything that is held on one person, for the person, as a page and on A4. 個人資料保護法 §3, §10."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from models.account import Account
from models.case import Case, ServiceRecord, ServiceRecordRevision
from models.organisation import Unit
from models.person import Person, PersonRevision
from models.referral import Referral
from models.trail import TrailEntry
from reports.case_timeline import happenings
from reports.disclosure_desk import desk_parts
from reports.disclosure_part import Part
from reports.fonts import Fonts
from reports.pdf import render_pdf
from reports.service_entries import Labels, entry_of, labels, load, reply_lines
from reports.session import ReadSession
from reports.trail_lists import about, act_title, screen_title
from rules.calendar import local_time_text
from rules.referral_flow import State, status_text
from rules.roc_dates import show
from rules.texts import N_

MOST_LOOKS = 500
PERSON_FIELDS = {
    "name": N_("姓名"),
    "national_id": N_("身分證字號"),
    "birthday": N_("出生日期"),
    "phone": N_("連絡電話"),
    "home_phone": N_("家裡電話"),
    "other_phone": N_("其他連絡電話"),
    "address": N_("居住地址"),
    "postal_code": N_("郵遞區號"),
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Disclosed:
    """`reason`: the request's number. Times are Taipei's."""

    reason: str
    made_at: str
    made_by: str
    parts: Sequence[Part]


def disclosed(session: ReadSession, person: Person, *, reason: str, made_by: str, at: datetime) -> Disclosed:
    """In Chinese, whatever the auditor reads: it is for the person."""
    parts = [
        _person(person),
        *_revisions(session, person),
        *_referrals(session, person),
        *desk_parts(session, person),
        _looks(session, person),
    ]
    return Disclosed(reason, local_time_text(at), made_by, parts)


def pdf(content: Disclosed, fonts: Fonts) -> bytes:
    html = _TEMPLATES.get_template("disclosure_pdf.html").render(content=content)
    return render_pdf(html, fonts=fonts)


def _person(person: Person) -> Part:
    facts = [(label, _text(getattr(person, name))) for name, label in PERSON_FIELDS.items()]
    facts.append(("性別", "男" if person.sex == "M" else "女"))
    if person.changed_at:
        facts.append(("最後修改", f"{local_time_text(person.changed_at)} {person.changed_by_name}".strip()))
    return Part("個人基本資料", facts)


def _revisions(session: ReadSession, person: Person) -> Iterator[Part]:
    found = session.execute(
        select(PersonRevision, Account.name)
        .join(Account, Account.id == PersonRevision.changed_by_id)
        .where(PersonRevision.person_id == person.id)
        .order_by(PersonRevision.id)
    ).all()
    if found:
        rows = [(local_time_text(row.changed_at), who, _before(json.loads(row.before))) for row, who in found]
        yield Part("基本資料的修改（修改前的內容）", head=("修改時間", "修改人", "修改前"), rows=rows)


def _before(held: dict[str, str]) -> str:
    return "；".join(f"{PERSON_FIELDS.get(name, name)}：{_text(text)}" for name, text in held.items())


def _referrals(session: ReadSession, person: Person) -> Iterator[Part]:
    texts = labels(session)
    found = session.scalars(
        select(Referral)
        .where(Referral.person_id == person.id)
        .order_by(Referral.id)
        .options(
            joinedload(Referral.referring_unit),
            joinedload(Referral.receiving_unit),
            joinedload(Referral.submitted_by),
            selectinload(Referral.indicators),
            selectinload(Referral.identities),
            selectinload(Referral.attachments),
        )
    )
    for referral in found.all():
        case = session.scalars(select(Case).where(Case.referral_id == referral.id)).one_or_none()
        yield _referral(referral, case)
        if case:
            yield _case(case)
            yield _records(session, case, texts)
        yield _timeline(session, referral.id)


def _referral(referral: Referral, case: Case | None) -> Part:
    identities = "、".join(str(each.label) for each in referral.identities)
    facts = [
        ("轉介日期", show(referral.referral_date)),
        ("轉介單位", referral.referring_unit.name),
        ("轉介人員", referral.submitted_by.name),
        ("收案單位", referral.receiving_unit.name if referral.receiving_unit else ""),
        ("狀態", status_text(State(referral.state), case.due_date if case else None)),
        ("郵遞區號", referral.postal_code),
        ("個資同意時間", local_time_text(referral.consent_at)),
        ("轉介評估指標", "　".join(f"{each.code}. {each.label}" for each in referral.indicators)),
        ("個案身分別", "：".join(filter(None, (identities, referral.other_identity)))),
        ("個人簡述", referral.brief),
        ("工作期待", referral.expectation),
        ("附件", "、".join(each.name for each in referral.attachments)),
    ]
    return Part(f"轉介單 {referral.id}", [(label, text or "—") for label, text in facts])


def _case(case: Case) -> Part:
    facts = [
        ("收案單位", case.unit.name),
        ("收案督導", case.supervisor.name),
        ("收案時間", local_time_text(case.taken_in_at)),
        ("應結案日期", show(case.due_date)),
        ("結案日期", show(case.closed_on) if case.closed_on else "—"),
        *(("延期", f"{show(each.due_before)} 延至 {show(each.due_after)}") for each in case.extensions),
    ]
    rows = [(local_time_text(each.assigned_at), each.case_manager.name) for each in case.assignments]
    return Part(f"個案服務單 {case.id}", facts, ("派案時間", "個管員"), rows)


def _records(session: ReadSession, case: Case, texts: Labels) -> Part:
    records = session.scalars(
        select(ServiceRecord)
        .where(ServiceRecord.case_id == case.id)
        .order_by(ServiceRecord.served_on, ServiceRecord.id)
        .options(
            joinedload(ServiceRecord.author),
            selectinload(ServiceRecord.services),
            selectinload(ServiceRecord.reasons),
        )
    ).all()
    earlier = session.scalars(
        select(ServiceRecordRevision)
        .where(ServiceRecordRevision.record_id.in_([record.id for record in records]))
        .order_by(ServiceRecordRevision.id)
    ).all()
    rows: list[tuple[str, str, str]] = []
    for record in records:
        rows.append((show(record.served_on), record.author.name, _lines(entry_of(record), record, texts)))
        rows += [
            (
                show(record.served_on),
                record.author.name,
                f"（{local_time_text(each.corrected_at)} 更正前）{_lines(load(each.before), record, texts)}",
            )
            for each in earlier
            if each.record_id == record.id
        ]
    note = "" if rows else "沒有服務紀錄。"
    return Part(f"個案服務單 {case.id} 的服務紀錄", (), ("服務日期", "服務人員", "內容"), rows, note)


def _lines(entry: object, record: ServiceRecord, texts: Labels) -> str:
    lines = reply_lines(entry, record.served_on, texts)  # type: ignore[arg-type]  # either kind of entry
    return "　".join(filter(None, (*lines.services, *lines.reasons, lines.remark)))


def _timeline(session: ReadSession, referral_id: int) -> Part:
    rows = [
        (
            local_time_text(each.at),
            each.title,
            each.who or "系統",
            "　".join(line.template % line.values for line in each.lines),
        )
        for each in reversed(happenings(session, referral_id))
    ]
    return Part(f"轉介單 {referral_id} 的歷程與郵件通知", (), ("時間", "事項", "人員", "說明"), rows)


def _looks(session: ReadSession, person: Person) -> Part:
    where = about(person.id)
    total = session.scalar(select(func.count()).select_from(TrailEntry).where(where)) or 0
    found = session.execute(
        select(TrailEntry.at, TrailEntry.act, TrailEntry.screen, TrailEntry.ground, Account.name, Unit.name)
        .outerjoin(Account, Account.id == TrailEntry.actor_id)
        .outerjoin(Unit, Unit.id == TrailEntry.unit_id)
        .where(where)
        .order_by(TrailEntry.at.desc(), TrailEntry.id.desc())
        .limit(MOST_LOOKS)
    )
    same: Callable[[str], str] = str
    rows = [
        (
            local_time_text(moment),
            f"{unit or ''} {name or '系統'}".strip(),
            act_title(act, same),
            screen_title(screen, same),
            ground,
        )
        for moment, act, screen, ground, name, unit in found
    ]
    note = f"共 {total:,} 筆，列出最近 {len(rows):,} 筆。" if total > len(rows) else f"共 {total:,} 筆。"
    return Part("誰看過（存取紀錄）", (), ("時間", "人員", "動作", "畫面", "依據"), rows, note)


def _text(value: object) -> str:
    if isinstance(value, date):
        return show(value)
    return str(value) if value not in (None, "", "None") else "—"
