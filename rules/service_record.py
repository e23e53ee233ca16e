"""What a service record must hold, and how it reads on the reply form. Spec 1-referral §5.3, §5.4.

The date of a record is the day it is written; the form has no field for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rules import roc_dates
from rules.codes import Code, check_codes
from rules.errors import Faults, FieldFault
from rules.gather import Gather
from rules.roc_dates import show
from rules.texts import N_, check_block, check_line

SERVICES = (Code(1, N_("就業服務")), Code(2, N_("職業訓練")), Code(3, N_("其他")))
REASONS = (
    Code(1, N_("無法聯繫3次以上(3次不同日期及時段)")),
    Code(2, N_("已就業(打工)，明確表示無需就業服務")),
    Code(3, N_("規劃復學，無需就業服務")),
    Code(4, N_("明確表示不願意接受就業服務")),
    Code(5, N_("家庭因素(如照顧家人)無法就業")),
)
TRAINING, OTHER_SERVICE = 2, 3
_SERVICE_LABELS = dict(SERVICES)
_REASON_LABELS = dict(REASONS)
_TRAINING_TEXTS = ("training_unit", "training_course", "training_from", "training_to")

_PRINTED = ("training_unit", "training_course", "other_service", "remark")
_EMOJI = re.compile("[\U0001f000-\U0001faff]")

MAX_TRAINING_TEXT = 100
MAX_OTHER_SERVICE = 200
MAX_REMARK = 2000


@dataclass(frozen=True)
class Training:
    """The four parts of 職業訓練."""

    unit: str
    course: str
    starts: date
    ends: date
    allowance: bool


@dataclass(frozen=True)
class Provided:
    services: tuple[int, ...]
    training: Training | None = None
    other_service: str = ""
    remark: str = ""


@dataclass(frozen=True)
class NotProvided:
    reasons: tuple[int, ...]
    remark: str = ""


@dataclass(frozen=True)
class ReplyLines:
    """The share of one record in the form's three cells: 收案提供服務情形, 無法提供服務原因, 其他備註."""

    services: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    remark: str = ""


def check(
    raw: Mapping[str, object],
    *,
    known_services: Collection[int] = _SERVICE_LABELS.keys(),
    known_reasons: Collection[int] = _REASON_LABELS.keys(),
) -> Provided | NotProvided:
    """Reads `provided` (Y or N) and the fields of that half, named as in the database; codes come in lists.

    Raises `Faults`. A part filled in without its tick is refused rather than lost.
    """
    if _text(raw, "provided") == "Y":
        return _check_provided(raw, known_services)
    if _text(raw, "provided") == "N":
        return _check_not_provided(raw, known_reasons)
    raise Faults([FieldFault("provided", "請選擇「提供服務」或「無法提供服務」。")])


def lines_for_reply_form(
    record: Provided | NotProvided,
    *,
    served_on: date,
    service_labels: Mapping[int, str] = _SERVICE_LABELS,
    reason_labels: Mapping[int, str] = _REASON_LABELS,
    translate: Callable[[str], str] = str,
) -> ReplyLines:
    """A line for each service, one for all reasons. The labels are those of the code lists as they stand.

    The form itself is Chinese always; `translate` takes a msgid, for pages that show the same lines.
    """
    day = f"({show(served_on)})"
    if isinstance(record, NotProvided):
        reasons = translate(N_("、")).join(
            f"{code}.{translate(reason_labels[code])}" for code in record.reasons
        )
        return ReplyLines(reasons=(day + reasons,), remark=record.remark)
    services = tuple(
        f"{day}{code}.{translate(service_labels[code])}{_detail(record, code, translate)}"
        for code in record.services
    )
    return ReplyLines(services=services, remark=record.remark)


def _detail(record: Provided, code: int, translate: Callable[[str], str]) -> str:
    if code == OTHER_SERVICE:
        return translate(N_("：")) + record.other_service
    if code == TRAINING and record.training is not None:
        return translate(N_("：")) + _training_parts(record.training, translate)
    return ""


