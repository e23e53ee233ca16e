"""應得未得: what groups and officers are owed of a month's new cases, recomputed from the cases in exact fractions.

Each new case of a business type adds to every group that had somebody on duty its share, and takes 1 from the group that has
the case; within that group it adds 1/m to each of the m officers on duty, and takes 1 from the officer who has it. Who is
away earns nothing. Who has a case without having been on the list (directed, chosen by reception) pays for it all the same.
Spec 2-dispatch §4 rule 6; 接待台 rules 三, 五.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

POOL = 0  # the one group of an even distribution

# A duty list, [[group, share, [officers]], …], and one that has been counted: (list, group, officer, how many cases).
Content = Sequence[Sequence[Any]]
Row = tuple[Content, int, int, int]
NOTHING = Fraction()


@dataclass(frozen=True)
class Debts:
    """Entitled − taken. Who is not in it neither earned nor took anything. An officer's debt is kept for each group, so
    that who changes groups within a month brings no debt along.
    """

    groups: Mapping[int, Fraction]
    officers: Mapping[tuple[int, int], Fraction]

    def group(self, group_id: int) -> Fraction:
        return self.groups.get(group_id, NOTHING)

    def officer(self, group_id: int, officer_id: int) -> Fraction:
        """`group_id` is POOL for a business type that is spread evenly."""
        return self.officers.get((group_id, officer_id), NOTHING)


def debts(rows: Iterable[Row]) -> Debts:
    """Of the counted cases of one business type and month. Whole numbers are summed; fractions are made at the end.

    Rows that hold the same list object are taken together: load each list once.
    """
    seen: dict[int, tuple[Content, bool, defaultdict[int, int]]] = {}
    taken: defaultdict[tuple[int, int], int] = defaultdict(int)
    for content, group_id, officer_id, number in rows:
        known = seen.get(id(content))
        if known is None:
            known = seen[id(content)] = (content, is_pool(content), defaultdict(int))
        _, pooled, cases = known
        group = POOL if pooled else group_id
        cases[group] += number
        taken[group, officer_id] += number
    return _settle([(content, cases) for content, _, cases in seen.values()], taken)


def from_counts(
    counted: Iterable[tuple[Content, Mapping[int, int]]], taken: Mapping[tuple[int, int], int]
) -> Debts:
    """The same from two counts, which a database makes faster than rows: for each list the cases by the group that has them,
    and for each group and officer the cases taken. A pool's cases are booked under POOL in both."""
    return _settle(list(counted), taken)


def _settle(
    counted: Sequence[tuple[Content, Mapping[int, int]]], taken: Mapping[tuple[int, int], int]
) -> Debts:
    groups = _entitled_groups(counted)
    for (group, _), number in taken.items():
        groups[group] -= number
    officers = _entitled_officers(counted)
    return Debts(
        groups,
        {one: officers.get(one, NOTHING) - taken.get(one, 0) for one in officers.keys() | taken.keys()},
    )


def is_pool(content: Content) -> bool:
    """Whether it is the list of an even distribution: its cases are booked under one group, whosever counter has them."""
    return len(content) == 1 and content[0][0] == POOL


def _entitled_groups(counted: Iterable[tuple[Content, Mapping[int, int]]]) -> defaultdict[int, Fraction]:
    parts: defaultdict[int, Counter[int]] = defaultdict(Counter)  # by denominator
    for content, cases in counted:
        number, whole = sum(cases.values()), sum(share for _, share, _ in content)
        for group, share, _ in content:
            parts[whole][group] += share * number
    entitled: defaultdict[int, Fraction] = defaultdict(Fraction)
    for whole, numerators in parts.items():
        for group, numerator in numerators.items():
            # Nobody on the list had a share: such a case was directed, and nobody had been entitled to it.
            entitled[group] += Fraction(numerator, whole) if whole else NOTHING
    return entitled


def _entitled_officers(
    counted: Iterable[tuple[Content, Mapping[int, int]]],
) -> dict[tuple[int, int], Fraction]:
    held = [
        (group, officers, cases[group])
        for content, cases in counted
        for group, _, officers in content
        if group in cases and officers
    ]
    # Over one common denominator, so that the many additions are of whole numbers.
    common = lcm(*(len(officers) for _, officers, _ in held))
    sums: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for group, officers, number in held:
        each, earned = number * (common // len(officers)), sums[group]
        for officer in officers:
            earned[officer] += each
    return {
        (group, officer): Fraction(numerator, common)
        for group, earned in sums.items()
        for officer, numerator in earned.items()
    }
