"""Who sits where: an officer has one counter at a time and a counter one officer, a deputy is one person per rank."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.desk import Deputy, Post
from rules.errors import FieldFault
from rules.roc_dates import show
from rules.texts import N_
from services.desk_choices import Choices
from services.transaction import AnySession

UNTIL_FURTHER_NOTICE = N_("不限期")


def check_post(session: AnySession, post: Post, choices: Choices) -> None:
    """Raises FieldFault for a counter that is taken and for an officer who sits elsewhere in the period."""
    others = _others(session, Post, post, Post.counter_id == post.counter_id)
    if others is not None:
        raise FieldFault(
            "counter_id",
            N_("%(counter)s 號櫃台在 %(first)s 至 %(last)s 由 %(who)s 使用，期間不能重疊；請先結束那一筆。"),
            counter=choices.text("counter", others.counter_id),
            who=choices.text("officer", others.officer_id),
            **_period(others),
        )
    others = _others(session, Post, post, Post.officer_id == post.officer_id)
    if others is not None:
        raise FieldFault(
            "officer_id",
            N_("%(who)s 在 %(first)s 至 %(last)s 坐 %(counter)s 號櫃台，一個人同時只能有一個櫃台。"),
            counter=choices.text("counter", others.counter_id),
            who=choices.text("officer", others.officer_id),
            **_period(others),
        )


def check_deputy(session: AnySession, deputy: Deputy, choices: Choices) -> None:
    """Raises FieldFault for oneself as deputy, a rank that is taken, and a deputy who is there already."""
    officer_id, deputy_id = deputy.officer_id, deputy.deputy_id
    if officer_id == deputy_id:
        raise FieldFault("deputy_id", N_("不能代理自己，請選擇另一位同仁。"))
    same = Deputy.officer_id == officer_id
    taken = _others(session, Deputy, deputy, same & (Deputy.rank == deputy.rank))
    if taken is not None:
        raise FieldFault(
            "rank",
            N_("第 %(rank)s 順位在 %(first)s 至 %(last)s 已經是 %(who)s。"),
            rank=deputy.rank,
            who=choices.text("officer", taken.deputy_id),
            **_period(taken),
        )
    known = _others(session, Deputy, deputy, same & (Deputy.deputy_id == deputy_id))
    if known is not None:
        raise FieldFault(
            "deputy_id",
            N_("%(who)s 在 %(first)s 至 %(last)s 已經是第 %(rank)s 順位。"),
            rank=known.rank,
            who=choices.text("officer", deputy_id),
            **_period(known),
        )


def _others(session: AnySession, model: Any, row: Any, same: ColumnElement[bool]) -> Any:
    """Another row of the same in a period that shares a day with this one."""
    overlapping = [model.ends_on.is_(None) | (model.ends_on >= row.starts_on)]
    if row.ends_on is not None:
        overlapping.append(model.starts_on <= row.ends_on)
    return session.execute(
        select(model.__table__)
        .where(model.unit_id == row.unit_id, model.id != (row.id or 0), same, *overlapping)
        .order_by(model.starts_on)
        .limit(1)
    ).first()


def in_force(model: Any, day: date) -> ColumnElement[bool]:
    return (model.starts_on <= day) & or_(model.ends_on.is_(None), model.ends_on >= day)


def _period(row: Any) -> dict[str, str]:
    return {
        "first": show(row.starts_on),
        "last": show(row.ends_on) if row.ends_on else UNTIL_FURTHER_NOTICE,
    }
