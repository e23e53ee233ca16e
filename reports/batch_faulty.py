"""The rows of an upload that were not sent, as a workbook to mend and upload again: each fault is a comment at its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from reports.batch_template import SHEET, prepare, saved
from reports.sheet_cells import clean
from rules.batch import COLUMNS, FIRST_ROW, SheetRow
from rules.batch_cells import Cell, Kind

_AUTHOR = "接力"
_FAULTY = PatternFill("solid", fgColor="FDEEEC")


def faulty_rows(rows: Sequence[tuple[SheetRow, Mapping[str, str]]]) -> bytes:
    """Each row with its faults by column letter, moved up to stand one below the other."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    prepare(sheet, len(rows))
    for number, (row, faults) in enumerate(rows, FIRST_ROW):
        for index, (column, cell) in enumerate(zip(COLUMNS, row.cells, strict=True), 1):
            target = sheet.cell(number, index)
            # As text whatever it was: a value that begins with = must not become a formula here.
            target.value, target.data_type = clean(_text(cell)), "s"
            if said := faults.get(column.letter):
                comment = Comment(said, _AUTHOR)
                comment.width, comment.height = 320, 120
                target.comment, target.fill = comment, _FAULTY
    return saved(book)


def _text(cell: Cell) -> str:
    if cell.kind is Kind.MERGED:
        return ""
    if cell.kind is Kind.DATE and cell.text:
        return cell.text.replace("-", "/")
    return cell.text
