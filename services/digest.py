"""工作提醒: one mail a day for each person who has something to be reminded of (spec 1 §5.8).

Idempotent: the occasion is the account and the day, so running twice, or twice at the same time, sends nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.outbox import Mail
from reports.mails import Letter, daily_digest
from reports.office_days import office_days
from reports.reminders import reminders
from rules.calendar import add_months, local_date
from services import outbox
from services.transaction import AnySession


@dataclass(frozen=True)
class Digest:
    key: str
    username: str
    email: str
    letter: Letter


def digests(session: AnySession, *, at: datetime, base_url: str) -> Sequence[Digest]:
    """What would be sent at this moment to whom has not got today's digest yet."""
    today = local_date(at)
    days = office_days(add_months(today, -2), today)
    told = [
        Digest(
            f"digest:{account.id}:{today:%Y-%m-%d}",
            account.username,
            account.email,
            daily_digest(tasks, today=today, base_url=base_url),
        )
        for account, tasks in reminders(session, today, days)
    ]
    out = set(session.scalars(select(Mail.key).where(Mail.key.in_([each.key for each in told]))))
    return [each for each in told if each.key not in out]


def send_digests(session: AnySession, *, at: datetime, base_url: str) -> int:
    """Into the outbox; gives the number of mails, which two runs at the same moment may both claim.

    Whether the day and the hour are right is the caller's question.
    """
    written = 0
    for each in digests(session, at=at, base_url=base_url):
        letter = each.letter
        try:
            with session.begin_nested():
                outbox.queue(
                    session, key=each.key, to=each.email, subject=letter.subject, body=letter.body, at=at
                )
        except IntegrityError:
            continue  # another process was first
        written += 1
    return written
