"""派案量表: counters confirm their figures, each reception shift signs, the supervisor approves the day and corrects later.

Figures are computed from the visits at the moment of the act, with the centre's turn held: two who sign at once sign one
sheet. 接待台 rule 十五, 櫃台 rule 十六.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import select

from models.desk import Counter
from models.desk_rules import BusinessType
from models.tally import TallyConfirmation, TallyCorrection, TallySignature
from reports.tally import Sheet, sheet
from reports.tally_figures import to_json
from reports.tally_standing import (
    OfficerStanding,
    Shift,
    Standing,
    acceptances,
    confirmations,
    counts,
    shifts,
    signatures,
    standings,
)
from rules.actor import Actor
from rules.calendar import TAIPEI, local_date
from rules.desk import NoticeKind
from rules.errors import AlreadyDone, Faults, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission
from rules.roc_dates import show
from rules.texts import N_, check_line
from services import desk
from services.notices import tell
from services.transaction import AnySession

RECEPTION, SUPERVISOR = "reception", "supervisor"
WHOLE_DAY = time(23, 59)
MOST_CASES = 999
NOTE_LIMIT = 200

NO_TALLY = N_("找不到這張派案量表，可能不在您可查看的範圍。")
NOT_YET = N_("這一天還沒有到，沒有可以核對或簽署的數字。")
NO_NUMBER = N_("請輸入 0 到 999 的件數。")
NO_VISITS = N_("這一天您的櫃台沒有案件，不需要核對。")
APPROVED = N_("%(day)s 的派案量表已由 %(who)s 簽核，數字不再更動；如有錯誤，請督導登錄更正。")
SIGNED = N_("這個輪值時段已由 %(who)s 簽署。")
DAY_APPROVED = N_("這一天已由 %(who)s 簽核。")
OTHERS_SHIFT = N_("這個時段由 %(who)s 輪值，請輪值人員簽署；若已換班，請督導先修改接待台輪值表。")
TOO_EARLY = N_("這個輪值時段還沒有開始，不能簽署。")
NOT_CONFIRMED = N_("還有櫃台尚未核對件數：%(who)s。本人無法核對時，請督導認可。")
DIFFERENT = N_("下列櫃台的件數與量表不符，請先釐清再簽署：%(who)s。說明後仍不相同時，請督導認可。")
UNSIGNED = N_("還有輪值時段尚未簽署：%(when)s。")
NOTHING_TO_APPROVE = N_("這一天沒有輪值時段，也沒有案件，不需要簽核。")
UNSIGNED_DAY = N_("這一天的量表還沒有簽署，數字會隨到訪更新，不需要更正。")
NO_DIFFERENCE = N_("請輸入要增加或減少的件數，例如 1 或 -1。")
NO_REASON = N_("請填寫更正原因。")
MISMATCH_TOLD = N_("%(counter)s 號櫃台 %(who)s 的新案數與派案量表不符，請一起核對 %(day)s 的量表。")


def confirm(
    session: AnySession,
    day: date,
    reported: Mapping[int, int],
    *,
    note: str,
    by: Actor,
    at: datetime,
) -> TallyConfirmation:
    """The officer's own count of new cases by business type. One that differs from the tally is kept, and told to the reception.

    Raises `Faults` at `reported-<type id>`, `FieldFault` at `note`.
    """
    now = begin(session, Permission.TALLY_CONFIRM, day, by, at)
    assert by.unit_id is not None
    _check_counts(reported)
    note = check_line(note, field="note", limit=NOTE_LIMIT)
    lines = [line for line in now.lines if line.officer_id == by.user_id]
    known = confirmations(session, by.unit_id, day).get(by.user_id)
    if not any(line.cases for line in lines) and (known is None or not lines):
        raise RuleBroken(NO_VISITS)
    refuse_approved(session, day, by)
    counted = now.of_officer(by.user_id)
    row = known or TallyConfirmation(unit_id=by.unit_id, day=day, officer_id=by.user_id)
    row.reported = {str(key): number for key, number in reported.items() if number}
    row.counted = {str(key): number for key, number in counted.items() if number}
    row.note, row.confirmed_at = note, at
    session.add(row)
    session.flush()
    if counts(row.reported) != counts(row.counted):
        tell(
            session,
            by.unit_id,
            NoticeKind.TALLY,
            MISMATCH_TOLD,
            to=Permission.TALLY_SIGN,
            at=at,
            by=by,
            counter=lines[0].number,
            who=by.name,
            day=show(day),
        )
    return row


def sign(
    session: AnySession, day: date, until: time, *, note: str = "", by: Actor, at: datetime
) -> TallySignature:
    """The end of a reception shift. Raises `AlreadyDone` with the name of who has signed, and what is not settled yet."""
    now = begin(session, Permission.TALLY_SIGN, day, by, at)
    assert by.unit_id is not None
    signed = signatures(session, by.unit_id, day)
    shift = next((each for each in shifts(session, by.unit_id, day, signed) if each.ends == until), None)
    if shift is None:
        raise NotFound(NO_TALLY)
    if shift.signature is not None:
        raise AlreadyDone(SIGNED, who=shift.signature.signer_name)
    refuse_approved(session, day, by)
    _check_own(shift, day, by, at)
    _check_settled(officers_of(session, now, by))
    return _put(session, now, RECEPTION, until, note, by, at)


def approve(session: AnySession, day: date, *, note: str = "", by: Actor, at: datetime) -> TallySignature:
    """The supervisor's, once every shift of the day has signed."""
    now = begin(session, Permission.TALLY_APPROVE, day, by, at)
    assert by.unit_id is not None
    signed = signatures(session, by.unit_id, day)
    done = next((each for each in signed if each.role == SUPERVISOR), None)
    if done is not None:
        raise AlreadyDone(DAY_APPROVED, who=done.signer_name)
    of_day = shifts(session, by.unit_id, day, signed)
    if open_shifts := [f"{shift.ends:%H:%M}" for shift in of_day if shift.signature is None]:
        raise RuleBroken(UNSIGNED, when="、".join(open_shifts))
    if not of_day and not now.tickets:
        raise RuleBroken(NOTHING_TO_APPROVE)
    _check_settled(officers_of(session, now, by))
    return _put(session, now, SUPERVISOR, WHOLE_DAY, note, by, at)


