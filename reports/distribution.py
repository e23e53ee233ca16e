"""Figures about counted values: how often each occurred, not one by one. The database counts, this concludes."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate


def total(counted: Mapping[int, int]) -> int:
    return sum(counted.values())


def median(counted: Mapping[int, int]) -> float | None:
    """As `statistics.median` of the values written out; None without any."""
    number = total(counted)
    if not number:
        return None
    values = sorted(value for value, times in counted.items() if times)
    reached = list(accumulate(counted[value] for value in values))
    lower = values[bisect_right(reached, (number - 1) // 2)]
    upper = values[bisect_right(reached, number // 2)]
    return lower if lower == upper else (lower + upper) / 2


def share(part: int, whole: int) -> int | None:
    """Percent, rounded down unless it is all of it: 「100 %」 must mean that none is missing."""
    return part * 100 // whole if whole else None


def bucketed(counted: Mapping[int, int], tops: Sequence[int]) -> list[int]:
    """How many values lie in each bucket: up to the first top, above it up to the second …, above the last.

    `tops` rise. Every value falls in exactly one bucket.
    """
    found = [0] * (len(tops) + 1)
    for value, times in counted.items():
        found[sum(value > top for top in tops)] += times
    return found


def summed(counts: Sequence[tuple[int, int]]) -> Counter[int]:
    """(value, times) pairs, a value perhaps more than once."""
    found: Counter[int] = Counter()
    for value, times in counts:
        found[value] += times
    return found
