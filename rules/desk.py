"""The words of the front desk that tables, decisions and screens share. Spec 2-dispatch §1 and §3."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from rules.texts import N_


class Distribution(StrEnum):
    """How new cases of a business type are spread (接待台 rules 三, 五, 十二)."""

    RATIO = "ratio"  # by the ratio table to a group, then evenly within it
    EVEN = "even"  # evenly over all counters whose group takes such cases
    EMPLOYER = "employer"  # to the recruitment section, evenly within it


class Kind(StrEnum):
    """What a business type is to the rules that name one: the appointment rate, the departure of an officer."""

    JOB_SEEKING = "job_seeking"
    BENEFIT = "benefit"
    TRAINING = "training"
    EMPLOYER = "employer"
    OTHER = "other"


class GroupKind(StrEnum):
    GENERAL = "general"
    DISABILITY = "disability"  # alone serves confirmed disabilities (接待台 rule 二)
    PROGRAMME = "programme"  # for an identity: indigenous, drug rehabilitation, …
    CASE_MANAGEMENT = "case_management"
    EMPLOYER = "employer"


class Disability(StrEnum):
    NONE = "none"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"


class DisabilityEvidence(StrEnum):
    HANDBOOK = "handbook"  # 身障手冊 seen
    SYSTEM = "system"  # 就服系統身分別勾稽


class Basis(StrEnum):
    """What the judgement old or new rests on, in the order in which it is asked (接待台 rule 一)."""

    HISTORY = "history"
    INTRODUCTION_CARD = "introduction_card"
    PHONE_CHECK = "phone_check"
    TRANSFERRED_RECORDS = "transferred_records"
    NOTHING_FOUND = "nothing_found"  # therefore new
    RECEPTION = "reception"  # reception judged otherwise than the evidence, with a note


class EvidenceKind(StrEnum):
    INTRODUCTION_CARD = "introduction_card"  # 介紹卡紀錄
    TRANSFERRED_RECORD = "transferred_record"  # 預約系統「資料移轉」項目欄


class AttendanceKind(StrEnum):
    LEAVE = "leave"
    TRIP = "trip"
    TRAINING = "training"
    BREAK = "break"  # away from the desk for a moment: still on duty, earns and is not preferred


class AppointmentState(StrEnum):
    """Nothing turns a missed appointment into anything: it stays booked and past."""

    BOOKED = "booked"
    KEPT = "kept"
    CANCELLED = "cancelled"
    MOVED = "moved"


class NoticeKind(StrEnum):
    RING = "ring"  # reception sends somebody to this counter
    LONG_WAIT = "long_wait"
    COMPLAINT = "complaint"
    CHANGE_REQUEST = "change_request"
    EMPLOYER = "employer"
    EMERGENCY = "emergency"
    REFUSAL = "refusal"
    UNDISPATCHED = "undispatched"
    TRANSFER = "transfer"
    UNENDED = "unended"
    TALLY = "tally"


# What cannot wait, the most urgent first; all others as they came.
URGENT = (NoticeKind.EMERGENCY, NoticeKind.RING, NoticeKind.COMPLAINT)
# About somebody who was there on that day; and tidings of what has a list of its own, where it stays until it is done.
# All others ask for a deed that nothing else reminds of: they stay until somebody has answered.
PASSING = (NoticeKind.RING, NoticeKind.LONG_WAIT, NoticeKind.EMPLOYER)
LISTED = (NoticeKind.REFUSAL, NoticeKind.UNENDED, NoticeKind.TALLY)
LISTED_DAYS = 7


class Outcome(StrEnum):
    """服務結果."""

    REGISTERED = "registered"
    REFERRED = "referred"
    BENEFIT_HANDLED = "benefit_handled"
    TRAINING_ADVISED = "training_advised"
    CONSULTED = "consulted"
    EMPLOYER_SERVED = "employer_served"
    INCOMPLETE = "incomplete"
    OTHER = "other"


DISTRIBUTION_TEXT: Mapping[Distribution, str] = {
    Distribution.RATIO: N_("依比例表派案"),
    Distribution.EVEN: N_("平均派案"),
    Distribution.EMPLOYER: N_("求才區接待"),
}
KIND_TEXT: Mapping[Kind, str] = {
    Kind.JOB_SEEKING: N_("一般求職"),
    Kind.BENEFIT: N_("失業給付"),
    Kind.TRAINING: N_("職業訓練"),
    Kind.EMPLOYER: N_("求才(雇主)"),
    Kind.OTHER: N_("其他"),
}
GROUP_KIND_TEXT: Mapping[GroupKind, str] = {
    GroupKind.GENERAL: N_("一般"),
    GroupKind.DISABILITY: N_("身障"),
    GroupKind.PROGRAMME: N_("特定對象"),
    GroupKind.CASE_MANAGEMENT: N_("個管"),
    GroupKind.EMPLOYER: N_("求才"),
}
DISABILITY_TEXT: Mapping[Disability, str] = {
    Disability.NONE: N_("無"),
    Disability.SUSPECTED: N_("疑似身障"),
    Disability.CONFIRMED: N_("身障"),
}
DISABILITY_EVIDENCE_TEXT: Mapping[DisabilityEvidence, str] = {
    DisabilityEvidence.HANDBOOK: N_("已查看身障手冊"),
    DisabilityEvidence.SYSTEM: N_("就服系統身分別勾稽"),
}
BASIS_TEXT: Mapping[Basis, str] = {
    Basis.HISTORY: N_("歷史紀錄"),
    Basis.INTRODUCTION_CARD: N_("介紹卡紀錄"),
    Basis.PHONE_CHECK: N_("去電櫃台核對"),
    Basis.TRANSFERRED_RECORDS: N_("資料移轉紀錄"),
    Basis.NOTHING_FOUND: N_("查無任何紀錄"),
    Basis.RECEPTION: N_("接待台判定"),
}
EVIDENCE_TEXT: Mapping[EvidenceKind, str] = {
    EvidenceKind.INTRODUCTION_CARD: N_("介紹卡紀錄"),
    EvidenceKind.TRANSFERRED_RECORD: N_("資料移轉"),
}
ATTENDANCE_TEXT: Mapping[AttendanceKind, str] = {
    AttendanceKind.LEAVE: N_("請假"),
    AttendanceKind.TRIP: N_("出差"),
    AttendanceKind.TRAINING: N_("受訓"),
    AttendanceKind.BREAK: N_("暫離"),
}
APPOINTMENT_TEXT: Mapping[AppointmentState, str] = {
    AppointmentState.BOOKED: N_("已預約"),
    AppointmentState.KEPT: N_("已報到"),
    AppointmentState.CANCELLED: N_("已取消"),
    AppointmentState.MOVED: N_("已改期"),
}
OUTCOME_TEXT: Mapping[Outcome, str] = {
    Outcome.REGISTERED: N_("完成求職登記"),
    Outcome.REFERRED: N_("推介就業"),
    Outcome.BENEFIT_HANDLED: N_("完成失業給付業務"),
    Outcome.TRAINING_ADVISED: N_("職訓諮詢或推介"),
    Outcome.CONSULTED: N_("諮詢說明"),
    Outcome.EMPLOYER_SERVED: N_("雇主服務"),
    Outcome.INCOMPLETE: N_("資料不全,待補件"),
    Outcome.OTHER: N_("其他"),
}
NOTICE_TEXT: Mapping[NoticeKind, str] = {
    NoticeKind.RING: N_("來賓過去了"),
    NoticeKind.LONG_WAIT: N_("等候過久"),
    NoticeKind.COMPLAINT: N_("民眾申訴"),
    NoticeKind.CHANGE_REQUEST: N_("更換就服員"),
    NoticeKind.EMPLOYER: N_("雇主來訪"),
    NoticeKind.EMERGENCY: N_("緊急求助"),
    NoticeKind.REFUSAL: N_("無法接案"),
    NoticeKind.UNDISPATCHED: N_("無人可派"),
    NoticeKind.TRANSFER: N_("永久轉案"),
    NoticeKind.UNENDED: N_("未按服務結束"),
    NoticeKind.TALLY: N_("派案量表"),
}
