"""What a case manager does with a case: service records, extension, closing; and a supervisor's reopening.

Each begins by locking the referral and reading the case anew, so that two moves on one case follow each other and
the second sees what the first has done. A case outside of the actor's reach does not exist: `NotFound`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from models.account import Account
from models.case import Case, Extension, ServiceRecord
from models.outbox import Mail
from models.referral import Referral
from models.scopes import unit_cases, worked_cases
from reports.mails import case_closed, case_reopened, case_reopened_for_referrer
from reports.staff import holds
from rules.actor import Actor
from rules.calendar import local_date
from rules.due_dates import check_extension, extended
from rules.errors import AlreadyDone, NotFound, StaleVersion
from rules.names import mask_name
from rules.permissions import Permission
from rules.referral_flow import Move
from rules.roc_dates import show
from rules.texts import N_
from services import outbox
from services.correspondence import write_to_referrer
from services.retention import require_identified
from services.timeline import make_move
from services.transaction import AnySession


def extend(session: AnySession, case_id: int, *, due_before: date, by: Actor, at: datetime) -> Extension:
    """延期三個月 of the due date that the actor saw: pressing twice finds the first extension again.

    Raises 「未達成延長日期條件」 earlier than 10 days before, `AlreadyDone` when a colleague has extended it.
    """
    case = lock(session, case_id, worked_cases(by))
    if done := _extension(session, case_id, due_before):
        if done.extended_by_id == by.user_id:
            return done
        who = session.scalar(select(Account.name).where(Account.id == done.extended_by_id))
        raise AlreadyDone(N_("此個案已由 %(who)s 延期至 %(due)s"), who=who, due=show(done.due_after))
    due_after = extended(case.due_date)
    detail = {"due_before": case.due_date.isoformat(), "due_after": due_after.isoformat()}
    make_move(session, case.referral_id, Move.EXTEND, by=by, at=at, detail=detail)
    if case.due_date != due_before:
        raise StaleVersion(N_("應結案日期已變更為 %(due)s,請確認後再操作。"), due=show(case.due_date))
    check_extension(case.due_date, local_date(at))
    extension = Extension(
        case_id=case.id, due_before=due_before, due_after=due_after, extended_at=at, extended_by_id=by.user_id
    )
    session.add(extension)
    case.due_date = due_after
    session.flush()
    return extension


def close(session: AnySession, case_id: int, *, base_url: str, by: Actor, at: datetime) -> Mail | None:
    """結案, with a mail to the referring unit: from the outbox, whether the mail server is up now or not.

    None when the unit has nobody left who could read it.

    Raises `AlreadyDone` naming who closed the case first.
    """
    case = lock(session, case_id, worked_cases(by))
    make_move(session, case.referral_id, Move.CLOSE, by=by, at=at)
    occasion = f"case-closed:{case.id}:{case.version}"  # closed again after a reopening is another occasion
    case.closed_on = local_date(at)
    case.closed_at = at
    letter = case_closed(
        referral_id=case.referral_id,
        masked_name=mask_name(case.referral.person.name),
        unit_name=case.unit.name,
        closed_on=case.closed_on,
        served=_count_records(session, case.id, provided=True),
        not_served=_count_records(session, case.id, provided=False),
        base_url=base_url,
        case_id=case.id,
    )
    return write_to_referrer(
        session, case.referral, letter, occasion=occasion, at=at, reply_form_of_id=case.id
    )


def reopen(session: AnySession, case_id: int, *, reason: str, base_url: str, by: Actor, at: datetime) -> Case:
    """By a supervisor of the unit, with a mail to the case manager and to the referring unit.

    The due date stays: if it has passed, the case is overdue at once. The case manager stays as well, even one
    who has left (`is_served`): the supervisor transfers the case then.
    """
    case = lock(session, case_id, unit_cases(by))
    require_identified(case.referral.person)
    make_move(session, case.referral_id, Move.REOPEN, by=by, at=at, reason=reason)
    occasion = f"case-reopened:{case.id}:{case.version}"
    case.closed_on = None
    case.closed_at = None
    _tell_of_reopening(session, case, occasion, base_url=base_url, by=by, at=at)
    session.flush()
    return case


def is_served(session: AnySession, case: Case) -> bool:
    """Whether the case manager can still work on it: an account in use, in the case's unit, with the role."""
    manager = Account.id == case.case_manager_id, Account.active.is_(True), Account.unit_id == case.unit_id
    return session.scalar(select(Account.id).where(*manager, holds(Permission.CASE_WORK))) is not None


def lock(session: AnySession, case_id: int, scope: ColumnElement[bool]) -> Case:
    """The case as it stands now; its referral's row stays locked until the transaction ends."""
    wanted = select(Case).where(Case.id == case_id, scope)
    referral_id = session.scalar(wanted.with_only_columns(Case.referral_id))
    session.scalar(select(Referral.id).where(Referral.id == referral_id).with_for_update())
    # Once more: while we waited, the case may have been transferred to somebody else.
    case = session.scalar(wanted.execution_options(populate_existing=True))
    if case is None:
        raise NotFound(N_("找不到這筆個案,可能已轉給其他個管員,或不在您可查看的範圍。"))
    return case


def _tell_of_reopening(
    session: AnySession, case: Case, occasion: str, *, base_url: str, by: Actor, at: datetime
) -> None:
    """Nobody writes to himself, nor to a case manager who has left: the mailbox may be somebody else's by now."""
    masked_name = mask_name(case.referral.person.name)
    if is_served(session, case) and case.case_manager_id != by.user_id:
        letter = case_reopened(
            case_id=case.id,
            referral_id=case.referral_id,
            masked_name=masked_name,
            due=case.due_date,
            base_url=base_url,
        )
        outbox.queue(
            session,
            key=f"{occasion}:manager",
            to=case.case_manager.email,
            subject=letter.subject,
            body=letter.body,
            at=at,
            referral_id=case.referral_id,
        )
    letter = case_reopened_for_referrer(
        referral_id=case.referral_id,
        masked_name=masked_name,
        unit_name=case.unit.name,
        base_url=base_url,
    )
    write_to_referrer(session, case.referral, letter, occasion=f"{occasion}:referrer", at=at)


def _extension(session: AnySession, case_id: int, due_before: date) -> Extension | None:
    same = Extension.case_id == case_id, Extension.due_before == due_before
    return session.scalar(select(Extension).where(*same))


def _count_records(session: AnySession, case_id: int, *, provided: bool) -> int:
    where = ServiceRecord.case_id == case_id, ServiceRecord.provided.is_(provided)
    return session.scalar(select(func.count()).select_from(ServiceRecord).where(*where)) or 0
