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
    # The retention schedule has taken away what tells who this was; the row stays for the figures.
    anonymised_on: Mapped[date | None]

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
