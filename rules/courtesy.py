"""Who of several is next: the largest debt, softened by courtesy, and courtesy bounded. Spec 2-dispatch §4 rule 7.

Among those whose debt is within one case of the largest, who is free goes before who is busy; then the larger debt, the
shorter queue, who waited longest for a case, the counter number.

That alone does not keep every debt within two cases: where those with large debts are away, it gives cases to officers who
have had too many already, and who is always busy can be spared again and again (docs/dispatch.md has the figures). So
courtesy has two bounds of its own: it goes only to whom something is owed, and it ends when somebody is owed one and a
half. No debt passes 2 then, which `rules.simulation` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction

WINDOW = 1  # how far behind the largest debt courtesy may reach, in cases
URGENT = Fraction(3, 2)  # who is owed so much is served, however busy


@dataclass(frozen=True)
class Runner:
    """An officer, or a group by its best placed officer. `due`: the debt with this case's share in it.

    `free`: nobody is served, called or waits there. `last_case_at`: ISO in UTC, empty for never.
    """

    id: int
    due: Fraction
    free: bool
    queue: int
    last_case_at: str
    counter: int


class Behind(Enum):
    """Why a runner is not next."""

    DEBT_TOO_SMALL = auto()  # beyond the reach of courtesy
    BUSY = auto()
    DEBT = auto()
    QUEUE = auto()
    RECENT = auto()
    NUMBER = auto()


@dataclass(frozen=True)
class Race:
    """`largest` is the largest debt; `next` may be another's, by courtesy."""

    next: Runner
    largest: Fraction

    def behind(self, other: Runner) -> Behind:
        if not within_courtesy(other, self.largest):
            return Behind.DEBT_TOO_SMALL
        if self.next.free != other.free:
            return Behind.BUSY
        if self.next.due != other.due:
            return Behind.DEBT
        if self.next.queue != other.queue:
            return Behind.QUEUE
        return Behind.RECENT if self.next.last_case_at != other.last_case_at else Behind.NUMBER


def race(runners: Sequence[Runner]) -> Race:
    """Raises ValueError without runners."""
    largest = max(runner.due for runner in runners)
    near = (runner for runner in runners if within_courtesy(runner, largest))
    return Race(first(near), largest)


def within_courtesy(runner: Runner, largest: Fraction) -> bool:
    """Whether the runner has the largest debt, or may be preferred to whoever has."""
    if runner.due == largest:
        return True
    return largest < URGENT and runner.due > 0 and runner.due >= largest - WINDOW


def first(runners: Iterable[Runner]) -> Runner:
    return min(
        runners,
        key=lambda one: (not one.free, -one.due, one.queue, one.last_case_at, one.counter, one.id),
    )
