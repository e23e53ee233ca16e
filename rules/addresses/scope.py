"""The directory's language of delivery ranges (投遞範圍): 單 62之1號以下, 65巷全, 5號5至9樓 …

scope  := [N巷] [N弄] body [floors] [note]
body   := [parity] 全 | parity bound 以下 | parity bound 以上 | [parity] bound 至 bound | bound
parity := 單 (odd) | 雙 (even) | 連 (both)
bound  := N [之M] (號|巷|弄) [含附號[全]] | N附號全 | N之M號及以上附號
floors := [地下] N [至N] 樓 [以上|以下]
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from functools import lru_cache

from rules.addresses.place import Number, Place

_LAST = sys.maxsize
_FIRST_NUMBER: Number = (0, 0)
_LAST_NUMBER: Number = (_LAST, _LAST)

_SCOPE = re.compile(
    r"""
    (?:(?P<lane>\d+)巷)? (?:(?P<alley>\d+)弄)? (?P<parity>[單雙連])?
    (?: 全
      | (?P<n>\d+)(?:之(?P<m>\d+))?[號巷弄]?(?P<open>含附號全?|附號全|及以上附號)?
        (?P<range>至(?P<n2>\d+)?(?:之(?P<m2>\d+))?[號巷弄](?P<open2>含附號全?)?)?
        (?P<side>以上|以下)?
    )
    (?P<floors>(?P<below>地下)?(?P<f>\d+)(?:至(?P<f2>\d+))?樓(?P<fside>以上|以下)?)?
    (?:\((?P<note>.+)\)|(?P<block>.棟))?
    """,
    re.VERBOSE,
)
_PARITY = {"單": 1, "雙": 0}


class Shape(IntEnum):
    """How much a body says about the number; the more, the stronger where several rows cover one house."""

    WHOLE = auto()
    PARITY = auto()
    ONE_SIDED = auto()
    RANGE = auto()
    EXACT = auto()


class Verdict(Enum):
    NO = auto()
    HIT = auto()
    NUMBER_MISSING = auto()
    FLOOR_MISSING = auto()
    NOTE_MISSING = auto()


@dataclass(frozen=True, slots=True)
class Scope:
    lane: int | None
    alley: int | None
    parity: int | None
    low: Number
    high: Number
    shape: Shape
    loose: bool
    """The upper end is written without 之: where no row covers 62之1號, one ending at 62號 does."""
    floors: tuple[int, int] | None
    note: str
    rank: tuple[int, ...]
    """The stronger of two scopes that cover one house has the greater rank."""

    @property
    def span(self) -> tuple[object, ...]:
        """The houses covered, floors and notes aside."""
        return self.lane, self.alley, self.parity, self.low, self.high

    def judge(self, place: Place, *, loosely: bool = False) -> Verdict:
        verdict = self._approach(place)
        if verdict is not Verdict.HIT:
            return verdict
        if self.shape is not Shape.WHOLE:
            position = self._position(place)
            if position is None:
                return Verdict.NUMBER_MISSING
            if not self._contains(position, loosely) or (
                self.shape is Shape.EXACT and position is not place.number
            ):
                return Verdict.NO
        return self._detail(place)

    def _approach(self, place: Place) -> Verdict:
        """Whether the place lies in the lane and alley that the scope names."""
        if self.lane is not None and place.lane != self.lane:
            return Verdict.NUMBER_MISSING if place.blank else Verdict.NO
        if self.alley is not None:
            if self.lane is None and place.lane is not None:
                return Verdict.NO
            if place.alley != self.alley:
                unknown = place.alley is None and place.number is None
                return Verdict.NUMBER_MISSING if unknown else Verdict.NO
        return Verdict.HIT

    def _contains(self, position: Number, loosely: bool) -> bool:
        high = (self.high[0], _LAST) if loosely and self.loose else self.high
        right_side = self.parity is None or position[0] % 2 == self.parity
        return right_side and self.low <= position <= high

    def _position(self, place: Place) -> Number | None:
        """What stands in the number's place: a lane on the road, an alley in a lane, else the number."""
        if self.alley is None:
            if self.lane is None and place.lane is not None:
                return place.lane, 0
            if place.alley is not None:
                return place.alley, 0
        return place.number

    def _detail(self, place: Place) -> Verdict:
        if self.floors is not None:
            if place.floor is None:
                return Verdict.FLOOR_MISSING
            if not self.floors[0] <= place.floor <= self.floors[1]:
                return Verdict.NO
        if self.note and self.note not in place.text:
            return Verdict.NOTE_MISSING
        return Verdict.HIT


@lru_cache(maxsize=2**16)
def parse_scope(text: str) -> Scope | None:
    """None if the text is none of the language's sentences. Blanks and full-width digits do not matter.

    An edition has some 17,000 different scopes in 61,000 rows; each is read once.
    """
    match = _SCOPE.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if match is None:
        return None
    low, high, shape, loose = _bounds(match)
    lane, alley = _int(match["lane"]), _int(match["alley"])
    floors = _floors(match)
    note = match["note"] or match["block"] or ""
    depth = (lane is not None) + (alley is not None)
    width = high[0] - low[0] if shape is Shape.RANGE else 0
    height = floors[1] - floors[0] if floors else 0
    return Scope(
        lane=lane,
        alley=alley,
        parity=_PARITY.get(match["parity"]),
        low=low,
        high=high,
        shape=shape,
        loose=loose,
        floors=floors,
        note=note,
        rank=(depth, floors is not None, len(note), shape, -width, -height),
    )


def _bounds(match: re.Match[str]) -> tuple[Number, Number, Shape, bool]:
    if match["n"] is None:
        return _FIRST_NUMBER, _LAST_NUMBER, Shape.PARITY if match["parity"] else Shape.WHOLE, False
    first = int(match["n"]), int(match["m"] or 0)
    if match["range"]:
        last = int(match["n2"] or match["n"]), int(match["m2"] or 0)
        opened = match["open2"] is not None
        return first, (last[0], _LAST) if opened else last, Shape.RANGE, match["m2"] is None
    whole_number = first[0], _LAST
    if match["side"] == "以上":
        return first, _LAST_NUMBER, Shape.ONE_SIDED, False
    if match["side"] == "以下":
        return _FIRST_NUMBER, whole_number if match["open"] else first, Shape.ONE_SIDED, match["m"] is None
    if match["open"] == "附號全":
        return (first[0], 1), whole_number, Shape.EXACT, False
    return first, whole_number if match["open"] else first, Shape.EXACT, False


def _floors(match: re.Match[str]) -> tuple[int, int] | None:
    if match["floors"] is None:
        return None
    first = int(match["f"])
    if match["below"]:
        return -first, -first
    if match["fside"] == "以上":
        return first, _LAST
    if match["fside"] == "以下":
        return -_LAST, first
    return first, int(match["f2"] or first)


def _int(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
