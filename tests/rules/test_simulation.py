"""Made-up months: the laws of the decision over whatever happens in a centre. Spec 2-dispatch §4 rule 7."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import courtesy, dispatch_debt, dispatch_hall, simulation
from rules.debt import POOL, Debts
from rules.dispatch import Facts, Presence, Rule, decide
from rules.ledger import Ledger
from rules.simulation import BOUND, Month, percentile, replays, simulate
from rules.simulation_centre import half_day, make_up
from rules.simulation_checks import broken
from tests.rules.hall import OLD, SEEKING, at, away

MONTHS, VISITS = 200, 100


@pytest.fixture(scope="module")
def months() -> list[Month]:
    return [simulate(VISITS, seed) for seed in range(MONTHS)]


def test_without_directed_cases_no_debt_passes_two(months: list[Month]) -> None:
    assert max(month.max_group_debt for month in months) <= BOUND
    assert max(month.max_officer_debt for month in months) <= BOUND


def test_no_hard_rule_is_ever_broken(months: list[Month]) -> None:
    assert not [(month.seed, rule) for month in months for rule in month.rule_violations]
    assert all(month.passed for month in months)


def test_everybody_is_dispatched_or_on_the_list_with_a_reason(months: list[Month]) -> None:
    served = [sum(share.visits for share in month.shares if share.counter is None) for month in months]
    assert all(one + len(month.undispatched) == VISITS for one, month in zip(served, months, strict=True))
    assert any(month.undispatched for month in months)
    assert all("請督導" in reason for month in months for reason in month.undispatched)


def test_a_groups_line_is_the_sum_of_its_officers(months: list[Month]) -> None:
    for month in months[:20]:
        for group in (share for share in month.shares if share.counter is None):
            officers = [one for one in month.shares if one.counter and one.group == group.group]
            assert group.visits == sum(one.visits for one in officers)
            assert group.new_cases == sum(one.new_cases for one in officers)


def test_the_months_are_busy_and_people_are_away(months: list[Month]) -> None:
    """Otherwise the laws above would say little."""
    assert sum(month.wait_p90_s > 0 for month in months) > MONTHS / 2
    assert max(month.max_group_debt for month in months) > 1
    absences = [len(one.away) for seed in range(20) for one in make_up(VISITS, seed).officers]
    assert 0 < sum(count > 0 for count in absences) < len(absences)


def test_the_months_have_visitors_who_are_only_suspected_of_a_disability() -> None:
    centres = [make_up(VISITS, seed) for seed in range(20)]
    suspected = [one for centre in centres for one in centre.arrivals if one.suspected]
    assert any(one.new_case for one in suspected) and any(not one.new_case for one in suspected)
    assert any(group.kind == "disability" for centre in centres for group in centre.groups)


def test_directed_months_break_no_hard_rule_but_know_no_bound() -> None:
    directed = [simulate(VISITS, seed, directed=0.5) for seed in range(25)]
    assert all(month.passed for month in directed)
    assert any(month.max_officer_debt > BOUND for month in directed)


def test_courtesy_without_a_bound_of_its_own_would_pass_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spared as long as they are busy, however much they are owed."""
    monkeypatch.setattr(courtesy, "within_courtesy", lambda runner, largest: True)
    unbounded = [simulate(VISITS, seed) for seed in range(10)]
    assert any(month.max_officer_debt > BOUND and not month.passed for month in unbounded)


