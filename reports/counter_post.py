"""Which counter an officer works at on a day, and who sits beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from models.account import Account
from models.desk import Counter
from reports.desk_now import posts_of
from reports.session import ReadSession


def counter_of(session: ReadSession, unit_id: int | None, officer_id: int, day: date) -> Counter | None:
    """Where the officer is posted; of several posts the latest."""
    if unit_id is None:
        return None
    posts = [post for post in posts_of(session, unit_id, day) if post.officer_id == officer_id]
    return posts[-1].counter if posts else None


def neighbours(session: ReadSession, counter: Counter, day: date) -> Sequence[Account]:
    """Who sits at the next lower and the next higher number of the same place, where somebody is posted."""
    numbers = select(Counter).where(
        Counter.unit_id == counter.unit_id, Counter.place == counter.place, Counter.active.is_(True)
    )
    beside = session.scalars(numbers.order_by(Counter.number)).all()
    posted = {post.counter_id: post.officer for post in posts_of(session, counter.unit_id, day)}
    lower = [posted[each.id] for each in beside if each.number < counter.number and each.id in posted]
    higher = [posted[each.id] for each in beside if each.number > counter.number and each.id in posted]
    return [*lower[-1:], *higher[:1]]
