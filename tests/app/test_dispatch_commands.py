from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from rules import courtesy


def simulate(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["dispatch", "simulate", *options])


def told(result: Result) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_a_month_is_told_with_a_table_of_groups_and_officers(app: Flask) -> None:
    result = simulate(app, "--visits", "60", "--seed", "3", "--json")
    assert result.exit_code == 0, result.output
    month = told(result)
    assert (month["visits"], month["seed"], month["rule_violations"]) == (60, 3, 0)
    assert 0 < month["max_group_debt"] <= 2
    assert 0 < month["max_officer_debt"] <= 2
    assert month["wait_p50_s"] <= month["wait_p90_s"]
    assert sum(line["visits"] for line in month["groups"]) == 60 - month["undispatched"]
    assert sum(line["visits"] for line in month["officers"]) == 60 - month["undispatched"]


def test_the_same_seed_gives_the_same_month_and_another_seed_another(app: Flask) -> None:
    first, again, other = (
        simulate(app, "--visits", "40", "--seed", seed, "--json").stdout for seed in ("1", "1", "2")
    )
    assert first == again != other


def test_several_months_are_summed_and_the_worst_debt_is_told(app: Flask) -> None:
    both = told(simulate(app, "--visits", "40", "--seed", "1", "--months", "2", "--json"))
    single = [told(simulate(app, "--visits", "40", "--seed", seed, "--json")) for seed in ("1", "2")]
    assert both["visits"] == 80
    assert both["undispatched"] == sum(month["undispatched"] for month in single)
    assert both["max_officer_debt"] == max(month["max_officer_debt"] for month in single)


def test_with_everybody_away_the_reasons_are_told_and_nothing_is_broken(app: Flask) -> None:
    result = simulate(app, "--visits", "20", "--seed", "1", "--absence", "1")
    assert result.exit_code == 0
    assert "undispatched       20" in result.output
    assert "請督導" in result.output


def test_a_debt_beyond_the_bound_ends_with_1(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "within_courtesy", lambda runner, largest: True)
    result = simulate(app, "--visits", "100", "--seed", "0", "--months", "10", "--json")
    assert result.exit_code == 1
    assert not told(result)["passed"]


def test_directed_cases_have_no_bound(app: Flask) -> None:
    result = simulate(app, "--visits", "150", "--seed", "0", "--directed", "1", "--json")
    assert told(result)["max_officer_debt"] > 2
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "options", [[], ["--visits", "0", "--seed", "1"], ["--visits", "9", "--seed", "1", "--absence", "2"]]
)
def test_wrong_options_are_refused_with_2(app: Flask, options: list[str]) -> None:
    assert simulate(app, *options).exit_code == 2
