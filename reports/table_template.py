"""The workbook of a front desk table: its present rows to change and send back, the choices, and how to fill it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.batch_template import TEXT, saved
from reports.sheet_cells import clean
from rules.desk_tables import ROW_NUMBER, Field, Sort, Table
from rules.table_cells import NO, YES

CHOICES, HELP = "選項", "填寫說明"
SPARE_ROWS = 200
FIRST_ROW = 2
_HEAD = PatternFill("solid", fgColor="DCEBEF")
_NUMBER = PatternFill("solid", fgColor="F1F3F4")
_LINE = Border(bottom=Side(style="thin", color="7B878F"))
_RULES = (
    "「編號」是系統的列號，請勿更改；要新增的列請把編號空白。",
    "日期請填民國年月日，例如 115/11/20;時間請填 24 小時制，例如 08:30。",
    "有選單的欄位請從選單選，或照「選項」工作表的文字填寫。",
    "刪掉的列不會從系統移除；不再使用的請改為停用，或填結束日期。",
    "請勿使用公式與合併儲存格；從其他檔案貼上時，請選「貼上值」。",
    "上傳後會先列出每一處變更與錯誤，確認後才寫入。",
)
_RULES_ADDING = (
    "每一列是一筆新的紀錄；系統裡已經有的會略過，不會重複。",
    _RULES[1],
    _RULES[2],
    "紀錄種類、身分證字號、業務類型、紀錄日期都相同，就視為同一筆。",
    _RULES[4],
    "有錯誤的列不會寫入，可以改好以後再上傳一次。",
)


def template(table: Table, rows: Sequence[Sequence[str]], offered: Mapping[str, Sequence[str]]) -> bytes:
    """`rows`: texts in the order of the table's headings. `offered`: of each kind of reference what may be chosen."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = table.title
    sheet.append(table.headings)
    for row in rows:
        sheet.append([clean(text) for text in row])
    last = len(rows) + SPARE_ROWS + 1
    _cells(sheet, table, last)
    ranges = _choices(book.create_sheet(CHOICES), table, offered)
    for column, field in _columns(table):
        _validate(sheet, column, field, last, ranges)
    _help(book.create_sheet(HELP), table)
    return saved(book)


def _columns(table: Table) -> list[tuple[int, Field]]:
    return list(enumerate(table.fields, 1 if table.adds_only else 2))


def _cells(sheet: Worksheet, table: Table, last: int) -> None:
    """Every cell a text: what is typed stays as it is, and nothing that begins with = becomes a formula."""
    for index, heading in enumerate(table.headings, 1):
        cell = sheet.cell(1, index)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _LINE
        width = 8 if heading == ROW_NUMBER else dict(_columns(table))[index].width
        sheet.column_dimensions[get_column_letter(index)].width = max(width, 2 * len(heading) + 3)
    for cells in sheet.iter_rows(min_row=FIRST_ROW, max_row=last, max_col=len(table.headings)):
        for cell in cells:
            cell.number_format, cell.alignment = TEXT, Alignment(vertical="top")
            if isinstance(cell.value, str):
                cell.data_type = "s"
            if cell.column == 1 and not table.adds_only:
                cell.fill, cell.protection = _NUMBER, Protection(locked=True)
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _choices(sheet: Worksheet, table: Table, offered: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """One column for each field with a choice; gives the range of each."""
    ranges: dict[str, str] = {}
    for field in table.fields:
        texts = _texts(field, offered)
        if not texts or field.name in ranges:
            continue
        column = len(ranges) + 1
        letter = get_column_letter(column)
        sheet.cell(1, column, field.heading).font = Font(bold=True)
        sheet.column_dimensions[letter].width = 24
        for number, text in enumerate(texts, 2):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type, cell.number_format = clean(text), "s", TEXT
        ranges[field.name] = f"{quote_sheetname(CHOICES)}!${letter}$2:${letter}${len(texts) + 1}"
    return ranges


def _texts(field: Field, offered: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if field.sort is Sort.FLAG:
        return (YES, NO)
    return tuple(field.words.values()) or offered.get(field.refers, ())


def _validate(sheet: Worksheet, column: int, field: Field, last: int, ranges: Mapping[str, str]) -> None:
    source = ranges.get(field.name)
    hint = DataValidation(
        type="list" if source else None, formula1=source, allow_blank=True, showInputMessage=True
    )
    hint.promptTitle, hint.prompt = field.heading, field.hint or ("必填。" if field.required else "可留空。")
    letter = get_column_letter(column)
    hint.add(f"{letter}{FIRST_ROW}:{letter}{last}")
    sheet.add_data_validation(hint)


def _help(sheet: Worksheet, table: Table) -> None:
    sheet.append((f"{table.title}:{table.decides}",))
    sheet["A1"].font = Font(bold=True)
    for number, text in enumerate(_RULES_ADDING if table.adds_only else _RULES, 1):
        sheet.append((f"{number}. {text}",))
    sheet.column_dimensions["A"].width = 100
