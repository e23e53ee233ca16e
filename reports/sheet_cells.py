"""Rows of values become the markup of a sheet, a batch at a time.

Escaping and wrapping 1.4 million cells one by one is what makes spreadsheet libraries slow. Here all texts of
a batch are joined, escaped by a handful of replacements, split again, and laid between the markup of their
cells (docs/adr/0003-spreadsheet-writer.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from math import isfinite

Row = Sequence[object]

MOST_ROWS = 1_048_576  # of a sheet, in Excel and in LibreOffice
LONGEST_TEXT = 32_767  # of a cell in Excel, which counts a character beyond the BMP twice
CUT = "…(以下截斷)"
_BATCH = 500
_SURELY_SHORT = LONGEST_TEXT // 2
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number: a longer one is an identifier

# What XML 1.0 cannot hold. A tab in a cell is lost on the way through LibreOffice, so it becomes a blank.
_ILLEGAL = re.compile("[\0-\10\13\14\16-\37\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|\v|\f")
_SUSPECT = bytes(set(range(32)) - set(b"\0\n"))


@dataclass(frozen=True)
class Markup:
    """How one format writes rows. `texts` gets the escaped texts of a batch, joined by NUL."""

    row: tuple[bytes, bytes]
    text: tuple[bytes, bytes]
    number: tuple[bytes, bytes]
    empty: bytes
    texts: Callable[[bytes], bytes]

    def rows(self, rows: Iterable[Row]) -> bytes:
        values: list[object] = []
        opens: list[bytes] = []
        closes: list[bytes] = []
        known: dict[tuple[type, ...], tuple[list[bytes], list[bytes]]] = {}
        for row in rows:
            plain = [v if v.__class__ is str else _number_or_text(v) for v in row]
            kinds = tuple(map(type, plain))
            before, after = known.get(kinds) or known.setdefault(kinds, self._around(kinds))
            values += plain
            opens += before
            closes += after
        pieces = [b""] * (3 * len(values))
        pieces[0::3] = opens
        pieces[1::3] = self.texts(_escaped(list(map(str, values)))).split(b"\0")
        pieces[2::3] = closes
        return b"".join(pieces).replace(b"".join(self.text), self.empty)

    def _around(self, kinds: tuple[type, ...]) -> tuple[list[bytes], list[bytes]]:
        """What stands before and after each cell of a row whose values have these types."""
        pairs = [self.text if kind is str else self.number for kind in kinds]
        opens, closes = [opening for opening, _ in pairs], [closing for _, closing in pairs]
        return [self.row[0] + opens[0], *opens[1:]], [*closes[:-1], closes[-1] + self.row[1]]


def clean(text: str) -> str:
    """The text without what XML cannot hold; one too long for a cell ends in a visible sign."""
    text = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", _LINE_END.sub("\n", text.replace("\t", " ")))
    units = text.encode("utf-16-le")
    if len(units) <= LONGEST_TEXT * 2:
        return text
    return units[: (LONGEST_TEXT - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _number_or_text(value: object) -> object:
    """A number that a cell can hold exactly, or the text of anything else."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return value if isfinite(value) and -_EXACT < value < _EXACT else str(value)


def _escaped(texts: list[str]) -> bytes:
    joined = "\0".join(texts)
    if not _is_clean(joined, len(texts)) or max(map(len, texts)) > _SURELY_SHORT:
        joined = "\0".join(map(clean, texts))
    return joined.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _is_clean(joined: str, count: int) -> bool:
    try:
        data = joined.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return (
        len(data.translate(None, _SUSPECT)) == len(data)
        and data.count(b"\0") == count - 1
        and "\ufffe" not in joined
        and "\uffff" not in joined
    )


class Rows:
    """The rows still to be written."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)

    def batches(self, most: int = MOST_ROWS - 2) -> Iterator[list[Row]]:
        """At most `most` rows, which is what fits under the title and the headings of one sheet."""
        while batch := list(islice(self._rows, min(_BATCH, most))):
            most -= len(batch)
            yield batch

    def ended(self) -> bool:
        for row in self._rows:
            self._rows = chain([row], self._rows)
            return False
        return True


def sheet_name(number: int) -> str:
    return f"資料{number}" if number > 1 else "資料"
