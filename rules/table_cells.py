"""Values of front desk tables as text and back: the same reading for a form's field and a workbook's cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from rules import national_id, roc_dates
from rules.batch_cells import Cell, Kind, text_of, typed_of
from rules.desk_tables import Field, Sort
from rules.errors import FieldFault
from rules.texts import N_, check_line

YES, NO = N_("是"), N_("否")
_FLAGS = {YES: True, "Y": True, "V": True, "✓": True, "1": True, "TRUE": True} | {
    NO: False, "N": False, "X": False, "0": False, "FALSE": False,
}  # fmt: skip
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]?([0-5]\d)(?:[:：]00)?", re.ASCII)
ROC = 1911
MOST_TYPED = 7
_FIRST_ROC = 1000  # a smaller year is the Republic's


def read(field: Field, cell: Cell, offered: Mapping[str, Mapping[str, int]]) -> Any:
    """The column's value. `offered`: what each kind of reference may name, by its text. Raises a fault of the field."""
    if field.sort is Sort.DAY and cell.kind is Kind.DATE and cell.text:
        return date.fromisoformat(cell.text)
    typed = (
        typed_of(cell, field.column) if field.sort is not Sort.TEXT else text_of(cell, field.column).strip()
    )
    if not typed:
        if field.required:
            raise FieldFault(field.column, N_("請填寫這一欄。"))
        return "" if field.sort is Sort.TEXT else None
    return _READERS[field.sort](field, typed, offered)


def show(field: Field, value: Any) -> str:
    """As it is typed. `value` of a reference: its text already."""
    if value is None:
        return ""
    if field.sort is Sort.FLAG:
        return YES if value else NO
    if field.sort is Sort.DAY:
        return roc_dates.show(value)
    if field.sort is Sort.TIME:
        return f"{value:%H:%M}"
    if field.sort is Sort.YEAR:
        return str(value - ROC)
    return field.words.get(value, str(value))


def _text(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> str:
    return check_line(typed, field=field.column, limit=field.limit)


def _number(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> int:
    digits = typed.removeprefix("-")  # what is below zero is a number, and refused for its size
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_TYPED):
        raise FieldFault(field.column, N_("「%(text)s」不是整數，請填數字。"), text=typed[:20])
    number = int(typed)
    if not field.low <= number <= field.high:
        raise FieldFault(
            field.column, N_("請填 %(low)s 到 %(high)s 之間的整數。"), low=field.low, high=field.high
        )
    return number


def _year(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> int:
    digits = typed.removeprefix("民國").removesuffix("年").removesuffix("年度").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_TYPED):
        raise FieldFault(field.column, N_("「%(text)s」不是年度，請填民國年，例如 115。"), text=typed[:20])
    year = int(digits)
    year += ROC if year < _FIRST_ROC else 0
    if not field.low <= year <= field.high:
        raise FieldFault(field.column, N_("「%(text)s」不是年度，請填民國年，例如 115。"), text=typed[:20])
    return year


def _flag(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> bool:
    if typed.upper() not in _FLAGS:
        raise FieldFault(field.column, N_("請填「是」或「否」。"))
    return _FLAGS[typed.upper()]


def _day(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> date:
    return roc_dates.parse(typed, field=field.column)


def _time(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> time:
    match = _TIME.fullmatch(typed)
    if match is None:
        raise FieldFault(
            field.column, N_("「%(text)s」不是時間，請填 24 小時制，例如 08:30。"), text=typed[:20]
        )
    return time(int(match[1]), int(match[2]))


def _choice(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> str:
    for value, word in field.words.items():
        if _folded(typed) in (_folded(word), _folded(value)):
            return str(value)
    raise FieldFault(
        field.column,
        N_("「%(text)s」不在選項中，請填：%(words)s。"),
        text=typed[:20],
        words="、".join(field.words.values()),
    )


def _reference(field: Field, typed: str, offered: Mapping[str, Mapping[str, int]]) -> int:
    found = {_folded(text): key for text, key in offered[field.refers].items()}
    if _folded(typed) not in found:
        raise FieldFault(
            field.column,
            N_("本中心沒有「%(text)s」，請對照「選項」工作表。"),
            text=typed[:40],
        )
    return found[_folded(typed)]


def _national_id(field: Field, typed: str, _offered: Mapping[str, Mapping[str, int]]) -> str:
    try:
        return national_id.inspect(typed).number
    except FieldFault as fault:
        raise FieldFault(field.column, fault.template, **fault.values) from None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


_READERS = {
    Sort.TEXT: _text,
    Sort.NUMBER: _number,
    Sort.YEAR: _year,
    Sort.FLAG: _flag,
    Sort.DAY: _day,
    Sort.TIME: _time,
    Sort.CHOICE: _choice,
    Sort.REFERENCE: _reference,
    Sort.NATIONAL_ID: _national_id,
}
