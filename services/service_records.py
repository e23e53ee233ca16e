"""服務紀錄: written once whatever the browser sends twice, corrected by its author until the case closes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from models.account import Account
from models.case import Case, ServiceRecord, ServiceRecordRevision
from models.codes import RefusalReason, ServiceKind
from models.scopes import worked_cases
from reports.service_entries import Entry, dump, entry_of
from rules.actor import Actor
from rules.calendar import local_date, local_time_text
from rules.errors import NotFound, RuleBroken, StaleVersion
from rules.referral_flow import Move
from rules.service_record import NotProvided, Provided
from rules.texts import N_
from services.cases import lock
from services.timeline import make_move
from services.transaction import AnySession


def record_service(
    session: AnySession, case_id: int, entry: Entry, *, submission_key: str, by: Actor, at: datetime
) -> ServiceRecord:
    """Dated today. The same form again gives the record that the first sending made.

    Raises `StaleVersion` for a key that something else was sent with: told nothing, its writer would think it saved.
    """
    case = lock(session, case_id, worked_cases(by))
    if first := session.scalar(select(ServiceRecord).where(ServiceRecord.submission_key == submission_key)):
        if (first.case_id, first.author_id, entry_of(first)) == (case_id, by.user_id, entry):
            return first
        raise StaleVersion(N_("這張表單已經送出過,請重新開啟表單後再填寫。"))
    record = ServiceRecord(
        case_id=case.id,
        unit_id=case.unit_id,
        served_on=local_date(at),
        recorded_at=at,
        author_id=by.user_id,
        submission_key=submission_key,
    )
    _write(session, record, entry)
    session.add(record)
    session.flush()
    make_move(session, case.referral_id, Move.RECORD_SERVICE, by=by, at=at, detail={"record_id": record.id})
    return record


def correct_service(
    session: AnySession, record_id: int, entry: Entry, *, opened_version: int, by: Actor, at: datetime
) -> ServiceRecord:
    """`opened_version`: of the record when the form was opened. Nothing changed: nothing is written.

    Raises `StaleVersion` naming who saved in between and when, a `RuleBroken` for anybody but the author.
    """
    case_id = session.scalar(select(ServiceRecord.case_id).where(ServiceRecord.id == record_id))
    if case_id is None:
        raise NotFound(N_("找不到這筆服務紀錄,或不在您可查看的範圍。"))
    case = lock(session, case_id, worked_cases(by))
    record = session.get_one(ServiceRecord, record_id, populate_existing=True)
    if not is_author(record, by):
        raise RuleBroken(N_("服務紀錄只能由填寫的人更正。"))
    if record.version != opened_version:
        raise _stale(session, record)
    before = entry_of(record)
    if before == entry:
        return record
    make_move(session, case.referral_id, Move.CORRECT_SERVICE, by=by, at=at, detail={"record_id": record_id})
    session.add(
        ServiceRecordRevision(
            record_id=record_id, before=dump(before), corrected_at=at, corrected_by_id=by.user_id
        )
    )
    _write(session, record, entry)
    flag_modified(record, "remark")  # ticks alone stand in other tables and would not count the version up
    session.flush()
    return record


def is_author(record: ServiceRecord, by: Actor) -> bool:
    return record.author_id == by.user_id


def may_correct(record: ServiceRecord, case: Case, by: Actor) -> bool:
    return is_author(record, by) and case.closed_on is None


def _write(session: AnySession, record: ServiceRecord, entry: Entry) -> None:
    provided = entry if isinstance(entry, Provided) else Provided(())
    refused = entry if isinstance(entry, NotProvided) else NotProvided(())
    training = provided.training
    services = select(ServiceKind).where(ServiceKind.code.in_(provided.services))
    reasons = select(RefusalReason).where(RefusalReason.code.in_(refused.reasons))
    with session.no_autoflush:  # one UPDATE, and so one version, for the whole change
        record.provided = isinstance(entry, Provided)
        record.services = list(session.scalars(services))
        record.reasons = list(session.scalars(reasons))
        record.training_unit = training.unit if training else ""
        record.training_course = training.course if training else ""
        record.training_from = training.starts if training else None
        record.training_to = training.ends if training else None
        record.training_allowance = training.allowance if training else None
        record.other_service = provided.other_service
        record.remark = entry.remark


def _stale(session: AnySession, record: ServiceRecord) -> StaleVersion:
    last = session.execute(
        select(Account.name, ServiceRecordRevision.corrected_at)
        .join(Account, Account.id == ServiceRecordRevision.corrected_by_id)
        .where(ServiceRecordRevision.record_id == record.id)
        .order_by(ServiceRecordRevision.id.desc())
        .limit(1)
    ).first()
    who, when = last if last else (record.author.name, record.recorded_at)
    return StaleVersion(
        N_("您開啟表單後,%(who)s 已於 %(when)s 修改過這筆紀錄。請對照目前的內容,確認後再送出。"),
        who=who,
        when=local_time_text(when),
    )
