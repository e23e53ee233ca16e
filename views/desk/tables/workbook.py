"""Excel in and out of a front desk table: the workbook with the present rows, the check page, one press."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Response, abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from models.crypto import KEYS
from models.trail import Act
from reports.evidence import holders
from reports.table_template import template
from rules import national_id
from rules.desk_tables import TABLES, Sort, Table
from rules.errors import FieldFault, RuleBroken, StaleVersion
from rules.permissions import Permission as P
from rules.table_cells import show
from rules.uploads import MAX_BYTES
from services import desk, table_import, table_workbook
from services.desk_choices import Choices, choices
from services.desk_tables import MODELS
from services.table_plan import ROW, Plan, Planned, State
from services.transaction import release, transaction
from views import trail
from views.access import Screen, actor, back_to, database, needs, now
from views.desk.tables.index import ENDPOINTS
from views.fields import faults_of
from views.files import file_response
from views.texts import sentence

MOST_SHOWN = 300


class TableWorkbook(Screen):
    route_base = "/desk/tables/workbook"

    @expose("/<string:name>/")
    @needs(P.DESK_TABLE_WRITE, P.EVIDENCE_WRITE)
    def index(self, name: str) -> str:
        return self._upload_page(_table(name))

    @expose("/<string:name>/template.xlsx")
    @needs(P.DESK_TABLE_WRITE, P.EVIDENCE_WRITE)
    def template(self, name: str) -> Response:
        """The present rows of the own centre; of records that come by the thousand none."""
        table = _table(name)
        offered = choices(database(), actor().unit_id)
        rows = [] if table.adds_only else _rows(table, offered)
        texts = {
            refers: [text for text, key in keys.items() if key in offered.active[refers]]
            for refers, keys in offered.keys.items()
        }
        return file_response(template(table, rows, texts), f"{table.title}.xlsx", "xlsx")

    @expose("/<string:name>/", methods=["POST"])
    @needs(P.DESK_TABLE_WRITE, P.EVIDENCE_WRITE)
    def upload(self, name: str) -> Any:
        table = _table(name)
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                raise FieldFault("file", "請選擇要上傳的檔案。")
            release(database())  # reading takes a moment, and nobody shall wait for this request meanwhile
            sheet = table_workbook.read(table, sent.filename, sent.stream.read(MAX_BYTES + 1))
            with transaction(database()):
                kept = table_import.upload(
                    database(), table, sheet, file_name=sent.filename, by=actor(), at=now()
                )
                key = kept.id
        except RuleBroken as refused:
            return self._upload_page(table, faults_of(refused, field="file")), 422
        return back_to("TableWorkbook.check", name=name, upload_id=key)

    @expose("/<string:name>/<int:upload_id>")
    @needs(P.DESK_TABLE_WRITE, P.EVIDENCE_WRITE)
    def check(self, name: str, upload_id: int) -> Any:
        """Each difference and each fault. Nothing is written yet."""
        return self._check_page(_table(name), upload_id)

    @expose("/<string:name>/<int:upload_id>", methods=["POST"])
    @needs(P.DESK_TABLE_WRITE, P.EVIDENCE_WRITE)
    def write(self, name: str, upload_id: int) -> Any:
        table = _table(name)
        _own(table, upload_id)
        try:
            with transaction(database()):
                done = table_import.write(
                    database(), upload_id, digest=request.form.get("digest", ""), by=actor(), at=now()
                )
        except (StaleVersion, RuleBroken) as refused:
            _own(table, upload_id)
            status = 409 if isinstance(refused, StaleVersion) else 422
            return self._check_page(table, upload_id, faults_of(refused, field="rows")), status
        flash(
            _("已寫入:新增 %(new)s 列，修改 %(changed)s 列。", new=done.added, changed=done.changed),
            "success",
        )
        if done.skipped:
            flash(_("略過 %(n)s 列先前已有的紀錄。", n=done.skipped), "info")
        return back_to(ENDPOINTS[name])

    @expose("/<string:name>/<int:upload_id>/discard", methods=["POST"])
    @needs(P.DESK_TABLE_WRITE, P.EVIDENCE_WRITE)
    def discard(self, name: str, upload_id: int) -> Any:
        _own(_table(name), upload_id)
        with transaction(database()):
            table_import.discard(database(), upload_id, by=actor())
        flash(_("已取消，沒有寫入任何資料。"), "info")
        return back_to("TableWorkbook.index", name=name)

    def _upload_page(self, table: Table, faults: Sequence[FieldFault] = ()) -> str:
        return self.render(
            "desk/tables/upload.html",
            title=_("Excel 匯入:%(what)s", what=_(table.title)),
            table=table,
            list_url=_list_url(table),
            faults=[(fault.field, sentence(fault)) for fault in faults],
            page_faults=len(faults),
        )

    def _check_page(self, table: Table, upload_id: int, faults: Sequence[FieldFault] = ()) -> str:
        try:
            with transaction(database()):
                kept = _own(table, upload_id)
                file_name = kept.file_name
                plan: Plan | None = table_import.trial(database(), kept, by=actor(), at=now())
        except RuleBroken as refused:
            if not isinstance(refused, FieldFault) and desk.serial(database(), actor().unit_id) is None:
                raise
            plan, faults = None, faults or faults_of(refused, field="rows")
            file_name = _own(table, upload_id).file_name
        columns = _columns(table)
        told = [row for row in plan.rows if row.state is not State.SAME] if plan else []
        told.sort(key=lambda row: (row.state is not State.FAULTY, row.number))
        if whom := holders(database(), _hashes(table, told[:MOST_SHOWN])):
            trail.shown(whom, act=Act.LIST, ground=trail.VISIT)
        return self.render(
            "desk/tables/check.html",
            title=_("檢查上傳內容"),
            table=table,
            upload_id=upload_id,
            file_name=file_name,
            plan=plan,
            columns=columns,
            rows=[_shown(row, columns, table) for row in told[:MOST_SHOWN]],
            more=max(0, len(told) - MOST_SHOWN),
            counts={state.value: plan.count(state) for state in State} if plan else {},
            faults=[(fault.field, sentence(fault)) for fault in faults],
            page_faults=len(faults),
        )


def _table(name: str) -> Table:
    """404 for a table that there is not, 403 for one that the actor may not write."""
    table = TABLES.get(name) or abort(404)
    if not actor().may(P.EVIDENCE_WRITE if table.adds_only else P.DESK_TABLE_WRITE):
        abort(403)
    return table


def _own(table: Table, upload_id: int) -> Any:
    kept = table_import.load(database(), upload_id, by=actor())
    if kept.table_name != table.name:
        abort(404)
    return kept


def _list_url(table: Table) -> str:
    return back_to(ENDPOINTS[table.name]).location


def _rows(table: Table, offered: Choices) -> list[list[str]]:
    model = MODELS[table.name]
    found = database().scalars(select(model).where(model.unit_id == actor().unit_id).order_by(model.id))
    return [[str(row.id), *(_text(field, row, offered) for field in table.fields)] for row in found]


def _text(field: Any, row: Any, offered: Choices) -> str:
    value = getattr(row, field.column)
    return offered.text(field.refers, value) if field.sort is Sort.REFERENCE else show(field, value)


def _columns(table: Table) -> list[tuple[str, str, str]]:
    """The workbook's letter, the column and its heading."""
    names = ([] if table.adds_only else [ROW]) + [field.column for field in table.fields]
    return [
        (chr(ord("A") + index), column, heading)
        for index, (column, heading) in enumerate(zip(names, table.headings, strict=True))
    ]


def _hashes(table: Table, rows: Sequence[Planned]) -> set[str]:
    """Of the numbers in the rows, as far as they are numbers."""
    found = set()
    for column in (field.column for field in table.fields if field.sort is Sort.NATIONAL_ID):
        for row in rows:
            with suppress(FieldFault):
                found.add(KEYS.search_hash(national_id.inspect(row.texts.get(column, "")).number))
    return found


def _shown(row: Planned, columns: Sequence[tuple[str, str, str]], table: Table) -> dict[str, Any]:
    secret = {field.column for field in table.fields if field.sort is Sort.NATIONAL_ID}
    cells = []
    for letter, column, heading in columns:
        fault = row.faults.get(column)
        text, was = row.texts.get(column, ""), row.were.get(column, "")
        if column in secret and not fault:
            text = f"{text[:2]}****{text[-4:]}"
        changed = column != ROW and row.state is not State.NEW and bool(row.were) and text != was
        cells.append(
            {
                "letter": letter,
                "heading": heading,
                "text": text,
                "was": was if changed else "",
                "changed": changed,
                "fault": sentence(fault) if fault else "",
            }
        )
    return {"number": row.number, "state": row.state.value, "cells": cells}
