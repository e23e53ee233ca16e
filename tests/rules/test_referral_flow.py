"""The whole table of states and moves: what the spec draws is allowed, everything else is refused."""

from datetime import date
from itertools import product

import pytest

from rules.errors import FieldFault, RuleBroken
from rules.referral_flow import MOVES, REFUSALS, Move, State, check, status_text

# By hand from the drawing in spec 1-referral §2: a change of the table must be made twice.
DRAWN = {
    (State.SUBMITTED, Move.TAKE_IN): State.OPEN,
    (State.SUBMITTED, Move.RETURN): State.RETURNED,
    (State.SUBMITTED, Move.REROUTE): State.SUBMITTED,
    (State.SUBMITTED, Move.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Move.RESUBMIT): State.SUBMITTED,
    (State.OPEN, Move.RECORD_SERVICE): State.OPEN,
    (State.OPEN, Move.CORRECT_SERVICE): State.OPEN,
    (State.OPEN, Move.EXTEND): State.OPEN,
    (State.OPEN, Move.TRANSFER): State.OPEN,
    (State.OPEN, Move.CLOSE): State.CLOSED,
    (State.CLOSED, Move.REOPEN): State.OPEN,
}
NEEDS_REASON = {Move.RETURN, Move.REROUTE, Move.WITHDRAW, Move.REOPEN}


def test_every_move_has_its_row():
    assert set(MOVES) == set(Move)


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_only_the_moves_drawn_exist(state, move):
    if (state, move) in DRAWN:
        assert check(move, state, "個案搬家") is DRAWN[state, move]
    else:
        with pytest.raises(RuleBroken) as refused:
            check(move, state, "個案搬家")
        assert str(refused.value) == REFUSALS[state]


@pytest.mark.parametrize(("state", "move"), DRAWN)
@pytest.mark.parametrize("reason", ["", "  \n\u3000"])
def test_a_reason_is_asked_for_exactly_where_the_spec_wants_one(state, move, reason):
    if move in NEEDS_REASON:
        with pytest.raises(FieldFault) as refused:
            check(move, state, reason)
        assert refused.value.field == "reason"
    else:
        check(move, state, reason)


def test_a_wrong_state_is_told_before_a_missing_reason():
    with pytest.raises(RuleBroken, match="已結案"):
        check(Move.RETURN, State.CLOSED)


def test_each_wrong_state_has_a_sentence_of_its_own():
    assert set(REFUSALS) == set(State)
    assert len(set(REFUSALS.values())) == len(State)


def test_a_withdrawn_referral_stays_withdrawn():
    assert not any(State.WITHDRAWN in transition.from_states for transition in MOVES.values())


def test_a_referral_returned_mended_served_and_reopened_ends_closed():
    story = [
        Move.RETURN,
        Move.RESUBMIT,
        Move.REROUTE,
        Move.TAKE_IN,
        Move.RECORD_SERVICE,
        Move.TRANSFER,
        Move.EXTEND,
        Move.CLOSE,
        Move.REOPEN,
        Move.CORRECT_SERVICE,
        Move.CLOSE,
    ]
    state = State.SUBMITTED
    for move in story:
        state = check(move, state, "郵遞區號有誤")
    assert state is State.CLOSED


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State.SUBMITTED, "待收案"),
        (State.OPEN, "未結案,預計應結案日期: 112/12/26"),
        (State.CLOSED, "已結案"),
        (State.RETURNED, "已退回"),
        (State.WITHDRAWN, "已撤回"),
    ],
)
def test_the_status_reads_as_in_the_manual(state, text):
    assert status_text(state, date(2023, 12, 26)) == text
