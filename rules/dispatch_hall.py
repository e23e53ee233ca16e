"""The hall as the rules of the decision look at it: who is where, who may have this visit, who is entitled to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rules import dispatch_words as words
from rules.debt import POOL
from rules.desk import Distribution, GroupKind, Kind
from rules.dispatch_facts import ON_DUTY, Candidate, Facts, Group, Presence, Rule, Sentence

# Why another counter, which could have had the visit, was passed over.
Why = Callable[[Candidate], Sentence]


@dataclass(frozen=True)
class Found:
    """What a rule came to. `to` None: nobody can take it."""

    rule: Rule
    to: Candidate | None
    reason: tuple[Sentence, ...]
    why: Why
    long_wait: bool = False


class Hall:
    """`notes`: what stood in the way of the rules tried so far, in words."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.candidates = facts.candidates
        self.groups = {group.id: group for group in facts.groups}
        self.excluded = dict(facts.excluded)
        self.notes: list[Sentence] = []
        self._officers = {one.officer_id: one for one in facts.candidates}

    def note(self, template: str, **values: str | int) -> None:
        self.notes.append(words.say(template, **values))

    def officer(self, officer_id: int | None) -> Candidate | None:
        return None if officer_id is None else self._officers.get(officer_id)

    def unable(self, one: Candidate) -> Sentence | None:
        """Why the counter cannot have this visit, whatever the rules say."""
        if one.officer_id in self.excluded:
            return Sentence(self.excluded[one.officer_id], {})
        return None if one.presence in ON_DUTY else words.absence(one)

    def may_have(self, one: Candidate) -> bool:
        """On duty, and the right one for a confirmed disability: its group, or who has the case already."""
        return self.unable(one) is None and (
            not self._needs_disability_group
            or one.officer_id in {self.facts.owner_id, self.facts.named_id} - {None}
            or self.groups[one.group_id].kind == GroupKind.DISABILITY
        )

    @property
    def _needs_disability_group(self) -> bool:
        return self.facts.disability and self.facts.distribution != Distribution.EMPLOYER

    def free(self, one: Candidate) -> bool:
        """Nobody is served, called or on the way there."""
        return one.presence is Presence.FREE and not one.queue

    def in_pool(self, group: Group) -> bool:
        return takes_part(group, self.facts)


def always(sentence: Sentence) -> Why:
    return lambda _: sentence


def takes_part(group: Group, facts: Facts) -> bool:
    """In the one pool of a business type that is spread evenly (接待台 rule 五, 十二)."""
    if facts.distribution == Distribution.EMPLOYER or group.kind == GroupKind.EMPLOYER:
        return facts.distribution == Distribution.EMPLOYER and group.kind == GroupKind.EMPLOYER
    return group.takes_benefit or (facts.mass_layoff and facts.kind == Kind.BENEFIT)


def duty(facts: Facts) -> list[list[Any]]:
    """Who is entitled to a case at this moment, `[[group, share, [officers]], …]`, the same for the same people.

    By the ratio every group with somebody on duty is on it, one without a share too: its officers share what is directed to
    them. Otherwise there is one pool.
    """
    on_duty = [one for one in facts.candidates if one.presence in ON_DUTY]
    if facts.distribution != Distribution.RATIO:
        pool = {group.id for group in facts.groups if takes_part(group, facts)}
        return [[POOL, 1, sorted(one.officer_id for one in on_duty if one.group_id in pool)]]
    officers: dict[int, list[int]] = {}
    for one in on_duty:
        officers.setdefault(one.group_id, []).append(one.officer_id)
    return [
        [group.id, group.share, sorted(officers[group.id])]
        for group in sorted(facts.groups, key=lambda group: group.id)
        if group.id in officers
    ]
