"""A front desk table from a workbook: kept, compared row by row with what is there, and written in one transaction.

The check page makes the very import that the press will make, in a savepoint that is taken back: what it shows is what
would be refused. Rows that the workbook lacks stay as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from models.table_change import TableChange
from models.table_upload import TableUpload
from rules.actor import Actor
from rules.batch import SheetRow
from rules.batch_cells import Cell, Kind
from rules.desk_tables import TABLES, Table
from rules.errors import NotFound, RuleBroken, StaleVersion
from rules.texts import N_
from rules.uploads import safe_display_name
from services import desk, desk_tables, table_changes
from services.batch_workbook import Sheet
from services.desk_choices import choices
from services.table_plan import Plan, Planned, State, plan
from services.transaction import AnySession

KEPT = timedelta(hours=24)
NO_UPLOAD = N_("找不到這個上傳的檔案，可能已經寫入或取消；請重新上傳。")
NOTHING_NEW = N_("檔案內容和現有資料相同，沒有需要寫入的變更。")
FAULTY = N_("還有 %(n)s 列有錯誤，請改好檔案後重新上傳；沒有寫入任何資料。")
CHANGED_MEANWHILE = N_("資料在您檢查之後有變動，請再看一次比對結果後確認。")


@dataclass(frozen=True)
class Written:
    """How many rows of each sort."""

    added: int
    changed: int
    skipped: int


def upload(
    session: AnySession, table: Table, sheet: Sheet, *, file_name: str, by: Actor, at: datetime
) -> TableUpload:
    """Keeps the cells for the check page. What its uploader left before of the same table goes."""
    desk.hold(session, by.unit_id)
    session.execute(
        delete(TableUpload).where(TableUpload.user_id == by.user_id, TableUpload.table_name == table.name)
    )
    row = TableUpload(
        unit_id=by.unit_id,
        user_id=by.user_id,
        table_name=table.name,
        file_name=safe_display_name(file_name),
        rows=_packed(sheet),
        uploaded_at=at,
    )
    session.add(row)
    session.flush()
    return row


def load(session: AnySession, upload_id: int, *, by: Actor, lock: bool = False) -> TableUpload:
    """Raises `NotFound` for an upload of anybody else, and of the user's own in another centre."""
    own = select(TableUpload).where(
        TableUpload.id == upload_id, TableUpload.user_id == by.user_id, TableUpload.unit_id == by.unit_id
    )
    found = session.scalars(own.with_for_update() if lock else own).one_or_none()
    if found is None:
        raise NotFound(NO_UPLOAD)
    return found


def trial(session: AnySession, kept: TableUpload, *, by: Actor, at: datetime) -> Plan:
    """What the press would do. Nothing of it stays; holds the desk until the caller's transaction ends."""
    table, rows = TABLES[kept.table_name], rows_of(kept)
    with session.no_autoflush, session.begin_nested() as savepoint:
        desk.hold(session, by.unit_id)
        made = plan(session, table, rows, choices(session, by.unit_id), by=by, at=at)
        savepoint.rollback()
    return made.shown()


def write(session: AnySession, upload_id: int, *, digest: str, by: Actor, at: datetime) -> Written:
    """All or nothing; of a table that only adds, the rows without faults.

    `digest`: of the plan as it was shown. Raises `StaleVersion` when it is another by now. Holds the desk.
    """
    kept = load(session, upload_id, by=by)
    table, rows = TABLES[kept.table_name], rows_of(kept)
    desk.hold(session, by.unit_id)
    kept = load(session, upload_id, by=by, lock=True)
    offered = choices(session, by.unit_id)
    made = plan(session, table, rows, offered, by=by, at=at)
    if made.digest != digest:
        raise StaleVersion(CHANGED_MEANWHILE)
    if made.blocked:
        raise RuleBroken(FAULTY, n=made.count(State.FAULTY))
    if not made.touched:
        raise RuleBroken(NOTHING_NEW)
    session.add_all(_entries(made, by=by, at=at))
    session.delete(kept)
    desk_tables.changed(session, table, by=by, at=at)
    return Written(made.count(State.NEW), made.count(State.CHANGED), made.count(State.KNOWN))


def discard(session: AnySession, upload_id: int, *, by: Actor) -> None:
    session.delete(load(session, upload_id, by=by, lock=True))
    session.flush()


def discard_old(session: AnySession, *, at: datetime) -> int:
    """What has lain for 24 hours since its upload; gives the number of uploads. For the jobs."""
    gone = session.execute(delete(TableUpload).where(TableUpload.uploaded_at <= at - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _entries(made: Plan, *, by: Actor, at: datetime) -> list[TableChange]:
    entries = [_entry(made, planned, by=by, at=at) for planned in made.touched]
    return [entry for entry in entries if entry is not None]


def _entry(made: Plan, planned: Planned, *, by: Actor, at: datetime) -> TableChange | None:
    assert planned.row is not None and by.unit_id is not None
    return table_changes.entry(
        made.table,
        planned.row.id,
        planned.before,
        table_changes.values(planned.row),
        choices=made.choices,
        unit_id=by.unit_id,
        source=table_changes.WORKBOOK,
        by=by,
        at=at,
    )


def _packed(sheet: Sheet) -> str:
    held = [[row.number, [[cell.kind, cell.text] for cell in row.cells]] for row in sheet.rows]
    return json.dumps(held, ensure_ascii=False)


def rows_of(kept: TableUpload) -> list[SheetRow]:
    return [
        SheetRow(number, tuple(Cell(Kind(kind), text) for kind, text in cells))
        for number, cells in json.loads(kept.rows)
    ]
