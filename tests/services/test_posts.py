"""One officer one counter at a time, one deputy per rank; what shares not a day does not collide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.desk import Counter, CounterGroup, Deputy, Post
from rules.actor import Actor
from rules.errors import FieldFault
from services import desk_tables
from services.desk_choices import choices
from tests.conftest import NOW
from tests.factories import make_desk

Act = Callable[[str], Actor]


def officer(session: Session, name: str) -> int:
    return session.scalars(select(Account.id).where(Account.username == name)).one()


def post_of(session: Session, number: int) -> Post:
    return session.scalars(select(Post).join(Counter).where(Counter.number == number)).one()


def checked(session: Session, row: Any, by: Actor, before: Any = None) -> None:
    desk_tables.prepare(row, by=by, at=NOW)
    desk_tables.check(session, row, before, choices(session, by.unit_id), at=NOW)


def new_post(session: Session, number: int, name: str, first: date, last: date | None = None) -> Post:
    counter = session.scalars(select(Counter).where(Counter.number == number)).one()
    return Post(counter_id=counter.id, officer_id=officer(session, name), starts_on=first, ends_on=last)


def test_a_counter_has_one_officer_on_a_day_and_an_officer_one_counter(session: Session, act_as: Act) -> None:
    make_desk(session)
    by = act_as("supervisor")
    free = session.scalars(select(CounterGroup)).first()
    assert free is not None
    session.add(Counter(unit_id=by.unit_id or 0, number=9, group_id=free.id))
    post_of(session, 1).ends_on = date(2026, 11, 30)
    session.flush()
    with pytest.raises(FieldFault) as taken:
        checked(session, new_post(session, 1, "counter2", date(2026, 11, 30)), by)
    assert taken.value.field == "counter_id"
    with pytest.raises(FieldFault) as elsewhere:
        checked(session, new_post(session, 9, "counter1", date(2026, 11, 30), date(2026, 11, 30)), by)
    assert elsewhere.value.field == "officer_id"
    checked(session, new_post(session, 1, "counter1", date(2026, 12, 1)), by)
    checked(session, new_post(session, 9, "counter1", date(2026, 12, 1)), by)


def test_a_period_does_not_collide_with_itself(session: Session, act_as: Act) -> None:
    make_desk(session)
    post = post_of(session, 1)
    before = {column.name: getattr(post, column.name) for column in Post.__table__.columns}
    post.ends_on = date(2026, 12, 31)
    checked(session, post, act_as("supervisor"), before)


def test_what_a_past_day_was_dispatched_by_stays(session: Session, act_as: Act) -> None:
    make_desk(session)
    by = act_as("supervisor")
    post = post_of(session, 1)
    before = {column.name: getattr(post, column.name) for column in Post.__table__.columns}
    post.ends_on = date(2026, 11, 18)
    with pytest.raises(FieldFault, match="結束日期最早是昨天"):
        checked(session, post, by, before)
    post.ends_on, post.officer_id = None, officer(session, "counter8")
    with pytest.raises(FieldFault, match="只能改結束日期"):
        checked(session, post, by, before)


def test_an_officer_of_another_centre_is_nobody_here(session: Session, act_as: Act) -> None:
    make_desk(session)
    with pytest.raises(FieldFault, match="請從名單中選擇") as refused:
        checked(session, new_post(session, 1, "supervisor3", date(2027, 1, 1)), act_as("supervisor"))
    assert refused.value.field == "officer_id"
    with pytest.raises(FieldFault, match="不能擔任"):
        checked(session, new_post(session, 1, "reception", date(2027, 1, 1)), act_as("supervisor"))


@pytest.mark.parametrize(
    ("rank", "deputy", "said"),
    [(1, "counter8", "第 1 順位"), (3, "counter2", "已經是第 1 順位"), (3, "counter1", "不能代理自己")],
)
def test_a_rank_has_one_deputy_and_nobody_stands_in_for_himself(
    session: Session, act_as: Act, rank: int, deputy: str, said: str
) -> None:
    make_desk(session)
    row = Deputy(
        officer_id=officer(session, "counter1"),
        deputy_id=officer(session, deputy),
        rank=rank,
        starts_on=date(2026, 11, 20),
    )
    with pytest.raises(FieldFault) as refused:
        checked(session, row, act_as("supervisor"))
    assert said in str(refused.value)
