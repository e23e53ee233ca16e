"""What the rows of the roster show beyond their columns: identities, service history, outcome; for a batch at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from models.case import ServiceRecord, ServiceRecordReason, ServiceRecordService
from models.codes import Identity, RefusalReason, ServiceKind
from models.referral import Referral, ReferralIdentity
from reports.referral_lists import Reader
from reports.session import ReadSession
from rules.identities import OTHER
from rules.service_record import NotProvided, Provided, Training, lines_for_reply_form
from rules.texts import N_

IN_CELL = "\n"


@dataclass(frozen=True)
class Batch(Reader):
    """The reader, and what the rows of a batch need beyond their columns: one statement each.

    `histories`: case → lines of its service records in their order; `outcomes`: case → what the last one says.
    """

    identities: Mapping[int, list[str]] = field(default_factory=dict)
    histories: Mapping[int, list[str]] = field(default_factory=dict)
    outcomes: Mapping[int, str] = field(default_factory=dict)


def load(session: ReadSession, rows: Sequence[Any], reader: Reader) -> Batch:
    """What these rows show beyond their columns. Two statements, however many rows."""
    identities = _identities(session, [row.key for row in rows], reader)
    records = _records(session, [row.history for row in rows if row.history])
    return Batch(
        reader.today,
        reader.translate,
        identities,
        histories={
            case_id: [_history_line(each, reader) for each in entries] for case_id, entries in records.items()
        },
        outcomes={case_id: _outcome(entries[-1], reader) for case_id, entries in records.items()},
    )


def _identities(session: ReadSession, referral_ids: Sequence[int], reader: Reader) -> dict[int, list[str]]:
    statement = (
        select(ReferralIdentity.referral_id, Identity.code, Identity.label, Referral.other_identity)
        .join(Identity, Identity.code == ReferralIdentity.code)
        .join(Referral, Referral.id == ReferralIdentity.referral_id)
        .where(ReferralIdentity.referral_id.in_(referral_ids))
        .order_by(ReferralIdentity.referral_id, Identity.code)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for referral_id, code, label, other in session.execute(statement):
        text = reader.translate(label)
        found[referral_id].append(f"{text}({other})" if code == OTHER and other else text)
    return found


@dataclass
class _Record:
    """One service record with its codes: services or reasons, never both."""

    row: Any
    services: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def _records(session: ReadSession, case_ids: Sequence[int]) -> dict[int, list[_Record]]:
    statement = (
        select(
            ServiceRecord.id,
            ServiceRecord.case_id,
            ServiceRecord.served_on,
            ServiceRecord.provided,
            ServiceRecord.training_unit,
            ServiceRecord.training_course,
            ServiceRecord.training_from,
            ServiceRecord.training_to,
            ServiceRecord.training_allowance,
            ServiceRecord.other_service,
            ServiceKind.code.label("service"),
            ServiceKind.label.label("service_label"),
            RefusalReason.code.label("reason"),
            RefusalReason.label.label("reason_label"),
        )
        .outerjoin(ServiceRecordService, ServiceRecordService.record_id == ServiceRecord.id)
        .outerjoin(ServiceKind, ServiceKind.code == ServiceRecordService.code)
        .outerjoin(ServiceRecordReason, ServiceRecordReason.record_id == ServiceRecord.id)
        .outerjoin(RefusalReason, RefusalReason.code == ServiceRecordReason.code)
        .where(ServiceRecord.case_id.in_(case_ids))
        .order_by(
            ServiceRecord.case_id,
            ServiceRecord.served_on,
            ServiceRecord.id,
            ServiceKind.code,
            RefusalReason.code,
        )
    )
    found: dict[int, list[_Record]] = defaultdict(list)
    for row in session.execute(statement):
        entries = found[row.case_id]
        if not entries or entries[-1].row.id != row.id:
            entries.append(_Record(row))
        if row.service is not None:
            entries[-1].services[row.service] = row.service_label
        if row.reason is not None:
            entries[-1].reasons[row.reason] = row.reason_label
    return found


def _history_line(entry: _Record, reader: Reader) -> str:
    """As on the reply form: `(112/10/17)1.就業服務`."""
    lines = lines_for_reply_form(
        _as_rule(entry),
        served_on=entry.row.served_on,
        service_labels=entry.services,
        reason_labels=entry.reasons,
        translate=reader.translate,
    )
    return IN_CELL.join((*lines.services, *lines.reasons))


def _as_rule(entry: _Record) -> Provided | NotProvided:
    row = entry.row
    if not row.provided:
        return NotProvided(tuple(entry.reasons))
    training = None
    if row.training_from is not None:
        training = Training(
            row.training_unit,
            row.training_course,
            row.training_from,
            row.training_to,
            bool(row.training_allowance),
        )
    return Provided(tuple(entry.services), training, row.other_service)


def _outcome(entry: _Record, reader: Reader) -> str:
    sentence = reader.translate(N_("%(text)s。"))
    texts = (entry.services or entry.reasons).values()
    return "".join(sentence % {"text": reader.translate(text)} for text in texts).rstrip()
