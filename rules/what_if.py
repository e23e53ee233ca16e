"""Past days under another ratio table: the stored decisions made again in their order, each after what the others came to.

Presence, queues and waits stay as they were stored. A debt is the stored one and what the other table has changed of it since
the month began, so that the table which was in force gives back what happened. Spec 2-dispatch §4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rules.debt import NOTHING
from rules.dispatch import Facts, Rule, decide, duty
from rules.ledger import Ledger

MOST_DAYS = 92

Cell = tuple[int, int]  # group and officer


@dataclass(frozen=True)
class Past:
    """A new case by the ratio table, as its last decision placed it."""

    day: date
    rule: Rule
    facts: Facts
    group_id: int
    officer_id: int


@dataclass
class Outcome:
    """New cases by group and officer. `moved`: to another officer; `directed`: chosen by reception, so that they stay;
    `nobody`: no counter could have taken them under the other table.
    """

    before: Counter[Cell] = field(default_factory=Counter)
    after: Counter[Cell] = field(default_factory=Counter)
    moved: int = 0
    directed: int = 0
    nobody: int = 0

    @property
    def cases(self) -> int:
        return self.before.total()


def what_if(cases: Iterable[Past], shares: Mapping[int, int], *, first: date) -> Outcome:
    """`shares` by group, from the day `first` on; a group that is not there has none.

    `cases` in the order of their decisions, from the beginning of the month of `first`: those before it weigh as they were.
    """
    outcome, walk = Outcome(), _Walk(shares)
    for case in cases:
        walk.begin(case.day.replace(day=1))
        if case.day < first:
            walk.leave(case)
            continue
        there = walk.place(case)
        here = (case.group_id, case.officer_id)
        outcome.before[here] += 1
        outcome.directed += case.rule is Rule.OVERRIDE
        if there is None:
            outcome.nobody += 1
        else:
            outcome.after[there] += 1
            outcome.moved += there[1] != case.officer_id
    return outcome


class _Walk:
    """The debts of the running month twice: as they were, and as they would have been."""

    def __init__(self, shares: Mapping[int, int]) -> None:
        self._shares = shares
        self._month: date | None = None
        self._was, self._would = Ledger(), Ledger()

    def begin(self, month: date) -> None:
        if month != self._month:
            self._month, self._was, self._would = month, Ledger(), Ledger()

    def leave(self, case: Past) -> None:
        content = duty(case.facts)
        for ledger in (self._was, self._would):
            ledger.book(content, case.group_id, case.officer_id)

    def place(self, case: Past) -> Cell | None:
        facts = self._under_the_other_table(case.facts)
        there: Cell | None = (case.group_id, case.officer_id)
        if case.rule is not Rule.OVERRIDE:
            verdict = decide(facts)
            taken = verdict.group_id is not None and verdict.officer_id is not None
            there = (verdict.group_id or 0, verdict.officer_id or 0) if taken else None
        self._was.book(duty(case.facts), case.group_id, case.officer_id)
        if there:
            self._would.book(duty(facts), *there)
        return there

    def _under_the_other_table(self, facts: Facts) -> Facts:
        was, would = self._was, self._would
        return replace(
            facts,
            groups=tuple(
                replace(
                    group,
                    share=self._shares.get(group.id, 0),
                    debt=group.debt + would.groups.get(group.id, NOTHING) - was.groups.get(group.id, NOTHING),
                )
                for group in facts.groups
            ),
            candidates=tuple(
                replace(
                    one,
                    debt=one.debt
                    + would.officers.get((one.group_id, one.officer_id), NOTHING)
                    - was.officers.get((one.group_id, one.officer_id), NOTHING),
                )
                for one in facts.candidates
            ),
        )