def _training_parts(training: Training, translate: Callable[[str], str]) -> str:
    template = N_(
        "(1)受訓單位：%(unit)s (2)參加職類：%(course)s (3)參訓期間：%(period)s (4)生活津貼：%(allowance)s"
    )
    return translate(template) % {
        "unit": training.unit,
        "course": training.course,
        "period": f"{show(training.starts)}~{show(training.ends)}",
        "allowance": translate(N_("有") if training.allowance else N_("無")),
    }


def _check_provided(raw: Mapping[str, object], known: Collection[int]) -> Provided:
    gather = Gather()
    services: tuple[int, ...] = ()
    training: Training | None = None
    with gather:
        services = check_codes(_items(raw, "services"), field="services", known=known)
        if not services:
            raise FieldFault("services", "請至少勾選一項提供的服務。")
        if TRAINING not in services and any(_text(raw, field) for field in _TRAINING_TEXTS):
            raise FieldFault("services", "已填寫職業訓練的內容，請勾選「2.職業訓練」，或清除該內容。")
        if OTHER_SERVICE not in services and _text(raw, "other_service"):
            raise FieldFault("services", "已填寫其他服務的內容，請勾選「3.其他」，或清除該內容。")
    with gather:
        training = _check_training(raw) if TRAINING in services else None
    with gather:
        missing = N_("勾選「3.其他」時，請填寫服務內容。") if OTHER_SERVICE in services else ""
        typed = _text(raw, "other_service")
        other = check_line(typed, field="other_service", limit=MAX_OTHER_SERVICE, missing=missing)
    with gather:
        remark = check_block(_text(raw, "remark"), field="remark", limit=MAX_REMARK)
    with gather:
        _check_drawable(raw)
    gather.raise_any()
    return Provided(services, training, other, remark)


def _check_drawable(raw: Mapping[str, object]) -> None:
    """The reply form is printed, and no face draws emoji; after the closing nobody could take them out any more."""
    for field in _PRINTED:
        if found := _EMOJI.search(_text(raw, field)):
            raise FieldFault(field, "「%(sign)s」是表情符號，回覆單印不出來，請改用文字。", sign=found[0])


def _check_not_provided(raw: Mapping[str, object], known: Collection[int]) -> NotProvided:
    gather = Gather()
    with gather:
        reasons = check_codes(_items(raw, "reasons"), field="reasons", known=known)
        if not reasons:
            raise FieldFault("reasons", "請至少勾選一項無法提供服務的原因。")
    with gather:
        remark = check_block(_text(raw, "remark"), field="remark", limit=MAX_REMARK)
    with gather:
        _check_drawable(raw)
    gather.raise_any()
    return NotProvided(reasons, remark)


def _check_training(raw: Mapping[str, object]) -> Training:
    gather = Gather()
    starts = ends = None
    with gather:
        unit = _training_text(raw, "training_unit", N_("請填寫受訓單位。"))
    with gather:
        course = _training_text(raw, "training_course", N_("請填寫參加職類。"))
    with gather:
        starts = roc_dates.parse(_text(raw, "training_from"), field="training_from")
    with gather:
        ends = roc_dates.parse(_text(raw, "training_to"), field="training_to")
        if starts and starts > ends:
            raise FieldFault("training_to", "參訓期間的迄日早於起日，請檢查兩個日期。")
    with gather:
        allowance = _text(raw, "training_allowance")
        if allowance not in ("Y", "N"):
            raise FieldFault("training_allowance", "請選擇有無生活津貼。")
    gather.raise_any()
    assert starts is not None and ends is not None  # a missing date was raised as a fault just now
    return Training(unit, course, starts, ends, allowance == "Y")


def _training_text(raw: Mapping[str, object], field: str, missing: str) -> str:
    return check_line(_text(raw, field), field=field, limit=MAX_TRAINING_TEXT, missing=missing)


def _text(raw: Mapping[str, object], field: str) -> str:
    value = raw.get(field)
    return "" if value is None else str(value).strip()


def _items(raw: Mapping[str, object], field: str) -> Iterable[object]:
    value = raw.get(field) or ()
    return value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
