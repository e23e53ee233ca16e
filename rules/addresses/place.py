"""Where on a road: lane, alley, house number and floor, read from what follows the road's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.addresses.numerals import house_digits

Number = tuple[int, int]
"""A house number and its sub-number: 62之1號 is (62, 1), 62號 is (62, 0)."""

_TOKEN = re.compile(
    r"(?P<below>地下|[Bb])?(?P<n>\d+)(?:[之-](?P<m>\d+))?"
    r"(?:(?P<unit>[巷弄號樓Ff層鄰])(?:(?:[之-]附?|附)(?P<after>\d+)號?)?)?"
)
_ANOTHER_ROAD = re.compile("[路街段]|大道")
# A village may follow (安定里59號); a housing estate, 新村, has numbers of its own.
_HARMLESS = re.compile(r"(?:\D{0,5}(?:里|(?<!新)村))?[臨附,()]*")
_BARE_ENDS = ("", ",", "(")


@dataclass(frozen=True, slots=True)
class Place:
    lane: int | None = None
    alley: int | None = None
    number: Number | None = None
    floor: int | None = None
    """Floors below ground are negative."""
    text: str = ""
    sure: bool = True
    """False where words stand between road and number: 文化新村5號 is not number 5 of the road."""

    @property
    def blank(self) -> bool:
        return self.lane is None and self.alley is None and self.number is None


def parse_place(tail: str) -> Place | None:
    """None if `tail` cannot follow a whole road name: 南路5號 after 中正 belongs to 中正南路."""
    tail = house_digits(tail)
    found: dict[str, Number] = {}
    bare: Number | None = None
    floor: int | None = None
    between: list[str] = []
    end = 0
    for token in _TOKEN.finditer(tail):
        unit = token["unit"] or ""
        if "號" not in found and floor is None:
            between.append(tail[end : token.start()])
        end = token.end()
        value = (int(token["n"]), int(token["m"] or (unit == "號" and token["after"]) or 0))
        if token["below"] and unit in ("", "樓", "F", "f", "層"):
            floor = -value[0] if floor is None else floor
        elif unit in ("樓", "F", "f", "層"):
            floor = value[0] if floor is None else floor
        elif unit:
            found.setdefault(unit, value)
        elif bare is None and tail[end : end + 1] in _BARE_ENDS:
            bare = value
    number = found.get("號", bare)
    if number is None:
        between.append(tail[end:])
    words = "".join(between)
    if _ANOTHER_ROAD.search(words):
        return None
    lane, alley = found.get("巷"), found.get("弄")
    return Place(
        lane=lane[0] if lane else None,
        alley=alley[0] if alley else None,
        number=number,
        floor=-1 if floor is None and "地下" in tail else floor,
        text=tail,
        sure=_HARMLESS.fullmatch(words) is not None,
    )
