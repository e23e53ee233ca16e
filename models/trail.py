"""The trail of personal data: who saw whom, when, from where, and why that was allowed. Spec 1-referral §5.9.

Each account's entries form a chain: an entry's `hash` follows from the one before it and from the keyed `digest` of its
own content, and its keyed `mac` binds that hash to the entry's place, so that nobody without the key can change, insert or
remove one unseen. A chain per account, for accounts rarely do two things at once: one chain for all would make every page
wait for every other.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import AppendOnly, Model, Moment
from models.crypto import Secret

SYSTEM_CHAIN = 0


class Act(StrEnum):
    """What was done with the data."""

    VIEW = "view"
    LIST = "list"
    LOOK_UP = "look_up"
    REVEAL = "reveal"
    PRINT = "print"
    DOWNLOAD = "download"
    EXPORT = "export"
    DISCLOSE = "disclose"
    API = "api"
    SEAL = "seal"  # of the system's own chain: how far every other chain had come
    ANONYMISE = "anonymise"


ACTS = ", ".join(f"'{act.value}'" for act in Act)


class TrailChain(Model):
    """The end of a chain: its account's id (0: the system's own), the number and the hash of the last entry.

    The database lets nobody take it backwards (migration 0002).
    """

    __tablename__ = "trail_chain"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class TrailEntry(AppendOnly, Model):
    """`screen` is the endpoint that showed the data, `ground` why the role allowed it, `criteria` what was searched for.

    A look-up that found nobody has no person; `asked_hash` keeps the keyed hash of the number asked for.
    """

    __tablename__ = "trail_entry"
    __table_args__ = (
        CheckConstraint(f"act IN ({ACTS})", name="act"),
        Index("uq_trail_entry_chain", "chain", "number", unique=True),
        Index("ix_trail_entry_at", "at", "id"),
        Index("ix_trail_entry_actor", "actor_id", "act", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[int]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    unit_id: Mapped[int | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    act: Mapped[str] = mapped_column(String(10))
    screen: Mapped[str] = mapped_column(String(64), default="")
    ground: Mapped[str] = mapped_column(String(100), default="")
    criteria: Mapped[str] = mapped_column(Secret, default="")
    asked_hash: Mapped[str | None] = mapped_column(String(64))
    persons: Mapped[int] = mapped_column(default=0)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    actor: Mapped[Account | None] = relationship()


class TrailPerson(AppendOnly, Model):
    """Whose data an entry is about. In the digest too, so that a removed row is found."""

    __tablename__ = "trail_person"
    __table_args__ = (Index("ix_trail_person_entry", "entry_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("trail_entry.id"), primary_key=True)
