"""Keys with which agencies' own systems use the REST API, and what was answered to their changes. Spec 3-platform §8."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Moment
from models.crypto import Secret


class ApiKey(Model):
    """A key acts for its account, within `scopes` (names of permissions) at most. The key itself is shown once.

    `prefix` finds the row; `secret_hash` is SHA-256 of 256 random bits, which needs no slow hash.
    """

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    expires_on: Mapped[date]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account] = relationship(foreign_keys=[account_id])

    def __repr__(self) -> str:
        return self.label


class ApiAnswer(Model):
    """The answer to a change, kept under the Idempotency-Key it came with: sent again, it is answered the same.

    Both hashes are keyed: what a program puts into its key, and the content itself, may be somebody's data.
    """

    __tablename__ = "api_answer"
    __table_args__ = (Index("uq_api_answer_key", "account_id", "key_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    key_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Secret)
    made_at: Mapped[datetime] = mapped_column(Moment)
