"""轉介上傳範例檔: the workbook that is filled in for 轉介個案批次(多筆)上傳. Columns as in the manual."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rules.batch import COLUMNS, FIRST_ROW, HEADINGS, MOST_ROWS
from rules.codes import Code

SHEET, CODES, HELP = "轉介個案", "代碼", "填寫說明"
WIDTHS = (14, 15, 15, 13, 36, 16, 15, 15, 16, 44)
TEXT = "@"  # Excel leaves what is typed there as it is: leading zeros, 1,4, dates

_HEAD = PatternFill("solid", fgColor="DCEBEF")
_LINE = Border(bottom=Side(style="thin", color="7B878F"))
_PROMPTS = (
    "必填。",
    "必填,10碼。統一證號也可以。",
    "必填,西元年月日,例如 1995/10/10。",
    "可留空,由地址帶入。",
    "必填,請寫到門牌號碼。",
    "必填,例如 0912345678 或 02-12345678#123。",
    "代碼見「代碼」工作表,多個以逗號分隔,例如 1,4。",
    "代碼見「代碼」工作表,多個以逗號分隔,例如 1,4,15。",
    "身份別選 19 時必填。",
    "可留空,最多2000字。",
)
_EXAMPLES = (
    ("測試人員1", "A123456789", "1995/10/10", "24886", "新北市新莊區新莊路100號", "0912345678", "1,4", "1,4,15",
     "文字描述", "測試資料"),
    ("測試人員2", "B123456780", "1980/10/11", "", "臺中市中區中山路200號", "0987654321", "3", "5,7", "", "上傳測試"),
)  # fmt: skip
_RULES = (
    f"一次最多 {MOST_ROWS} 筆,從第 2 列開始,每人一列;欄位名稱與順序請勿更改。",
    "生日請填西元年月日,例如 1995/10/10。",
    "郵遞區號可留空,系統會由地址帶入;帶不出來時會請您自行填寫。",
    "評估指標與身份別填代碼,多個代碼以逗號分隔,例如 1,4,15。",
    "請勿使用公式與合併儲存格;從其他檔案貼上時,請選「貼上值」。",
    "匯入之個案須取得受轉介人運用個資同意書,未成年人並須取得法定代理人同意。",
)


def template(indicators: Sequence[Code], identities: Sequence[Code]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    prepare(sheet)
    for number, prompt in enumerate(_PROMPTS, 1):
        letter = get_column_letter(number)
        hint = DataValidation(type=None, allow_blank=True, showInputMessage=True)
        hint.promptTitle, hint.prompt = HEADINGS[number - 1], prompt
        hint.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + MOST_ROWS - 1}")
        sheet.add_data_validation(hint)
    _codes(book.create_sheet(CODES), indicators, identities)
    _help(book.create_sheet(HELP))
    return saved(book)


def prepare(sheet: Worksheet, rows: int = MOST_ROWS) -> None:
    """Headings, widths, and cells that keep what is typed."""
    sheet.append(HEADINGS)
    for number, width in enumerate(WIDTHS, 1):
        _style_heading(sheet, 1, number)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows(min_row=FIRST_ROW, max_row=FIRST_ROW + rows - 1, max_col=len(COLUMNS)):
        for cell in row:
            cell.number_format = TEXT
            cell.alignment = Alignment(vertical="top", wrap_text=cell.column in (5, 10))
    sheet.freeze_panes = f"A{FIRST_ROW}"
    _fit_paper(sheet)


def saved(book: Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _codes(sheet: Worksheet, indicators: Sequence[Code], identities: Sequence[Code]) -> None:
    for heading, items in (("轉介評估指標", indicators), ("個案身份別", identities)):
        if sheet.max_row > 1:
            sheet.append(())
        sheet.append((heading, "說明"))
        for column in (1, 2):
            _style_heading(sheet, sheet.max_row, column)
        for item in items:
            sheet.append((item.code, item.label))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 84
    _fit_paper(sheet)


def _help(sheet: Worksheet) -> None:
    for number, text in enumerate(_RULES, 1):
        sheet.append((f"{number}. {text}",))
    sheet.append(())
    sheet.append(("範例(請勿上傳)",))
    sheet.append(HEADINGS)
    heading = sheet.max_row
    for example in _EXAMPLES:
        sheet.append(example)
    for number, width in enumerate(WIDTHS, 1):
        _style_heading(sheet, heading, number)
        sheet.column_dimensions[get_column_letter(number)].width = width
    _fit_paper(sheet)


def _fit_paper(sheet: Worksheet) -> None:
    """A4 across, as many pages down as it takes."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _style_heading(sheet: Worksheet, row: int, column: int) -> None:
    cell = sheet.cell(row, column)
    cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _LINE
