"""The outbox: mails are rows of the transaction that causes them and leave after its commit, each once.

A row is claimed by a conditional update before it is sent, so two job processes never send the same mail. Who dies
between sending and noting it down leaves the row claimed; it is tried again after the lease with the same Message-ID,
by which mail servers and readers recognise a repetition.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update

from models.outbox import Mail, MailState
from rules.actor import Actor
from rules.errors import NotFound, RuleBroken
from rules.permissions import Permission
from rules.texts import N_
from services.transaction import AnySession, transaction

LEASE = timedelta(minutes=5)
# The pauses after each failed try; after the last one the mail waits for an administrator.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
BATCH = 50
QUEUED_MARK = "mail_queued"

Send = Callable[[Mail], None]


class Refused(Exception):
    """The server will never take this mail (unknown recipient, malformed address): no use in trying again."""


def queue(
    session: AnySession,
    *,
    key: str,
    to: str,
    subject: str,
    body: str,
    at: datetime,
    referral_id: int | None = None,
    reply_form_of_id: int | None = None,
) -> Mail:
    """Write the mail into the caller's transaction. `key` names the occasion: one occasion makes one mail."""
    known = session.scalar(select(Mail).where(Mail.key == key))
    if known:
        return known
    mail = Mail(
        key=key,
        message_id=f"<{uuid.uuid4()}@jieli>",
        recipient=to,
        subject=subject,
        body=body,
        referral_id=referral_id,
        reply_form_of_id=reply_form_of_id,
        queued_at=at,
        next_try_at=at,
    )
    session.add(mail)
    session.flush()
    session.info[QUEUED_MARK] = True  # tells the jobs after the commit that there is something to do
    return mail


def queue_new(session: AnySession, mails: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """The mails of an occasion that is known to be new, each with `key`, `recipient`, `subject` and `body`, in one statement."""
    if not mails:
        return
    fixed = {"state": MailState.QUEUED, "tries": 0, "queued_at": at, "next_try_at": at}
    session.execute(
        insert(Mail), [{**fixed, "message_id": f"<{uuid.uuid4()}@jieli>", **mail} for mail in mails]
    )
    session.info[QUEUED_MARK] = True


def send_due(session: AnySession, send: Send, *, at: datetime) -> int:
    """Send what is due, oldest first; gives the number sent. Commits after each step: call it outside a transaction.

    `send` raises `Refused` for good, anything else for now.
    """
    sent = 0
    for mail_id in _due(session, at):
        if _claim(session, mail_id, at):
            mail = session.get_one(Mail, mail_id, populate_existing=True)
            sent += _send_one(session, mail, send, at)
    return sent


def resend(session: AnySession, mail_id: int, *, by: Actor, at: datetime) -> None:
    """An administrator's second chance for a mail that was given up."""
    if not _queue_again(
        session, Mail.id == mail_id, Mail.state.in_((MailState.FAILED, MailState.QUEUED)), by=by, at=at
    ):
        raise RuleBroken(N_("這封郵件已寄出或正在寄送,不需要重新寄送。"))


def resend_failed(session: AnySession, *, by: Actor, at: datetime) -> int:
    """The same for all that were given up, after a breakdown is mended; gives their number."""
    return _queue_again(session, Mail.state == MailState.FAILED, by=by, at=at)


def wait_until_sent(session: AnySession, mail_id: int, *, seconds: float = 1.5) -> bool:
    """Whether the jobs sent the mail within `seconds`. Looks with fresh eyes each time, outside any transaction."""
    until = time.monotonic() + seconds
    while True:
        session.rollback()
        if session.scalar(select(Mail.state).where(Mail.id == mail_id)) == MailState.SENT:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)


def _queue_again(session: AnySession, *which: ColumnElement[bool], by: Actor, at: datetime) -> int:
    if not by.may(Permission.OUTBOX_RESEND):
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    changed: int = session.execute(
        update(Mail)
        .where(*which)
        .values(state=MailState.QUEUED, next_try_at=at, tries=0)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if changed:
        session.info[QUEUED_MARK] = True
    return changed


def _due(session: AnySession, at: datetime) -> list[int]:
    waiting = (Mail.state == MailState.QUEUED) & (Mail.next_try_at <= at)
    abandoned = (Mail.state == MailState.SENDING) & (Mail.claimed_at <= at - LEASE)
    found = select(Mail.id).where(or_(waiting, abandoned)).order_by(Mail.next_try_at, Mail.id).limit(BATCH)
    ids = list(session.scalars(found))
    session.rollback()
    return ids


def _claim(session: AnySession, mail_id: int, at: datetime) -> bool:
    free = or_(
        Mail.state == MailState.QUEUED, (Mail.state == MailState.SENDING) & (Mail.claimed_at <= at - LEASE)
    )
    with transaction(session):
        claimed = session.execute(
            update(Mail)
            .where(Mail.id == mail_id, free)
            .values(state=MailState.SENDING, claimed_at=at, tries=Mail.tries + 1)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
    return bool(claimed)


def _send_one(session: AnySession, mail: Mail, send: Send, at: datetime) -> bool:
    try:
        _ = mail.body  # decrypted here: a mail that no key opens fails alone and holds up no other
        session.commit()  # no database lock is held while a mail server takes its time
        send(mail)
    except Refused as error:
        _note_failure(session, mail, error, given_up=True, at=at)
        return False
    except Exception as error:  # whatever a network does, the mail stays
        _note_failure(session, mail, error, given_up=mail.tries > len(PAUSES), at=at)
        return False
    with transaction(session):
        mail.state = MailState.SENT
        mail.sent_at = datetime.now(UTC)
        mail.last_error = ""
    return True


def _note_failure(session: AnySession, mail: Mail, error: Exception, *, given_up: bool, at: datetime) -> None:
    with transaction(session):
        mail.state = MailState.FAILED if given_up else MailState.QUEUED
        mail.next_try_at = at + PAUSES[min(mail.tries, len(PAUSES)) - 1]
        mail.last_error = f"{type(error).__name__}: {error}"[:300]
