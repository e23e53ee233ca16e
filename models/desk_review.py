"""What the supervisor of the front desk reads and signs: refusals, and services that stayed open over night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Moment, Versioned
from models.crypto import Secret
from models.desk import Counter
from models.desk_rules import BusinessType
from models.visit import Visit


class Refusal(Versioned, Model):
    """無法接案之說明 (櫃台 rule 九): business type, time, explanation; then the supervisor's `adequate` and remark."""

    __tablename__ = "refusal"
    __table_args__ = (
        CheckConstraint("(adequate IS NULL) = (reviewed_at IS NULL)", name="reviewed_whole"),
        Index("ix_refusal_unit", "unit_id", "refused_at"),
        Index("ix_refusal_visit", "visit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    refused_at: Mapped[datetime] = mapped_column(Moment)
    ground: Mapped[str] = mapped_column(String(20))
    explanation: Mapped[str] = mapped_column(Secret)
    adequate: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(String(200), default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    visit: Mapped[Visit] = relationship()
    counter: Mapped[Counter] = relationship()
    officer: Mapped[Account] = relationship(foreign_keys=[officer_id])
    business_type: Mapped[BusinessType] = relationship()


class UnendedExplanation(Versioned, Model):
    """未點選「服務結束」之說明 (櫃台 rule 十一): the officer explains, the supervisor signs."""

    __tablename__ = "unended_explanation"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    explanation: Mapped[str] = mapped_column(Secret)
    explained_at: Mapped[datetime] = mapped_column(Moment)
    explained_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    visit: Mapped[Visit] = relationship()
    explained_by: Mapped[Account] = relationship(foreign_keys=[explained_by_id])


class OvertimeDecision(Model):
    """加班(補休)時數 (櫃台 rule 四): what the supervisor granted an officer for a day whose last service ended late."""

    __tablename__ = "overtime_decision"
    __table_args__ = (CheckConstraint("minutes BETWEEN 0 AND 720", name="minutes"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
