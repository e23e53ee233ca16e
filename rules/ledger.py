"""Debts kept case by case, for who walks through cases in their order; `rules.debt` counts the same from all of them at once."""

from __future__ import annotations

from fractions import Fraction

from rules import debt


class Ledger:
    """Of one business type and month. `rows`: the cases booked, from which `rules.debt` must recompute the same."""

    def __init__(self) -> None:
        self.groups: dict[int, Fraction] = {}
        self.officers: dict[tuple[int, int], Fraction] = {}
        self.rows: list[debt.Row] = []

    def book(self, content: debt.Content, group_id: int, officer_id: int) -> None:
        home = debt.POOL if content[0][0] == debt.POOL else group_id
        whole = sum(share for _, share, _ in content)
        for group, share, officers in content:
            self.groups[group] = self.groups.get(group, Fraction()) + Fraction(share, whole or 1)
            if group == home:
                for officer in officers:
                    key = (group, officer)
                    self.officers[key] = self.officers.get(key, Fraction()) + Fraction(1, len(officers))
        self.groups[home] = self.groups.get(home, Fraction()) - 1
        self.officers[home, officer_id] = self.officers.get((home, officer_id), Fraction()) - 1
        self.rows.append((content, group_id, officer_id, 1))

    @property
    def agrees(self) -> bool:
        counted = debt.debts(self.rows)
        return counted.groups == self.groups and counted.officers == self.officers
