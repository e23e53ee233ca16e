"""Cases that no officer has yet: which counters are asked, rule by rule. Spec 2-dispatch §4 rules 2–5, 接待台 rules 二, 三, 五, 十二."""

from __future__ import annotations

from rules import dispatch_words as words
from rules.desk import Distribution, GroupKind, Kind
from rules.dispatch_debt import by_ratio, evenly, within_group
from rules.dispatch_facts import Candidate, Rule, Sentence
from rules.dispatch_hall import Found, Hall, Why, always, entitled


def employer(hall: Hall) -> Found:
    """The recruitment section, evenly within it."""
    other = always(words.say(words.NOT_EMPLOYER))
    if able := _of_kind(hall, GroupKind.EMPLOYER):
        hall.note(words.FOR_EMPLOYER)
        return evenly(hall, Rule.EMPLOYER, able, other)
    return _nobody(words.say(words.NO_EMPLOYER), other)


def disability(hall: Hall) -> Found:
    """The disability group alone. It never falls to another counter: the supervisor decides."""
    other = always(words.say(words.NOT_DISABILITY))
    if able := _of_kind(hall, GroupKind.DISABILITY):
        hall.note(words.FOR_DISABILITY)
        return within_group(hall, Rule.DISABILITY, able, other)
    return _nobody(words.say(words.NO_DISABILITY), other)


def programme(hall: Hall) -> Found | None:
    """The group of an identity comes first, unless nobody there is on duty or all have their limit."""
    groups = [hall.groups[group_id] for group_id in hall.facts.programme_groups if group_id in hall.groups]
    for group in groups:
        members = [one for one in hall.candidates if one.group_id == group.id and hall.may_have(one)]
        if able := [one for one in members if not _full(hall, one)]:
            hall.note(words.FOR_PROGRAMME, group=group.name)
            return within_group(hall, Rule.PROGRAMME, able, _rest_of_programme(hall, members))
    if groups:
        hall.note(words.PROGRAMME_FULL)
    return None


def _rest_of_programme(hall: Hall, members: list[Candidate]) -> Why:
    first = words.say(words.NOT_PROGRAMME, group=hall.groups[members[0].group_id].name)
    return lambda one: _at_limit(hall, one) if one in members else first


def by_distribution(hall: Hall) -> Found:
    """By the ratio table, or evenly over the pool."""
    ratio = hall.facts.distribution == Distribution.RATIO
    able = [one for one in hall.candidates if hall.may_have(one) and _entitled(hall, one)]
    _note_suspected(hall, able)
    # A programme group at its limit is spared, as long as there are others.
    able = [one for one in able if not (_in_programme(hall, one) and _full(hall, one))] or able

    def other(one: Candidate) -> Sentence:
        if unfit := hall.unfit(one):
            return unfit
        if _entitled(hall, one):
            return _at_limit(hall, one)
        template = words.NOT_SHARING if ratio else words.NOT_IN_POOL
        return words.say(template, group=hall.groups[one.group_id].name, type=hall.facts.business_type)

    if not able:
        unshared = ratio and any(hall.may_have(one) for one in hall.candidates)
        template = words.NO_SHARE if unshared else words.NO_COUNTER
        return _nobody(words.say(template, type=hall.facts.business_type), other)
    if ratio:
        return by_ratio(hall, able, other)
    if hall.facts.mass_layoff and hall.facts.kind == Kind.BENEFIT:
        hall.note(words.MASS_LAYOFF)
    return evenly(hall, Rule.EVEN, able, other)


def _note_suspected(hall: Hall, able: list[Candidate]) -> None:
    """接待台 rule 四: not to the disability group, unless it is the only one there."""
    if hall.spared:
        hall.note(words.SUSPECTED)
    elif hall.facts.suspected and any(hall.is_disability(one) for one in able):
        hall.note(words.ONLY_DISABILITY_THERE)


def _of_kind(hall: Hall, kind: GroupKind) -> list[Candidate]:
    return [one for one in hall.candidates if hall.groups[one.group_id].kind == kind and hall.may_have(one)]


def _entitled(hall: Hall, one: Candidate) -> bool:
    return entitled(hall.groups[one.group_id], hall.facts)


def _in_programme(hall: Hall, one: Candidate) -> bool:
    return one.group_id in hall.facts.programme_groups


def _full(hall: Hall, one: Candidate) -> bool:
    """Only the groups of identities have a limit: elsewhere "full" is no reason (櫃台 rule 六)."""
    limit = hall.groups[one.group_id].queue_limit
    return limit is not None and one.queue >= limit


def _at_limit(hall: Hall, one: Candidate) -> Sentence:
    group = hall.groups[one.group_id]
    return words.say(words.FULL, queue=one.queue, group=group.name, limit=group.queue_limit or 0)


def _nobody(reason: Sentence, why: Why) -> Found:
    return Found(Rule.NOBODY, None, (reason,), why)
