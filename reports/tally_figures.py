"""A tally sheet as it is kept with a signature, read back, and compared with what the visits say now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from reports.tally import Line, Sheet, TallyType

EXTRA = ("refused", "overridden", "picked")


@dataclass(frozen=True)
class Change:
    """A figure that is another one now. `what`: new, old, refused, overridden, picked; `type_name` empty for the last three."""

    number: int
    officer: str
    type_name: str
    what: str
    then: int
    now: int


def to_json(found: Sheet) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "types": [[each.id, each.letter, each.name] for each in found.types],
        "arrivals": dict(found.arrivals),
        "lines": [_line_json(line) for line in found.lines],
        "group_debts": [[group, _debts(debts)] for group, debts in found.group_debts.items()],
    }


def from_json(figures: Mapping[str, Any]) -> Sheet:
    return Sheet(
        date.fromisoformat(figures["day"]),
        [TallyType(*each) for each in figures["types"]],
        [_line(each) for each in figures["lines"]],
        figures["arrivals"],
        {group: _fractions(debts) for group, debts in figures["group_debts"]},
    )


def changes(signed: Sheet, now: Sheet) -> Sequence[Change]:
    """What differs; debts are left out, for they follow from the cases."""
    return list(_changes(signed, now))


def _changes(signed: Sheet, now: Sheet) -> Iterator[Change]:
    then_by, now_by = _by_key(signed), _by_key(now)
    types = {each.id: each.name for each in (*signed.types, *now.types)}
    for key in sorted(then_by.keys() | now_by.keys()):
        then, new = then_by.get(key), now_by.get(key)
        known = new or then
        assert known is not None
        for what in ("new", "old"):
            for type_id, name in types.items():
                before = getattr(then, what).get(type_id, 0) if then else 0
                after = getattr(new, what).get(type_id, 0) if new else 0
                if before != after:
                    yield Change(known.number, known.officer, name, what, before, after)
        for what in EXTRA:
            before, after = getattr(then, what, 0), getattr(new, what, 0)
            if before != after:
                yield Change(known.number, known.officer, "", what, before, after)


def _by_key(found: Sheet) -> dict[tuple[int, int], Line]:
    return {(line.counter_id, line.officer_id): line for line in found.lines}


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "counter_id": line.counter_id,
        "number": line.number,
        "group_id": line.group_id,
        "group": line.group,
        "officer_id": line.officer_id,
        "officer": line.officer,
        "new": _counts(line.new),
        "old": _counts(line.old),
        "debts": _debts(line.debts),
        **{what: getattr(line, what) for what in EXTRA},
    }


def _line(kept: Mapping[str, Any]) -> Line:
    read = {name: {int(key): number for key, number in kept[name].items()} for name in ("new", "old")}
    return Line(**{**kept, **read, "debts": _fractions(kept["debts"])})


def _counts(counted: Mapping[int, int]) -> dict[str, int]:
    """JSON keys are texts."""
    return {str(key): number for key, number in sorted(counted.items()) if number}


def _debts(debts: Mapping[int, Fraction]) -> dict[str, str]:
    """Exact: 4/5."""
    return {str(key): str(debt) for key, debt in sorted(debts.items())}


def _fractions(kept: Mapping[str, str]) -> dict[int, Fraction]:
    return {int(key): Fraction(text) for key, text in kept.items()}
