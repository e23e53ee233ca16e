"""The postal directory: editions as imported, and the roads of each district as text.

One row per district instead of one per delivery range: loading reads 374 rows, not 61,240. Editions are kept
when a newer one takes over, because a worker may be reading the one it found active.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment


class PostalDirectory(Model):
    """An edition. `digest` is the SHA-256 of its rows: equal digests, equal directories."""

    __tablename__ = "postal_directory"
    __table_args__ = (
        Index(
            "uq_postal_directory_active",
            "active",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    source_date: Mapped[date | None]
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    active: Mapped[bool]
    row_count: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return self.name


class PostalArea(Model):
    """A district. `roads` has a line per road: its name, then codes and scopes in turn, separated by tabs."""

    __tablename__ = "postal_area"

    directory_id: Mapped[int] = mapped_column(
        ForeignKey("postal_directory.id", ondelete="CASCADE"), primary_key=True
    )
    city: Mapped[str] = mapped_column(String(20), primary_key=True)
    district: Mapped[str] = mapped_column(String(20), primary_key=True)
    roads: Mapped[str] = mapped_column(Text)
