"""Debts and appointment rates of a month counted again from entries and decisions, beside what is read from the visits.

The debts are kept case by case (`rules.ledger`) from the facts of the decision that placed each case, the rates from what
those facts say of the visit: neither looks at a column that the figures are read from. For `flask tally check`.
"""

from __future__ import annotations

import json
from collections import Counter as Count
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from models.visit import Decision, DutyList
from reports.appointment_rate import rates
from reports.session import ReadSession
from reports.tally_debts import debts_on
from reports.tally_life import Life, Loaded
from rules import debt
from rules.debt import NOTHING, POOL
from rules.dispatch import Facts, duty
from rules.ledger import Ledger
from rules.visit_flow import TAKEN_STATES, State

FACTS_AT_ONCE = 100  # they are the largest rows that there are

Found = tuple[str, object, object]


class Recount:
    """Of one centre, from the first day of a month on: `add` each day's lives, then `differences` up to the last one."""

    def __init__(self, session: ReadSession, unit_id: int) -> None:
        self._session, self._unit_id = session, unit_id
        self._ledgers: dict[int, Ledger] = {}
        self._lists: dict[str, debt.Content] = {}
        self._served: Count[str] = Count()
        self._kept: Count[str] = Count()

    def add(self, lives: Iterable[Life]) -> None:
        placed: dict[int, Life] = {}
        for life in lives:
            if not life.entries or life.state not in TAKEN_STATES:
                continue
            if isinstance(decision := life.decision, Decision):
                placed[decision.id] = life
            elif decision:
                self._loaded(life, decision)
        keys = sorted(placed)
        for start in range(0, len(keys), FACTS_AT_ONCE):
            some = keys[start : start + FACTS_AT_ONCE]
            rows = select(Decision.id, Decision.counted, Decision.facts).where(Decision.id.in_(some))
            for key, counted, facts in self._session.execute(rows):
                self._one(placed[key], Facts.from_json(facts), counted=counted)

    def _one(self, life: Life, facts: Facts, *, counted: bool) -> None:
        if counted:
            self._book(life, duty(facts))
        if life.state is State.SERVED and not facts.new_case:
            self._served[facts.kind] += 1
            self._kept[facts.kind] += facts.appointment_with is not None

    def _loaded(self, life: Life, to: Loaded) -> None:
        """Without facts there is only the visit to tell who was on duty and what kind of case it was."""
        visit = life.visit
        content = self._session.get(DutyList, visit.duty_list_id) if visit.duty_list_id else None
        if to.counted and content:
            self._book(life, content.content)
        if life.state is State.SERVED and not visit.new_case:
            self._served[visit.business_type.kind] += 1
            self._kept[visit.business_type.kind] += visit.appointment_id is not None

    def _book(self, life: Life, content: list[Any]) -> None:
        holder = life.holder
        if holder and holder.group_id and holder.officer_id:
            ledger = self._ledgers.setdefault(life.visit.business_type_id, Ledger())
            ledger.book(self._kept_once(content), holder.group_id, holder.officer_id)

    def _kept_once(self, content: list[Any]) -> debt.Content:
        return self._lists.setdefault(json.dumps(content), content)

    def differences(self, last: date) -> Iterator[Found]:
        told = debts_on(self._session, self._unit_id, last)
        yield from _compared("debt of group {}, type {}", _by_type(told.groups), self._groups())
        yield from _compared(
            "debt of group and officer {}, type {}", _by_type(told.officers), self._officers()
        )
        for rate in rates(self._session, self._unit_id, last.replace(day=1), last):
            counted = self._kept[rate.kind.value], self._served[rate.kind.value]
            if (rate.kept, rate.served) != counted:
                stored, rebuilt = (
                    f"{kept} of {served}" for kept, served in ((rate.kept, rate.served), counted)
                )
                yield f"appointment rate of {rate.kind.value}", stored, rebuilt

    def _groups(self) -> Mapping[tuple[Any, int], Fraction]:
        return {
            (group, kind): owed
            for kind, ledger in self._ledgers.items()
            for group, owed in ledger.groups.items()
            if group != POOL
        }

    def _officers(self) -> Mapping[tuple[Any, int], Fraction]:
        return {
            (cell, kind): owed
            for kind, ledger in self._ledgers.items()
            for cell, owed in ledger.officers.items()
        }


def _by_type(told: Mapping[Any, Mapping[int, Fraction]]) -> Mapping[tuple[Any, int], Fraction]:
    return {(key, kind): owed for key, by_type in told.items() for kind, owed in by_type.items()}


def _compared(
    what: str, stored: Mapping[tuple[Any, int], Fraction], rebuilt: Mapping[tuple[Any, int], Fraction]
) -> Iterator[Found]:
    for key in sorted(stored.keys() | rebuilt.keys()):
        was, now = stored.get(key, NOTHING), rebuilt.get(key, NOTHING)
        if was != now:
            yield what.format(*key), was, now
