"""Among those who are asked: a group, then an officer, or an officer at once, by debt and courtesy. Spec 2-dispatch §4 rules 4–7.

Each function takes those who can have the case, not empty, and `other`, which tells of whom was not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from rules import dispatch_words as words
from rules.courtesy import Race, Runner, race
from rules.debt import NOTHING
from rules.dispatch_facts import Candidate, Rule, Sentence
from rules.dispatch_hall import Found, Hall, Why, duty


def by_ratio(hall: Hall, able: Sequence[Candidate], other: Why) -> Found:
    members: dict[int, list[Candidate]] = {}
    for one in able:
        members.setdefault(one.group_id, []).append(one)
    whole = sum(share for _, share, _ in duty(hall.facts))
    runners = {group: _group(hall, group, ones, whole) for group, ones in members.items()}
    groups = race(list(runners.values()))
    chosen = hall.groups[groups.next.id]
    values = {"group": chosen.name, **_debts(groups)}
    most = groups.next.due == groups.largest
    hall.note(words.GROUP_MOST if most else words.GROUP_COURTESY, **values)

    def why(one: Candidate) -> Sentence:
        runner = runners.get(one.group_id)
        if runner is None or one not in members[one.group_id]:
            return other(one)
        return words.say(
            words.GROUP_BEHIND[groups.behind(runner)],
            group=hall.groups[one.group_id].name,
            next_group=chosen.name,
            **_compared(groups, runner),
        )

    return within_group(hall, Rule.RATIO, members[chosen.id], why)


def within_group(hall: Hall, rule: Rule, able: Sequence[Candidate], other: Why) -> Found:
    return _officer(hall, rule, able, other, (words.COUNTER_FREE, words.COUNTER_BUSY, words.COUNTER_COURTESY))


def evenly(hall: Hall, rule: Rule, able: Sequence[Candidate], other: Why) -> Found:
    return _officer(hall, rule, able, other, (words.EVEN_FREE, words.EVEN_BUSY, words.EVEN_COURTESY))


def _officer(
    hall: Hall, rule: Rule, able: Sequence[Candidate], other: Why, templates: tuple[str, str, str]
) -> Found:
    """`templates`: the largest debt and free; the largest debt and busy; free, by courtesy."""
    earned = {
        officer: Fraction(1, len(officers)) for _, _, officers in duty(hall.facts) for officer in officers
    }
    runners = {one.officer_id: _counter(hall, one, earned) for one in able}
    counters = race(list(runners.values()))
    chosen = next(one for one in able if one.officer_id == counters.next.id)
    free, busy, courtesy = templates
    if counters.next.due < counters.largest:
        template = courtesy if counters.next.free else busy
    else:
        template = free if counters.next.free else busy

    def why(one: Candidate) -> Sentence:
        runner = runners.get(one.officer_id)
        if runner is None:
            return other(one)
        return words.say(
            words.COUNTER_BEHIND[counters.behind(runner)],
            counter=one.counter,
            next_counter=chosen.counter,
            **_compared(counters, runner),
        )

    return Found(rule, chosen, (words.of_counter(template, chosen, **_debts(counters)),), why)


def _counter(hall: Hall, one: Candidate, earned: dict[int, Fraction]) -> Runner:
    due = one.debt + earned.get(one.officer_id, NOTHING)
    return Runner(one.officer_id, due, hall.free(one), one.queue, one.last_case_at, one.counter)


def _group(hall: Hall, group_id: int, members: Iterable[Candidate], whole: int) -> Runner:
    """As well placed as its best placed officer; its last case is the last of any of them."""
    group, ones = hall.groups[group_id], list(members)
    return Runner(
        group_id,
        group.debt + Fraction(group.share, whole),
        any(hall.free(one) for one in ones),
        min(one.queue for one in ones),
        max(one.last_case_at for one in ones),
        min(one.counter for one in ones),
    )


def _debts(found: Race) -> dict[str, str]:
    return {
        "debt": words.cases(found.next.due, found.largest),
        "largest": words.cases(found.largest, found.next.due),
    }


def _compared(found: Race, runner: Runner) -> dict[str, str]:
    rivals = (found.next.due, found.largest)
    return {
        "debt": words.cases(runner.due, *rivals),
        "next_debt": words.cases(found.next.due, runner.due),
        "largest": words.cases(found.largest, runner.due),
    }
