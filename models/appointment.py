"""預約: a slot of an officer that a person has. No second one in the same slot: the database refuses it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Moment, Versioned
from models.crypto import Secret
from models.desk_rules import BusinessType
from models.person import Person
from rules.desk import AppointmentState

STATES = ", ".join(f"'{state.value}'" for state in AppointmentState)
TAKEN = text("state IN ('booked', 'kept')")


class Appointment(Versioned, Model):
    """`day` is the local day of `starts_at`. Moving makes a new row; `moved_to_id` leads to it. `material`: 備齊相關服務資料."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("starts_at < ends_at", name="period"),
        Index(
            "uq_appointment_slot",
            "officer_id",
            "starts_at",
            unique=True,
            sqlite_where=TAKEN,
            postgresql_where=TAKEN,
        ),
        Index("ix_appointment_day", "unit_id", "day", "starts_at"),
        Index("ix_appointment_person", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default=AppointmentState.BOOKED.value)
    material: Mapped[str] = mapped_column(Secret, default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    ended_reason: Mapped[str] = mapped_column(String(200), default="")
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)

    officer: Mapped[Account] = relationship(foreign_keys=[officer_id])
    person: Mapped[Person] = relationship()
    business_type: Mapped[BusinessType] = relationship()
