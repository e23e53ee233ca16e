"""Chinese numerals in front of a unit (七十九號, 東大路二段) become digits."""

from __future__ import annotations

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}

NUMERAL = "[〇零一二三四五六七八九十百千]"

_BEFORE_ROAD_UNIT = re.compile(f"{NUMERAL}+(?=[段街路])")
_BEFORE_HOUSE_UNIT = re.compile(f"{NUMERAL}+(?=[巷弄號樓層鄰之-])|(?<=[之-]){NUMERAL}+")


def value_of(numeral: str) -> int:
    """七十九 → 79, 一百零五 → 105; without a unit inside the characters are digits: 一二三 → 123."""
    if not any(character in _TENS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total, digit = 0, None
    for character in numeral:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            digit = _DIGITS[character] or None
    return total + (digit or 0)


def _digits(match: re.Match[str]) -> str:
    return str(value_of(match.group()))


def road_digits(text: str) -> str:
    """東大路二段 → 東大路2段, 信義二街 → 信義2街: one form for the road, however it is written."""
    return _BEFORE_ROAD_UNIT.sub(_digits, text)


def house_digits(text: str) -> str:
    """二巷七之一號 → 2巷7之1號. Only for what follows the road: 十二巷 may be the name of a road."""
    return _BEFORE_HOUSE_UNIT.sub(_digits, text)
