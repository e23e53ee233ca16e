"""Agencies, their units, and which receiving unit serves which postal codes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped


class Agency(Stamped, Model):
    """轉介機關 (社政單位, 法務部 …) or 收案機關 (a branch of the agency, a city's employment office)."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    active: Mapped[bool] = mapped_column(default=True)

    def __repr__(self) -> str:
        return self.name


class Unit(Stamped, Model):
    """轉介單位 or 收案單位; some are both. `code` is the number of the manual (13 = 新竹就業中心), for receiving units."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("refers OR receives", name="does_something"),
        CheckConstraint("NOT receives OR code IS NOT NULL", name="receiving_unit_has_code"),
        Index("ix_unit_agency", "agency_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    code: Mapped[str | None] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    refers: Mapped[bool] = mapped_column(default=False)
    receives: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(String(32), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(6), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)

    agency: Mapped[Agency] = relationship(lazy="joined")

    def __repr__(self) -> str:
        return self.name


class ServiceArea(Stamped, Model):
    """A postal-code prefix and the unit that serves it. `source` says how well founded the row is."""

    __tablename__ = "service_area"
    __table_args__ = (CheckConstraint("length(prefix) BETWEEN 3 AND 6", name="prefix_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(6), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    source: Mapped[str] = mapped_column(String(200), default="")

    unit: Mapped[Unit] = relationship()


class CountyDefault(Stamped, Model):
    """The unit that takes a county's referrals when no prefix matches (縣市預設單位分派)."""

    __tablename__ = "county_default"

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(String(10), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))

    unit: Mapped[Unit] = relationship()
