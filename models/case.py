"""個案服務單: the service opened by intake, with its assignments, extensions and service records."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import AppendOnly, Model, Moment, Versioned
from models.codes import RefusalReason, ServiceKind
from models.crypto import Secret
from models.organisation import Unit
from models.referral import Referral

OPEN = text("closed_on IS NULL")


class Case(Versioned, Model):
    """`id` is the 個案服務單號; one per referral. Open while `closed_on` is empty. Dates are local dates of Taipei."""

    __tablename__ = "service_case"
    __table_args__ = (
        CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name="closed_whole"),
        Index(
            "ix_case_worklist", "case_manager_id", "due_date", "id", sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index("ix_case_manager", "case_manager_id", "id"),
        Index("ix_case_unit", "unit_id", "closed_on", "id"),
        Index("ix_case_unit_due", "unit_id", "due_date", "id"),
        Index(
            "ix_case_unit_manager",
            "unit_id",
            "case_manager_id",
            "id",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    case_manager_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    taken_in_at: Mapped[datetime] = mapped_column(Moment)
    due_date: Mapped[date]
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    referral: Mapped[Referral] = relationship()
    unit: Mapped[Unit] = relationship()
    supervisor: Mapped[Account] = relationship(foreign_keys=[supervisor_id])
    case_manager: Mapped[Account] = relationship(foreign_keys=[case_manager_id])
    service_records: Mapped[list[ServiceRecord]] = relationship(
        back_populates="case", order_by="ServiceRecord.served_on, ServiceRecord.id"
    )
    assignments: Mapped[list[Assignment]] = relationship(order_by="Assignment.id")
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id")

    def __repr__(self) -> str:
        return f"case {self.id}"


class Assignment(AppendOnly, Model):
    """Who had the case from when to when. Appended; the end of one is the start of the next."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    case_manager_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    assigned_at: Mapped[datetime] = mapped_column(Moment)
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))

    case_manager: Mapped[Account] = relationship(foreign_keys=[case_manager_id])


class Extension(AppendOnly, Model):
    """延期三個月. `due_before` is unique for a case: pressing twice extends once."""

    __tablename__ = "extension"
    __table_args__ = (Index("uq_extension_case_due", "case_id", "due_before", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    due_before: Mapped[date]
    due_after: Mapped[date]
    extended_at: Mapped[datetime] = mapped_column(Moment)
    extended_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))


class ServiceRecord(Versioned, Model):
    """服務歷程: one dated entry of services provided, or of why none could be."""

    __tablename__ = "service_record"
    __table_args__ = (
        CheckConstraint("training_from IS NULL OR training_from <= training_to", name="training_period"),
        Index("ix_service_record_case", "case_id", "served_on", "id"),
        Index("ix_service_record_unit", "unit_id", "served_on", "id"),
        Index("ix_service_record_date", "served_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    served_on: Mapped[date]
    provided: Mapped[bool]
    training_unit: Mapped[str] = mapped_column(String(100), default="")
    training_course: Mapped[str] = mapped_column(String(100), default="")
    training_from: Mapped[date | None]
    training_to: Mapped[date | None]
    training_allowance: Mapped[bool | None]
    other_service: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    author_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)

    case: Mapped[Case] = relationship(back_populates="service_records")
    author: Mapped[Account] = relationship()
    services: Mapped[list[ServiceKind]] = relationship(
        secondary="service_record_service", order_by=ServiceKind.code
    )
    reasons: Mapped[list[RefusalReason]] = relationship(
        secondary="service_record_reason", order_by=RefusalReason.code
    )


class ServiceRecordService(Model):
    __tablename__ = "service_record_service"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("service_record.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[int] = mapped_column(ForeignKey("service_kind.code"), primary_key=True)


class ServiceRecordReason(Model):
    __tablename__ = "service_record_reason"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("service_record.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[int] = mapped_column(ForeignKey("refusal_reason.code"), primary_key=True)


class ServiceRecordRevision(AppendOnly, Model):
    """What a service record said before its author corrected it."""

    __tablename__ = "service_record_revision"
    __table_args__ = (Index("ix_service_record_revision", "record_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"))
    before: Mapped[str] = mapped_column(Secret)
    corrected_at: Mapped[datetime] = mapped_column(Moment)
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
