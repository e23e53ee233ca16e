"""The life of a visit at the front desk as a state machine: `MOVES` has all there are. Spec 2-dispatch §2.

A visit that no counter could take stays CHECKED_IN: the list of the undispatched, which the supervisor sees. What a move
does besides (a decision, an appointment, a notice) is the service's work; here stands only whether it may be made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.errors import FieldFault, RuleBroken
from rules.permissions import Permission
from rules.texts import N_, check_block

MAX_REASON = 500
UNDO_WITHIN = timedelta(minutes=2)


class State(StrEnum):
    CHECKED_IN = "checked_in"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    SERVED = "served"
    BOOKED = "booked"
    LEFT = "left"


class Move(StrEnum):
    CHECK_IN = "check_in"
    JUDGE = "judge"  # the judgement is corrected, and the visit dispatched anew
    IDENTIFY = "identify"  # who came without papers gets a person
    DISPATCH = "dispatch"
    REDIRECT = "redirect"  # to another counter by the rule, after too long a wait
    OVERRIDE = "override"  # to a counter that reception chose against the rule
    SEND = "send"  # reception sends the visitor to the counter; it rings there
    ACKNOWLEDGE = "acknowledge"
    CALL = "call"
    CALL_AGAIN = "call_again"
    NO_SHOW = "no_show"
    START = "start"
    END = "end"
    REFUSE = "refuse"
    RECALL = "recall"  # back from a counter whose officer has left, to be dispatched anew
    BOOK = "book"
    LEAVE = "leave"
    UNDO = "undo"


@dataclass(frozen=True)
class Transition:
    """`to_state` None: the move stays within the state. Any one of `permissions` allows it."""

    from_states: frozenset[State]
    to_state: State | None
    permissions: tuple[Permission, ...]
    needs_reason: bool = False


_RECEIVE, _SERVE, _SUPERVISE = Permission.VISIT_RECEIVE, Permission.VISIT_SERVE, Permission.DESK_SUPERVISE
_CHECKED_IN = frozenset({State.CHECKED_IN})
_WAITING = frozenset({State.WAITING})
_CALLED = frozenset({State.CALLED})
_SERVING = frozenset({State.SERVING})
_SERVED = frozenset({State.SERVED})
_AT_COUNTER = _WAITING | _CALLED

MOVES: Mapping[Move, Transition] = {
    Move.JUDGE: Transition(_CHECKED_IN | _WAITING, State.CHECKED_IN, (_RECEIVE,)),
    Move.IDENTIFY: Transition(_CHECKED_IN | _AT_COUNTER | _SERVING | _SERVED, None, (_RECEIVE,)),
    Move.DISPATCH: Transition(_CHECKED_IN, State.WAITING, (_RECEIVE, _SERVE, _SUPERVISE)),
    Move.REDIRECT: Transition(_AT_COUNTER, State.WAITING, (_RECEIVE, _SUPERVISE)),
    Move.OVERRIDE: Transition(
        _CHECKED_IN | _AT_COUNTER, State.WAITING, (_RECEIVE, _SUPERVISE), needs_reason=True
    ),
    Move.SEND: Transition(_WAITING, None, (_RECEIVE,)),
    Move.ACKNOWLEDGE: Transition(_WAITING, None, (_SERVE,)),
    Move.CALL: Transition(_WAITING, State.CALLED, (_SERVE,)),
    Move.CALL_AGAIN: Transition(_CALLED, None, (_SERVE,)),
    Move.NO_SHOW: Transition(_CALLED, State.WAITING, (_SERVE,)),
    Move.START: Transition(_CALLED, State.SERVING, (_SERVE,)),
    Move.END: Transition(_SERVING, State.SERVED, (_SERVE,)),
    Move.REFUSE: Transition(_AT_COUNTER, State.CHECKED_IN, (_SERVE,), needs_reason=True),
    Move.RECALL: Transition(_AT_COUNTER, State.CHECKED_IN, (_SUPERVISE,)),
    # Near closing only the counter may book another day (接待台 rule 十一); whom no counter could take, the supervisor.
    Move.BOOK: Transition(_CHECKED_IN | _AT_COUNTER, State.BOOKED, (_SERVE, _SUPERVISE)),
    Move.LEAVE: Transition(
        _CHECKED_IN | _AT_COUNTER, State.LEFT, (_RECEIVE, _SERVE, _SUPERVISE), needs_reason=True
    ),
}

# The last step of a visit that its maker can take back, and the state that it came from.
UNDOABLE: Mapping[Move, State] = {
    Move.SEND: State.WAITING,
    Move.CALL: State.WAITING,
    Move.START: State.CALLED,
    Move.END: State.SERVING,
}

STATE_TEXT: Mapping[State, str] = {
    State.CHECKED_IN: N_("待派案"),
    State.WAITING: N_("等候中"),
    State.CALLED: N_("叫號中"),
    State.SERVING: N_("正在服務"),
    State.SERVED: N_("服務結束"),
    State.BOOKED: N_("已預約他日"),
    State.LEFT: N_("已離開"),
}
OPEN_STATES = frozenset({State.CHECKED_IN, State.WAITING, State.CALLED, State.SERVING})
# A counted new case is taken from the moment it is dispatched; who leaves or is booked for another day was not served.
TAKEN_STATES = frozenset({State.WAITING, State.CALLED, State.SERVING, State.SERVED})

REFUSALS: Mapping[State, str] = {
    State.CHECKED_IN: N_("這位民眾還沒有派到櫃台，請接待台先派案。"),
    State.WAITING: N_("這位民眾還在等候，請先叫號。"),
    State.CALLED: N_("這位民眾已經叫號，還沒有開始服務。"),
    State.SERVING: N_("這位民眾正在服務中，請先按「服務結束」。"),
    State.SERVED: N_("這次服務已經結束，不能再進行這項作業。"),
    State.BOOKED: N_("這次到訪已改約他日，請在預約當天報到。"),
    State.LEFT: N_("這位民眾已經離開；若又回來，請重新報到。"),
}
WITHOUT_REASON = N_("請填寫原因，讓接待台、櫃台和督導都知道為什麼。")
TOO_LATE_TO_UNDO = N_("超過兩分鐘的步驟不能收回，請向督導說明並以後續步驟更正。")
NOTHING_TO_UNDO = N_("最後一個步驟不是您做的，或不能收回。")


def check(move: Move, state: State, reason: str = "") -> State:
    """The state after the move. Raises the sentence of a wrong state, or a fault of the `reason`."""
    transition = MOVES[move]
    if state not in transition.from_states:
        raise RuleBroken(REFUSALS[state])
    check_reason(move, reason)
    return transition.to_state or state


def check_reason(move: Move, reason: str) -> str:
    """The reason tidied. Raises a fault where the move needs one, and for a text that cannot be kept."""
    tidied = check_block(reason, field="reason", limit=MAX_REASON)
    if MOVES[move].needs_reason and not tidied:
        raise FieldFault("reason", WITHOUT_REASON)
    return tidied


def check_undo(move: Move, made_by: int, made_at: datetime, *, by: int, at: datetime) -> State:
    """The state to go back to. `move` is the visit's last entry. Raises why it cannot be taken back."""
    if move not in UNDOABLE or made_by != by:
        raise RuleBroken(NOTHING_TO_UNDO)
    if at - made_at > UNDO_WITHIN:
        raise RuleBroken(TOO_LATE_TO_UNDO)
    return UNDOABLE[move]
