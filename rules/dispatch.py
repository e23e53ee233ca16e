"""The decision which counter serves a visit, and why. Pure: it knows neither the web nor the database.

`decide` tries the rules in their order; the first that finds a counter decides, and what stood in the way of the earlier
ones begins the reason. Spec 2-dispatch §4; 接待台 rules 二, 三, 四, 五, 六, 十二, 櫃台 rule 三.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rules import dispatch_words as words
from rules.debt import POOL
from rules.desk import Distribution, Kind
from rules.dispatch_facts import (
    ON_DUTY,
    Candidate,
    Facts,
    Group,
    Passed,
    Presence,
    Rule,
    Sentence,
    Verdict,
)
from rules.dispatch_hall import Found, Hall, Why, always, duty
from rules.dispatch_new import by_distribution, disability, employer, programme

__all__ = [
    "ON_DUTY",
    "POOL",
    "Candidate",
    "Facts",
    "Group",
    "Passed",
    "Presence",
    "Rule",
    "Sentence",
    "Verdict",
    "decide",
    "duty",
]


def decide(facts: Facts) -> Verdict:
    """Somebody or nobody, never an error: whom no counter can take waits on the supervisor's list with a reason."""
    hall = Hall(facts)
    found = next(found for rule in RULES if (found := rule(hall)))
    officer_id = found.to.officer_id if found.to else None
    beginning = words.NEW if facts.new_case else words.OLD
    return Verdict(
        rule=found.rule,
        officer_id=officer_id,
        counter_id=found.to.counter_id if found.to else None,
        group_id=found.to.group_id if found.to else None,
        counted=facts.new_case and found.to is not None,
        reason=(words.say(beginning, type=facts.business_type), *hall.notes, *found.reason),
        passed=tuple(
            Passed(one.officer_id, one.counter, hall.unable(one) or found.why(one))
            for one in facts.candidates
            if one.officer_id != officer_id
        ),
        long_wait=found.long_wait,
    )


def _appointment(hall: Hall) -> Found | None:
    """Today's appointment is with this officer: directed, as long as the visit is not being moved away from there."""
    one = hall.officer(hall.facts.appointment_with)
    if one is None:
        return None
    if not hall.may_have(one):
        hall.note(words.APPOINTED_AWAY, officer=one.officer)
        return None
    return _to_person(hall, Rule.APPOINTMENT, one, words.APPOINTED, words.NOT_APPOINTED)


def _redirect(hall: Hall) -> Found | None:
    """Too long a wait (接待台 rule 六): the deputies come first."""
    if not hall.facts.redirected:
        return None
    hall.note(words.WAITED)
    return _deputies(hall)


def _owner(hall: Hall) -> Found | None:
    """一案到底. A busy owner is still the owner; a long wait is told, so that reception can ask."""
    facts = hall.facts
    if facts.new_case:
        return None
    if facts.owner_id is None:
        hall.note(words.OWNER_UNKNOWN)
        return None
    if facts.departed:
        return _departed(hall)
    owner = hall.officer(facts.owner_id)
    if owner and hall.may_have(owner):
        template = words.OWNER_FREE if hall.free(owner) else words.OWNER_BUSY
        return _to_person(hall, Rule.OWNER, owner, template, words.NOT_OWNER)
    if not facts.redirected:
        excluded = facts.owner_id in hall.excluded
        hall.note(words.OWNER_EXCLUDED if excluded else words.OWNER_AWAY, owner=facts.owner)
    return _deputies(hall) or _owner_group(hall, owner)


def _departed(hall: Hall) -> Found | None:
    """櫃台 rule 三: the supervisor says who takes benefit cases; others go to the deputies until there is a successor."""
    facts = hall.facts
    hall.note(words.OWNER_LEFT, owner=facts.owner)
    named = hall.officer(facts.named_id)
    if named and hall.may_have(named):
        return _to_person(hall, Rule.NAMED, named, words.NAMED, words.NOT_NAMED)
    if facts.kind != Kind.BENEFIT:
        return _deputies(hall) or _owner_group(hall, hall.officer(facts.owner_id))
    if facts.named_id is None:
        reason = words.say(words.NO_SUCCESSOR)
        return Found(Rule.NOBODY, None, (reason,), always(words.say(words.SUPERVISOR_DECIDES)))
    hall.note(words.NAMED_AWAY)
    return None


def _deputies(hall: Hall) -> Found | None:
    for rank, officer_id in enumerate(hall.facts.deputies, start=1):
        one = hall.officer(officer_id)
        if one and hall.may_have(one):
            reason = words.of_counter(words.DEPUTY, one, rank=rank)
            return Found(Rule.DEPUTY, one, (reason,), _not_this_deputy(hall, one))
    return None


def _not_this_deputy(hall: Hall, chosen: Candidate) -> Why:
    def why(other: Candidate) -> Sentence:
        if other.officer_id not in hall.facts.deputies:
            return words.say(words.NOT_DEPUTY)
        return hall.unfit(other) or words.say(words.LATER_DEPUTY, officer=chosen.officer)

    return why


def _owner_group(hall: Hall, owner: Candidate | None) -> Found | None:
    """The least loaded of the owner's group, also of one who has no counter today. When there is none, others help by the
    rules of a new case, uncounted."""
    group_id = owner.group_id if owner else hall.facts.owner_group_id
    colleagues = [one for one in hall.candidates if one.group_id == group_id and hall.may_have(one)]
    if not colleagues:
        hall.note(words.OTHERS_HELP)
        return None
    chosen = min(colleagues, key=_load)
    name = hall.groups[chosen.group_id].name

    def why(other: Candidate) -> Sentence:
        if other.group_id != chosen.group_id:
            return words.say(words.NOT_SAME_GROUP, group=name)
        if other.presence is Presence.BREAK:
            return words.say(words.ON_BREAK, group=name)
        return words.say(words.LONGER_WAIT, group=name, wait=other.wait_minutes, counter=chosen.counter)

    reason = words.of_counter(words.SAME_GROUP, chosen, group=name)
    return Found(Rule.OWNER_GROUP, chosen, (reason,), why)


def _load(one: Candidate) -> tuple[bool, int, int, str, int]:
    return one.presence is Presence.BREAK, one.wait_minutes, one.queue, one.last_case_at, one.counter


def _to_person(hall: Hall, rule: Rule, one: Candidate, template: str, others: str) -> Found:
    return Found(
        rule,
        one,
        tuple(_told(hall, one, template)),
        always(words.say(others, officer=one.officer)),
        long_wait=one.wait_minutes > hall.facts.wait_limit,
    )


def _told(hall: Hall, one: Candidate, template: str) -> Iterator[Sentence]:
    yield words.of_counter(template, one)
    if one.wait_minutes > hall.facts.wait_limit:
        yield words.say(words.TOO_LONG, limit=hall.facts.wait_limit)


def _distribution(hall: Hall) -> Found:
    """A new case, or an old one that its own people cannot take."""
    if hall.facts.distribution == Distribution.EMPLOYER:
        return employer(hall)
    if hall.facts.disability:
        return disability(hall)
    return programme(hall) or by_distribution(hall)


RULES: tuple[Callable[[Hall], Found | None], ...] = (_appointment, _redirect, _owner, _distribution)
