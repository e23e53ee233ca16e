"""Telephone numbers as people write them: with blanks, brackets, full width and extensions.

The lengths are those of the numbering plan, give or take one digit: the manual's own screens show
09123456789, 091234567 and 02-1234567, and a desk officer must be able to file what the person gave. Two
digits off is a slip.
"""

from __future__ import annotations

import re
import unicodedata

from rules.errors import FieldFault
from rules.texts import is_dash

# Beginning → digits in all, longest beginning first. 04 has 8 digits in 臺中 and 7 in 彰化.
_LENGTHS = (
    ("0800", 10, 10), ("070", 11, 11), ("049", 10, 10), ("09", 10, 10), ("02", 10, 10), ("04", 9, 10),
    ("03", 9, 9), ("05", 9, 9), ("06", 9, 9), ("07", 9, 9), ("08", 9, 9),
)  # fmt: skip
_TOLERANCE = 1
_EXTENSION = re.compile(r"(?:#|分機[:]?|轉|ext\.?|x)\s*", re.IGNORECASE)
_MAX_EXTENSION = 6
_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}")  # E.164
_HOME = "+886"


def check_phone(text: str, *, field: str) -> str:
    """As typed, tidied: `0981-123123`, `07-6617-464#3333`, `+81312345678`. Empty is refused."""
    number, extension = _split(text)
    grouped = _grouped(number)
    digits = grouped.replace("-", "")
    if not re.fullmatch(r"\+?\d+", digits, re.ASCII):
        raise FieldFault(field, "電話只能有數字、連字號與分機(#)，例如 0912345678 或 02-12345678#123。")
    if extension is not None and not re.fullmatch(rf"\d{{1,{_MAX_EXTENSION}}}", extension, re.ASCII):
        raise FieldFault(field, "分機應為1到6個數字，例如 02-12345678#123。")
    if not (_INTERNATIONAL.fullmatch(digits) if digits.startswith("+") else _fits_plan(digits)):
        raise FieldFault(field, "電話號碼不完整或太長，請輸入含區碼的號碼，例如 0912345678 或 02-12345678。")
    return grouped if extension is None else f"{grouped}#{extension}"


def _split(text: str) -> tuple[str, str | None]:
    half_width = unicodedata.normalize("NFKC", text).strip()
    number, *extension = _EXTENSION.split(half_width, maxsplit=1)
    return number, (extension[0].strip() or None) if extension else None


def _grouped(number: str) -> str:
    """The groups as typed, single hyphens between them; +886 becomes the 0 one dials at home."""
    dashed = "".join("-" if is_dash(char) or char.isspace() or char in "()./" else char for char in number)
    grouped = re.sub(r"-+", "-", dashed).strip("-")
    if grouped.startswith(_HOME):
        grouped = "0" + grouped.removeprefix(_HOME).lstrip("-").removeprefix("0").lstrip("-")
    return grouped


def _fits_plan(digits: str) -> bool:
    for beginning, shortest, longest in _LENGTHS:
        if digits.startswith(beginning):
            return shortest - _TOLERANCE <= len(digits) <= longest + _TOLERANCE
    return False
