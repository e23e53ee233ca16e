"""A decision of a centre with 200 counters, and its debts from the cases of a month: the rules alone, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from random import Random
from statistics import quantiles
from time import process_time

from benchmarks.report import Line, Table, verdict
from rules.debt import Row, debts
from rules.desk import Distribution, GroupKind, Kind
from rules.dispatch import Candidate, Facts, Group, Presence, decide, duty

COUNTERS, GROUPS, CASES, LISTS = 200, 10, 20_000, 400
ROUNDS = 200
DECISION_MS, DEBTS_MS = 5.0, 25.0


def measure() -> Table:
    random = Random(1)
    lines = []
    for way in (Distribution.RATIO, Distribution.EVEN):
        hall = _hall(random, way)
        lines.append(_line(f"decision, {way.value}", partial(decide, hall), ROUNDS, DECISION_MS))
        lines.append(
            _line(f"debts, {way.value}", partial(debts, _month(random, hall)), ROUNDS // 10, DEBTS_MS)
        )
    note = f"{COUNTERS} counters; debts: {CASES:,} cases of a month over {LISTS} duty lists. 95th percentile of the processor time."
    return Table("Dispatch decision, the rule alone", note, ("what", "measured", "bar", ""), lines)


def _line(name: str, job: Callable[[], object], rounds: int, bar: float) -> Line:
    job()
    taken = []
    for _ in range(rounds):
        start = process_time()
        job()
        taken.append((process_time() - start) * 1000)
    p95 = quantiles(taken, n=20)[-1]
    return Line((name, f"{p95:.2f} ms", f"< {bar:g} ms", verdict(p95 < bar)), p95 < bar)


def _hall(random: Random, way: Distribution) -> Facts:
    """As in the middle of a month: everybody's debt has a denominator of its own."""
    return Facts(
        business_type="一般求職",
        kind=Kind.JOB_SEEKING.value,
        distribution=way.value,
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
        groups=tuple(
            Group(number, f"第{number}組", GroupKind.GENERAL.value, True, None, number, _debt(random))
            for number in range(1, GROUPS + 1)
        ),
        candidates=tuple(
            Candidate(
                officer_id=number,
                officer=f"{number} 號就服員",
                counter_id=number,
                counter=number,
                group_id=number % GROUPS + 1,
                presence=random.choice([Presence.FREE, Presence.SERVING, Presence.SERVING, Presence.AWAY]),
                queue=random.randrange(4),
                wait_minutes=random.randrange(60),
                last_case_at="",
                debt=_debt(random),
            )
            for number in range(1, COUNTERS + 1)
        ),
    )


def _debt(random: Random) -> Fraction:
    return (
        sum((Fraction(random.randrange(-20, 20), random.randrange(15, 60)) for _ in range(6)), Fraction()) / 3
    )


def _month(random: Random, hall: Facts) -> list[Row]:
    lists = [
        [
            [group, share, sorted(random.sample(officers, -(-len(officers) * 4 // 5)))]
            for group, share, officers in duty(hall)
        ]
        for _ in range(LISTS)
    ]
    counted: Counter[tuple[int, int, int]] = Counter()
    for _ in range(CASES):
        number = random.randrange(LISTS)
        group, _, officers = random.choice(lists[number])
        counted[number, group, random.choice(officers)] += 1
    return [(lists[number], group, officer, cases) for (number, group, officer), cases in counted.items()]
