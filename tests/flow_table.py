"""Who may do what to a referral in which state, written down by hand: `test_flow.py` tries every cell.

The rows are actions, the columns states. A cell names who may; everybody else is refused. How the others are refused
stands in `REFUSED`: a role without the permission gets 403, a unit or a case manager whom it does not concern 404,
and who would be entitled in another state hears how things stand: 409, or 422 where nobody was first.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.referral_flow import State

SUBMITTED, RETURNED, WITHDRAWN = State.SUBMITTED, State.RETURNED, State.WITHDRAWN
OPEN, CLOSED = State.OPEN, State.CLOSED

# Members of the cast, as what they are to the referral of the test: sent by `referrer`, to the unit of `supervisor`
# and `manager` (who has the case and wrote its record).
SENDER, OTHER_SENDER = "referrer", "referrer2"
BOSS, OTHER_BOSS = "supervisor", "supervisor3"
MANAGER, COLLEAGUE, OTHER_MANAGER = "manager", "manager2", "manager3"
ROLES_WITHOUT = ("admin", "auditor", "reception", "counter1", "itstaff")
EVERYBODY = (SENDER, OTHER_SENDER, BOSS, OTHER_BOSS, MANAGER, COLLEAGUE, OTHER_MANAGER, *ROLES_WITHOUT)

REFERRING = {SENDER, OTHER_SENDER}
SUPERVISORS = {BOSS, OTHER_BOSS}
CENTRES = SUPERVISORS | {MANAGER, COLLEAGUE, OTHER_MANAGER}


@dataclass(frozen=True)
class Action:
    """`permitted`: whose role has the permission at all. `concerned`: whom of them this referral concerns.

    `allowed`: in which states it can be done, and what the state is then. `by`: those of the concerned who may,
    where not all of them may. `case`: it happens to the case, which there is only after intake.
    """

    permitted: frozenset[str]
    concerned: frozenset[str]
    allowed: dict[State, State]
    by: frozenset[str] | None = None
    case: bool = False


def _action(
    permitted: set[str],
    concerned: set[str],
    allowed: dict[State, State],
    *,
    by: set[str] | None = None,
    case: bool = False,
) -> Action:
    only = frozenset(by) if by is not None else None
    return Action(frozenset(permitted), frozenset(concerned), allowed, only, case)


EVERY_STATE = {state: state for state in State}

TABLE: dict[str, Action] = {
    # the referral's flow
    "take in": _action(SUPERVISORS, {BOSS}, {SUBMITTED: OPEN}),
    "return": _action(SUPERVISORS, {BOSS}, {SUBMITTED: RETURNED}),
    "reroute": _action(SUPERVISORS, {BOSS}, {SUBMITTED: SUBMITTED}),
    "withdraw": _action(REFERRING, {SENDER}, {SUBMITTED: WITHDRAWN}),
    "resubmit": _action(REFERRING, {SENDER}, {RETURNED: SUBMITTED}),
    # the case's flow
    "record service": _action(CENTRES, {BOSS, MANAGER}, {OPEN: OPEN}, case=True),
    "correct record": _action(CENTRES, {BOSS, MANAGER}, {OPEN: OPEN}, by={MANAGER}, case=True),
    "extend": _action(CENTRES, {BOSS, MANAGER}, {OPEN: OPEN}, case=True),
    "transfer": _action(SUPERVISORS, {BOSS}, {OPEN: OPEN}, case=True),
    "close": _action(CENTRES, {BOSS, MANAGER}, {OPEN: CLOSED}, case=True),
    "reopen": _action(SUPERVISORS, {BOSS}, {CLOSED: OPEN}, case=True),
    # reading what is written or hidden
    "print reply form": _action(
        CENTRES | REFERRING, {SENDER, BOSS, MANAGER}, {OPEN: OPEN, CLOSED: CLOSED}, case=True
    ),
    "reveal at intake": _action(CENTRES | REFERRING, {BOSS}, EVERY_STATE),
    "reveal on case": _action(CENTRES | REFERRING, {BOSS, MANAGER}, {OPEN: OPEN, CLOSED: CLOSED}, case=True),
}
