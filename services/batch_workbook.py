"""Reading a workbook that somebody uploaded: what it holds, or one sentence why it cannot be taken.

Nothing in the file is believed. Its parts are inflated against a budget, walked through once by a parser that refuses
document types (entities) and counts rows, and only then does openpyxl see them, row by row. A formula's stored result
is what some program once wrote there, so formulas are refused by the cell.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from rules.batch import FIRST_ROW, HEADINGS, MOST_ROWS, SheetRow, check_count, check_headings
from rules.batch_cells import Cell, Kind
from rules.errors import RuleBroken
from rules.uploads import UploadType, check_upload, safe_display_name
from services.batch_parts import Layout, MalformedPart, TooLarge, layout, walk

MOST_XML = 8 * 1024 * 1024
"""Of all XML parts, inflated: a full template has 40 KB, and what openpyxl needs grows with it."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NOT_VALUES = {"f": Kind.FORMULA, "e": Kind.ERROR}


@dataclass(frozen=True)
class Form:
    """What is read of a workbook: so many columns of so many rows of the one sheet with these headings.

    `check_headings` and `check_count` raise the refusal.
    """

    headings: tuple[str, ...]
    check_headings: Callable[[Sequence[str]], None]
    check_count: Callable[[int, str], None]
    most_rows: int

    @property
    def width(self) -> int:
        return len(self.headings)


REFERRALS = Form(HEADINGS, check_headings, check_count, MOST_ROWS)


@dataclass(frozen=True)
class Sheet:
    """`notes`: what the writer should know about the file as a whole."""

    rows: tuple[SheetRow, ...]
    notes: tuple[RuleBroken, ...] = ()


def read_workbook(name: str, content: bytes, form: Form = REFERRALS) -> Sheet:
    """At most the rows of the form. `content`: of a longer file one byte more than is allowed is enough. Raises `RuleBroken`."""
    shown = safe_display_name(name)
    _check_kind(shown, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive, shown)
            return _read(archive, content, shown, form)
    except RuleBroken:
        raise
    except TooLarge:
        raise RuleBroken(
            "檔案「%(name)s」的工作表範圍過大，可能整欄都設了格式。請把資料複製到範本後再上傳。", name=shown
        ) from None
    except Exception:  # openpyxl answers a malformed part with whatever error it stumbles over
        raise _damaged(shown) from None


def _damaged(name: str) -> RuleBroken:
    return RuleBroken(
        "檔案「%(name)s」已損壞或不是一般的 Excel 活頁簿，請用 Excel 另存為 .xlsx 後再上傳。", name=name
    )


def _check_kind(name: str, content: bytes) -> None:
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise RuleBroken("檔案「%(name)s」設有密碼，請移除密碼後再上傳。", name=name)
        raise RuleBroken("檔案「%(name)s」是舊版 Excel 活頁簿(.xls)，請另存為 .xlsx 後再上傳。", name=name)
    start = content[:4096]
    if not start.startswith((b"PK", b"%PDF-")) and b"\0" not in start and (b"," in start or b"\t" in start):
        raise RuleBroken(
            "檔案「%(name)s」其實是文字檔(.csv)，請用 Excel 開啟後另存為 .xlsx 再上傳。", name=name
        )
    check_upload(name, content, allowed=(UploadType.XLSX,))


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    """Macros, and XML that is malformed or declares a document type."""
    parts = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".xml", ".rels"))]
    if sum(entry.file_size for entry in parts) > MOST_XML:
        raise TooLarge
    if any(entry.filename.lower().startswith("xl/macrosheets/") for entry in archive.infolist()):
        raise RuleBroken("檔案「%(name)s」含有巨集，請另存為不含巨集的檔案後再上傳。", name=name)
    for entry in parts:
        content = archive.read(entry)
        if entry.filename.lower() == "[content_types].xml" and b"macroEnabled" in content:
            raise RuleBroken("檔案「%(name)s」含有巨集，請另存為不含巨集的檔案後再上傳。", name=name)
        try:
            walk(content)
        except MalformedPart:
            raise _damaged(name) from None


