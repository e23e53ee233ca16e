"""One stream of what happened to a referral and its case: moves with their consequences, and the mails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models.case import Case, ServiceRecord
from models.outbox import Mail, MailState
from models.timeline import TimelineEntry
from reports.service_entries import labels, reply_lines_of_all
from reports.session import ReadSession
from rules.referral_flow import Move
from rules.roc_dates import show
from rules.texts import N_

SUBMIT = "submit"
ROUTE = "route"

# Move → icon and title, as msgids.
LOOKS: Mapping[str, tuple[str, str]] = {
    SUBMIT: ("fa-paper-plane", N_("送出轉介單")),
    ROUTE: ("fa-location-dot", N_("人工指定分派")),
    Move.TAKE_IN: ("fa-inbox", N_("收案並派案")),
    Move.RETURN: ("fa-rotate-left", N_("退回轉介單位")),
    Move.RESUBMIT: ("fa-paper-plane", N_("重新送出")),
    Move.REROUTE: ("fa-share", N_("改派其他中心")),
    Move.WITHDRAW: ("fa-ban", N_("轉介單位撤回")),
    Move.RECORD_SERVICE: ("fa-comments", N_("服務紀錄")),
    Move.CORRECT_SERVICE: ("fa-pen", N_("更正服務紀錄")),
    Move.EXTEND: ("fa-calendar-plus", N_("延期三個月")),
    Move.TRANSFER: ("fa-right-left", N_("轉案")),
    Move.CLOSE: ("fa-circle-check", N_("結案")),
    Move.REOPEN: ("fa-folder-open", N_("重新開案")),
}
# What a correction may have changed, as `services.resubmission` names it.
CORRECTED: Mapping[str, str] = {
    "name": N_("姓名"),
    "birthday": N_("出生日期"),
    "phone": N_("連絡電話"),
    "home_phone": N_("家裡電話"),
    "other_phone": N_("其他連絡電話"),
    "address": N_("居住地址"),
    "postal_code": N_("郵遞區號"),
    "indicators": N_("轉介評估指標"),
    "identities": N_("個案身分別"),
    "brief": N_("個人簡述"),
    "expectation": N_("工作期待"),
    "consent": N_("個資同意書"),
    "guardian": N_("法定監護人同意書"),
}
MAIL_STATES: Mapping[str, str] = {
    MailState.QUEUED: N_("尚未寄出,系統將自動重送"),
    MailState.SENDING: N_("寄送中"),
    MailState.SENT: N_("已寄出"),
    MailState.FAILED: N_("多次寄送失敗,已停止重送"),
}


@dataclass(frozen=True)
class Line:
    """A msgid with its values, as in `rules.errors`; texts that people typed come as the only value."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Happening:
    """`title` is a msgid, `who` empty where the system acted by itself."""

    at: datetime
    icon: str
    title: str
    who: str = ""
    lines: Sequence[Line] = ()
    record_id: int | None = None


def happenings(
    session: ReadSession, referral_id: int, translate: Callable[[str], str] = str
) -> Sequence[Happening]:
    """Newest first. The caller has looked the referral up in the actor's scope.

    `translate` takes a msgid, for texts inside of a line; the lines are msgids themselves.
    """
    case = session.scalar(select(Case).where(Case.referral_id == referral_id))
    moves = session.scalars(select(TimelineEntry).where(TimelineEntry.referral_id == referral_id))
    mails = session.scalars(select(Mail).where(Mail.referral_id == referral_id))
    served = _record_lines(session, case, translate)
    found = [(entry.at, 0, entry.id, _move(entry, served, translate)) for entry in moves]
    found += [(mail.queued_at, 1, mail.id, _mail(mail)) for mail in mails]
    return [happening for *_, happening in sorted(found, key=lambda each: each[:3], reverse=True)]


def _move(
    entry: TimelineEntry, served: Mapping[int, Sequence[Line]], translate: Callable[[str], str]
) -> Happening:
    icon, title = LOOKS.get(entry.move, ("fa-circle", entry.move))
    detail = entry.detail
    record_id = detail.get("record_id")
    lines: list[Line] = []
    if "case_manager" in detail:
        lines.append(Line(N_("個管員:%(name)s"), {"name": detail["case_manager"]}))
    if entry.move == Move.TRANSFER:
        lines.append(
            Line(N_("由 %(giver)s 轉給 %(taker)s"), {"giver": detail["from"], "taker": detail["to"]})
        )
    if entry.move in (ROUTE, Move.RESUBMIT) and detail.get("unit"):
        lines.append(Line(N_("收案單位:%(unit)s"), {"unit": detail["unit"]}))
    if entry.move == Move.REROUTE:
        lines.append(
            Line(N_("由 %(former)s 改派至 %(unit)s"), {"former": detail["from"], "unit": detail["unit"]})
        )
    if corrected := detail.get("changed"):
        fields = "、".join(translate(CORRECTED[name]) for name in corrected if name in CORRECTED)
        lines.append(Line(N_("補正項目:%(fields)s"), {"fields": fields}))
    if entry.move == Move.EXTEND:
        lines.append(Line(N_("應結案日期由 %(before)s 延至 %(after)s"), _days(detail)))
    if entry.move == Move.RECORD_SERVICE:
        lines.extend(served.get(record_id or 0, ()))
    if entry.reason:
        lines.append(Line(N_("原因:%(reason)s"), {"reason": entry.reason}))
    return Happening(entry.at, icon, title, entry.actor_name, lines, record_id)


def _mail(mail: Mail) -> Happening:
    state = MAIL_STATES[mail.state]
    return Happening(
        mail.queued_at,
        "fa-envelope",
        N_("郵件通知"),
        lines=(Line("%(text)s", {"text": mail.subject}), Line(state)),
    )


def _days(detail: Mapping[str, Any]) -> Mapping[str, str]:
    return {key: show(date.fromisoformat(detail[f"due_{key}"])) for key in ("before", "after")}


def _record_lines(
    session: ReadSession, case: Case | None, translate: Callable[[str], str]
) -> Mapping[int, Sequence[Line]]:
    if case is None:
        return {}
    found = select(ServiceRecord).where(ServiceRecord.case_id == case.id)
    ticks = selectinload(ServiceRecord.services), selectinload(ServiceRecord.reasons)
    records = session.scalars(found.options(*ticks)).all()
    texts = labels(session, translate)
    return {
        record.id: _typed((*each.services, *each.reasons, each.remark))
        for record, each in zip(records, reply_lines_of_all(records, texts), strict=True)
    }


def _typed(texts: Iterable[str]) -> Sequence[Line]:
    return [Line("%(text)s", {"text": text}) for text in texts if text]
