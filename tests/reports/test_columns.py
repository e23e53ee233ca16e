"""Columns: what a value is on screen and in files."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import literal

from reports.columns import Column, cell_text, file_rows

VALUE = literal(None)


def test_a_date_is_written_as_the_roc_year() -> None:
    assert cell_text(Column("day", "轉介日期", VALUE, kind="roc_date"), date(2023, 9, 27)) == "112/9/27"


def test_a_time_is_written_by_the_clock_of_taipei() -> None:
    column = Column("at", "建立時間", VALUE, kind="roc_time")
    assert cell_text(column, datetime(2023, 12, 31, 16, 5, tzinfo=UTC)) == "113/1/1 00:05"


def test_a_number_stays_a_number_and_a_text_of_digits_a_text() -> None:
    assert cell_text(Column("age", "年齡", VALUE, kind="number"), 18) == 18
    assert cell_text(Column("code", "郵遞區號", VALUE), "00700") == "00700"


@pytest.mark.parametrize("kind", ["text", "roc_date", "roc_time"])
def test_nothing_is_written_as_nothing(kind: str) -> None:
    assert cell_text(Column("x", "欄位", VALUE, kind=kind), None) == ""  # type: ignore[arg-type]  # one kind each


def test_a_column_that_shows_itself_gets_the_context() -> None:
    masked = Column(
        "name", "個案姓名", VALUE, show=lambda name, reader: f"{name[0]}○" if reader == "masked" else name
    )
    assert cell_text(masked, "王明", "masked") == "王○"
    assert cell_text(masked, "王明") == "王明"


def test_rows_are_written_in_the_order_of_the_columns() -> None:
    columns = (
        Column("no", "序號", VALUE, kind="number"),
        Column("name", "個案姓名", VALUE),
        Column("day", "結案日期", VALUE, kind="roc_date"),
    )
    rows = file_rows(columns, [(1, "王明", date(2024, 1, 2)), (2, "李華", None)])
    assert list(rows) == [[1, "王明", "113/1/2"], [2, "李華", ""]]


def test_a_row_with_a_missing_value_is_an_error_and_not_a_shifted_row() -> None:
    columns = (Column("no", "序號", VALUE), Column("name", "個案姓名", VALUE))
    with pytest.raises(ValueError, match="shorter"):
        list(file_rows(columns, [("1",)]))
