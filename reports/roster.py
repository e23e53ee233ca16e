"""清冊: the supervisor's filtered list of the unit's referrals with their service history, and the same as a file.

結案資訊 is the outcome of a closed case in the manual's form: what its last service record says, the services provided
or the reasons why none could be, each as a sentence; 「無服務紀錄」 if there was none. An open case has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, exists, literal, select, union_all
from sqlalchemy.orm import aliased

from models.account import Account
from models.case import Case, ServiceRecord, ServiceRecordReason, ServiceRecordService
from models.codes import Identity, RefusalReason, ServiceKind
from models.organisation import Agency, Unit
from models.person import Person
from models.referral import Referral, ReferralIdentity
from reports.columns import Column
from reports.criteria import DATE_FROM, DATE_TO, STATE, STATES, Choices, Criterion, whole_number
from reports.pages import Listing
from reports.referral_lists import DATE, Reader, show_status, status_value
from reports.session import ReadSession
from rules.actor import Actor
from rules.calendar import age_on
from rules.service_record import NotProvided, Provided, Training, lines_for_reply_form
from rules.texts import N_

IN_CELL = "\n"
SEX = {"M": N_("男"), "F": N_("女")}
OTHER_IDENTITY = 19


@dataclass(frozen=True)
class Batch(Reader):
    """The reader, and what the rows of a batch need beyond their columns: one statement each.

    `histories`: case → lines of its service records in their order; `outcomes`: case → what the last one says.
    """

    identities: Mapping[int, list[str]] = field(default_factory=dict)
    histories: Mapping[int, list[str]] = field(default_factory=dict)
    outcomes: Mapping[int, str] = field(default_factory=dict)


def show_identities(referral_id: int, batch: Batch) -> str:
    return batch.translate(N_("、")).join(batch.identities.get(referral_id, ()))


def show_history(case_id: int | None, batch: Batch) -> str:
    return IN_CELL.join(batch.histories.get(case_id or 0, ()))


def show_outcome(closed_case_id: int | None, batch: Batch) -> str:
    if closed_case_id is None:
        return ""
    return batch.outcomes.get(closed_case_id) or batch.translate(N_("無服務紀錄"))


referring, receiving = aliased(Unit), aliased(Unit)
referring_agency, receiving_agency = aliased(Agency), aliased(Agency)

LISTING = Listing(
    key=Referral.id,
    select_from=Referral.__table__.join(Person.__table__, Person.id == Referral.person_id)
    .join(referring, referring.id == Referral.referring_unit_id)
    .join(referring_agency, referring_agency.id == referring.agency_id)
    .outerjoin(receiving, receiving.id == Referral.receiving_unit_id)
    .outerjoin(receiving_agency, receiving_agency.id == receiving.agency_id)
    .outerjoin(Case, Case.referral_id == Referral.id),
    columns=(
        Column("referring_agency", N_("轉介機關"), referring_agency.name, 14),
        Column("referring_unit", N_("轉介單位"), referring.name, 28),
        DATE,
        Column("name", N_("個案姓名"), Person.name, 14),
        Column("identities", N_("個案身分別"), Referral.id, 28, show=show_identities),
        Column("sex", N_("性別"), Person.sex, 6, show=lambda sex, batch: batch.translate(SEX[sex])),
        Column(
            "age",
            N_("年齡"),
            Person.birthday,
            6,
            kind="number",
            show=lambda birthday, batch: age_on(birthday, batch.today),
        ),
        Column("receiving_agency", N_("收案機關"), receiving_agency.name, 20),
        Column("receiving_unit", N_("收案單位"), receiving.name, 24),
        Column("status", N_("狀態"), status_value(), 30, show=show_status),
        Column("closed_on", N_("結案日期"), Case.closed_on, 12, kind="roc_date"),
        Column("history", N_("服務歷程"), Case.id, 60, show=show_history),
        Column(
            "outcome",
            N_("結案資訊"),
            case((Case.closed_on.is_not(None), Case.id)),
            40,
            show=show_outcome,
        ),
    ),
    order=(Referral.referral_date.desc(),),
)


def _in_units_of_agency(text: str, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return column.in_(select(Unit.id).where(Unit.agency_id == whole_number(text)))


def _has_identity(text: str) -> ColumnElement[bool]:
    chosen = ReferralIdentity.referral_id == Referral.id, ReferralIdentity.code == whole_number(text)
    return exists(select(ReferralIdentity.code).where(*chosen))


def _with_manager(text: str) -> ColumnElement[bool]:
    chosen = Case.referral_id == Referral.id, Case.case_manager_id == whole_number(text)
    return exists(select(Case.id).where(*chosen))


CRITERIA = (
    replace(DATE_FROM, label=N_("通報日期起")),
    replace(DATE_TO, label=N_("通報日期迄")),
    Criterion(
        "referring_agency",
        N_("轉介機關"),
        lambda text: _in_units_of_agency(text, Referral.referring_unit_id),
        kind="choice",
    ),
    Criterion(
        "referring_unit",
        N_("轉介單位"),
        lambda text: Referral.referring_unit_id == whole_number(text),
        kind="choice",
    ),
    Criterion(
        "receiving_agency",
        N_("收案機關"),
        lambda text: _in_units_of_agency(text, Referral.receiving_unit_id),
        kind="choice",
    ),
    Criterion(
        "receiving_unit",
        N_("收案單位"),
        lambda text: Referral.receiving_unit_id == whole_number(text),
        kind="choice",
    ),
    replace(STATE, label=N_("狀態")),
    Criterion("identity", N_("個案身分別"), _has_identity, kind="choice"),
    Criterion("manager", N_("個管員姓名"), _with_manager, kind="choice"),
)


def choices(session: ReadSession, actor: Actor) -> dict[str, Choices]:
    """All choices of the query row in one statement: a list of its own for each would double the page's statements."""
    own = Unit.id == actor.unit_id
    has_cases = exists(select(Case.id).where(Case.case_manager_id == Account.id))
    offered = {
        "referring_agency": select(Agency.id, Agency.name).where(
            exists(select(Unit.id).where(Unit.agency_id == Agency.id, Unit.refers))
        ),
        "referring_unit": select(Unit.id, Unit.name).where(Unit.refers),
        "receiving_agency": select(Agency.id, Agency.name).join(Unit, Unit.agency_id == Agency.id).where(own),
        "receiving_unit": select(Unit.id, Unit.name).where(own),
        "identity": select(Identity.code, Identity.label),
        "manager": select(Account.id, Account.name).where(Account.unit_id == actor.unit_id, has_cases),
    }
    every = union_all(*(each.add_columns(literal(name).label("field")) for name, each in offered.items()))
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in offered}
    for key, label, name in session.execute(every.order_by("field", every.selected_columns[0])):
        found[name].append((str(key), label))
    return {**found, "state": tuple(STATES.items())}


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
        found[referral_id].append(f"{text}({other})" if code == OTHER_IDENTITY and other else text)
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
