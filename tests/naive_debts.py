"""應得未得 as the rule is written, case by case in fractions: what the counted debts must agree with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from models.visit import Decision
from rules.debt import POOL
from rules.dispatch import Facts, duty

# A counted case: who was entitled to it, [[group, share, [officers]], …], and the group and officer that have it.
Case = tuple[list[Any], int, int]
Owed = dict[tuple[int, int], Fraction]


def case_of(decision: Decision) -> Case:
    """As the decision itself tells it; the stored duty lists are not looked at."""
    assert decision.counted and decision.group_id and decision.officer_id
    return duty(Facts.from_json(decision.facts)), decision.group_id, decision.officer_id


def officers_debts(cases: Iterable[Case]) -> Owed:
    """+1/m to each of the m on duty in the group that has the case, −1 to who has it. Spec 2-dispatch §4 rule 6."""
    owed: Owed = defaultdict(Fraction)
    for content, group_id, officer_id in cases:
        group = POOL if [one[0] for one in content] == [POOL] else group_id
        for listed, _share, officers in content:
            for officer in officers:
                owed[group, officer] += Fraction(listed == group, len(officers))
        owed[group, officer_id] -= 1
    return owed


def settled(owed: Owed) -> Owed:
    """Without those whom nothing is owed."""
    return {key: debt for key, debt in owed.items() if debt}
