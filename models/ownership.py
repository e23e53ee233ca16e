"""一案到底: which officer a person belongs to per business type, and how that changes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import AppendOnly, Model, Moment, Stamped, Versioned
from models.crypto import Secret
from models.desk_rules import BusinessType
from models.person import Person


class Owner(Versioned, Model):
    """The officer of a person for one business type. Set when the service of a new case starts."""

    __tablename__ = "owner"
    __table_args__ = (
        UniqueConstraint("unit_id", "person_id", "business_type_id"),
        Index("ix_owner_officer", "officer_id", "business_type_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    since: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship()
    business_type: Mapped[BusinessType] = relationship()
    officer: Mapped[Account] = relationship()


class OwnerChange(AppendOnly, Model):
    """`cause`: new_case, first_service, transfer, departure, undo. `to_id` empty: nobody any more (a start taken back)."""

    __tablename__ = "owner_change"
    __table_args__ = (Index("ix_owner_change_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    from_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    cause: Mapped[str] = mapped_column(String(16))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))


class PermanentTransfer(Versioned, Model):
    """永久轉案 (櫃台 rules 七, 十四; 接待台 rule 七): proposed by an officer with the visitor's consent, accepted by the other,
    executed at reception. `state`: proposed, accepted, declined, executed, withdrawn.
    """

    __tablename__ = "permanent_transfer"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'executed', 'withdrawn')", name="state"
        ),
        CheckConstraint("from_id <> to_id", name="somebody_else"),
        Index("ix_permanent_transfer_unit", "unit_id", "state"),
        Index(
            "uq_permanent_transfer_open",
            "unit_id",
            "person_id",
            "business_type_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'accepted')"),
            postgresql_where=text("state IN ('proposed', 'accepted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    reason: Mapped[str] = mapped_column(Secret)
    consent: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_note: Mapped[str] = mapped_column(String(200), default="")
    executed_at: Mapped[datetime | None] = mapped_column(Moment)
    executed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    person: Mapped[Person] = relationship()
    business_type: Mapped[BusinessType] = relationship()
    from_officer: Mapped[Account] = relationship(foreign_keys=[from_id])
    to_officer: Mapped[Account] = relationship(foreign_keys=[to_id])


class ChangeRequest(Versioned, Model):
    """更換「一案到底就服員」 (接待台 rule 九). `state`: open, kept, granted. A complaint goes to the supervisor at once."""

    __tablename__ = "change_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'kept', 'granted')", name="state"),
        Index("ix_change_request_unit", "unit_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    reason: Mapped[str] = mapped_column(Secret)
    complaint: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="open")
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decision_note: Mapped[str] = mapped_column(Secret, default="")
    new_officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    person: Mapped[Person] = relationship()
    business_type: Mapped[BusinessType] = relationship()
    officer: Mapped[Account] = relationship(foreign_keys=[officer_id])


class Departure(Stamped, Model):
    """An officer has left the centre (櫃台 rule 三, 資訊 rule 二): until successors are named, benefit goes to `benefit_officer`
    and counts as no new case, job seeking to the deputies. Nothing else remembers that somebody has left.
    """

    __tablename__ = "departure"
    __table_args__ = (UniqueConstraint("unit_id", "officer_id", "left_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    left_on: Mapped[date]
    benefit_officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    handed_over_at: Mapped[datetime | None] = mapped_column(Moment)

    officer: Mapped[Account] = relationship(foreign_keys=[officer_id])
    benefit_officer: Mapped[Account | None] = relationship(foreign_keys=[benefit_officer_id])
    successor: Mapped[Account | None] = relationship(foreign_keys=[successor_id])
