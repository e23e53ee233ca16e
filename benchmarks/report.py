"""What was measured, as a table with the bars and a word for each: on the terminal and as build/bench/report.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "MISS"]


@dataclass(frozen=True)
class Line:
    cells: Sequence[str]
    passed: bool


@dataclass(frozen=True)
class Table:
    title: str
    note: str
    head: Sequence[str]
    lines: Sequence[Line]

    def markdown(self) -> str:
        rows = [self.head, *(line.cells for line in self.lines)]
        widths = [max(_width(row[column]) for row in rows) for column in range(len(self.head))]
        told = [
            "| " + " | ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in rows
        ]
        told.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        missed = sum(not line.passed for line in self.lines)
        summary = f"{len(self.lines) - missed} of {len(self.lines)} pass."
        return "\n".join((f"## {self.title}", "", self.note, "", *told, "", summary, ""))


def verdict(passed: bool) -> Verdict:
    return "pass" if passed else "MISS"


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    """In columns of a terminal, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
