"""Many rows at once, below the ORM: COPY on PostgreSQL, one prepared statement on SQLite.

Values come as both databases read them: dates and moments as ISO text, secrets encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from services.transaction import AnySession

Values = tuple[Any, ...]


@dataclass
class Rows:
    """Rows that wait for a table; `columns` in the order of the values."""

    table: Table
    columns: tuple[str, ...]
    waiting: list[Values] = field(default_factory=list)

    def add(self, *values: Any) -> None:
        self.waiting.append(values)


def write(session: AnySession, all_rows: Iterable[Rows]) -> int:
    """Writes and empties them in the order given, parents first; gives the number of rows."""
    connection = session.connection()
    _make_haste(connection)
    into = _copy if connection.dialect.name == "postgresql" else _insert
    written = 0
    for rows in all_rows:
        if rows.waiting:
            into(connection, rows)
        written += len(rows.waiting)
        rows.waiting = []
    return written


def next_id(session: AnySession, table: Table) -> int:
    return (session.scalar(select(func.max(table.c.id))) or 0) + 1


def settle(session: AnySession, tables: Sequence[Table]) -> None:
    """After rows with ids of their own: PostgreSQL's sequences go on behind them; the planner learns the new sizes."""
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            session.execute(select(func.setval(sequence, next_id(session, table), False)))
    session.execute(text("ANALYZE"))


def _make_haste(connection: Connection) -> None:
    """SQLite keeps 256 MB of pages at hand, since rows go into indexes in no order.

    PostgreSQL skips the checks of foreign keys, most of its work here, for this transaction and where its user may ask
    for that. The same rows pass those checks on SQLite.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -262144")
    elif connection.exec_driver_sql("SHOW is_superuser").scalar() == "on":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def _insert(connection: Connection, rows: Rows) -> None:
    columns, places = ", ".join(rows.columns), ", ".join("?" * len(rows.columns))
    connection.exec_driver_sql(f"INSERT INTO {rows.table.name} ({columns}) VALUES ({places})", rows.waiting)  # noqa: S608


def _copy(connection: Connection, rows: Rows) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {rows.table.name} ({', '.join(rows.columns)}) FROM STDIN") as copy,
    ):
        for values in rows.waiting:
            copy.write_row(values)
