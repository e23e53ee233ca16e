"""轉介個案批次(多筆)上傳: a workbook is uploaded, its rows are looked at one by one, and the good ones confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from flask import Response, abort, current_app, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.codes import Identity, Indicator
from models.trail import Act
from reports.batch_faulty import faulty_rows
from reports.batch_result import HEADINGS, WIDTHS, results
from reports.batch_template import template
from rules.batch import COLUMNS, MOST_ROWS
from rules.batch_cells import Kind
from rules.calendar import local_time_text
from rules.codes import Code
from rules.errors import FieldFault, RuleBroken, StaleVersion, TooMany
from rules.permissions import Permission as P
from rules.routing import Basis
from rules.texts import N_
from rules.uploads import MAX_BYTES
from services import batch
from services.batch import Kept
from services.batch_check import Verdict
from services.batch_workbook import read_workbook
from services.referrals import offered_codes
from services.transaction import release, transaction
from views.access import Screen, actor, back_to, database, needs, now
from views.fields import faults_of
from views.files import file_response
from views.generated.export import export_response
from views.texts import sentence
from views.trail import REFERRING, SENT, shown

TITLE = N_("轉介個案批次(多筆)上傳")


class ReferralBatch(Screen):
    route_base = "/referrals/batch"
    default_view = "index"
    class_permission_name = "Referral"

    @expose("/")
    @needs(P.REFERRAL_SUBMIT)
    def index(self) -> str:
        return self._upload_page()

    @expose("/template.xlsx")
    @needs(P.REFERRAL_SUBMIT)
    def template(self) -> Response:
        """轉介上傳範例檔, with the codes on offer."""
        indicators, identities = (
            [Code(item.code, item.label) for item in offered_codes(database(), model)]
            for model in (Indicator, Identity)
        )
        return file_response(template(indicators, identities), "轉介整批上傳範本.xlsx", "xlsx")

    @expose("/", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def upload(self) -> Any:
        key = _key()
        sent = request.files.get("file")
        try:
            if not request.form.get("consent"):
                raise FieldFault("consent", "個資同意未勾選")
            if sent is None or not sent.filename:
                raise FieldFault("file", "請選擇要上傳的檔案。")
            release(
                database()
            )  # reading takes a moment, and nobody shall wait for this request's lock meanwhile
            sheet = read_workbook(sent.filename, sent.stream.read(MAX_BYTES + 1))
            with transaction(database()):
                kept = batch.upload(database(), sheet, key=key, file_name=sent.filename, by=actor(), at=now())
        except TooMany as refused:
            return self._upload_page(key, faults_of(refused, field="file")), 429
        except RuleBroken as refused:
            return self._upload_page(key, faults_of(refused, field="file")), 422
        return back_to("ReferralBatch.check", upload_id=kept.id)

    @expose("/<int:upload_id>")
    @needs(P.REFERRAL_SUBMIT)
    def check(self, upload_id: int) -> Any:
        """Every row with its verdict. Nothing is written yet."""
        kept = batch.load(database(), upload_id, by=actor())
        if kept.upload.confirmed_at is not None:
            return back_to("ReferralBatch.result", upload_id=upload_id)
        return self._check_page(kept)

    @expose("/<int:upload_id>", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def confirm(self, upload_id: int) -> Any:
        marks = frozenset(request.form.getlist("row"))
        guardian = bool(request.form.get("guardian"))
        try:
            with transaction(database()):
                first = batch.confirm(
                    database(),
                    upload_id,
                    marks=marks,
                    guardian=guardian,
                    base_url=current_app.config["PUBLIC_URL"],
                    by=actor(),
                    at=now(),
                )
        except (FieldFault, StaleVersion) as refused:
            kept = batch.load(database(), upload_id, by=actor())
            faults = faults_of(refused, field="rows")
            numbers = {mark.partition("-")[0] for mark in marks}
            stale = isinstance(refused, StaleVersion)
            page = self._check_page(
                kept, faults=faults, chosen=numbers, guardian=guardian, seen=marks if stale else None
            )
            return page, 409 if stale else 422
        if not first:
            flash(_("這個檔案先前已經確認送出,沒有重複建立。"), "info")
        return back_to("ReferralBatch.result", upload_id=upload_id)

    @expose("/<int:upload_id>/discard", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def discard(self, upload_id: int) -> Any:
        with transaction(database()):
            batch.discard(database(), upload_id, by=actor())
        flash(_("已取消,檔案內未送出的資料已刪除。"), "info")
        return back_to("ReferralBatch.index")

    @expose("/<int:upload_id>/result")
    @needs(P.REFERRAL_SUBMIT)
    def result(self, upload_id: int) -> Any:
        kept = batch.load(database(), upload_id, by=actor())
        if kept.upload.confirmed_at is None:
            return back_to("ReferralBatch.check", upload_id=upload_id)
        rows = results(database(), upload_id, actor())
        shown([row.person_id for row in rows], ground=SENT)
        left = self._verdicts(kept)
        return self.render(
            "batch/result.html",
            title=_("批次上傳結果"),
            upload=kept.upload,
            rows=rows,
            unrouted=sum(row.unit is None for row in rows),
            left=left,
            basis=lambda value: _(Basis(value).text),
        )

    @expose("/<int:upload_id>/result.<string:kind>")
    @needs(P.REFERRAL_SUBMIT)
    def result_file(self, upload_id: int, kind: str) -> Response:
        kept = batch.load(database(), upload_id, by=actor())
        rows = results(database(), kept.upload.id, actor()) or abort(404)
        shown([row.person_id for row in rows], act=Act.EXPORT, ground=SENT)
        lines = [
            (
                row.batch_row,
                row.number,
                row.name,
                row.unit_code or "",
                row.unit or "",
                _(Basis(row.basis).text),
            )
            for row in rows
        ]
        return export_response(
            _("批次上傳結果"), [_(each) for each in HEADINGS], lines, kind=kind, at=now(), widths=WIDTHS
        )

    @expose("/<int:upload_id>/faulty.xlsx")
    @needs(P.REFERRAL_SUBMIT)
    def faulty(self, upload_id: int) -> Response:
        """Before the confirmation the rows with faults, after it all that were not written."""
        kept = batch.load(database(), upload_id, by=actor())
        done = kept.upload.confirmed_at is not None
        left = [each.check for each in self._verdicts(kept, act=Act.DOWNLOAD) if done or not each.check.good]
        if not left:
            abort(404)
        rows = [(check.row, {_letter(fault): sentence(fault) for fault in check.faults}) for check in left]
        return file_response(faulty_rows(rows), "批次上傳_待修正.xlsx", "xlsx")

    def _upload_page(self, key: str = "", faults: Sequence[FieldFault] = ()) -> str:
        return self.render(
            "batch/upload.html",
            title=_(TITLE),
            key=key or str(uuid.uuid4()),
            faults=[(fault.field, sentence(fault)) for fault in faults],
            page_faults=len(faults),
            consented=bool(request.form.get("consent")),
            most=MOST_ROWS,
        )

    def _check_page(
        self,
        kept: Kept,
        *,
        faults: Sequence[FieldFault] = (),
        chosen: set[str] | None = None,
        guardian: bool = False,
        seen: Collection[str] | None = None,
    ) -> str:
        """`seen`: the marks of what the user was shown, if something has changed since."""
        verdicts = self._verdicts(kept)
        good = [each for each in verdicts if each.check.good]
        return self.render(
            "batch/check.html",
            title=_("檢查上傳內容"),
            upload=kept.upload,
            notes=[sentence(note) for note in kept.notes],
            columns=COLUMNS,
            rows=[_shown_row(each, chosen, _changed(each, kept, seen)) for each in verdicts],
            good=len(good),
            faulty=len(verdicts) - len(good),
            minors=any(each.check.minor for each in good),
            guardian=guardian,
            faults=[(fault.field, sentence(fault)) for fault in faults],
            page_faults=len(faults),
        )

    def _verdicts(self, kept: Kept, *, act: Act = Act.VIEW) -> list[Verdict]:
        found = batch.verdicts(database(), kept, at=now())
        shown([each.known.id for each in found if each.known], act=act, ground=REFERRING)
        return found


def _changed(verdict: Verdict, kept: Kept, seen: Collection[str] | None) -> list[str]:
    """Who has saved the row's person since the upload, if that is why the row is not as it was shown."""
    person = verdict.known
    if seen is None or person is None or person.changed_at is None or verdict.mark in seen:
        return []
    if person.changed_at <= kept.upload.uploaded_at:
        return []
    when = local_time_text(person.changed_at)
    return [_("此人的資料已由 %(who)s 於 %(when)s 修改，請再看一次。", who=person.changed_by_name, when=when)]


def _shown_row(verdict: Verdict, chosen: set[str] | None, changed: Sequence[str]) -> dict[str, Any]:
    check = verdict.check
    said = {_letter(fault): sentence(fault) for fault in check.faults}
    number = str(check.row.number)
    return {
        "number": check.row.number,
        "mark": verdict.mark,
        "good": check.good,
        "chosen": number in chosen if chosen is not None else check.good,
        "name": check.row.cells[0].text,
        "cells": [
            {
                "letter": column.letter,
                "heading": column.heading,
                "text": _("(公式)") if cell.kind is Kind.FORMULA else cell.text,
                "fault": said.get(column.letter, ""),
            }
            for column, cell in zip(COLUMNS, check.row.cells, strict=True)
        ],
        "resolved": check.person.postal_code if check.person else "",
        "warnings": [*changed, *(sentence(warning) for warning in check.warnings)],
        "unit": verdict.unit,
    }


def _letter(fault: FieldFault) -> str:
    return fault.field[0]


def _key() -> str:
    try:
        return str(uuid.UUID(request.form.get("key", "")))
    except ValueError:
        abort(400)
