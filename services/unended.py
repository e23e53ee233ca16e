"""未點選「服務結束」: the IT staff or their deputies notify, the officer explains what stayed open over night, the supervisor signs.

For an officer who is no longer there the supervisor explains. Nothing here closes a visit. 櫃台 rule 十一, 資訊 rules 三 and 四.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from models.account import Account
from models.desk import Deputy
from models.desk_review import UnendedExplanation
from models.scopes import visits
from models.visit import Visit
from reports.staff import holds
from reports.unended import OfficerOpen, cannot_explain, ended_by, open_now, stayed_open
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import NoticeKind
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission
from rules.texts import N_, check_block
from services import desk
from services.notices import tell
from services.transaction import AnySession

LIMIT = 500
NO_VISIT = N_("找不到這筆到訪，可能不在您可查看的範圍。")
NOTHING_OPEN = N_("這位就服員目前沒有未結束的到訪。")
NO_TEXT = N_("請說明當日為什麼沒有點選「服務結束」。")
NOT_OVERNIGHT = N_("這筆到訪沒有留到隔天，不需要說明。")
SIGNED_ALREADY = N_("這份說明已由督導核章，不能再修改。")
SIGNED_BY = N_("這份說明已經核章。")
CHECKED = N_("您還有 %(number)s 筆到訪沒有結束（%(tickets)s），請在下班前點選「服務結束」。")
CHECKED_FOR_SUPERVISOR = N_("%(who)s 還有 %(number)s 筆到訪沒有結束（%(tickets)s），已通知處理。")
EXPLAINED = N_("%(who)s 已說明 %(day)s 未點選服務結束的情形，請核章。")
EXPLAINED_FOR = N_("%(speaker)s 已代 %(who)s 說明 %(day)s 未點選服務結束的情形，請核章。")
STILL_HERE = N_("%(who)s 還在本中心服務，請本人說明；離職或帳號停用後才能由督導代為說明。")
HAS_SPOKEN = N_("%(who)s 已經說明，不需要代為說明。")


def may_check(session: AnySession, actor: Actor, day: date) -> bool:
    """The IT staff and the supervisor, and whom the table of deputies names for somebody of the IT staff (資訊 rule 四)."""
    if actor.may(Permission.UNENDED_CHECK):
        return True
    standing_in = (
        select(Deputy.id)
        .join(Account, Account.id == Deputy.officer_id)
        .where(
            Deputy.unit_id == actor.unit_id,
            Deputy.deputy_id == actor.user_id,
            Deputy.starts_on <= day,
            or_(Deputy.ends_on.is_(None), Deputy.ends_on >= day),
            holds(Permission.UNENDED_CHECK),
            ~holds(Permission.DESK_SUPERVISE),
        )
    )
    return session.scalar(standing_in.limit(1)) is not None


def check(session: AnySession, *, by: Actor, at: datetime) -> None:
    """Raises `NotFound` for who may not look after others' open services."""
    if by.unit_id is None or not may_check(session, by, local_date(at)):
        raise NotFound(NO_VISIT)


def notify(session: AnySession, officer_id: int, *, by: Actor, at: datetime) -> OfficerOpen:
    """Tells the officer and the supervisor what is open. Raises `RuleBroken` when nothing is any more."""
    check(session, by=by, at=at)
    assert by.unit_id is not None
    desk.hold(session, by.unit_id)
    found = next((each for each in open_now(session, by.unit_id) if each.officer_id == officer_id), None)
    if found is None:
        raise RuleBroken(NOTHING_OPEN)
    tell_both(session, by.unit_id, found, by=by, at=at)
    return found


