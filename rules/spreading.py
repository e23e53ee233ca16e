"""Sharing several things out among several people so that all end with about the same. Spec 1-referral §5.6."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import TypeVar

Item = TypeVar("Item")
Holder = TypeVar("Holder")


def spread(items: Iterable[Item], loads: Mapping[Holder, int]) -> list[tuple[Item, Holder]]:
    """Each item, in the order given, with the one who gets it: whoever has least by then, of equals the first named.

    `loads`: how much each has already. What somebody has above the others is not taken away again; apart from
    that nobody ends with more than one item above another. Raises ValueError when there is nobody to give to.
    """
    waiting = [(load, place, holder) for place, (holder, load) in enumerate(loads.items())]
    heapq.heapify(waiting)
    placed = []
    for item in items:
        if not waiting:
            raise ValueError("nobody to give to")
        load, place, holder = waiting[0]
        heapq.heapreplace(waiting, (load + 1, place, holder))
        placed.append((item, holder))
    return placed
