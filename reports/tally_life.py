"""Visits as their entries and decisions tell them, without a look at the columns that the figures are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile

from sqlalchemy import select

from models.visit import Decision, Visit, VisitEntry
from reports.session import ReadSession
from rules.visit_flow import Move, State

LOOKED_AT = 500  # visits at a time
DISPATCHES = frozenset({Move.DISPATCH.value, Move.REDIRECT.value, Move.OVERRIDE.value})


@dataclass(frozen=True)
class Holder:
    counter_id: int
    officer_id: int | None
    group_id: int | None


@dataclass(frozen=True)
class Loaded:
    """Where the dispatch entry of a visit says that it went which was loaded in bulk, and so never decided here."""

    counter_id: int
    officer_id: int
    group_id: int
    counted: bool


@dataclass(frozen=True)
class Life:
    """A visit as its entries and decisions tell it, up to a moment."""

    visit: Visit
    entries: Sequence[VisitEntry]
    decisions: Sequence[Decision]

    def until(self, moment: datetime) -> Life:
        return Life(
            self.visit,
            [each for each in self.entries if each.at <= moment],
            [each for each in self.decisions if each.at <= moment],
        )

    @property
    def state(self) -> State:
        return State(self.entries[-1].to_state)

    @property
    def decision(self) -> Decision | Loaded | None:
        """Which counter has it: the last decision that found one; of a visit loaded without decisions, its first entry."""
        found = next((each for each in reversed(self.decisions) if each.counter_id is not None), None)
        if found is None and not self.decisions:
            told = next((each.detail["loaded"] for each in self.entries if "loaded" in each.detail), None)
            return Loaded(**told) if told else None
        return found

    @property
    def holder(self) -> Holder | None:
        """Whose it is: where the last decision sent it, and who called and served it since, at which counter."""
        decision = self.decision
        if decision is None or decision.counter_id is None:
            return None
        found = Holder(decision.counter_id, decision.officer_id, decision.group_id)
        since = takewhile(lambda entry: entry.move not in DISPATCHES, reversed(self.standing))
        for entry in reversed(list(since)):
            if entry.move == Move.CALL.value:
                counter, group = entry.detail.get("counter_id"), entry.detail.get("group_id")
                found = Holder(counter or found.counter_id, entry.actor_id, group or found.group_id)
            elif entry.move == Move.START.value:
                found = replace(found, officer_id=entry.actor_id)
        return found

    @property
    def standing(self) -> Sequence[VisitEntry]:
        """The entries without those taken back and their taking back."""
        undone = {entry.detail.get("undone") for entry in self.entries if entry.move == Move.UNDO.value}
        return [entry for entry in self.entries if entry.id not in undone and entry.move != Move.UNDO.value]

    def last(self, move: Move) -> VisitEntry | None:
        return next((entry for entry in reversed(self.standing) if entry.move == move.value), None)


def lives_of(session: ReadSession, unit_id: int, day: date) -> Sequence[Life]:
    visits = session.scalars(
        select(Visit).where(Visit.unit_id == unit_id, Visit.day == day).order_by(Visit.number, Visit.id)
    ).all()
    entries: dict[int, list[VisitEntry]] = {}
    decisions: dict[int, list[Decision]] = {}
    keys = [visit.id for visit in visits]
    for start in range(0, len(keys), LOOKED_AT):
        some = keys[start : start + LOOKED_AT]
        for entry in session.scalars(
            select(VisitEntry).where(VisitEntry.visit_id.in_(some)).order_by(VisitEntry.id)
        ):
            entries.setdefault(entry.visit_id, []).append(entry)
        for decision in session.scalars(
            select(Decision).where(Decision.visit_id.in_(some)).order_by(Decision.id)
        ):
            decisions.setdefault(decision.visit_id, []).append(decision)
    return [Life(visit, entries.get(visit.id, ()), decisions.get(visit.id, ())) for visit in visits]
