"""Many at once: taking in several referrals, transferring several cases. Spec 1-referral §5.1, §5.6.

A row that cannot be done any more says why and holds up no other. The second press of an impatient hand finds
everything done and says so: each row's own conditional update is what makes it happen once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.account import Account
from models.case import Assignment, Case
from reports import mails
from rules.actor import Actor
from rules.errors import AlreadyDone, RuleBroken
from rules.names import mask_name
from services import outbox
from services.intake import take_in
from services.transaction import AnySession, transaction
from services.transfer import Handover, hand_over

MOST = 200
"""Rows of one press: what a page can show and one transaction should hold."""


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `repeated`: the same actor has done just this before."""

    key: int
    case_id: int | None = None
    repeated: bool = False
    refusal: RuleBroken | None = None


@dataclass(frozen=True)
class Transfer:
    """A case, the case manager whom the supervisor saw, and the one who takes it over."""

    case_id: int
    from_id: int
    to_id: int


def take_in_all(
    session: AnySession, plan: Mapping[int, int], *, by: Actor, at: datetime, base_url: str
) -> list[Outcome]:
    """`plan`: referral id → case manager's id. Each referral is a transaction of its own: call it outside of one."""
    outcomes = []
    for referral_id, manager_id in plan.items():
        try:
            with transaction(session):
                case = take_in(
                    session, referral_id, case_manager_id=manager_id, by=by, at=at, base_url=base_url
                )
                outcomes.append(Outcome(referral_id, case_id=case.id))
        except AlreadyDone as late:
            mine = _taken_in_by(session, referral_id, manager_id, by)
            outcomes.append(Outcome(referral_id, mine, repeated=bool(mine), refusal=None if mine else late))
        except RuleBroken as refused:
            outcomes.append(Outcome(referral_id, refusal=refused))
    return outcomes


def transfer_all(
    session: AnySession, plan: Iterable[Transfer], *, by: Actor, at: datetime, base_url: str
) -> list[Outcome]:
    """Within the caller's transaction, so that the mails, one to each case manager, go with what they tell.

    Locks the cases by their numbers, whatever the order of the plan: two bulks never wait for each other.
    """
    wanted = sorted({each.case_id: each for each in plan}.values(), key=lambda each: each.case_id)
    made: list[Handover] = []
    outcomes = []
    for each in wanted:
        try:
            made.append(
                hand_over(session, each.case_id, from_id=each.from_id, to_id=each.to_id, by=by, at=at)
            )
            outcomes.append(Outcome(each.case_id, case_id=each.case_id))
        except RuleBroken as refused:
            if isinstance(refused, AlreadyDone) and _transferred_by(session, each, by):
                outcomes.append(Outcome(each.case_id, case_id=each.case_id, repeated=True))
            else:
                outcomes.append(Outcome(each.case_id, refusal=refused))
    _write_to_all(session, made, at=at, base_url=base_url)
    return outcomes


def _taken_in_by(session: AnySession, referral_id: int, manager_id: int, by: Actor) -> int | None:
    return session.scalar(
        select(Case.id)
        .join(Assignment, Assignment.case_id == Case.id)
        .where(
            Case.referral_id == referral_id,
            Case.supervisor_id == by.user_id,
            Assignment.case_manager_id == manager_id,
            Assignment.assigned_by_id == by.user_id,
        )
    )


def _transferred_by(session: AnySession, wanted: Transfer, by: Actor) -> bool:
    """Whether the last one who gave the case to somebody was the actor, and that somebody is still the one wanted."""
    last = session.execute(
        select(Assignment.case_manager_id, Assignment.assigned_by_id)
        .where(Assignment.case_id == wanted.case_id)
        .order_by(Assignment.id.desc())
        .limit(1)
    ).one_or_none()
    return last is not None and tuple(last) == (wanted.to_id, by.user_id)


def _write_to_all(session: AnySession, made: list[Handover], *, at: datetime, base_url: str) -> None:
    """One mail to whoever received cases, one to whoever handed some over; whoever has left gets none."""
    received: dict[Account, list[Handover]] = defaultdict(list)
    handed_over: dict[Account, list[Handover]] = defaultdict(list)
    for each in made:
        received[each.taker].append(each)
        handed_over[each.giver].append(each)
    for part, readers, write in (
        ("to", received, mails.cases_received),
        ("from", handed_over, mails.cases_handed_over),
    ):
        for reader, handovers in readers.items():
            if not reader.active:
                continue
            letter = write([_told(each) for each in handovers], base_url=base_url)
            outbox.queue(
                session,
                key=f"cases-transferred-{part}:{reader.id}:{handovers[0].assignment.id}",
                to=reader.email,
                subject=letter.subject,
                body=letter.body,
                at=at,
            )


def _told(done: Handover) -> mails.TransferredCase:
    return mails.TransferredCase(
        case_id=done.case.id,
        masked_name=mask_name(done.case.referral.person.name),
        due=done.case.due_date,
        giver=done.giver.get_full_name(),
        taker=done.taker.get_full_name(),
    )
