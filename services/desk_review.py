"""What the supervisor of the front desk decides: whether a refusal was adequate, whether an officer is changed, overtime.

櫃台 rules 四 and 九, 接待台 rule 九.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from models.account import Account
from models.desk_review import OvertimeDecision, Refusal
from models.ownership import ChangeRequest, Owner, PermanentTransfer
from models.visit import Visit
from reports.desk_now import posts_of
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import NoticeKind
from rules.desk_days import overtime_minutes
from rules.errors import AlreadyDone, Faults, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission
from rules.texts import N_, check_block, check_line
from services import desk, ownership, transfers
from services.notices import tell
from services.transaction import AnySession

REMARK_LIMIT, NOTE_LIMIT, MOST_MINUTES = 200, 500, 720
NOT_FOUND = N_("找不到這筆資料，可能已移除，或不在您可查看的範圍。")
NO_JUDGEMENT = N_("請選擇這次拒案是否適切。")
NO_REMARK = N_("認定不適切時，請填寫審閱意見，讓櫃台同仁知道原因。")
REVIEWED = N_("這筆拒案已由 %(who)s 審閱。")
NO_DECISION = N_("請選擇維持原就服員或同意更換。")
NO_OFFICER = N_("請選擇新的就服員。")
SAME_OFFICER = N_("新的就服員與原就服員相同，請重新選擇。")
NO_NOTE = N_("請填寫維持原就服員的原因，以便回覆民眾。")
DECIDED = N_("這項申請已由 %(who)s 決定。")
NO_MINUTES = N_("請輸入 0 到 720 的分鐘數。")
NO_OVERTIME = N_("這次服務沒有超過正常時段，不需要核給時數。")
GRANTED_ALREADY = N_("這次服務的時數已由 %(who)s 核定。")
REVIEW_TOLD = N_("督導已審閱您的無法接案說明，認為不適切，請查看審閱意見。")
OTHER_OWNER = N_("這位民眾已不是由 %(who)s 承辦，不必再更換；請以「維持原就服員」結案並說明。")
TAKEN_AWAY = N_("督導同意民眾更換就服員，%(type)s 的一位民眾改由 %(who)s 服務。")
TAKEN_OVER = N_("督導指定您接續服務 %(type)s 的一位民眾，原就服員 %(who)s。")

Row = TypeVar("Row", Refusal, ChangeRequest)


def review_refusal(
    session: AnySession, refusal_id: int, *, adequate: bool | None, remark: str, by: Actor, at: datetime
) -> Refusal:
    """Once. Raises `Faults` at `adequate` and `remark`, `AlreadyDone` naming who was first."""
    row = _own(session, Refusal, refusal_id, by)
    if row.reviewed_at is not None:
        raise AlreadyDone(REVIEWED, who=_name(session, row.reviewed_by_id))
    tidied = check_line(remark, field="remark", limit=REMARK_LIMIT)
    if adequate is None:
        raise Faults([FieldFault("adequate", NO_JUDGEMENT)])
    if not adequate and not tidied:
        raise Faults([FieldFault("remark", NO_REMARK)])
    row.adequate, row.remark = adequate, tidied
    row.reviewed_at, row.reviewed_by_id = at, by.user_id
    session.flush()
    if not adequate:
        tell(
            session,
            row.unit_id,
            NoticeKind.REFUSAL,
            REVIEW_TOLD,
            to=row.officer_id,
            at=at,
            by=by,
            visit_id=row.visit_id,
        )
    return row


def decide_request(
    session: AnySession,
    request_id: int,
    *,
    granted: bool | None,
    new_officer_id: int | None,
    note: str,
    by: Actor,
    at: datetime,
) -> ChangeRequest:
    """Keeps the officer, or gives the person to another one. Raises `Faults` at `granted`, `new_officer_id`, `note`."""
    row = _own(session, ChangeRequest, request_id, by)
    if row.state != "open":
        raise AlreadyDone(DECIDED, who=_name(session, row.decided_by_id))
    tidied = check_block(note, field="note", limit=NOTE_LIMIT)
    _check_decision(session, row, granted, new_officer_id, tidied, at)
    if granted:
        _check_owner(session, row)
    row.state = "granted" if granted else "kept"
    row.new_officer_id = new_officer_id if granted else None
    row.decided_at, row.decided_by_id, row.decision_note = at, by.user_id, tidied
    session.flush()
    if granted:
        assert new_officer_id is not None
        _give(session, row, new_officer_id, by, at)
    return row


def grant_overtime(
    session: AnySession, visit_id: int, *, minutes: int | None, note: str, by: Actor, at: datetime
) -> OvertimeDecision:
    """加班(補休)時數, once for a service; 0 grants none. Raises `FieldFault` at `minutes`."""
    if not by.may(Permission.DESK_SUPERVISE):
        raise NotFound(NOT_FOUND)
    desk.hold(session, by.unit_id)
    visit = session.scalars(select(Visit).where(Visit.id == visit_id, Visit.unit_id == by.unit_id)).first()
    if visit is None or visit.started_at is None or visit.ended_at is None:
        raise NotFound(NOT_FOUND)
    known = session.get(OvertimeDecision, visit_id)
    if known is not None:
        raise AlreadyDone(GRANTED_ALREADY, who=_name(session, known.decided_by_id))
    if not overtime_minutes(visit.started_at, visit.ended_at):
        raise FieldFault("minutes", NO_OVERTIME)
    if minutes is None or not 0 <= minutes <= MOST_MINUTES:
        raise FieldFault("minutes", NO_MINUTES)
    row = OvertimeDecision(
        visit_id=visit_id,
        unit_id=visit.unit_id,
        minutes=minutes,
        note=check_line(note, field="note", limit=REMARK_LIMIT),
        decided_at=at,
        decided_by_id=by.user_id,
    )
    session.add(row)
    session.flush()
    return row


def _own(session: AnySession, table: type[Row], key: int, by: Actor) -> Row:
    """The row of the supervisor's own centre, with the centre's turn held."""
    if not by.may(Permission.DESK_SUPERVISE):
        raise NotFound(NOT_FOUND)
    desk.hold(session, by.unit_id)
    row = session.scalars(select(table).where(table.id == key, table.unit_id == by.unit_id)).first()
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def _check_decision(
    session: AnySession,
    row: ChangeRequest,
    granted: bool | None,
    new_officer_id: int | None,
    note: str,
    at: datetime,
) -> None:
    if granted is None:
        raise Faults([FieldFault("granted", NO_DECISION)])
    if not granted:
        if not note:
            raise Faults([FieldFault("note", NO_NOTE)])
        return
    here = {post.officer_id for post in posts_of(session, row.unit_id, local_date(at))}
    if new_officer_id not in here:
        raise Faults([FieldFault("new_officer_id", NO_OFFICER)])
    if new_officer_id == row.officer_id:
        raise Faults([FieldFault("new_officer_id", SAME_OFFICER)])


def _check_owner(session: AnySession, row: ChangeRequest) -> None:
    """The person may have been transferred since it was asked for: then nobody is taken from who has nothing to do with it."""
    owner = select(Owner.officer_id).where(
        Owner.unit_id == row.unit_id,
        Owner.person_id == row.person_id,
        Owner.business_type_id == row.business_type_id,
    )
    if session.scalar(owner) != row.officer_id:
        raise RuleBroken(OTHER_OWNER, who=_name(session, row.officer_id))


def _give(session: AnySession, row: ChangeRequest, to_id: int, by: Actor, at: datetime) -> None:
    ownership.give(
        session,
        unit_id=row.unit_id,
        person_id=row.person_id,
        business_type_id=row.business_type_id,
        to_id=to_id,
        cause=ownership.Cause.TRANSFER,
        visit_id=row.visit_id,
        by=by,
        at=at,
    )
    transfers.withdraw_all(
        session,
        PermanentTransfer.person_id == row.person_id,
        PermanentTransfer.business_type_id == row.business_type_id,
        by=by,
        at=at,
    )
    names = {key: _name(session, key) for key in (row.officer_id, to_id)}
    for whom, template, other in ((row.officer_id, TAKEN_AWAY, to_id), (to_id, TAKEN_OVER, row.officer_id)):
        tell(
            session,
            row.unit_id,
            NoticeKind.CHANGE_REQUEST,
            template,
            to=whom,
            at=at,
            by=by,
            type=row.business_type.name,
            who=names[other],
        )


def _name(session: AnySession, account_id: int | None) -> str:
    account = session.get(Account, account_id) if account_id else None
    return account.get_full_name() if account else ""
