"""線上客服: a question to the support desk and the answers to it. Spec 1-referral §6."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Moment, Versioned
from models.crypto import Secret


class SupportQuestion(Versioned, Model):
    """The text is encrypted: people describe cases in it. Each answer counts the version up.

    `screen` is the path of the page the question was asked on, `answered_at` the first answer's moment. A further
    question of the same user is a row of its own that `follows` the former one.
    """

    __tablename__ = "support_question"
    __table_args__ = (
        Index("ix_support_question_asker", "asker_id", "id"),
        Index("ix_support_question_open", "answered_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asker_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    asker_name: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Secret)
    screen: Mapped[str] = mapped_column(String(200), default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("support_question.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    # A double click or a re-sent request carries the same key and finds the first question.
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)

    asker: Mapped[Account] = relationship()
    answers: Mapped[list[SupportAnswer]] = relationship(
        order_by="SupportAnswer.id", back_populates="question"
    )


class SupportAnswer(Model):
    """Sent as it stands: what comes later is a supplement, a row of its own."""

    __tablename__ = "support_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("support_question.id"), index=True)
    text: Mapped[str] = mapped_column(Secret)
    answered_at: Mapped[datetime] = mapped_column(Moment)
    author_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    author_name: Mapped[str] = mapped_column(String(64))

    question: Mapped[SupportQuestion] = relationship(back_populates="answers")
