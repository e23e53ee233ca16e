"""A hall for the tests of the decision: counters 1–3 一般, 4 身障, 5 原住民, 6 個管, 8 求才; officer n0 sits at counter n."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from rules.dispatch import Candidate, Facts, Group, Presence, Verdict, decide

GENERAL, DISABILITY, INDIGENOUS, MANAGEMENT, EMPLOYER = 1, 2, 3, 4, 5
NAMES = {10: "李佳蓉", 20: "黃志偉", 30: "吳淑芬", 40: "劉建宏", 50: "高美蘭", 60: "謝宜君", 80: "曾國華"}
HOMES = {10: 1, 20: 1, 30: 1, 40: 2, 50: 3, 60: 4, 80: 5}
NOTHING = Fraction()
GROUPS = (
    Group(GENERAL, "一般", "general", True, None, 6, NOTHING),
    Group(DISABILITY, "身障", "disability", False, None, 2, NOTHING),
    Group(INDIGENOUS, "原住民", "programme", True, 2, 2, NOTHING),
    Group(MANAGEMENT, "個管", "case_management", False, None, 0, NOTHING),
    Group(EMPLOYER, "求才", "employer", True, None, 0, NOTHING),
)
CANDIDATES = tuple(
    Candidate(officer, NAMES[officer], officer + 1000, officer // 10, home, Presence.FREE, 0, 0, "", NOTHING)
    for officer, home in HOMES.items()
)
SEEKING = Facts(
    business_type="一般求職",
    kind="job_seeking",
    distribution="ratio",
    new_case=True,
    disability=False,
    programme_groups=(),
    owner_id=None,
    owner="",
    deputies=(),
    departed=False,
    named_id=None,
    appointment_with=None,
    mass_layoff=False,
    wait_limit=30,
    redirected=False,
    excluded=(),
    groups=GROUPS,
    candidates=CANDIDATES,
)
BENEFIT = replace(SEEKING, business_type="失業給付", kind="benefit", distribution="even")
RECRUITING = replace(SEEKING, business_type="求才", kind="employer", distribution="employer")
OLD = replace(SEEKING, new_case=False, owner_id=20, owner="黃志偉", deputies=(30, 50))


def at(facts: Facts, officer_id: int, **changes: Any) -> Facts:
    """The facts with one officer otherwise."""
    assert officer_id in HOMES
    return replace(
        facts,
        candidates=tuple(
            replace(one, **changes) if one.officer_id == officer_id else one for one in facts.candidates
        ),
    )


def away(facts: Facts, *officers: int) -> Facts:
    for officer in officers:
        facts = at(facts, officer, presence=Presence.AWAY)
    return facts


def owed(facts: Facts, debts: dict[int, str]) -> Facts:
    """The facts with groups' debts."""
    return replace(
        facts,
        groups=tuple(replace(group, debt=Fraction(debts.get(group.id, "0"))) for group in facts.groups),
    )


def told(facts: Facts) -> str:
    """The reason as it is read out."""
    return "".join(map(str, decide(facts).reason))


def why(verdict: Verdict, counter: int) -> str:
    return next(str(passed.why) for passed in verdict.passed if passed.counter == counter)
