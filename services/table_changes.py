"""The one door through which rows of the front desk's tables change: each add, edit and delete leaves its entry.

The entry keeps the row before and after as it stood in the database, and the words of what it pointed to: a name that is
changed later does not change what was said then. ID numbers and names of persons stand in it masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from models.table_change import TableChange
from rules import national_id
from rules.actor import Actor
from rules.desk_tables import Sort, Table
from rules.names import mask_name
from services.desk_choices import Choices
from services.transaction import AnySession

SCREEN, WORKBOOK = "screen", "workbook"
Row = Mapping[str, Any]


def stored(session: AnySession, row: Any) -> dict[str, Any] | None:
    """The row as the database has it now; None for one that is not there yet."""
    if row.id is None:
        return None
    table = row.__table__
    with session.no_autoflush:
        found = session.execute(select(table).where(table.c.id == row.id)).mappings().one_or_none()
    return dict(found) if found else None


def values(row: Any) -> dict[str, Any]:
    """The row as it is saved."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def entry(
    table: Table,
    row_id: int,
    before: Row | None,
    after: Row | None,
    *,
    choices: Choices,
    unit_id: int,
    source: str,
    by: Actor,
    at: datetime,
) -> TableChange | None:
    """The entry of a change; None where nothing is changed. Whoever changes a row adds it to the session."""
    was = _told(table, before, choices)
    now = _told(table, after, choices)
    if was == now:
        return None
    return TableChange(
        unit_id=unit_id,
        table_name=table.name,
        row_id=row_id,
        act="add" if before is None else "delete" if after is None else "edit",
        source=source,
        before=was,
        after=now,
        at=at,
        by_id=by.user_id,
        by_name=by.name,
    )


def _told(table: Table, row: Row | None, choices: Choices) -> dict[str, Any] | None:
    if row is None:
        return None
    told: dict[str, Any] = {}
    for field in table.fields:
        value = row[field.column]
        if field.sort is Sort.REFERENCE:
            told[field.name] = choices.text(field.refers, value)
        elif field.sort is Sort.NATIONAL_ID:
            value = national_id.mask(value)
        elif table.name == "evidence_record" and field.name == "name":
            value = mask_name(value) if value else ""
        told[field.column] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value
