"""What stands in the cells of an uploaded workbook, and what a person meant by it.

A spreadsheet program changes what is typed: 0912345678 becomes a number without its zero, 1-4 a date, a birthday one of
four things. Here a cell becomes the text its column means, or a fault that says how to write it. Spec 1-referral §4.3.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from rules.errors import FieldFault
from rules.texts import N_


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    ERROR = "error"
    MERGED = "merged"


@dataclass(frozen=True)
class Cell:
    """`text`: of a number its digits without exponent, of a date its ISO form, of a merged cell the range."""

    kind: Kind = Kind.TEXT
    text: str = ""


_REFUSED = {
    Kind.FORMULA: N_("是公式，系統不採用公式算出的值，請改貼成值後再上傳。"),
    Kind.ERROR: N_("是 Excel 的錯誤值，請改正後再上傳。"),
    Kind.MERGED: N_("是合併儲存格的一部分，請取消合併，每列各填一格。"),
}
_YEAR_FIRST = re.compile(r"(?:西元|公元)?\s*(?:19|20|21)\d\d(?:\D.*|\d{4})", re.DOTALL)
_ERA_FIRST = re.compile(r"(?:中華)?(?:民國|民前)", re.DOTALL)
_CODE_ENDS = re.compile(r"[\s,、;]+")
_APOSTROPHES = "'‘’`"


def text_of(cell: Cell, field: str) -> str:
    """The cell's text for a column that holds text. Raises a fault of `field` for what cannot be taken at its word."""
    if cell.kind in _REFUSED:
        raise FieldFault(field, _REFUSED[cell.kind])
    if cell.kind is Kind.DATE:
        raise FieldFault(field, "被 Excel 當成日期，請將儲存格格式改為「文字」後重新輸入。")
    return cell.text


def typed_of(cell: Cell, field: str) -> str:
    """The same for numbers and codes: half width, without the apostrophe that keeps Excel from converting them."""
    return unicodedata.normalize("NFKC", text_of(cell, field)).strip().lstrip(_APOSTROPHES).strip()


def birthday_of(cell: Cell, field: str) -> str:
    """As text with a year nobody can mistake: a bare two-digit or three-digit year could be either calendar's."""
    if cell.kind is Kind.DATE:
        return cell.text
    typed = typed_of(cell, field)
    if not typed:
        raise FieldFault(field, "請輸入生日，例如 1995/10/10。")
    if _YEAR_FIRST.fullmatch(typed) or _ERA_FIRST.match(typed):
        return typed
    if cell.kind is Kind.NUMBER:
        raise FieldFault(field, "是數字 %(text)s，請改填西元年月日，例如 1995/10/10。", text=typed[:20])
    raise FieldFault(field, "生日「%(text)s」不是西元年月日，請改填例如 1995/10/10。", text=typed[:20])


def phone_of(cell: Cell, field: str) -> str:
    """With the zero that a number cell has lost: every number one dials at home begins with it."""
    typed = typed_of(cell, field)
    lost = cell.kind is Kind.NUMBER or re.fullmatch(r"9\d{8}", typed, re.ASCII)
    if not lost or not re.fullmatch(r"[1-9]\d+", typed, re.ASCII):
        return typed
    return f"+{typed}" if re.fullmatch(r"886\d{8,9}", typed, re.ASCII) else f"0{typed}"


def codes_of(cell: Cell, field: str) -> list[str]:
    """`1,4,15`, with any of the separators in use; one code alone may be a number."""
    typed = typed_of(cell, field)
    if cell.kind is Kind.NUMBER and not typed.isdecimal():
        raise FieldFault(
            field,
            "是數字 %(text)s，不是代碼；請將儲存格格式改為「文字」，多個代碼以逗號分隔，例如 1,4。",
            text=typed[:20],
        )
    return [code for code in _CODE_ENDS.split(typed) if code]