def test_a_debt_to_a_group_for_what_it_cannot_have_would_pass_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disability group, for visitors who are only suspected of a disability."""

    def owed_to_all(facts: Facts) -> list[list[Any]]:
        return dispatch_hall.duty(replace(facts, suspected=False))

    for module in (simulation, dispatch_debt):
        monkeypatch.setattr(module, "duty", owed_to_all)
    assert simulate(150, 37).max_group_debt > BOUND


def test_the_same_seed_makes_the_same_month() -> None:
    assert simulate(60, 5) == simulate(60, 5)
    assert simulate(60, 5) != simulate(60, 6)


def test_nobody_is_away_where_the_chance_is_none() -> None:
    assert not any(one.away for one in make_up(50, 1, absence=0).officers)
    assert simulate(50, 1, absence=1).undispatched


def test_with_everybody_away_all_wait_on_the_list() -> None:
    month = simulate(30, 2, absence=1)
    assert len(month.undispatched) == 30
    assert (month.wait_p50_s, month.max_group_debt) == (0, 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 60), st.floats(0, 1), st.sampled_from([0.0, 0.5]))
def test_the_laws_hold_whatever_the_seed(seed: int, visits: int, absence: float, directed: float) -> None:
    assert simulate(visits, seed, absence=absence, directed=directed).passed


def test_each_visit_is_heard_of() -> None:
    heard: list[None] = []
    simulate(17, 3, seen=lambda: heard.append(None))
    assert len(heard) == 17


@pytest.mark.parametrize(
    ("facts", "wrong", "rule"),
    [
        (SEEKING, {"officer_id": 20}, "counter, group and officer do not belong together"),
        (SEEKING, {"counted": False}, "counted otherwise than judged"),
        (SEEKING, {"reason": ()}, "no reason is given"),
        (SEEKING, {"passed": ()}, "not every other candidate is told why"),
        (SEEKING, {"officer_id": None}, "nobody, although counter 1 could have had it"),
    ],
)
def test_the_checks_see_a_verdict_that_is_wrong(facts: object, wrong: dict[str, object], rule: str) -> None:
    verdict = decide(facts)  # type: ignore[arg-type]
    assert not list(broken(facts, verdict))  # type: ignore[arg-type]
    assert rule in list(broken(facts, replace(verdict, **wrong)))  # type: ignore[arg-type]


def test_the_checks_see_a_verdict_that_fits_another_hall() -> None:
    verdict, owners = decide(SEEKING), decide(OLD)
    assert "given to somebody away" in list(broken(away(SEEKING, 10), verdict))
    assert "given to somebody excluded" in list(broken(replace(SEEKING, excluded=((10, ""),)), verdict))
    assert "a disability case left its group" in list(broken(replace(SEEKING, disability=True), verdict))
    fourth = decide(replace(SEEKING, disability=True))
    took = "a suspected disability took the disability group's time while others were there"
    alone = away(replace(SEEKING, suspected=True), 10, 20, 30, 50)
    assert took in list(broken(replace(SEEKING, suspected=True), fourth))
    assert took not in list(broken(alone, fourth))
    assert "an old case did not go back to its owner" in list(broken(replace(OLD, owner_id=30), owners))
    shareless = tuple(replace(group, share=0) for group in SEEKING.groups)
    assert "a case by the ratio to a group without a share" in list(
        broken(replace(SEEKING, groups=shareless), verdict)
    )
    even = replace(
        SEEKING, distribution="even", groups=tuple(replace(g, takes_benefit=False) for g in SEEKING.groups)
    )
    assert "a benefit case outside of its groups" in list(broken(even, replace(verdict, rule=Rule.EVEN)))
    employers = replace(SEEKING, distribution="employer")
    assert "employers and the recruitment section belong together" in list(broken(employers, verdict))


def test_the_replay_sees_another_decision() -> None:
    assert replays(SEEKING, decide(SEEKING))
    assert not replays(SEEKING, decide(at(SEEKING, 10, presence=Presence.AWAY)))


def test_the_ledger_sees_a_case_that_was_lost() -> None:
    ledger = Ledger()
    for officer in (11, 12, 12):
        ledger.book([[1, 2, [11, 12]], [2, 1, [21]]], 1, officer)
    ledger.book([[1, 2, [11, 12]], [2, 1, [21]]], 3, 31)
    assert ledger.agrees
    ledger.rows.pop()
    assert not ledger.agrees


def test_the_ledger_books_a_pool_as_one_group() -> None:
    ledger = Ledger()
    ledger.book([[POOL, 1, [11, 21]]], 2, 21)
    assert ledger.agrees
    assert Debts(ledger.groups, ledger.officers).officer(POOL, 11) == Fraction(1, 2)


def test_the_percentiles() -> None:
    waits = [float(minute) for minute in range(10)]
    Random(1).shuffle(waits)
    assert (percentile(waits, 50), percentile(waits, 90), percentile([], 90)) == (300, 540, 0)


def test_half_days_are_counted_from_the_first_of_the_month() -> None:
    assert [half_day(minute) for minute in (480, 719, 780, 1440 + 500, 1440 + 800)] == [0, 0, 1, 2, 3]
