"""Who is at the front desk when: 差勤 of the officers, 輪值 of the reception."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Moment, Stamped
from rules.desk import AttendanceKind

KINDS = ", ".join(f"'{kind.value}'" for kind in AttendanceKind)


class Attendance(Stamped, Model):
    """個人差勤狀況: an officer is away from `starts_at` up to `ends_at` (empty: until the officer is back)."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint("ends_at IS NULL OR starts_at <= ends_at", name="period"),
        Index("ix_attendance_unit", "unit_id", "starts_at"),
        Index("ix_attendance_officer", "officer_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    kind: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(100), default="")

    officer: Mapped[Account] = relationship()


class ReceptionShift(Stamped, Model):
    """接待台輪值: who receives on a day from one time to another, times of Taipei."""

    __tablename__ = "reception_shift"
    __table_args__ = (
        CheckConstraint("starts < ends", name="period"),
        Index("ix_reception_shift_unit", "unit_id", "day", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    receptionist_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))

    receptionist: Mapped[Account] = relationship()
