"""Cities and districts: which district an address begins with, today's or formerly."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from rules.addresses.area import Area

_CITY_SUFFIXES = "縣市"
_DISTRICT_SUFFIXES = "鄉鎮市區"
_DISTRICT_LENGTHS = (4, 3, 2)
_TELLING = 3


class City:
    def __init__(self, name: str) -> None:
        self.name = name
        self.areas: dict[str, Area] = {}

    @cached_property
    def _stems(self) -> dict[str, Area]:
        """板橋 → 板橋區, so that 板橋市 of the former county is found. 東 or 北 alone says too little."""
        stems: dict[str, Area] = {}
        for name, area in self.areas.items():
            if len(name) >= _TELLING and name[-1] in _DISTRICT_SUFFIXES:
                stems[name[:-1]] = area
        return stems

    @cached_property
    def roads(self) -> dict[str, list[Area]]:
        """For addresses without a district: where in the city a road of this name is."""
        roads: dict[str, list[Area]] = {}
        for area in self.areas.values():
            for road in area.roads:
                roads.setdefault(road, []).append(area)
        return roads

    def split(self, text: str) -> tuple[Area, str] | None:
        """The district at the start of `text`, and the rest."""
        for length in _DISTRICT_LENGTHS:
            area = self.areas.get(text[:length])
            if area is not None:
                return area, text[length:]
        for length in _DISTRICT_LENGTHS:
            if text[length - 1 : length] in tuple(_DISTRICT_SUFFIXES):
                area = self._stems.get(text[: length - 1])
                if area is not None:
                    return area, text[length:]
        return None


class Gazetteer:
    def __init__(self, areas: Iterable[Area]) -> None:
        self.cities: dict[str, City] = {}
        self._districts: dict[str, list[Area]] = {}
        for area in areas:
            self.cities.setdefault(area.city, City(area.city)).areas[area.district] = area
            self._districts.setdefault(area.district, []).append(area)

    def city_of(self, text: str) -> tuple[City, str] | None:
        """The city written in full at the start of `text`, and the rest."""
        city = self.cities.get(text[:3])
        return (city, text[3:]) if city else None

    def district_alone(self, text: str) -> tuple[Area, str] | None:
        """A district without its city (板橋區…, 花蓮市…) if only one city has it; or after a city without
        suffix (臺中西屯區…, 新竹竹北市…)."""
        for length in _DISTRICT_LENGTHS:
            areas = self._districts.get(text[:length], [])
            if len(areas) == 1:
                return areas[0], text[length:]
        for suffix in _CITY_SUFFIXES:
            city = self.cities.get(text[:2] + suffix)
            found = city.split(text[2:]) if city else None
            if found:
                return found
        return None
