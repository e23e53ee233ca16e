"""A day's sheet, live or signed, counted again from what decisions and entries give. For `reports.tally_check`."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from models.tally import TallySignature
from reports.session import ReadSession
from reports.tally import Sheet
from reports.tally_figures import from_json
from reports.tally_life import Life
from rules.visit_flow import TAKEN_STATES, Move

Found = tuple[str, object, object]
Cell = tuple[int, int, int, bool]
Place = tuple[int | None, int | None]  # counter and officer


def sheet_differences(kept: Sheet, lives: Sequence[Life], name: str) -> Iterator[Found]:
    yield from _cases(kept, lives, name)
    yield from _overrides(kept, lives, name)


def _cases(kept: Sheet, lives: Sequence[Life], name: str) -> Iterator[Found]:
    """By counter, officer, business type, new or old."""
    stored: Count[Cell] = Count()
    for line in kept.lines:
        for new, counted in ((True, line.new), (False, line.old)):
            for type_id, number in counted.items():
                stored[line.counter_id, line.officer_id, type_id, new] += number
    rebuilt: Count[Cell] = Count()
    for life in lives:
        taken = life.entries and life.state in TAKEN_STATES
        decision, holder = (life.decision, life.holder) if taken else (None, None)
        if decision and holder and holder.officer_id:
            key = (holder.counter_id, holder.officer_id, life.visit.business_type_id, decision.counted)
            rebuilt[key] += 1
    yield from _compared(name, stored, rebuilt)


def _overrides(kept: Sheet, lives: Sequence[Life], name: str) -> Iterator[Found]:
    """How often a visit was sent to each counter against the rule: one for each entry, where its decision sent it."""
    stored: Count[Place] = Count()
    for line in kept.lines:
        stored[line.counter_id, line.officer_id] += line.overridden
    rebuilt: Count[Place] = Count()
    for life in lives:
        made = {decision.id: decision for decision in life.decisions}
        for entry in life.entries:
            decision = (
                made.get(entry.detail.get("decision", 0)) if entry.move == Move.OVERRIDE.value else None
            )
            if decision:
                rebuilt[decision.counter_id, decision.officer_id] += 1
    for key in stored.keys() | rebuilt.keys():
        if stored[key] != rebuilt[key]:
            yield f"{name}: counter {key[0]}, officer {key[1]}, overridden", stored[key], rebuilt[key]


def _compared(name: str, stored: Mapping[Any, int], rebuilt: Mapping[Any, int]) -> Iterator[Found]:
    for key in sorted(stored.keys() | rebuilt.keys()):
        if stored.get(key, 0) != rebuilt.get(key, 0):
            counter, officer, type_id, new = key
            what = "new" if new else "old"
            yield (
                f"{name}: counter {counter}, officer {officer}, type {type_id}, {what}",
                stored.get(key, 0),
                rebuilt.get(key, 0),
            )


def signed_differences(
    session: ReadSession, unit_id: int, day: date, lives: Sequence[Life]
) -> Iterator[Found]:
    """What was signed, against the timelines as they stood then."""
    found = select(TallySignature).where(TallySignature.unit_id == unit_id, TallySignature.day == day)
    for signature in session.scalars(found.order_by(TallySignature.id)):
        then = [life.until(signature.signed_at) for life in lives]
        name = f"sheet signed by {signature.role} until {signature.until:%H:%M}"
        kept, told = from_json(signature.figures), [life for life in then if life.entries]
        yield from sheet_differences(kept, told, name)
        tickets = sum(signature.figures["arrivals"].values())
        if tickets != sum(bool(life.entries) for life in then):
            yield f"{name}: tickets", tickets, sum(bool(life.entries) for life in then)
