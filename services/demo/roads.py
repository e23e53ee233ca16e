"""Addresses that exist on paper: real roads of the postal directory with house numbers out of the air."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sqlalchemy import select

from models.postal import PostalArea, PostalDirectory
from services.transaction import AnySession

_NAMED = re.compile(r".*[路街道段巷]")
_SECTION = str.maketrans("１２３４５６７８９", "一二三四五六七八九")


@dataclass(frozen=True)
class Road:
    """A road whose houses all have one postal code, so that any number is a good one."""

    city: str
    district: str
    name: str
    code: str

    def address(self, random: Random) -> str:
        floor = f"{random.randint(2, 12)}樓" if random.random() < 0.4 else ""
        return f"{self.city}{self.district}{self.name}{random.randint(1, 280)}號{floor}"


def roads(session: AnySession) -> Iterator[Road]:
    """Of the active directory, in a fixed order. Hamlets and islands without roads are left out."""
    areas = (
        select(PostalArea.city, PostalArea.district, PostalArea.roads)
        .join(PostalDirectory, PostalDirectory.id == PostalArea.directory_id)
        .where(PostalDirectory.active)
    )
    for city, district, lines in sorted(map(tuple, session.execute(areas))):
        for line in lines.split("\n"):
            name, *ranges = line.split("\t")
            codes = set(ranges[::2])
            if len(codes) == 1 and _NAMED.fullmatch(name):
                yield Road(city, district, name.translate(_SECTION), codes.pop())
