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
        self.spared = spared(facts)
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
        return self.unable(one) is None and self.unfit(one) is None

    def unfit(self, one: Candidate) -> Sentence | None:
        """Why the counter, on duty or not, is the wrong one for this visit: a confirmed disability belongs to its group, a
        suspected one to the others, and both also to who has the case already."""
        facts = self.facts
        if one.officer_id in (facts.owner_id, facts.named_id):
            return None
        if facts.disability and facts.distribution != Distribution.EMPLOYER:
            return None if self.is_disability(one) else words.say(words.NOT_DISABILITY)
        if one.group_id in self.spared and one.officer_id != facts.appointment_with:
            return words.say(words.NOT_SUSPECTED)
        return None

    def is_disability(self, one: Candidate) -> bool:
        return self.groups[one.group_id].kind == GroupKind.DISABILITY

    def free(self, one: Candidate) -> bool:
        """Nobody is served, called or on the way there."""
        return one.presence is Presence.FREE and not one.queue


def always(sentence: Sentence) -> Why:
    return lambda _: sentence


def takes_part(group: Group, facts: Facts) -> bool:
    """In the one pool of a business type that is spread evenly (接待台 rule 五, 十二)."""
    if facts.distribution == Distribution.EMPLOYER or group.kind == GroupKind.EMPLOYER:
        return facts.distribution == Distribution.EMPLOYER and group.kind == GroupKind.EMPLOYER
    return group.takes_benefit or (facts.mass_layoff and facts.kind == Kind.BENEFIT)


def entitled(group: Group, facts: Facts) -> bool:
    """Whether cases of the business type are spread over the group at all."""
    return group.share > 0 if facts.distribution == Distribution.RATIO else takes_part(group, facts)


def spared(facts: Facts) -> frozenset[int]:
    """The disability groups, when a disability is only suspected and somebody else can have the visit (接待台 rule 四)."""
    if not facts.suspected or facts.distribution == Distribution.EMPLOYER:
        return frozenset()
    excluded = {officer_id for officer_id, _ in facts.excluded}
    others = {
        group.id for group in facts.groups if group.kind != GroupKind.DISABILITY and entitled(group, facts)
    }
    if not any(
        one.group_id in others and one.presence in ON_DUTY and one.officer_id not in excluded
        for one in facts.candidates
    ):
        return frozenset()
    return frozenset(group.id for group in facts.groups if group.kind == GroupKind.DISABILITY)


def duty(facts: Facts) -> list[list[Any]]:
    """Who is entitled to a case at this moment, `[[group, share, [officers]], …]`, the same for the same people.

    By the ratio every group with somebody on duty is on it, one without a share too: its officers share what is directed to
    them. Otherwise there is one pool. A group that is spared the case is on neither: it is not owed what it cannot have.
    """
    not_asked = spared(facts)
    on_duty = [one for one in facts.candidates if one.presence in ON_DUTY and one.group_id not in not_asked]
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
