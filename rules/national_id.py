"""National IDs and the two forms of resident certificate numbers: check digit, sex, mask.

A number says what somebody is entitled to be called in every other register, so a mistyped one is refused
here. The check can't see the last two digits swapped: both weigh one. Source: 移民署 and the vectors in
tests/data.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Literal

from rules.errors import FieldFault
from rules.texts import is_dash

Kind = Literal["national", "resident_new", "resident_old"]
Sex = Literal["M", "F"]

LENGTH = 10
_FORM = re.compile(r"[A-Z][1289A-D][0-9]{8}")
_KINDS: dict[str, tuple[Kind, Sex]] = {
    "1": ("national", "M"), "2": ("national", "F"),
    "8": ("resident_new", "M"), "9": ("resident_new", "F"),
    "A": ("resident_old", "M"), "B": ("resident_old", "F"),
    "C": ("resident_old", "M"), "D": ("resident_old", "F"),
}  # fmt: skip

# 10 to 35 in the order in which the counties got their letters: I, O, W and Z came later than their
# neighbours.
_LETTER_VALUES = {letter: value for value, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", start=10)}
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)


@dataclass(frozen=True)
class NationalId:
    """A number that passed `inspect`, and what it tells about its holder."""

    number: str
    kind: Kind
    sex: Sex


def normalise(text: str) -> str:
    """As stored and hashed: half width, upper case, without blanks, hyphens and invisible characters."""
    half_width = unicodedata.normalize("NFKC", text).translate(_UPPER)
    return "".join(char for char in half_width if not _is_separator(char))


def inspect(text: str) -> NationalId:
    """Raises a fault of the field `national_id` with a sentence of its own for each cause."""
    number = normalise(text)
    if not number:
        raise FieldFault("national_id", "請輸入身分證字號或統一證號。")
    if len(number) != LENGTH:
        raise FieldFault(
            "national_id",
            "身分證字號應為10碼，目前輸入%(length)s碼，請檢查是否漏打或多打。",
            length=len(number),
        )
    if not _FORM.fullmatch(number):
        raise FieldFault(
            "national_id",
            "身分證字號格式錯誤，應為1個英文字母加9個數字（舊式統一證號為2個英文字母加8個數字），請檢查。",
        )
    if number[-1] != check_digit(number[:-1]):
        raise FieldFault("national_id", "身分證字號檢查碼錯誤，請對照證件逐字檢查。")
    kind, sex = _KINDS[number[1]]
    return NationalId(number, kind, sex)


def mask(number: str) -> str:
    """`A1****2222`: enough to tell two people of a list apart, too little to use."""
    if len(number) < LENGTH:
        return "*" * len(number)
    return f"{number[:2]}{'*' * (len(number) - 6)}{number[-4:]}"


def check_digit(beginning: str) -> str:
    """The tenth place of a number, from the nine before it, normalised."""
    first = _LETTER_VALUES[beginning[0]]
    # The second letter of an old resident number counts with its units digit, in the place of the first
    # digit.
    second = _LETTER_VALUES[beginning[1]] % 10 if beginning[1].isalpha() else int(beginning[1])
    digits = (first // 10, first % 10, second, *map(int, beginning[2:]))
    return str(-sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 10)


def _is_separator(char: str) -> bool:
    return char.isspace() or is_dash(char) or unicodedata.category(char) == "Cf"
