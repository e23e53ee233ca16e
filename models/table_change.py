"""Who changed what in the tables of a front desk: each row before and after, in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import AppendOnly, Model, Moment


class TableChange(AppendOnly, Model):
    """`before` is empty for a row that was added, `after` for one that was removed. `source`: screen or workbook."""

    __tablename__ = "table_change"
    __table_args__ = (
        CheckConstraint("act IN ('add', 'edit', 'delete')", name="act"),
        Index("ix_table_change_unit", "unit_id", "at"),
        Index("ix_table_change_row", "table_name", "row_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    act: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(10), default="screen")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    by_name: Mapped[str] = mapped_column(String(64))
