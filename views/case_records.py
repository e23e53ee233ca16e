"""轉介服務單: writing a service record, reading it, correcting it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from models.account import Account
from models.case import Case, ServiceRecord, ServiceRecordRevision
from models.codes import CodeItem, RefusalReason, ServiceKind
from reports.case_reply import contact_phone
from reports.service_entries import Entry, entry_of, labels, load, reply_lines
from rules.errors import Faults, FieldFault, NotFound, RuleBroken, StaleVersion
from rules.permissions import Permission as P
from rules.service_record import OTHER_SERVICE, TRAINING, check
from rules.texts import N_
from services.service_records import correct_service, is_author, may_correct, record_service
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now
from views.case_pages import worked_case
from views.service_form import as_typed, faults_of, posted, posted_key
from views.texts import sentence, translated


class CaseRecords(Screen):
    route_base = "/cases/<int:case_id>/records"
    default_view = "new"
    class_permission_name = "Case"

    @expose("/new", methods=["GET", "POST"])
    @needs(P.CASE_WORK)
    def new(self, case_id: int) -> Any:
        case = worked_case(case_id)
        if request.method == "GET":
            if case.closed_on:
                flash(_("此案已結案,不能再新增服務紀錄。"), "warning")
                return back_to("CaseHistory.show", case_id=case_id)
            return self._form(case, {"provided": request.args.get("provided", "")}, key=str(uuid.uuid4()))
        typed, key = posted(), posted_key()
        try:
            entry = _checked(typed)
            with transaction(database()):
                record_service(database(), case_id, entry, submission_key=key, by=actor(), at=now())
        except (Faults, FieldFault) as refusal:
            return self._form(case, typed, key=key, faults=faults_of(refusal)), 422
        except NotFound:
            raise
        except RuleBroken as refusal:
            if isinstance(refusal, StaleVersion):  # the key is used up: sent once more, it is another record
                key = str(uuid.uuid4())
            return self._form(case, typed, key=key, notice=refusal), 409
        flash(_("服務紀錄已儲存。"), "success")
        return back_to("CaseHistory.show", case_id=case_id)

    @expose("/<int:record_id>")
    @needs(P.CASE_WORK, P.CASE_TRANSFER)
    def show(self, case_id: int, record_id: int) -> str:
        case = worked_case(case_id)
        record = _record(case, record_id)
        return self.render(
            "case/record.html",
            case=case,
            record=record,
            lines=_lines(entry_of(record), record),
            revisions=_revisions(record),
            may_correct=may_correct(record, case, actor()),
            is_author=is_author(record, actor()),
        )

    @expose("/<int:record_id>/edit", methods=["GET", "POST"])
    @needs(P.CASE_WORK)
    def edit(self, case_id: int, record_id: int) -> Any:
        case = worked_case(case_id)
        record = _record(case, record_id)
        if request.method == "GET":
            if not may_correct(record, case, actor()):
                return back_to("CaseRecords.show", case_id=case_id, record_id=record_id)
            return self._form(case, as_typed(entry_of(record)), record=record)
        typed, version = posted(), request.form.get("version", 0, type=int)
        try:
            entry = _checked(typed, record)
            with transaction(database()):
                correct_service(database(), record_id, entry, opened_version=version, by=actor(), at=now())
        except (Faults, FieldFault) as refusal:
            faults = faults_of(refusal)
            return self._form(case, typed, record=record, version=version, faults=faults), 422
        except NotFound:
            raise
        except RuleBroken as refusal:
            database().expire(record)
            return self._form(case, typed, record=record, notice=refusal), 409
        flash(_("服務紀錄已更正,更正前的內容已保留。"), "success")
        return back_to("CaseRecords.show", case_id=case_id, record_id=record_id)

    def _form(
        self,
        case: Case,
        typed: Mapping[str, Any],
        *,
        key: str = "",
        record: ServiceRecord | None = None,
        version: int | None = None,
        faults: Sequence[FieldFault] = (),
        notice: RuleBroken | None = None,
    ) -> str:
        """`notice`: a refusal that belongs to no field; on a correction, what is stored now stands beside it."""
        return self.render(
            "case/record_form.html",
            case=case,
            phone=contact_phone(case),
            typed=typed,
            key=key,
            record=record,
            version=version or (record.version if record else None),
            faults=faults,
            fault_of={fault.field: fault for fault in faults},
            page_faults=len(faults),
            notice=sentence(notice) if notice else "",
            stored=_lines(entry_of(record), record) if notice and record else None,
            services=_offered(ServiceKind, record.services if record else ()),
            reasons=_offered(RefusalReason, record.reasons if record else ()),
            training=TRAINING,
            other=OTHER_SERVICE,
        )


def _checked(typed: Mapping[str, Any], record: ServiceRecord | None = None) -> Entry:
    services = _offered(ServiceKind, record.services if record else ())
    reasons = _offered(RefusalReason, record.reasons if record else ())
    return check(
        typed,
        known_services=[item.code for item in services],
        known_reasons=[item.code for item in reasons],
    )


def _offered(model: type[CodeItem], kept: Collection[CodeItem]) -> Sequence[CodeItem]:
    """What may be ticked: the active codes, and those that the record had before they were switched off."""
    codes = {item.code for item in kept}
    rows = database().scalars(select(model).where(model.active | model.code.in_(codes)).order_by(model.code))
    return rows.all()


def _record(case: Case, record_id: int) -> ServiceRecord:
    wanted = ServiceRecord.id == record_id, ServiceRecord.case_id == case.id
    record = database().scalar(select(ServiceRecord).where(*wanted))
    if record is None:
        raise NotFound(N_("找不到這筆服務紀錄,或不在您可查看的範圍。"))
    return record


def _lines(entry: Entry, record: ServiceRecord) -> Any:
    return reply_lines(entry, record.served_on, labels(database(), translated))


def _revisions(record: ServiceRecord) -> list[dict[str, Any]]:
    """The earlier versions, newest first, with who replaced them and when."""
    rows = database().execute(
        select(ServiceRecordRevision, Account.name)
        .join(Account, Account.id == ServiceRecordRevision.corrected_by_id)
        .where(ServiceRecordRevision.record_id == record.id)
        .order_by(ServiceRecordRevision.id.desc())
    )
    return [
        {"who": who, "at": revision.corrected_at, "lines": _lines(load(revision.before), record)}
        for revision, who in rows
    ]
