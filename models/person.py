"""The person referred: one row per national ID."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import AppendOnly, Model, Moment, Stamped
from models.crypto import Secret


class Person(Stamped, Model):
    """受轉介人. ID, telephones and address are encrypted; `national_id_hash` finds the ID, the name stays searchable."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("sex IN ('M', 'F')", name="sex"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    national_id_hash: Mapped[str] = mapped_column(String(64), unique=True)
    national_id: Mapped[str] = mapped_column(Secret)
    national_id_kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(1))
    birthday: Mapped[date]
    phone: Mapped[str] = mapped_column(Secret)
    home_phone: Mapped[str | None] = mapped_column(Secret)
    other_phone: Mapped[str | None] = mapped_column(Secret)
    address: Mapped[str] = mapped_column(Secret)
    postal_code: Mapped[str] = mapped_column(String(6))

    def __repr__(self) -> str:
        return f"person {self.id}"


class NameSuffix(Model):
    """Each tail of each name, so that a search by any part of a name is a range of an index and not a walk over all."""

    __tablename__ = "name_suffix"
    __table_args__ = (Index("ix_name_suffix_person", "person_id"),)

    # A range of prefixes is one only in code-point order, which PostgreSQL's index has by the collation C alone.
    suffix: Mapped[str] = mapped_column(
        String(60).with_variant(String(60, collation="C"), "postgresql"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)


class PersonRevision(AppendOnly, Model):
    """What a person's row held before it was changed, whole and encrypted: nothing stored is lost."""

    __tablename__ = "person_revision"
    __table_args__ = (Index("ix_person_revision_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    before: Mapped[str] = mapped_column(Secret)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))


class PersonAccess(AppendOnly, Model):
    """Look-ups and reveals of personal data: who, when, from where, whom, on which ground.

    A look-up that found nobody has no person; its criteria are kept as the keyed hash of the number asked for.
    """

    __tablename__ = "person_access"
    __table_args__ = (
        Index("ix_person_access_person", "person_id", "id"),
        Index("ix_person_access_actor", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    address: Mapped[str] = mapped_column(String(45), default="")
    act: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_hash: Mapped[str | None] = mapped_column(String(64))
    ground: Mapped[str] = mapped_column(String(100), default="")
