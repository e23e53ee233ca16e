"""The column table of a list: one tuple makes the statement, the screen's head and cells, and the files.

So that a file has exactly the columns and the texts of the screen, each column says once what it reads and
how it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import SQLColumnExpression

from rules import roc_dates

TAIPEI = ZoneInfo("Asia/Taipei")

Kind = Literal["text", "number", "roc_date", "roc_time"]
# A value and the list's context (the reader, today, names of codes) make a text.
Show = Callable[[Any, Any], "Cell"]


@dataclass(frozen=True)
class Column:
    """`heading` is a msgid, translated where shown; `width` counts Latin characters, Chinese ones as two.

    `show` wins over `kind`. `sort`: what a click on the head sorts by; without it, there is no click.
    """

    key: str
    heading: str
    value: SQLColumnExpression[Any]
    width: int = 12
    kind: Kind = "text"
    show: Show | None = None
    sort: tuple[SQLColumnExpression[Any], ...] | None = None


Cell = str | int | float | None


def cell_text(column: Column, value: object, context: object = None) -> Cell:
    """What is written for a value, on screen and in files: ROC dates are text, numbers stay numbers."""
    return _writer(column, context)(value)


def file_rows(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], context: object = None
) -> Iterator[list[Cell]]:
    """Rows of values, in the columns' order, as what is written; lazily, for lists of any length."""
    writers = [_writer(column, context) for column in columns]
    for row in rows:
        yield [write(value) for write, value in zip(writers, row, strict=True)]


def _writer(column: Column, context: object) -> Callable[[Any], Cell]:
    if column.show is not None:
        show = column.show
        return lambda value: show(value, context)
    return _WRITERS[column.kind]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _roc_date(value: date | None) -> str:
    return "" if value is None else roc_dates.show(value)


def _roc_time(value: datetime | None) -> str:
    """`112/9/26 09:05`, by the clock of Taipei."""
    if value is None:
        return ""
    local = value.astimezone(TAIPEI)
    return f"{roc_dates.show(local.date())} {local:%H:%M}"


_WRITERS: dict[Kind, Callable[[Any], Cell]] = {
    "text": _text,
    "number": lambda number: number,
    "roc_date": _roc_date,
    "roc_time": _roc_time,
}
