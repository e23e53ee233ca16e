"""Service records as entries of the rules: for the reply form, the pages, and the kept earlier versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from models.case import ServiceRecord
from models.codes import RefusalReason, ServiceKind
from reports.session import ReadSession
from rules.service_record import NotProvided, Provided, ReplyLines, Training, lines_for_reply_form

Entry = Provided | NotProvided


@dataclass(frozen=True)
class Labels:
    """The texts of the code lists as they stand, codes no longer offered included, and the reader's language."""

    services: Mapping[int, str]
    reasons: Mapping[int, str]
    translate: Callable[[str], str] = str


def labels(session: ReadSession, translate: Callable[[str], str] = str) -> Labels:
    services = session.execute(select(ServiceKind.code, ServiceKind.label).order_by(ServiceKind.code))
    reasons = session.execute(select(RefusalReason.code, RefusalReason.label).order_by(RefusalReason.code))
    return Labels(dict(services.all()), dict(reasons.all()), translate)


def entry_of(record: ServiceRecord) -> Entry:
    if not record.provided:
        return NotProvided(tuple(reason.code for reason in record.reasons), record.remark)
    return Provided(
        services=tuple(service.code for service in record.services),
        training=_training_of(record),
        other_service=record.other_service,
        remark=record.remark,
    )


def reply_lines(entry: Entry, served_on: date, texts: Labels) -> ReplyLines:
    return lines_for_reply_form(
        entry,
        served_on=served_on,
        service_labels=texts.services,
        reason_labels=texts.reasons,
        translate=texts.translate,
    )


def reply_lines_of_all(records: Iterable[ServiceRecord], texts: Labels) -> Sequence[ReplyLines]:
    return [reply_lines(entry_of(record), record.served_on, texts) for record in records]


def dump(entry: Entry) -> str:
    """What a revision keeps of the version before; `load` reads it back."""
    fields = {"provided": isinstance(entry, Provided), **asdict(entry)}
    return json.dumps(fields, ensure_ascii=False, default=date.isoformat)


def load(text: str) -> Entry:
    fields: dict[str, Any] = json.loads(text)
    if not fields.pop("provided"):
        return NotProvided(tuple(fields["reasons"]), fields["remark"])
    training = fields.pop("training")
    if training:
        days = {name: date.fromisoformat(training[name]) for name in ("starts", "ends")}
        training = Training(**{**training, **days})
    return Provided(**{**fields, "services": tuple(fields["services"])}, training=training)


def _training_of(record: ServiceRecord) -> Training | None:
    if record.training_from is None or record.training_to is None:
        return None
    return Training(
        record.training_unit,
        record.training_course,
        record.training_from,
        record.training_to,
        bool(record.training_allowance),
    )
