"""The XML parts of an untrusted workbook, walked through before any library builds objects from them.

Document types are refused whatever they declare: no spreadsheet program writes one, and entities are how a small part
grows without bound or reads a file of the server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_MERGES = 1000
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")


class MalformedPart(Exception):
    """Not XML, or XML that no spreadsheet program writes."""


class TooLarge(Exception):
    """More cells or markup than a workbook of thirty rows can need."""


@dataclass
class Layout:
    """What openpyxl's reading row by row does not tell. Numbers count from 1; `widest`: the last column with content."""

    last_row: int = 1
    widest: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int, str]] = field(default_factory=list)

    def merge_at(self, row: int, column: int) -> str:
        """The merged range over this cell, `B3:B4`; empty where there is none."""
        for first, last, left, right, ref in self.merges:
            if first <= row <= last and left <= column <= right:
                return ref
        return ""


def walk(content: bytes) -> None:
    """Raises `MalformedPart` unless the part is well formed and without a document type."""
    _parse(expat.ParserCreate(), content)


def layout(content: bytes) -> Layout:
    """Of a sheet's part. Raises `MalformedPart` for rows out of order, which a reader would skip silently."""
    reader = _LayoutReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    _parse(parser, content)
    return reader.found


def _parse(parser: expat.XMLParserType, content: bytes) -> None:
    def refuse(*_args: object) -> None:
        raise MalformedPart

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise MalformedPart from None


class _LayoutReader:
    def __init__(self) -> None:
        self.found = Layout()
        self.row = 0
        self.column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        handler = _HANDLERS.get(name.rpartition(" ")[2])
        if handler:
            try:
                handler(self, attributes)
            except ValueError:
                raise MalformedPart from None

    def _row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self.row + 1))
        if not self.row < number <= MOST_ROWS:
            raise MalformedPart
        self.row, self.column = number, 0
        if attributes.get("hidden") in ("1", "true"):
            self.found.hidden_rows.add(number)

    def _cell(self, attributes: dict[str, str]) -> None:
        if ref := attributes.get("r"):
            row, self.column = _place(ref)
            if row != self.row:
                raise MalformedPart
        else:
            self.column += 1
            if self.column > MOST_COLUMNS:
                raise MalformedPart

    def _content(self, _attributes: dict[str, str]) -> None:
        self.found.last_row = max(self.found.last_row, self.row)
        self.found.widest = max(self.found.widest, self.column)

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), int(attributes["max"])
            self.found.hidden_columns.update(range(max(first, 1), min(last, MOST_COLUMNS) + 1))

    def _merge(self, attributes: dict[str, str]) -> None:
        ref = attributes.get("ref", "")
        first, _colon, last = ref.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        if (top, left) != (bottom, right):
            self.found.merges.append((top, bottom, left, right, ref))
        if len(self.found.merges) > MOST_MERGES:
            raise TooLarge


_HANDLERS = {
    "row": _LayoutReader._row,
    "c": _LayoutReader._cell,
    "v": _LayoutReader._content,
    "is": _LayoutReader._content,
    "f": _LayoutReader._content,
    "col": _LayoutReader._columns,
    "mergeCell": _LayoutReader._merge,
}


def _place(ref: str) -> tuple[int, int]:
    """`B3` → row 3, column 2. Raises `ValueError`."""
    match = _CELL.fullmatch(ref)
    if match is None:
        raise ValueError(ref)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    if column > MOST_COLUMNS or int(match[2]) > MOST_ROWS:
        raise ValueError(ref)
    return int(match[2]), column
