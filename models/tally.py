"""派案量表: confirmed by each counter, signed at the end of each reception shift, approved by the supervisor.

The figures are always computed from the visits; a signature keeps those that were signed. What is found later is an
entry of its own and changes no signed sheet.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import AppendOnly, Model, Moment, Versioned


class TallyConfirmation(Versioned, Model):
    """個人報表 against the tally (櫃台 rule 十六): `reported` is the officer's own count of new cases by business type, `counted`
    the tally's at that moment; while they differ, the shift cannot be signed, unless the supervisor accepts it (`TallyAcceptance`).
    One row per officer and day, confirmed again when there was more.
    """

    __tablename__ = "tally_confirmation"
    __table_args__ = (UniqueConstraint("unit_id", "day", "officer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    reported: Mapped[dict[str, int]] = mapped_column(JSON)
    counted: Mapped[dict[str, int]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(200), default="")
    confirmed_at: Mapped[datetime] = mapped_column(Moment)

    officer: Mapped[Account] = relationship()


class TallyAcceptance(AppendOnly, Model):
    """The supervisor lets the tally's number stand for an officer who cannot confirm it or counts otherwise, and says why.

    It holds while both sides stand as they did: `counted` the tally's new cases by business type, `reported` the officer's
    own (NULL: he had not confirmed). `standing`: what was not settled.
    """

    __tablename__ = "tally_acceptance"
    __table_args__ = (
        CheckConstraint("standing IN ('missing', 'stale', 'differs')", name="standing"),
        Index("ix_tally_acceptance_day", "unit_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    standing: Mapped[str] = mapped_column(String(8))
    reported: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    counted: Mapped[dict[str, int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    by_name: Mapped[str] = mapped_column(String(64))

    officer: Mapped[Account] = relationship(foreign_keys=[officer_id])


class TallySignature(AppendOnly, Model):
    """A signed sheet: `figures` as they stood. `role`: reception (a shift, `until` its end) or supervisor (the day)."""

    __tablename__ = "tally_signature"
    __table_args__ = (
        CheckConstraint("role IN ('reception', 'supervisor')", name="role"),
        UniqueConstraint("unit_id", "day", "role", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    role: Mapped[str] = mapped_column(String(12))
    until: Mapped[time]  # of Taipei
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    signed_at: Mapped[datetime] = mapped_column(Moment)
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    signer_name: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200), default="")


class TallyCorrection(AppendOnly, Model):
    """A later correction of a signed sheet: so many cases more or less, and why."""

    __tablename__ = "tally_correction"
    __table_args__ = (
        CheckConstraint("difference <> 0", name="difference"),
        Index("ix_tally_correction_day", "unit_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    new_case: Mapped[bool]
    difference: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    by_name: Mapped[str] = mapped_column(String(64))
