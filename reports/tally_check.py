"""Whether every stored figure of the front desk can be rebuilt from the timelines and decisions, and agrees. For `flask tally check`.

Tickets without gaps or doubles; each visit's columns as its entries and its last decision say; refusals one for each entry; debts and
rates counted again from decisions and entries; each signed sheet counted again as of the moment of its signature. Reads only.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import func, select

from models.desk_review import Refusal
from models.tally import TallySignature
from models.visit import TicketBook, Visit, VisitEntry
from reports.session import ReadSession
from reports.tally import sheet
from reports.tally_check_sheets import Found, sheet_differences, signed_differences
from reports.tally_life import LOOKED_AT, Life, lives_of
from reports.tally_recount import Recount
from rules.visit_flow import TAKEN_STATES, Move, State

# A step bears the moment of its press. Of two that were pressed at once and waited for the centre's turn, the later may
# get it first.
TURN = timedelta(minutes=1)


@dataclass(frozen=True)
class Difference:
    """`what` in English, for the operator; `stored` and `rebuilt` as they can be read."""

    unit_id: int
    day: date
    what: str
    stored: object
    rebuilt: object


def days(
    session: ReadSession, unit_id: int, *, since: date = date.min, until: date = date.max
) -> Sequence[date]:
    """The days that had a visit, a ticket or a signature."""
    found: set[date] = set()
    for table in (Visit, TallySignature, TicketBook):
        mine = table.unit_id == unit_id, table.day.between(since, until)
        found |= set(session.scalars(select(table.day).where(*mine).distinct()))
    return sorted(found)


def differences(session: ReadSession, unit_id: int, day: date) -> Iterator[Difference]:
    """Of one centre and day."""
    lives = lives_of(session, unit_id, day)
    for what, stored, rebuilt in (
        *_tickets(session, unit_id, day),
        *(found for life in lives for found in _columns(life)),
        *_refusals(session, lives),
        *sheet_differences(sheet(session, unit_id, day), lives, "tally"),
        *signed_differences(session, unit_id, day, lives),
    ):
        yield Difference(unit_id, day, what, stored, rebuilt)


def month_differences(session: ReadSession, unit_id: int, last: date) -> Iterator[Difference]:
    """Debts and appointment rates of the month of `last`, up to and with that day."""
    recount = Recount(session, unit_id)
    for day in days(session, unit_id, since=last.replace(day=1), until=last):
        recount.add(lives_of(session, unit_id, day))
        session.expunge_all()  # a day's visits at a time
    for what, stored, rebuilt in recount.differences(last):
        yield Difference(unit_id, last, what, stored, rebuilt)


def _tickets(session: ReadSession, unit_id: int, day: date) -> Iterator[Found]:
    """1, 2, 3 … up to the last that was drawn."""
    numbers = session.scalars(select(Visit.number).where(Visit.unit_id == unit_id, Visit.day == day)).all()
    drawn = session.scalar(
        select(TicketBook.last).where(TicketBook.unit_id == unit_id, TicketBook.day == day)
    )
    if (drawn or 0) != len(numbers):
        yield "tickets drawn", drawn or 0, len(numbers)
    wanted = set(range(1, (drawn or 0) + 1))
    if missing := sorted(wanted - set(numbers)):
        yield "ticket numbers missing", "", missing
    if doubles := sorted(number for number, times in Count(numbers).items() if times > 1):
        yield "ticket numbers twice", doubles, ""


def _columns(life: Life) -> Iterator[Found]:
    visit, name = life.visit, f"visit {life.visit.id} (ticket {life.visit.number})"
    if not life.entries:
        yield f"{name} has no timeline", visit.state, ""
        return
    yield from ((f"{name} {what}", stored, rebuilt) for what, stored, rebuilt in _chain(life.entries))
    if visit.state != life.state:
        yield f"{name} state", visit.state, life.state.value
    if visit.checked_in_at != life.entries[0].at:
        yield f"{name} checked in at", visit.checked_in_at, life.entries[0].at
    yield from ((f"{name} {what}", stored, rebuilt) for what, stored, rebuilt in _times(life))
    if life.state in TAKEN_STATES:
        yield from ((f"{name} {what}", stored, rebuilt) for what, stored, rebuilt in _dispatched(life))
    if visit.counted and life.state in TAKEN_STATES and visit.duty_list_id is None:
        yield f"{name} duty list", None, "one, for a counted case"


def _chain(entries: Sequence[VisitEntry]) -> Iterator[Found]:
    """Each entry begins where the one before it ended."""
    first = entries[0]
    if (first.move, first.from_state) != (Move.CHECK_IN.value, None):
        yield "first entry", first.move, Move.CHECK_IN.value
    for before, after in pairwise(entries):
        if after.from_state != before.to_state:
            yield f"entry {after.id} begins in", after.from_state, before.to_state
        if before.at - after.at > TURN:
            yield f"entry {after.id} is earlier than the one before", after.at, before.at


def _times(life: Life) -> Iterator[Found]:
    visit = life.visit
    if life.state in (State.SERVING, State.SERVED):
        start = life.last(Move.START)
        if start is None or visit.started_at != start.at:
            yield "started at", visit.started_at, start.at if start else None
    if life.state is State.SERVED:
        end = life.last(Move.END)
        if end is None or visit.ended_at != end.at:
            yield "ended at", visit.ended_at, end.at if end else None


def _dispatched(life: Life) -> Iterator[Found]:
    visit, decision, holder = life.visit, life.decision, life.holder
    if decision is None or holder is None:
        yield "decision", "none stored", f"counter {visit.counter_id}"
        return
    for column in ("counter_id", "officer_id", "group_id"):
        if getattr(visit, column) != getattr(holder, column):
            yield column, getattr(visit, column), getattr(holder, column)
    if visit.counted != decision.counted:
        yield "counted", visit.counted, decision.counted


def _refusals(session: ReadSession, lives: Sequence[Life]) -> Iterator[Found]:
    keys = [life.visit.id for life in lives]
    stored: Count[int] = Count()
    for start in range(0, len(keys), LOOKED_AT):
        rows = session.execute(
            select(Refusal.visit_id, func.count())
            .where(Refusal.visit_id.in_(keys[start : start + LOOKED_AT]))
            .group_by(Refusal.visit_id)
        )
        stored.update(dict(rows.all()))
    for life in lives:
        told = sum(entry.move == Move.REFUSE.value for entry in life.entries)
        if stored[life.visit.id] != told:
            yield f"visit {life.visit.id} refusals", stored[life.visit.id], told
