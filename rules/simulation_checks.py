"""What a decision must never do, looked at from outside: nothing here asks the rules that made it. Spec 2-dispatch §4."""

from __future__ import annotations

from collections.abc import Iterator

from rules.desk import Distribution, GroupKind, Kind
from rules.dispatch import ON_DUTY, Candidate, Facts, Group, Rule, Verdict

PERSONAL = frozenset({Rule.OWNER, Rule.APPOINTMENT, Rule.DEPUTY, Rule.NAMED})


def broken(facts: Facts, verdict: Verdict) -> Iterator[str]:
    """The hard rules that a verdict breaks, in English for developers."""
    if not verdict.reason:
        yield "no reason is given"
    if {one.officer_id for one in verdict.passed} != {
        one.officer_id for one in facts.candidates if one.officer_id != verdict.officer_id
    }:
        yield "not every other candidate is told why"
    if verdict.officer_id is None:
        yield from _nobody(facts, verdict)
    else:
        yield from _somebody(facts, verdict)


def _somebody(facts: Facts, verdict: Verdict) -> Iterator[str]:
    chosen = next(one for one in facts.candidates if one.officer_id == verdict.officer_id)
    group = _group(facts, chosen)
    employer = facts.distribution == Distribution.EMPLOYER
    if (verdict.counter_id, verdict.group_id) != (chosen.counter_id, chosen.group_id):
        yield "counter, group and officer do not belong together"
    if chosen.presence not in ON_DUTY:
        yield "given to somebody away"
    if chosen.officer_id in dict(facts.excluded):
        yield "given to somebody excluded"
    if verdict.counted != facts.new_case:
        yield "counted otherwise than judged"
    if (
        facts.disability
        and not employer
        and group.kind != GroupKind.DISABILITY
        and chosen.officer_id not in {facts.owner_id, facts.named_id}
    ):
        yield "a disability case left its group"
    if (
        facts.suspected
        and group.kind == GroupKind.DISABILITY
        and chosen.officer_id not in {facts.owner_id, facts.named_id, facts.appointment_with}
        and any(
            _could(facts, one) for one in facts.candidates if _group(facts, one).kind != GroupKind.DISABILITY
        )
    ):
        yield "a suspected disability took the disability group's time while others were there"
    if verdict.rule not in PERSONAL and verdict.rule is not Rule.OWNER_GROUP:
        if employer != (group.kind == GroupKind.EMPLOYER):
            yield "employers and the recruitment section belong together"
        if verdict.rule is Rule.EVEN and not (group.takes_benefit or facts.mass_layoff):
            yield "a benefit case outside of its groups"
        if verdict.rule is Rule.RATIO and not group.share:
            yield "a case by the ratio to a group without a share"
    owner = next((one for one in facts.candidates if one.officer_id == facts.owner_id), None)
    if (
        not facts.new_case
        and owner
        and owner.presence in ON_DUTY
        and owner.officer_id not in dict(facts.excluded)
        and not facts.redirected
        and facts.appointment_with is None
        and chosen is not owner
    ):
        yield "an old case did not go back to its owner"


def _nobody(facts: Facts, verdict: Verdict) -> Iterator[str]:
    """Only when nobody on duty could have had it, or the supervisor has the say (櫃台 rule 三)."""
    if verdict.counted:
        yield "counted for nobody"
    if facts.departed and facts.kind == Kind.BENEFIT and facts.named_id is None:
        return
    for one in facts.candidates:
        if _could(facts, one):
            yield f"nobody, although counter {one.counter} could have had it"


def _could(facts: Facts, one: Candidate) -> bool:
    """Whether the counter is there and cases like this one are spread over its group."""
    group = _group(facts, one)
    if one.presence not in ON_DUTY or one.officer_id in dict(facts.excluded):
        return False
    if facts.distribution == Distribution.EMPLOYER:
        return group.kind == GroupKind.EMPLOYER
    if facts.disability:
        return group.kind == GroupKind.DISABILITY
    if facts.distribution == Distribution.RATIO:
        return group.share > 0
    return group.takes_benefit and group.kind != GroupKind.EMPLOYER


def _group(facts: Facts, one: Candidate) -> Group:
    return next(group for group in facts.groups if group.id == one.group_id)
