"""Notices between the people of a front desk: they ring, light up, and stay until somebody has acknowledged them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment
from rules.desk import NoticeKind

KINDS = ", ".join(f"'{kind.value}'" for kind in NoticeKind)
UNREAD = text("acknowledged_at IS NULL")


class Notice(Model):
    """To one account (`to_id`), or to whoever holds a permission in the centre (`to_permission`, its enum name).

    `template` and `values` are the sentence; it names a ticket and a counter, never a person.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint("(to_id IS NULL) <> (to_permission = '')", name="to_somebody"),
        Index("ix_notice_unread", "unit_id", "to_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_notice_visit", "visit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(16))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    to_permission: Mapped[str] = mapped_column(String(24), default="")
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    template: Mapped[str] = mapped_column(String(200))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
