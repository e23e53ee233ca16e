"""One district of the directory and its roads. Names are folded on first use, not while loading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from rules.addresses.normalise import fold
from rules.addresses.numerals import NUMERAL
from rules.addresses.place import Place, parse_place

T = TypeVar("T")

LONGEST_ROAD = 24
_NEIGHBOURHOOD = re.compile(rf"(?:\d+|{NUMERAL}+)鄰")
_LONGEST_VILLAGE = 6


Road = list[tuple[str, str]]
"""The delivery ranges of one road in one district: (code, scope)."""


class Area:
    def __init__(self, city: str, district: str) -> None:
        self.city = city
        self.district = district
        self.rows: dict[str, Road] = {}
        """By the road's name as the directory writes it."""

    @cached_property
    def roads(self) -> dict[str, Road]:
        """By the folded name, under which two spellings of the directory meet."""
        roads: dict[str, Road] = {}
        for name, rows in self.rows.items():
            roads.setdefault(fold(name), []).extend(rows)
        return roads

    @cached_property
    def zip3s(self) -> tuple[str, ...]:
        return tuple(sorted({code[:3] for rows in self.rows.values() for code, _ in rows}))


def find_road(text: str, roads: Mapping[str, T]) -> tuple[T, Place] | None:
    """The longest road name that `text` begins with, a village aside, and the place on that road."""
    for start in _road_starts(text):
        for length in range(min(LONGEST_ROAD, len(text) - start), 0, -1):
            road = roads.get(text[start : start + length])
            if road is not None and (place := parse_place(text[start + length :])) is not None:
                return road, place
    return None


def _road_starts(text: str) -> Iterator[int]:
    """The road comes first; only where that fails may 中正里12鄰 stand before it."""
    yield 0
    for end in (0, *(i + 1 for i, letter in enumerate(text[:_LONGEST_VILLAGE]) if letter in "村里")):
        neighbourhood = _NEIGHBOURHOOD.match(text, end)
        if neighbourhood:
            yield neighbourhood.end()
        elif end:
            yield end
