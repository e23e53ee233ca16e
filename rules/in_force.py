"""Which row of a dated table is in force on a day: for each key the one with the latest `effective_from` not after it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A row of a table that a supervisor changes from a day on."""

    @property
    def effective_from(self) -> date: ...


Row = TypeVar("Row", bound=Dated)
Key = TypeVar("Key", bound=Hashable)


def in_force(rows: Iterable[Row], day: date) -> Row | None:
    """The row in force on the day; None before the first one."""
    begun = [row for row in rows if row.effective_from <= day]
    return max(begun, key=lambda row: row.effective_from, default=None)


def each_in_force(rows: Iterable[Row], day: date, key: Callable[[Row], Key]) -> Mapping[Key, Row]:
    """For each key its row in force on the day; a key without one is not there."""
    found: dict[Key, Row] = {}
    for row in rows:
        known = found.get(key(row))
        if row.effective_from <= day and (known is None or known.effective_from < row.effective_from):
            found[key(row)] = row
    return found


def whole_table_in_force(rows: Iterable[Row], day: date) -> list[Row]:
    """The lines of the latest table that is not after the day: a line that the new table leaves out is gone."""
    begun = [row for row in rows if row.effective_from <= day]
    latest = max((row.effective_from for row in begun), default=None)
    return [row for row in begun if row.effective_from == latest]
