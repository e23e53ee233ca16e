"""A workbook with the rows of a front desk table, from its check until it is written or left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment
from models.crypto import Secret


class TableUpload(Model):
    """`rows` holds the cells as they were read, as JSON, encrypted: they are checked anew when they are written.

    Seen by its uploader only, and gone once it is written.
    """

    __tablename__ = "table_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[str] = mapped_column(Secret)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