def correct(
    session: AnySession,
    day: date,
    *,
    counter_id: int,
    business_type_id: int,
    new_case: bool,
    difference: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> TallyCorrection:
    """An entry beside a signed sheet, which stays as it is. Raises `FieldFault` at `difference`, `reason`."""
    begin(session, Permission.TALLY_APPROVE, day, by, at)
    assert by.unit_id is not None
    if not signatures(session, by.unit_id, day):
        raise RuleBroken(UNSIGNED_DAY)
    if not difference or abs(difference) > MOST_CASES:
        raise FieldFault("difference", NO_DIFFERENCE)
    tidied = check_line(reason, field="reason", limit=NOTE_LIMIT, missing=NO_REASON)
    for table, key in ((Counter, counter_id), (BusinessType, business_type_id)):
        here = select(table.id).where(table.id == key, table.unit_id == by.unit_id)
        if session.scalar(here) is None:
            raise NotFound(NO_TALLY)
    row = TallyCorrection(
        unit_id=by.unit_id,
        day=day,
        counter_id=counter_id,
        business_type_id=business_type_id,
        new_case=new_case,
        difference=difference,
        reason=tidied,
        at=at,
        by_id=by.user_id,
        by_name=by.name,
    )
    session.add(row)
    session.flush()
    return row


def begin(session: AnySession, permission: Permission, day: date, by: Actor, at: datetime) -> Sheet:
    """The centre's turn, and the figures in it."""
    if not by.may(permission) or by.unit_id is None:
        raise NotFound(NO_TALLY)
    if day > local_date(at):
        raise RuleBroken(NOT_YET)
    desk.hold(session, by.unit_id)
    return sheet(session, by.unit_id, day)


def officers_of(session: AnySession, now: Sheet, by: Actor) -> Sequence[OfficerStanding]:
    """How far each officer of the sheet is."""
    assert by.unit_id is not None
    return standings(
        now, confirmations(session, by.unit_id, now.day), acceptances(session, by.unit_id, now.day)
    )


def refuse_approved(session: AnySession, day: date, by: Actor) -> None:
    assert by.unit_id is not None
    for each in signatures(session, by.unit_id, day):
        if each.role == SUPERVISOR:
            raise RuleBroken(APPROVED, day=show(day), who=each.signer_name)


def _check_counts(reported: Mapping[int, int]) -> None:
    faults = [
        FieldFault(f"reported-{key}", NO_NUMBER)
        for key, number in reported.items()
        if not 0 <= number <= MOST_CASES
    ]
    if faults:
        raise Faults(faults)


def _check_own(shift: Shift, day: date, by: Actor, at: datetime) -> None:
    if by.user_id not in shift.receptionists:
        raise RuleBroken(OTHERS_SHIFT, who="、".join(shift.receptionists.values()))
    if at < datetime.combine(day, shift.starts, TAIPEI):
        raise RuleBroken(TOO_EARLY)


def _check_settled(told: Sequence[OfficerStanding]) -> None:
    for wrong, template in (
        ({Standing.DIFFERS}, DIFFERENT),
        ({Standing.MISSING, Standing.STALE}, NOT_CONFIRMED),
    ):
        if whom := [f"{each.number} 號 {each.officer}" for each in told if each.standing in wrong]:
            raise RuleBroken(template, who="、".join(whom))


def _put(
    session: AnySession, now: Sheet, role: str, until: time, note: str, by: Actor, at: datetime
) -> TallySignature:
    row = TallySignature(
        unit_id=by.unit_id,
        day=now.day,
        role=role,
        until=until,
        figures=to_json(now),
        signed_at=at,
        signed_by_id=by.user_id,
        signer_name=by.name,
        note=check_line(note, field="note", limit=NOTE_LIMIT),
    )
    session.add(row)
    session.flush()
    return row
