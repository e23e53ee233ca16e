"""A made-up month of a made-up centre, dispatched by the real decision: how fair it is, whatever the absences.

The debts of each business type are kept case by case and looked at after each case; at the end `rules.debt` must find the
same. Every decision is looked at from outside (`rules.simulation_checks`), and some are made again from their JSON.
A visitor whom nobody can take is asked for again at the start of each half day. Who is away finishes what already waits.
Spec 2-dispatch §4, 3-platform §8.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from rules.debt import NOTHING, POOL
from rules.desk import Distribution, Kind
from rules.dispatch import Candidate, Facts, Presence, Verdict, decide, duty
from rules.ledger import Ledger
from rules.simulation_centre import TYPES, USUAL_MINUTES, Arrival, Centre, Officer, half_day, make_up
from rules.simulation_checks import broken

BOUND = 2  # no debt passes it without directed cases
REPLAY_EVERY = 16  # decisions
WAIT_LIMIT = 30
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Share:
    """A line of the table: a group, or an officer of it. `debt`: the largest in size over the business types, at the end."""

    group: str
    counter: int | None
    visits: int
    new_cases: int
    debt: Fraction


@dataclass(frozen=True)
class Month:
    """Debts: the largest in size at any moment. Waits in seconds, of who was dispatched. `undispatched`: with the reason."""

    visits: int
    seed: int
    days: int
    directed: bool
    max_group_debt: Fraction
    max_officer_debt: Fraction
    rule_violations: tuple[str, ...]
    undispatched: tuple[str, ...]
    wait_p50_s: int
    wait_p90_s: int
    shares: tuple[Share, ...]

    @property
    def passed(self) -> bool:
        """No hard rule broken; and, unless cases were directed, no debt beyond the bound."""
        return not self.rule_violations and (
            self.directed or max(self.max_group_debt, self.max_officer_debt) <= BOUND
        )


def simulate(
    visits: int,
    seed: int,
    *,
    absence: float | None = None,
    directed: float = 0,
    seen: Callable[[], None] = lambda: None,
) -> Month:
    """`absence`, `directed`: see `simulation_centre.make_up`. `seen` hears of each visit that has arrived."""
    run = _Run(make_up(visits, seed, absence=absence, directed=directed))
    for arrival in run.centre.arrivals:
        run.arrive(arrival)
        seen()
    return run.month(visits, seed, directed=directed > 0)


class _Run:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.ledgers = [Ledger() for _ in TYPES]
        self.services: dict[int, list[tuple[float, float]]] = {one.id: [] for one in centre.officers}
        self.last: dict[tuple[int, int], str] = {}
        self.lists: dict[str, list[list[Any]]] = {}
        self.waiting: list[Arrival] = []
        self.told: dict[Arrival, str] = {}
        self.half = 0
        self.decisions = 0
        self.waits: list[float] = []
        self.got: Counter[int] = Counter()
        self.got_new: Counter[int] = Counter()
        self.largest = {"group": NOTHING, "officer": NOTHING}
        self.violations: list[str] = []

    def arrive(self, arrival: Arrival) -> None:
        if self.half != half_day(arrival.minute):
            self.half = half_day(arrival.minute)
            again, self.waiting = self.waiting, []
            for earlier in again:
                self.dispatch(earlier, arrival.minute)
        self.dispatch(arrival, arrival.minute)

    def dispatch(self, arrival: Arrival, now: float) -> None:
        facts = self.facts(arrival, now)
        verdict = decide(facts)
        self.violations += (f"visit at {now:.1f}: {rule}" for rule in broken(facts, verdict))
        self.decisions += 1
        if self.decisions % REPLAY_EVERY == 0 and not replays(facts, verdict):
            self.violations.append(f"visit at {now:.1f}: made again from JSON it reads otherwise")
        if verdict.officer_id is None:
            self.waiting.append(arrival)
            self.told[arrival] = "".join(map(str, verdict.reason))
            return
        self.serve(arrival, verdict.officer_id, now)
        if verdict.counted and verdict.group_id is not None:
            self.count(arrival.type, facts, verdict.group_id, verdict.officer_id, now)

    def serve(self, arrival: Arrival, officer_id: int, now: float) -> None:
        pace = self.centre.officers[officer_id - 1].pace
        services = self.services[officer_id]
        start = max(now, services[-1][1] if services else now)
        services.append((start, start + arrival.minutes * pace))
        self.waits.append(start - arrival.minute)
        self.got[officer_id] += 1

    def count(self, number: int, facts: Facts, group_id: int, officer_id: int, now: float) -> None:
        content = duty(facts)
        content = self.lists.setdefault(json.dumps(content), content)
        ledger = self.ledgers[number]
        ledger.book(content, group_id, officer_id)
        self.got_new[officer_id] += 1
        self.last[number, officer_id] = (FIRST_DAY + timedelta(minutes=now)).isoformat()
        # Others' debts change by this case too, but towards their entitlement: all are looked at.
        if facts.distribution == Distribution.RATIO:
            self.largest["group"] = max(self.largest["group"], *map(abs, ledger.groups.values()))
        self.largest["officer"] = max(self.largest["officer"], *map(abs, ledger.officers.values()))

    def facts(self, arrival: Arrival, now: float) -> Facts:
        name, kind, distribution, _ = TYPES[arrival.type]
        ledger = self.ledgers[arrival.type]
        left = arrival.owner_id is not None and arrival.owner_id > len(self.centre.officers)
        return Facts(
            business_type=name,
            kind=kind.value,
            distribution=distribution.value,
            new_case=arrival.new_case,
            disability=arrival.disability,
            programme_groups=arrival.programme_groups,
            owner_id=arrival.owner_id,
            owner=f"{arrival.owner_id} 號" if arrival.owner_id else "",
            deputies=()
            if left or not arrival.owner_id
            else self.centre.officers[arrival.owner_id - 1].deputies,
            departed=left,
            named_id=arrival.named_id,
            appointment_with=arrival.appointment_with,
            mass_layoff=self.centre.layoff and kind is Kind.BENEFIT and self.half % 8 < 4,
            wait_limit=WAIT_LIMIT,
            redirected=False,
            excluded=(),
            groups=tuple(
                replace(group, debt=ledger.groups.get(group.id, NOTHING)) for group in self.centre.groups
            ),
            candidates=tuple(self.candidate(one, arrival.type, now) for one in self.centre.officers),
            suspected=arrival.suspected,
        )

    def candidate(self, one: Officer, number: int, now: float) -> Candidate:
        services = [service for service in self.services[one.id] if service[1] > now]
        self.services[one.id] = services or self.services[one.id][-1:]
        serving = bool(services) and services[0][0] <= now
        home = one.group_id if TYPES[number][2] is Distribution.RATIO else POOL
        return Candidate(
            officer_id=one.id,
            officer=f"{one.id} 號就服員",
            counter_id=one.id,
            counter=one.counter,
            group_id=one.group_id,
            presence=self.presence(one, serving, now),
            queue=len(services) - serving,
            wait_minutes=round(services[-1][1] - now) if services else 0,
            last_case_at=self.last.get((number, one.id), ""),
            debt=self.ledgers[number].officers.get((home, one.id), NOTHING),
        )

    def presence(self, one: Officer, serving: bool, now: float) -> Presence:
        """Away by half days; a moment's break every now and then."""
        if self.half in one.away:
            return Presence.AWAY
        if serving:
            return Presence.SERVING
        return Presence.BREAK if int(now + one.id * 7) % USUAL_MINUTES == 0 else Presence.FREE

    def month(self, visits: int, seed: int, *, directed: bool) -> Month:
        self.violations += (
            f"{TYPES[number][0]}: the debts recomputed are others"
            for number, ledger in enumerate(self.ledgers)
            if not ledger.agrees
        )
        if len(self.waits) + len(self.waiting) != visits:
            self.violations.append("a visitor was lost")
        return Month(
            visits=visits,
            seed=seed,
            days=self.centre.days,
            directed=directed,
            max_group_debt=self.largest["group"],
            max_officer_debt=self.largest["officer"],
            rule_violations=tuple(self.violations),
            undispatched=tuple(self.told[arrival] for arrival in self.waiting),
            wait_p50_s=percentile(self.waits, 50),
            wait_p90_s=percentile(self.waits, 90),
            shares=tuple(self.shares()),
        )

    def shares(self) -> list[Share]:
        lines = []
        for group in self.centre.groups:
            members = [one for one in self.centre.officers if one.group_id == group.id]
            visits, new = (sum(got[one.id] for one in members) for got in (self.got, self.got_new))
            owed = max((ledger.groups.get(group.id, NOTHING) for ledger in self.ledgers), key=abs)
            lines.append(Share(group.name, None, visits, new, owed))
            for one in members:
                debts = (
                    ledger.officers.get((home, one.id), NOTHING)
                    for ledger in self.ledgers
                    for home in (POOL, group.id)
                )
                lines.append(
                    Share(
                        group.name, one.counter, self.got[one.id], self.got_new[one.id], max(debts, key=abs)
                    )
                )
        return lines


def replays(facts: Facts, verdict: Verdict) -> bool:
    """Stored as text and read again, the facts are the same, and so is the decision, word by word."""
    read = Facts.from_json(json.loads(json.dumps(facts.to_json())))
    stored = Verdict.from_json(json.loads(json.dumps(verdict.to_json())))
    return read == facts and decide(read) == verdict == stored


def percentile(waits: list[float], percent: int) -> int:
    """In whole seconds, of minutes; 0 when nobody waited for anything."""
    if not waits:
        return 0
    ordered = sorted(waits)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 60)
