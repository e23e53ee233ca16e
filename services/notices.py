"""Notices at the front desk: written in the transaction of what they tell, read by the screens, acknowledged once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from models.notice import Notice
from rules.actor import Actor
from rules.calendar import day_begins, local_date
from rules.desk import LISTED, LISTED_DAYS, PASSING, URGENT, NoticeKind
from rules.errors import NotFound
from rules.permissions import Permission
from rules.texts import N_
from services import desk
from services.transaction import AnySession

SHOWN = 50
NO_NOTICE = N_("找不到這則通知，可能已由他人處理。")


def tell(
    session: AnySession,
    unit_id: int,
    kind: NoticeKind,
    template: str,
    *,
    to: int | Permission,
    at: datetime,
    by: Actor | None,
    visit_id: int | None = None,
    **values: Any,
) -> Notice:
    """To one account, or to whoever holds a permission in the centre. The sentence names tickets, never persons."""
    notice = Notice(
        unit_id=unit_id,
        kind=kind.value,
        to_id=to if isinstance(to, int) else None,
        to_permission=to.name if isinstance(to, Permission) else "",
        visit_id=visit_id,
        template=template,
        values=values,
        made_at=at,
        made_by_id=by.user_id if by else None,
    )
    session.add(notice)
    return notice


def mine(actor: Actor) -> ColumnElement[bool]:
    """The notices that reach this actor."""
    permissions = [permission.name for permission in actor.permissions]
    return (Notice.unit_id == actor.unit_id) & or_(
        Notice.to_id == actor.user_id, Notice.to_permission.in_(permissions)
    )


def unread(session: AnySession, actor: Actor) -> Sequence[Notice]:
    """The urgent ones first, then the newest: whatever has piled up, a call for help is seen and heard."""
    urgency = case(
        {kind.value: rank for rank, kind in enumerate(URGENT)}, value=Notice.kind, else_=len(URGENT)
    )
    return session.scalars(
        select(Notice)
        .where(mine(actor), Notice.acknowledged_at.is_(None))
        .order_by(urgency, Notice.id.desc())
        .limit(SHOWN)
    ).all()


def lapse(session: AnySession, *, at: datetime) -> int:
    """Ends what nobody answered and nobody needs to any more (`rules.desk`): acknowledged, by no one. Gives the number."""
    today = local_date(at)
    statement = (
        update(Notice)
        .where(
            Notice.acknowledged_at.is_(None),
            or_(
                and_(Notice.kind.in_(PASSING), Notice.made_at < day_begins(today)),
                and_(
                    Notice.kind.in_(LISTED),
                    Notice.made_at < day_begins(today - timedelta(days=LISTED_DAYS)),
                ),
            ),
        )
        .values(acknowledged_at=at)
    )
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]


def settle(
    session: AnySession,
    visit_id: int,
    kinds: Collection[NoticeKind],
    *,
    to: int | Permission | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """What these notices ask for about a visit has happened, or cannot happen any more: they need no further answer.

    `to`: of one reader; else of all. The caller holds the desk.
    """
    where = [Notice.visit_id == visit_id, Notice.kind.in_(kinds), Notice.acknowledged_at.is_(None)]
    if to is not None:
        where.append(Notice.to_permission == to.name if isinstance(to, Permission) else Notice.to_id == to)
    session.execute(
        update(Notice)
        .where(*where)
        .values(acknowledged_at=at, acknowledged_by_id=by.user_id)
        .execution_options(synchronize_session=False)
    )


def acknowledge(session: AnySession, notice_id: int, *, by: Actor, at: datetime) -> None:
    """Once; who comes second finds it acknowledged, which is no error. Raises `NotFound` for somebody else's notice."""
    if session.scalar(select(Notice.id).where(Notice.id == notice_id, mine(by))) is None:
        raise NotFound(NO_NOTICE)
    desk.hold(session, by.unit_id)
    session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.acknowledged_at.is_(None))
        .values(acknowledged_at=at, acknowledged_by_id=by.user_id)
        .execution_options(synchronize_session=False)
    )