def tell_both(
    session: AnySession, unit_id: int, found: OfficerOpen, *, by: Actor | None, at: datetime
) -> None:
    """Tickets only, the first five by name."""
    tickets = "、".join(visit.ticket for visit in found.visits[:5])
    values: dict[str, Any] = {
        "number": len(found.visits),
        "tickets": tickets + ("…" if len(found.visits) > 5 else ""),
    }
    tell(session, unit_id, NoticeKind.UNENDED, CHECKED, to=found.officer_id, at=at, by=by, **values)
    tell(
        session,
        unit_id,
        NoticeKind.UNENDED,
        CHECKED_FOR_SUPERVISOR,
        to=Permission.DESK_SUPERVISE,
        at=at,
        by=by,
        who=found.officer,
        **values,
    )


def explain(session: AnySession, visit_id: int, text: str, *, by: Actor, at: datetime) -> UnendedExplanation:
    """The words of who served or who ended the service, to be changed until they are signed; of an officer who is no longer
    there, the supervisor's on his behalf. Raises `FieldFault` at `explanation`."""
    if not (by.may(Permission.VISIT_SERVE) or by.may(Permission.DESK_SUPERVISE)):
        raise NotFound(NO_VISIT)
    visit = _overnight(session, visit_id, by=by, at=at)
    officer = _concerned(session, visit, by=by, at=at)
    tidied = check_block(text, field="explanation", limit=LIMIT)
    if not tidied:
        raise FieldFault("explanation", NO_TEXT)
    row = session.get(UnendedExplanation, visit_id)
    if row is not None and row.signed_at is not None:
        raise RuleBroken(SIGNED_ALREADY)
    if row is not None and row.explained_by_id == officer.id != by.user_id:
        raise RuleBroken(HAS_SPOKEN, who=officer.get_full_name())
    if row is None:
        row = UnendedExplanation(visit_id=visit_id, unit_id=visit.unit_id)
    row.explanation, row.explained_at, row.explained_by_id = tidied, at, by.user_id
    session.add(row)
    session.flush()
    tell(
        session,
        visit.unit_id,
        NoticeKind.UNENDED,
        EXPLAINED if officer.id == by.user_id else EXPLAINED_FOR,
        to=Permission.DESK_SUPERVISE,
        at=at,
        by=by,
        visit_id=visit_id,
        who=officer.get_full_name(),
        speaker=by.name,
        day=f"{visit.day.month}/{visit.day.day}",
    )
    return row


def sign(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> UnendedExplanation:
    """The supervisor's seal, once. Raises `NotFound` where nobody has explained."""
    if not by.may(Permission.DESK_SUPERVISE):
        raise NotFound(NO_VISIT)
    desk.hold(session, by.unit_id)
    row = session.get(UnendedExplanation, visit_id, populate_existing=True)
    if row is None or row.unit_id != by.unit_id:
        raise NotFound(NO_VISIT)
    if row.signed_at is not None:
        raise AlreadyDone(SIGNED_BY)
    row.signed_at, row.signed_by_id = at, by.user_id
    session.flush()
    return row


def _overnight(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> Visit:
    desk.hold(session, by.unit_id)
    visit = session.scalars(select(Visit).where(Visit.id == visit_id, visits(by))).first()
    if visit is None:
        raise NotFound(NO_VISIT)
    stayed = select(Visit.id).where(Visit.id == visit_id, stayed_open(local_date(at)))
    if session.scalar(stayed) is None:
        raise RuleBroken(NOT_OVERNIGHT)
    return visit


def _concerned(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> Account:
    """The officer whose service it was, if the actor may speak of it: as this officer, as who ended it, or in his place."""
    officer = visit.officer
    assert officer is not None  # its service began
    if by.may(Permission.VISIT_SERVE):
        ended = select(Visit.id).where(Visit.id == visit.id, ended_by(by.user_id))
        if officer.id == by.user_id or session.scalar(ended) is not None:
            return officer
    if not by.may(Permission.DESK_SUPERVISE):
        raise NotFound(NO_VISIT)
    if not cannot_explain(session, visit.unit_id, [officer.id], local_date(at)):
        raise RuleBroken(STILL_HERE, who=officer.get_full_name())
    return officer
