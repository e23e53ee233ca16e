"""How often one user may ask about people: a look-up by name and number is a way to fish for personal data.

Counted in the trail, so over all workers and whatever a user discards afterwards. A batch counts with every number in
it: it may be large at once, but in an hour it brings no more than single look-ups would.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models.trail import Act, TrailEntry
from rules.actor import Actor
from rules.errors import TooMany
from services.transaction import AnySession

WINDOW = timedelta(minutes=10)
HOUR = timedelta(hours=1)
ASKED = "asked"
"""Under this name the entry of a batch tells how many numbers were asked for."""
UNKNOWN = "unknown"
"""And under this one the keyed hashes of those that nobody has; the others are the entry's persons."""


@dataclass(frozen=True)
class Limits:
    """Of one user: by hand within `WINDOW`, and all that is asked for within an hour."""

    by_hand: int
    asked: int


REFERRAL_LINE = Limits(by_hand=30, asked=180)
FRONT_DESK = Limits(by_hand=100, asked=400)
"""At the reception every visitor is looked up, with the card in hand: on a full day one comes every twenty seconds, whoever
is new is asked for twice, and one desk stands in for another. Numbers tried by a program still come to an end at once."""


def require_room(
    session: AnySession, *, by: Actor, at: datetime, batch: int = 0, limits: Limits | None = None
) -> None:
    """Raises `TooMany`. `batch`: how many numbers are asked for at once; 0: one, by hand; `limits`: the referral line's."""
    limits = limits or REFERRAL_LINE
    recent = session.execute(
        select(TrailEntry.at, TrailEntry.criteria).where(
            TrailEntry.actor_id == by.user_id, TrailEntry.act == Act.LOOK_UP, TrailEntry.at > at - HOUR
        )
    ).all()
    if not batch and sum(entry.at > at - WINDOW for entry in recent) >= limits.by_hand:
        raise TooMany("查詢次數太多,請10分鐘後再試。已填寫的內容都還在。")
    if sum(_asked(entry.criteria) for entry in recent) + max(batch, 1) > limits.asked:
        raise TooMany("一小時內查詢的人數已達上限(%(most)s人),請稍後再試。", most=limits.asked)


def _asked(criteria: str) -> int:
    return int(json.loads(criteria).get(ASKED, 1)) if criteria else 1