def _read(archive: zipfile.ZipFile, content: bytes, name: str, form: Form) -> Sheet:
    with warnings.catch_warnings():  # openpyxl warns of parts it leaves out; none of them are cells
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            sheet = _chosen(book, form)
            # openpyxl's read-only sheets know their part, but neither its merged ranges nor what is hidden in it.
            return _sheet(sheet, layout(archive.read(sheet._worksheet_path)), name, form)
        finally:
            book.close()


def _chosen(book: Workbook, form: Form) -> Any:
    """The one visible sheet with our headings. Of several none is taken: rows would be lost unseen."""
    if not book.worksheets:
        raise ValueError("a workbook without a worksheet")
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise RuleBroken("檔案裡沒有可見的工作表，請取消隱藏後再上傳。")
    fitting = [sheet for sheet in visible if _fits(sheet, form)]
    if not fitting:
        form.check_headings(_headings(visible[0], form))
    if len(fitting) > 1:
        names = "、".join(f"「{sheet.title}」" for sheet in fitting)
        raise RuleBroken(
            "有%(count)s張工作表的欄位都和範本相同：%(names)s。請合併為一張再上傳。",
            count=len(fitting),
            names=names,
        )
    return fitting[0]


def _fits(sheet: Any, form: Form) -> bool:
    try:
        form.check_headings(_headings(sheet, form))
    except RuleBroken:
        return False
    return True


def _headings(sheet: Any, form: Form) -> Sequence[str]:
    sheet.reset_dimensions()  # what a sheet declares need not be true
    for row in sheet.iter_rows(max_row=1, max_col=form.width, values_only=True):
        return ["" if value is None else str(value) for value in row]
    return []


def _sheet(sheet: Any, found: Layout, name: str, form: Form) -> Sheet:
    rows: list[SheetRow] = []
    count = 0
    for number, values in _filled(sheet, found, form):
        count += 1
        if count <= form.most_rows:  # the others are only counted
            rows.append(_row(number, values, found, form))
    form.check_count(count, name)
    notes = []
    columns = range(1, form.width + 1)
    if hidden := [get_column_letter(index) for index in columns if index in found.hidden_columns]:
        notes.append(
            RuleBroken("檔案中隱藏了%(columns)s欄，其中的資料仍會一併上傳。", columns="、".join(hidden))
        )
    if found.widest > form.width:
        last = get_column_letter(form.width)
        notes.append(RuleBroken("%(last)s欄以後還有資料，範本沒有這些欄位，不會上傳。", last=last))
    return Sheet(tuple(rows), tuple(notes))


def _filled(sheet: Any, found: Layout, form: Form) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows with anything in them, blank ones left out wherever they are."""
    sheet.reset_dimensions()
    cells = sheet.iter_rows(min_row=FIRST_ROW, max_row=found.last_row, max_col=form.width)
    for number, row in enumerate(cells, FIRST_ROW):
        if any(cell.value is not None and str(cell.value).strip() for cell in row):
            yield number, row


def _row(number: int, row: Sequence[Any], found: Layout, form: Form) -> SheetRow:
    read = [_cell(cell.value, cell.data_type) for cell in row]
    for index in range(form.width):
        if merged := found.merge_at(number, index + 1):
            read[index] = Cell(Kind.MERGED, merged)
    return SheetRow(number, tuple(read), hidden=number in found.hidden_rows)


def _cell(value: Any, kind: str) -> Cell:
    if value is None or kind in _NOT_VALUES:
        return Cell(_NOT_VALUES.get(kind, Kind.TEXT))
    if isinstance(value, str | bool):
        return Cell(Kind.TEXT, str(value))
    if isinstance(value, int | float | Decimal):
        return Cell(Kind.NUMBER, _digits(value))
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(Kind.DATE, day.isoformat())
    return Cell(Kind.DATE)  # a time of day, or a span of it


def _digits(number: float | Decimal) -> str:
    """912345678.0 → 912345678, without an exponent: an identifier and not a quantity."""
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if exact.is_finite() and exact == exact.to_integral_value() and abs(exact) < Decimal(10) ** 20:
        return str(int(exact))
    return format(exact, "f")[:40] if exact.is_finite() and abs(exact.adjusted()) < 40 else str(exact)
