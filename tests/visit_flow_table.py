"""Who may do what to a visit in which state, written down by hand: `test_visit_flow.py` tries every cell.

The rows are actions, the columns states. A cell names the moves that it makes and the state after them; what stands in no
cell is refused: a role without the permission gets 403, another centre 404, and who would be entitled in another state, or
with a visitor of his own, hears how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.visit_flow import Move, State

CHECKED_IN, WAITING, CALLED, SERVING = State.CHECKED_IN, State.WAITING, State.CALLED, State.SERVING
SERVED, BOOKED, LEFT = State.SERVED, State.BOOKED, State.LEFT

# What the members of the cast are to the visit of the test: checked in by `reception`, dispatched to the counter of
# `counter1`. Those of another centre have a front desk of their own.
DESK, OFFICER, OTHER_OFFICER, BOSS = "reception", "counter1", "counter2", "supervisor"
OTHER_DESK, OTHER_COUNTER, OTHER_BOSS = "reception_elsewhere", "counter_elsewhere", "supervisor4"
NOBODY = ""
ELSEWHERE = frozenset({OTHER_DESK, OTHER_COUNTER, OTHER_BOSS})
WITHOUT = ("itstaff", "manager", "referrer", "admin", "auditor")
EVERYBODY = (
    DESK, OFFICER, OTHER_OFFICER, BOSS, OTHER_DESK, OTHER_COUNTER, OTHER_BOSS, *WITHOUT, NOBODY
)  # fmt: skip

Cells = Mapping[State, tuple[tuple[Move, ...], State]]


@dataclass(frozen=True)
class Action:
    """`permitted`: whose role has the permission at all. `by`: who of them may do it to this visit."""

    permitted: frozenset[str]
    by: str
    cells: Cells


def _reception(cells: Cells) -> Action:
    return Action(frozenset({DESK, OTHER_DESK}), DESK, cells)


def _officer(cells: Cells) -> Action:
    return Action(frozenset({OFFICER, OTHER_OFFICER, OTHER_COUNTER}), OFFICER, cells)


def _supervisor(cells: Cells) -> Action:
    return Action(frozenset({BOSS, OTHER_BOSS}), BOSS, cells)


def _from(*states: State, make: tuple[Move, ...], to: State) -> Cells:
    return dict.fromkeys(states, (make, to))


_CHOSEN = _from(CHECKED_IN, WAITING, CALLED, make=(Move.OVERRIDE,), to=WAITING)

TABLE: Mapping[str, Action] = {
    # reception
    "judge": _reception(_from(CHECKED_IN, WAITING, make=(Move.JUDGE, Move.DISPATCH), to=WAITING)),
    "identify": _reception(
        {
            **_from(CHECKED_IN, WAITING, make=(Move.IDENTIFY, Move.JUDGE, Move.DISPATCH), to=WAITING),
            **{state: ((Move.IDENTIFY,), state) for state in (CALLED, SERVING, SERVED)},
        }
    ),
    "redirect": _reception(_from(WAITING, CALLED, make=(Move.REDIRECT,), to=WAITING)),
    "override": _reception(_CHOSEN),
    "send": _reception(_from(WAITING, make=(Move.SEND,), to=WAITING)),
    "leave": _reception(_from(CHECKED_IN, WAITING, CALLED, make=(Move.LEAVE,), to=LEFT)),
    "undo sending": _reception(_from(WAITING, make=(Move.UNDO,), to=WAITING)),
    # the officer at the counter
    "acknowledge": _officer(_from(WAITING, make=(Move.ACKNOWLEDGE,), to=WAITING)),
    "call": _officer(_from(WAITING, make=(Move.CALL,), to=CALLED)),
    "pick": _officer(_from(WAITING, make=(Move.CALL,), to=CALLED)),
    "call again": _officer(_from(CALLED, make=(Move.CALL_AGAIN,), to=CALLED)),
    "no show": _officer(_from(CALLED, make=(Move.NO_SHOW,), to=WAITING)),
    "absent": _officer(_from(WAITING, CALLED, make=(Move.LEAVE,), to=LEFT)),
    "start": _officer(_from(CALLED, make=(Move.START,), to=SERVING)),
    "end": _officer(_from(SERVING, make=(Move.END,), to=SERVED)),
    "refuse": _officer(_from(WAITING, CALLED, make=(Move.REFUSE, Move.DISPATCH), to=WAITING)),
    "book": _officer(_from(WAITING, CALLED, make=(Move.BOOK,), to=BOOKED)),
    "undo": _officer(
        {
            CALLED: ((Move.UNDO,), WAITING),
            SERVING: ((Move.UNDO,), CALLED),
            SERVED: ((Move.UNDO,), SERVING),
        }
    ),
    # the supervisor, for whom no counter could take
    "assign": _supervisor(_CHOSEN),
    "book away": _supervisor(_from(CHECKED_IN, WAITING, CALLED, make=(Move.BOOK,), to=BOOKED)),
}
