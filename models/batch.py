"""轉介個案批次(多筆)上傳: a workbook that was checked, until its good rows are confirmed. Spec 1-referral §4.3."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, Versioned
from models.crypto import Secret


class BatchUpload(Versioned, Model):
    """`rows` holds the cells as they were read, as JSON, encrypted: they are checked anew when they are confirmed.

    Seen by its uploader only. After `confirmed_at` the referrals made from it point here (`Referral.batch_id`).
    """

    __tablename__ = "batch_upload"
    __table_args__ = (Index("ix_batch_upload_user", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    # None once nothing of it is left: every row became a referral, or the rest was discarded.
    rows: Mapped[str | None] = mapped_column(Secret)
    consent_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)
