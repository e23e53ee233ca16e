"""The postal directory of one edition, and the way from an address to its code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from sys import intern

from rules.addresses.area import Area, Road, find_road
from rules.addresses.gazetteer import Gazetteer
from rules.addresses.normalise import fold, normalise
from rules.addresses.place import Place
from rules.addresses.resolution import Resolution, Status
from rules.addresses.scope import Scope, Verdict, parse_scope

Row = tuple[str, str, str, str, str]
"""(zip5, city, district, road, scope), as in the files of Chunghwa Post."""

# What to ask for when a row applies only perhaps, the first need first.
_MISSING = {
    Verdict.NUMBER_MISSING: Status.NEED_NUMBER,
    Verdict.FLOOR_MISSING: Status.NEED_DETAIL,
    Verdict.NOTE_MISSING: Status.AMBIGUOUS,
}


class Directory:
    """Loads all rows at once and reads them district by district, as they are asked for."""

    def __init__(self, rows: Iterable[Row]) -> None:
        areas: dict[tuple[str, str], Area] = {}
        written: dict[tuple[str, str], Area] = {}
        codes: set[str] = set()
        self._counties: dict[str, str] = {}
        for code, city, district, road, scope in rows:
            area = written.get((city, district))
            if area is None:
                names = fold(city), fold(district)
                area = written[city, district] = areas.setdefault(names, Area(*names))
            area.rows.setdefault(road, []).append((intern(code), intern(scope)))
            codes.add(code)
            self._counties.setdefault(code, area.city)
            self._counties.setdefault(code[:3], area.city)
        self._codes = frozenset(chain(codes, (code[:3] for code in codes)))
        self._gazetteer = Gazetteer(areas.values())

    def knows(self, code: str) -> bool:
        """Whether the code, of three or of five digits, is in use."""
        return code in self._codes

    def county_of_code(self, code: str) -> str | None:
        """By the code itself where the directory has it: 300 is 新竹市, and a corner of 新竹縣."""
        return self._counties.get(code) or self._counties.get(code[:3])

    def county_of_address(self, address: str) -> str | None:
        text = normalise(address)
        if in_city := self._gazetteer.city_of(text):
            return in_city[0].name
        found = self._gazetteer.district_alone(text)
        return found[0].city if found else None

    def resolve(self, address: str) -> Resolution:
        text = normalise(address)
        if not text:
            return Resolution(None, Status.EMPTY)
        in_city = self._gazetteer.city_of(text)
        if in_city is None:
            found = self._gazetteer.district_alone(text)
            return _in_area(*found) if found else Resolution(None, Status.NO_CITY)
        city, rest = in_city
        found = city.split(rest)
        if found:
            return _in_area(*found)
        somewhere = find_road(rest, city.roads)
        return _in_any(somewhere[0], rest) if somewhere else Resolution(None, Status.NO_DISTRICT)


def _in_any(areas: list[Area], rest: str) -> Resolution:
    """The district is missing: the only one with this house, if all others are sure not to have it."""
    answers = [_in_area(area, rest) for area in areas]
    if len(answers) == 1:
        return answers[0]
    possible = [answer for answer in answers if answer.status not in (Status.NO_RANGE, Status.NO_ROAD)]
    if possible and possible[0].code and {answer.code for answer in possible} == {possible[0].code}:
        return possible[0]
    zip3s = sorted({zip3 for area in areas for zip3 in area.zip3s})
    return Resolution(None, Status.AMBIGUOUS_DISTRICT, tuple(zip3s), _only(zip3s))


def _in_area(area: Area, rest: str) -> Resolution:
    found = find_road(rest, area.roads)
    if found is None:
        return Resolution(None, Status.NO_ROAD, area.zip3s, _only(area.zip3s))
    road, place = found
    status, codes = _on_road(road, place)
    zip3 = _only(sorted({code[:3] for code in codes}))
    if status in (Status.OK, Status.OK_ROAD, Status.OK_SPECIFIC):
        return Resolution(codes[0], status, codes, zip3)
    return Resolution(None, status, codes, zip3)


def _on_road(road: Road, place: Place) -> tuple[Status, tuple[str, ...]]:
    """The decision, and the codes that are left: one if the status is a good one.

    A row for some floors or for an organisation leaves the house open only where no row of the same houses
    applies: 199號 beside 199號4至5樓 is the answer for an address without a floor.
    """
    codes = tuple(sorted({code for code, _ in road}))
    if len(codes) == 1 and (place.blank or not place.sure):
        return Status.OK_ROAD, codes
    if not place.sure and place.number is not None:
        return Status.NO_ROAD, codes
    scopes = [(code, parse_scope(text)) for code, text in road]
    for loosely in (False, True):
        verdicts = [(code, scope, _judge(scope, place, loosely)) for code, scope in scopes]
        hits = [(code, scope) for code, scope, verdict in verdicts if scope and verdict is Verdict.HIT]
        spans = {scope.span for _, scope in hits}
        undecided = [
            (code, verdict)
            for code, scope, verdict in verdicts
            if verdict in _MISSING and not (scope and scope.span in spans)
        ]
        if hits or undecided:
            return _weigh(hits, undecided)
    return (Status.OK_ROAD if len(codes) == 1 else Status.NO_RANGE), codes


def _judge(scope: Scope | None, place: Place, loosely: bool) -> Verdict:
    # A range that cannot be read may cover any house: its code stays possible rather than being passed over.
    return scope.judge(place, loosely=loosely) if scope else Verdict.NOTE_MISSING


def _weigh(
    hits: list[tuple[str, Scope]], undecided: list[tuple[str, Verdict]]
) -> tuple[Status, tuple[str, ...]]:
    """The most specific hit wins, unless a row that might apply too has another code."""
    strongest = max((scope.rank for _, scope in hits), default=())
    best = {code for code, scope in hits if scope.rank == strongest}
    left = tuple(sorted(best | {code for code, _ in undecided}))
    if len(left) == 1:
        contested = any(code != left[0] for code, _ in hits)
        return (Status.OK_SPECIFIC if contested else Status.OK), left
    missing = {verdict for _, verdict in undecided}
    needs = [status for verdict, status in _MISSING.items() if verdict in missing]
    return (needs[0] if needs else Status.AMBIGUOUS), left


def _only(values: Sequence[str]) -> str | None:
    """The value if there is just one."""
    return values[0] if len(values) == 1 else None
