"""Which counter an officer works at on a day, and who sits beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.desk import Counter
from reports.desk_now import CounterNow, posts_of
from reports.session import ReadSession


def counter_of(session: ReadSession, unit_id: int | None, officer_id: int, day: date) -> Counter | None:
    """Where the officer is posted; of several posts the latest."""
    if unit_id is None:
        return None
    posts = [post for post in posts_of(session, unit_id, day) if post.officer_id == officer_id]
    return posts[-1].counter if posts else None


def beside(counters: Sequence[CounterNow], counter_id: int) -> Sequence[CounterNow]:
    """The nearest counter on either side that is on duty, on the floor of this one."""
    here = next((counter for counter in counters if counter.counter_id == counter_id), None)
    if here is None:
        return ()
    near = [counter for counter in counters if counter.on_duty and counter.place == here.place]
    left = [counter for counter in near if counter.number < here.number]
    right = [counter for counter in near if counter.number > here.number]
    return (*left[-1:], *right[:1])


def people_at(counters: Sequence[CounterNow]) -> Sequence[int]:
    """The accounts to call there: who is posted, and who serves in another's place."""
    found: dict[int, None] = {}
    for counter in counters:
        serving = counter.serving.officer_id if counter.serving else None
        found.update(dict.fromkeys(key for key in (counter.officer_id, serving) if key))
    return list(found)
