"""Mails: written in the transaction that causes them, sent afterwards by the job, each once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment
from models.crypto import Secret


class MailState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # given up after the last try; an administrator can send it again


MAIL_STATES = ", ".join(f"'{state.value}'" for state in MailState)


class Mail(Model):
    """`key` names the occasion, so that one occasion makes one mail. `message_id` stays the same over all tries."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"state IN ({MAIL_STATES})", name="state"),
        Index("ix_mail_due", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    # Encrypted like what it is made from: an answer of the support desk is sent whole.
    body: Mapped[str] = mapped_column(Secret, deferred=True)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"), index=True)
    # The case whose reply form goes along, where a deployment allows personal data in mails (MAIL_REPLY_FORM_ATTACHED).
    reply_form_of_id: Mapped[int | None] = mapped_column(ForeignKey("service_case.id"))
    state: Mapped[str] = mapped_column(String(10), default=MailState.QUEUED.value)
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(Moment)
    next_try_at: Mapped[datetime] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(String(300), default="")
