"""The life of a referral and its case as a state machine: `MOVES` has all there are. Spec 1-referral §2.

A referral and its case share one state: intake opens the case, closing it closes the referral. What a move
does besides (a new due date, another case manager) is the service's work; here stands only whether it may be
made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.errors import FieldFault, RuleBroken
from rules.permissions import Permission
from rules.roc_dates import show
from rules.texts import N_, check_block

MAX_REASON = 500


class State(StrEnum):
    SUBMITTED = "submitted"
    OPEN = "open"
    CLOSED = "closed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    TAKE_IN = "take_in"
    CLOSE = "close"
    REOPEN = "reopen"
    RETURN = "return"
    RESUBMIT = "resubmit"
    REROUTE = "reroute"
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    TRANSFER = "transfer"
    RECORD_SERVICE = "record_service"
    CORRECT_SERVICE = "correct_service"


@dataclass(frozen=True)
class Transition:
    """`to_state` None: the move stays within the state. The service asks the actor for `permission`."""

    from_states: frozenset[State]
    to_state: State | None
    permission: Permission
    needs_reason: bool = False


_SUBMITTED = frozenset({State.SUBMITTED})
_OPEN = frozenset({State.OPEN})
_CLOSED = frozenset({State.CLOSED})
_RETURNED = frozenset({State.RETURNED})

MOVES: Mapping[Move, Transition] = {
    Move.TAKE_IN: Transition(_SUBMITTED, State.OPEN, Permission.REFERRAL_TAKE_IN),
    Move.RETURN: Transition(_SUBMITTED, State.RETURNED, Permission.REFERRAL_TAKE_IN, needs_reason=True),
    Move.REROUTE: Transition(_SUBMITTED, None, Permission.REFERRAL_TAKE_IN, needs_reason=True),
    Move.WITHDRAW: Transition(_SUBMITTED, State.WITHDRAWN, Permission.REFERRAL_SUBMIT, needs_reason=True),
    Move.RESUBMIT: Transition(_RETURNED, State.SUBMITTED, Permission.REFERRAL_SUBMIT),
    Move.RECORD_SERVICE: Transition(_OPEN, None, Permission.CASE_WORK),
    Move.CORRECT_SERVICE: Transition(_OPEN, None, Permission.CASE_WORK),
    Move.EXTEND: Transition(_OPEN, None, Permission.CASE_WORK),
    Move.TRANSFER: Transition(_OPEN, None, Permission.CASE_TRANSFER),
    Move.CLOSE: Transition(_OPEN, State.CLOSED, Permission.CASE_WORK),
    Move.REOPEN: Transition(_CLOSED, State.OPEN, Permission.CASE_REOPEN, needs_reason=True),
}

STATUS_TEXT: Mapping[State, str] = {
    State.SUBMITTED: N_("待收案"),
    State.OPEN: N_("未結案,預計應結案日期: %(due)s"),
    State.CLOSED: N_("已結案"),
    State.RETURNED: N_("已退回"),
    State.WITHDRAWN: N_("已撤回"),
}

# By the state alone: whoever pressed the button knows what was wanted, and needs to hear how things stand by
# now.
REFUSALS: Mapping[State, str] = {
    State.SUBMITTED: N_("此轉介單尚未收案，無法進行這項作業。請先由收案單位的督導收案並派案。"),
    State.OPEN: N_("此轉介單已收案、尚未結案，無法進行這項作業。請重新整理頁面，或洽負責的個管員。"),
    State.CLOSED: N_("此案已結案，無法進行這項作業。需要繼續服務時，請督導敘明原因重新開案。"),
    State.RETURNED: N_("此轉介單已退回轉介單位，無法進行這項作業。請等轉介單位補正後重新送出。"),
    State.WITHDRAWN: N_("此轉介單已由轉介單位撤回，無法進行任何作業。仍需服務時，請重新建立轉介單。"),
}


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
        raise FieldFault("reason", "請填寫原因，讓對方知道為什麼。")
    return tidied


def status_text(state: State, due: date | None, translate: Callable[[str], str] = str) -> str:
    """服務狀態 of a list; `due` is the case's due date, which every open referral has."""
    return translate(STATUS_TEXT[state]) % {"due": show(due) if due else ""}
