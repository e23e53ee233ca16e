"""How far a day's tally is: who has confirmed, which shifts have signed, and what still keeps them from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from sqlalchemy import select

from models.account import Account
from models.desk_staff import ReceptionShift
from models.tally import TallyAcceptance, TallyConfirmation, TallyCorrection, TallySignature
from reports.session import ReadSession
from reports.tally import Sheet


class Standing(StrEnum):
    """Of an officer's confirmation."""

    NOT_NEEDED = "not_needed"  # no visit today, or none any more
    MISSING = "missing"
    STALE = "stale"  # there were more cases since
    DIFFERS = "differs"  # the officer counts otherwise than the tally
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"  # none of these, and the supervisor lets the tally's number stand


UNSETTLED = frozenset({Standing.MISSING, Standing.STALE, Standing.DIFFERS})


@dataclass(frozen=True)
class OfficerStanding:
    officer_id: int
    officer: str
    number: int
    standing: Standing
    confirmation: TallyConfirmation | None
    acceptance: TallyAcceptance | None = None


@dataclass(frozen=True)
class Shift:
    """A shift of the reception, by its end: whose it is, and its signature."""

    starts: time
    ends: time
    receptionists: Mapping[int, str]
    signature: TallySignature | None


def confirmations(session: ReadSession, unit_id: int, day: date) -> Mapping[int, TallyConfirmation]:
    found = select(TallyConfirmation).where(
        TallyConfirmation.unit_id == unit_id, TallyConfirmation.day == day
    )
    return {each.officer_id: each for each in session.scalars(found)}


def acceptances(session: ReadSession, unit_id: int, day: date) -> Sequence[TallyAcceptance]:
    """In the order in which they were given."""
    found = select(TallyAcceptance).where(TallyAcceptance.unit_id == unit_id, TallyAcceptance.day == day)
    return session.scalars(found.order_by(TallyAcceptance.id)).all()


def standings(
    found: Sheet, confirmed: Mapping[int, TallyConfirmation], accepted: Sequence[TallyAcceptance]
) -> Sequence[OfficerStanding]:
    """One per officer, at the first of the counters where the officer sat."""
    last = {each.officer_id: each for each in accepted}
    told: dict[int, OfficerStanding] = {}
    for line in found.lines:
        confirmation, acceptance = confirmed.get(line.officer_id), last.get(line.officer_id)
        cases = sum(each.cases for each in found.lines if each.officer_id == line.officer_id)
        told.setdefault(
            line.officer_id,
            OfficerStanding(
                line.officer_id,
                line.officer,
                line.number,
                _standing(found.of_officer(line.officer_id), cases, confirmation, acceptance),
                confirmation,
                acceptance,
            ),
        )
    return list(told.values())


def counts(kept: Mapping[str, int]) -> dict[int, int]:
    """What a confirmation keeps, by business type, zeros left out."""
    return {int(key): number for key, number in kept.items() if number}


def _standing(
    now: Mapping[int, int],
    cases: int,
    confirmation: TallyConfirmation | None,
    acceptance: TallyAcceptance | None,
) -> Standing:
    found = _told(now, cases, confirmation)
    if found in UNSETTLED and acceptance is not None and _holds(acceptance, now, confirmation):
        return Standing.ACCEPTED
    return found


def _holds(
    acceptance: TallyAcceptance, now: Mapping[int, int], confirmation: TallyConfirmation | None
) -> bool:
    if acceptance.reported is None or confirmation is None:
        same = acceptance.reported is None and confirmation is None
    else:
        same = counts(acceptance.reported) == counts(confirmation.reported)
    return same and counts(acceptance.counted) == dict(now)


def _told(now: Mapping[int, int], cases: int, confirmation: TallyConfirmation | None) -> Standing:
    if confirmation is None:
        return Standing.MISSING if cases else Standing.NOT_NEEDED
    if counts(confirmation.reported) == dict(now):
        return Standing.CONFIRMED
    if counts(confirmation.counted) != dict(now):
        return Standing.STALE if cases else Standing.NOT_NEEDED
    return Standing.DIFFERS


def signatures(session: ReadSession, unit_id: int, day: date) -> Sequence[TallySignature]:
    """In the order in which they were given."""
    found = select(TallySignature).where(TallySignature.unit_id == unit_id, TallySignature.day == day)
    return session.scalars(found.order_by(TallySignature.id)).all()


def shifts(
    session: ReadSession, unit_id: int, day: date, signed: Sequence[TallySignature]
) -> Sequence[Shift]:
    """Those of the roster, and those that were signed although the roster has lost them."""
    rows = session.execute(
        select(ReceptionShift, Account)
        .join(Account, Account.id == ReceptionShift.receptionist_id)
        .where(ReceptionShift.unit_id == unit_id, ReceptionShift.day == day)
        .order_by(ReceptionShift.ends, ReceptionShift.starts, ReceptionShift.id)
    ).all()
    by_end = {each.until: each for each in signed if each.role == "reception"}
    found: dict[time, Shift] = {}
    for shift, account in rows:
        known = found.get(shift.ends)
        found[shift.ends] = Shift(
            min(shift.starts, known.starts) if known else shift.starts,
            shift.ends,
            {**(known.receptionists if known else {}), account.id: account.get_full_name()},
            by_end.get(shift.ends),
        )
    for until, signature in by_end.items():
        found.setdefault(until, Shift(until, until, {}, signature))
    return sorted(found.values(), key=lambda shift: shift.ends)


def corrections(session: ReadSession, unit_id: int, day: date) -> Sequence[TallyCorrection]:
    found = select(TallyCorrection).where(TallyCorrection.unit_id == unit_id, TallyCorrection.day == day)
    return session.scalars(found.order_by(TallyCorrection.id)).all()
