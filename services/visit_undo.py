"""Taking back the last step of a visit: within two minutes, by who made it, as an entry of its own. Spec 2-dispatch §6.

A step that can be taken back keeps in its entry what the columns held before it (`remember`), so that undoing needs to
know nothing about the step itself. Columns with personal data are empty before the step that fills them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.visit import Visit, VisitEntry
from rules.actor import Actor
from rules.errors import NotFound, RuleBroken
from rules.visit_flow import MOVES, NOTHING_TO_UNDO, Move, State, check_undo
from services.transaction import AnySession
from services.visit_moves import NO_VISIT, add_entry, last_entry, set_state

WAS = "was"


def remember(visit: Visit, *columns: str) -> dict[str, Any]:
    """For the `detail` of an entry: what these columns hold now."""
    return {WAS: {column: _kept(getattr(visit, column)) for column in columns}}


def undoable(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> tuple[VisitEntry, State]:
    """The last entry and the state it came from. Raises why it cannot be taken back."""
    entry = last_entry(session, visit)
    if entry is None:
        raise RuleBroken(NOTHING_TO_UNDO)
    move = Move(entry.move)
    back = check_undo(move, entry.actor_id, entry.at, by=by.user_id, at=at)
    if not any(by.may(permission) for permission in MOVES[move].permissions):
        raise NotFound(NO_VISIT)
    return entry, back


def take_back(
    session: AnySession, visit: Visit, entry: VisitEntry, back: State, *, by: Actor, at: datetime
) -> None:
    """Restores the columns. Raises `AlreadyDone` when the visit has moved on."""
    before = State(visit.state)
    set_state(session, visit, before, back, **_columns(entry))
    detail = {"undone": entry.id, "move": entry.move}
    add_entry(session, visit, Move.UNDO, by=by, at=at, before=before, after=back, detail=detail)


def _columns(entry: VisitEntry) -> dict[str, Any]:
    return {column: _restored(column, value) for column, value in entry.detail.get(WAS, {}).items()}


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _restored(column: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if column.endswith("_at") and value else value
