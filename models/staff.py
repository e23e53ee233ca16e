"""What belongs to one member of the staff: days of absence, and the searches kept for use again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Stamped
from models.crypto import Secret


class Absence(Stamped, Model):
    """Days on which somebody is not at work, both included, local dates of Taipei. Kept by a supervisor of the unit."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        Index("ix_absence_account", "account_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(100), default="")

    account: Mapped[Account] = relationship()


class SavedSearch(Model):
    """常用條件 of one user on one list. The criteria are encrypted, for they may name a person."""

    __tablename__ = "saved_search"
    __table_args__ = (Index("uq_saved_search_name", "user_id", "screen", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    screen: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(50))
    criteria: Mapped[str] = mapped_column(Secret)
