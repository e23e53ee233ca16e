"""介紹卡紀錄 and 資料移轉: what other systems know of a person's earlier services, imported or entered (接待台 rule 一)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Stamped
from models.crypto import Secret
from models.desk_rules import BusinessType
from rules.desk import EvidenceKind

KINDS = ", ".join(f"'{kind.value}'" for kind in EvidenceKind)


class EvidenceRecord(Stamped, Model):
    """About a number that may belong to nobody here yet, so it is found by the keyed hash and not by a person."""

    __tablename__ = "evidence_record"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        Index("ix_evidence_record_number", "unit_id", "national_id_hash", "recorded_on"),
        Index(
            "uq_evidence_record",
            "unit_id",
            "kind",
            "national_id_hash",
            "business_type_id",
            "recorded_on",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(20))
    national_id: Mapped[str] = mapped_column(Secret)
    national_id_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(60), default="")
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    recorded_on: Mapped[date]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    note: Mapped[str] = mapped_column(String(200), default="")

    business_type: Mapped[BusinessType] = relationship()
    officer: Mapped[Account | None] = relationship()
