"""The front desk of a centre: counters in groups, who sits where, who stands in for whom. Spec 2-dispatch §1.

Everything belongs to one centre (`unit_id`), and none sees another's. Rows with days are in force on both days and in
between, local dates of Taipei; an empty last day means until further notice.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Stamped
from models.organisation import Unit
from rules.desk import GroupKind

GROUP_KINDS = ", ".join(f"'{kind.value}'" for kind in GroupKind)


class Desk(Model):
    """One row per centre. Every step at the front desk counts `serial` up: the row lock that this takes makes the steps of
    one centre follow each other (`services.desk.hold`), and screens ask by it whether anything has changed.
    """

    __tablename__ = "desk"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    serial: Mapped[int] = mapped_column(default=0)
    # The key in the address of the hall's board, hashed; empty: there is no board.
    board_key_hash: Mapped[str] = mapped_column(String(64), default="")
    slot_minutes: Mapped[int] = mapped_column(default=30)
    notice: Mapped[str] = mapped_column(String(100), default="")  # the line at the foot of the board

    unit: Mapped[Unit] = relationship()


class CounterGroup(Stamped, Model):
    """專案櫃台. `takes_benefit`: takes part in the even distribution (接待台 rule 五). `queue_limit`: full from here on."""

    __tablename__ = "counter_group"
    __table_args__ = (
        CheckConstraint(f"kind IN ({GROUP_KINDS})", name="kind"),
        CheckConstraint("queue_limit IS NULL OR queue_limit > 0", name="queue_limit"),
        UniqueConstraint("unit_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16), default=GroupKind.GENERAL.value)
    takes_benefit: Mapped[bool] = mapped_column(default=True)
    queue_limit: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def __repr__(self) -> str:
        return self.name


class Counter(Stamped, Model):
    """櫃台. `number` is on the sign; neighbours are those next in number on the same floor."""

    __tablename__ = "counter"
    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 999", name="number"),
        UniqueConstraint("unit_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[int]
    group_id: Mapped[int] = mapped_column(ForeignKey("counter_group.id"), index=True)
    place: Mapped[str] = mapped_column(String(40), default="")
    extension: Mapped[str] = mapped_column(String(16), default="")
    active: Mapped[bool] = mapped_column(default=True)

    group: Mapped[CounterGroup] = relationship()

    def __repr__(self) -> str:
        return f"{self.number} 號櫃台"


class Post(Stamped, Model):
    """Who sits at a counter. One officer has one counter at a time, and a counter one officer (`services.posts`)."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="period"),
        Index("ix_post_unit", "unit_id", "starts_on"),
        Index("ix_post_officer", "officer_id", "starts_on"),
        Index("ix_post_counter", "counter_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    counter: Mapped[Counter] = relationship()
    officer: Mapped[Account] = relationship()


class Deputy(Stamped, Model):
    """職務代理表: `rank` 1 is the first deputy of the officer, 2 the second, …"""

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("rank BETWEEN 1 AND 9", name="rank"),
        CheckConstraint("officer_id <> deputy_id", name="somebody_else"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="period"),
        Index("ix_deputy_unit", "unit_id", "officer_id", "rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    rank: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    officer: Mapped[Account] = relationship(foreign_keys=[officer_id])
    deputy: Mapped[Account] = relationship(foreign_keys=[deputy_id])
