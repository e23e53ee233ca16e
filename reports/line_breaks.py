"""Chinese text in lines: words of Latin letters and digits stay whole, no line begins with a closing mark.

The PDF renderer breaks Chinese text too, but differently again when it cuts a paragraph at the foot of a
page, and then fails. A text that may pass the foot is broken here, and given to it line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_OPENING = r"[(\[{（［｛「『【〔〈《〝“‘]*"
_CLOSING = r"[)\]}）］｝」』】〕〉》〞”’，。、；：？！…—～·％,.;:?!%]*"
_UNIT = re.compile(rf"{_OPENING}(?:[A-Za-z0-9_@#&+/'-]+|[^\n]){_CLOSING}|\n")


def broken(text: str, room: float, width: Callable[[str], float]) -> Iterator[str]:
    """The lines of a text. `room` and `width` have the same unit; blanks at the end of a line are dropped."""
    line, taken = "", 0.0
    for unit in _units(text, room, width):
        needed = width(unit)
        if unit == "\n" or (line and taken + needed > room):
            yield line.rstrip()
            line, taken = "", 0.0
            if unit.isspace():
                continue
        line, taken = line + unit, taken + needed
    yield line.rstrip()


def _units(text: str, room: float, width: Callable[[str], float]) -> Iterator[str]:
    """What stays together, unless it is wider than a line."""
    for unit in _UNIT.findall(text.replace("\r\n", "\n")):
        if width(unit) <= room:
            yield unit
        else:
            yield from unit
