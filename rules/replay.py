"""A stored decision held against the same decision made again from its facts. Spec 2-dispatch §4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.dispatch import Facts, Rule, Verdict, decide


class Outcome(StrEnum):
    SAME = "same"
    COUNTER = "counter"  # another counter, or another officer or group
    WORDS = "words"  # the same counter for a reason in other words
    CHOSEN = "chosen"  # reception chose: the rules had no say


@dataclass(frozen=True)
class Replay:
    verdict: Verdict
    outcome: Outcome


def replayed(
    facts: Facts,
    *,
    rule: Rule,
    to: tuple[int | None, int | None, int | None],
    counted: bool,
    reason: Sequence[Any],
    passed: Sequence[Any],
) -> Replay:
    """`to`: counter, officer and group as they were stored; `reason` and `passed` as `Verdict.to_json` gives them."""
    verdict = decide(facts)
    told = verdict.to_json()
    if rule is Rule.OVERRIDE:
        outcome = Outcome.CHOSEN
    elif (verdict.counter_id, verdict.officer_id, verdict.group_id) != to or verdict.counted != counted:
        outcome = Outcome.COUNTER
    elif told["reason"] != list(reason) or told["passed"] != list(passed):
        outcome = Outcome.WORDS
    else:
        outcome = Outcome.SAME
    return Replay(verdict, outcome)
