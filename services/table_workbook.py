"""The workbook of a front desk table as it comes back: read with every care of `services.batch_workbook`."""

from __future__ import annotations

from collections.abc import Sequence

from rules.batch import check_headings
from rules.desk_tables import Table
from rules.errors import RuleBroken
from rules.texts import N_
from services.batch_workbook import Form, Sheet, read_workbook


def read(table: Table, name: str, content: bytes) -> Sheet:
    """Raises `RuleBroken` for a file that is no workbook, has macros or a password, is too large, or another table's."""
    return read_workbook(name, content, form_of(table))


def form_of(table: Table) -> Form:
    def headings(found: Sequence[str]) -> None:
        check_headings(found, table.headings)

    def count(number: int, name: str) -> None:
        if not number:
            raise RuleBroken(N_("檔案「%(name)s」裡沒有資料，請從第2列開始填寫後再上傳。"), name=name)
        if number > table.most_rows:
            raise RuleBroken(
                N_("檔案「%(name)s」有%(count)s列，一次最多%(most)s列，請分成幾個檔案上傳。"),
                name=name,
                count=number,
                most=table.most_rows,
            )

    return Form(table.headings, headings, count, table.most_rows)
