"""Past days under another ratio table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from rules.debt import NOTHING
from rules.dispatch import Facts, Presence, Rule, decide, duty
from rules.ledger import Ledger
from rules.what_if import Past, what_if
from tests.rules.hall import DISABILITY, GENERAL, INDIGENOUS, SEEKING

FIRST = date(2026, 11, 1)
SHARES = {group.id: group.share for group in SEEKING.groups}
TURNED = {GENERAL: 1, DISABILITY: 1, INDIGENOUS: 8}


def weighed(facts: Facts, ledger: Ledger) -> Facts:
    """With the debts of the month so far, as the database would give them."""
    return replace(
        facts,
        groups=tuple(replace(one, debt=ledger.groups.get(one.id, NOTHING)) for one in facts.groups),
        candidates=tuple(
            replace(one, debt=ledger.officers.get((one.group_id, one.officer_id), NOTHING))
            for one in facts.candidates
        ),
    )


def past(number: int, seed: int = 1, *, override_every: int = 0) -> Iterator[Past]:
    """New cases of November and December, with somebody away or busy now and then; each month owes nothing when it begins."""
    random, ledger, month = Random(seed), Ledger(), 11
    for place in range(number):
        day = date(2026, 11 + 2 * place // number, 1 + place * 20 // number)
        if day.month != month:
            ledger, month = Ledger(), day.month
        states = random.choices(
            (Presence.FREE, Presence.SERVING, Presence.AWAY), (5, 3, 2), k=len(SEEKING.candidates)
        )
        around = tuple(
            replace(one, presence=state) for one, state in zip(SEEKING.candidates, states, strict=True)
        )
        facts = weighed(replace(SEEKING, candidates=around), ledger)
        verdict = decide(facts)
        if verdict.officer_id is None or verdict.group_id is None:
            continue
        rule, group_id, officer_id = verdict.rule, verdict.group_id, verdict.officer_id
        if override_every and place % override_every == 0:
            rule, group_id, officer_id = Rule.OVERRIDE, DISABILITY, 40
        ledger.book(duty(facts), group_id, officer_id)
        yield Past(day, rule, facts, group_id, officer_id)


def by_group(cells: Mapping[tuple[int, int], int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (group, _), number in cells.items():
        found[group] = found.get(group, 0) + number
    return found


@pytest.mark.parametrize("override_every", [0, 7])
@pytest.mark.parametrize("first", [FIRST, date(2026, 11, 9)])
def test_the_table_that_was_in_force_gives_back_what_happened(first: date, override_every: int) -> None:
    found = what_if(past(200, override_every=override_every), SHARES, first=first)
    assert found.before == found.after
    assert (found.moved, found.nobody) == (0, 0)


def test_another_table_moves_the_cases_to_the_groups_that_it_favours() -> None:
    found = what_if(past(300), TURNED, first=FIRST)
    groups = by_group(found.after)
    assert sum(groups.values()) == found.cases
    assert groups[INDIGENOUS] > 2 * groups[GENERAL]  # whose one officer is away now and then
    assert by_group(found.before)[GENERAL] > 2 * by_group(found.before)[INDIGENOUS]
    assert found.moved > found.cases // 3


def test_what_reception_chose_stays_and_weighs_on_the_others() -> None:
    found = what_if(past(200, override_every=5), TURNED, first=FIRST)
    assert found.directed >= 30
    assert found.after[DISABILITY, 40] >= found.directed


def test_the_days_before_count_for_the_debts_but_not_for_the_result() -> None:
    whole, later = (what_if(past(200), SHARES, first=day) for day in (FIRST, date(2026, 12, 1)))
    assert 0 < later.cases < whole.cases
    assert later.before == later.after


def test_a_case_that_nobody_could_take_is_told_and_owed_to_nobody() -> None:
    alone = tuple(
        replace(one, presence=Presence.FREE if one.officer_id == 50 else Presence.AWAY)
        for one in SEEKING.candidates
    )
    facts = replace(SEEKING, candidates=alone)
    case = Past(FIRST, Rule.RATIO, facts, INDIGENOUS, 50)
    found = what_if([case], {GENERAL: 5}, first=FIRST)
    assert (found.nobody, found.after.total(), found.before[INDIGENOUS, 50]) == (1, 0, 1)


def test_each_month_begins_anew() -> None:
    """A case of November leaves no debt to December: the largest share gets the first case of each."""
    november = Past(FIRST, Rule.RATIO, SEEKING, GENERAL, 10)
    december = replace(november, day=date(2026, 12, 1))
    found = what_if([november, december], TURNED, first=FIRST)
    assert found.after == {(INDIGENOUS, 50): 2}
