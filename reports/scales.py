"""The scale of a plot: where it ends and where its lines stand, in numbers that people count in."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10


def ticks(highest: int, most: int = 5) -> Sequence[int]:
    """Whole numbers from 0 in even steps of 1, 2 or 5 times a power of ten; the last is `highest` or just above it.

    At most `most` steps. A plot without values has the scale of one.
    """
    highest = max(highest, 1)
    step = _step(highest, most)
    return range(0, -(-highest // step) * step + 1, step)


def _step(highest: int, most: int) -> int:
    rough = max(highest / most, 1)
    power = 10 ** floor(log10(rough))
    return next(each * power for each in (1, 2, 5, 10, 20) if -(-highest // (each * power)) <= most)
