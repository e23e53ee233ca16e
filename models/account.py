"""The people who log in. FAB's user with what an office needs: a unit, a Chinese name, a telephone, session and lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User as FabUser
from sqlalchemy import ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from models.base import Model, Moment
from models.organisation import Unit


class Account(FabUser):
    """A user has one unit and one or more roles. `name` is the Chinese name shown everywhere."""

    __tablename__ = "ab_user"

    name: Mapped[str] = mapped_column(String(64), default="")
    english_name: Mapped[str] = mapped_column(String(64), default="")
    job_title: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    extension: Mapped[str] = mapped_column(String(16), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    password_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    login_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    session_version: Mapped[int] = mapped_column(default=1)
    # Of the data an administrator edits; log-ins and locks do not count. See services.accounts.touch.
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by_id: Mapped[int | None]
    changed_by_name: Mapped[str] = mapped_column(String(64), default="")

    unit: Mapped[Unit | None] = relationship(lazy="joined", foreign_keys=[unit_id])

    def get_id(self) -> str:
        """What the session cookie holds. Counting `session_version` up ends every session of this user."""
        return f"{self.id}.{self.session_version}"

    def get_full_name(self) -> str:
        return self.name or self.username

    @property
    def phone_text(self) -> str:
        """Telephone with its extension, `02-22066196 分機 444`."""
        return f"{self.phone} 分機 {self.extension}" if self.extension else self.phone

    def __repr__(self) -> str:
        return self.get_full_name()


class OldPassword(Model):
    """Hashes of former passwords: a new one must differ from the last three."""

    __tablename__ = "old_password"
    __table_args__ = (Index("ix_old_password_user", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    password_hash: Mapped[str] = mapped_column(String(256))
    replaced_at: Mapped[datetime] = mapped_column(Moment)


class CaptchaChallenge(Model):
    """One CAPTCHA. The answer stays here and counts once; the browser holds only the token."""

    __tablename__ = "captcha_challenge"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    answer: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)


@event.listens_for(Account, "before_insert")
@event.listens_for(Account, "before_update")
def _fill_fab_names(_mapper: Mapper[Any], _connection: Any, user: Account) -> None:
    # FAB demands first and last name; a Chinese name is one string.
    user.first_name = user.name or user.username
    user.last_name = ""
