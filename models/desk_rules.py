"""The tables that the supervisor of a centre keeps and the dispatch decision reads. Dated: a past day keeps its rules.

What is in force on a day is, for each key, the row with the latest `effective_from` that is not after it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped
from models.codes import Identity
from models.desk import CounterGroup
from rules.desk import Distribution, Kind

KINDS = ", ".join(f"'{kind.value}'" for kind in Kind)
DISTRIBUTIONS = ", ".join(f"'{way.value}'" for way in Distribution)


class BusinessType(Stamped, Model):
    """業務類型. `letter` begins its tickets; `kind` is what the rules know it as."""

    __tablename__ = "business_type"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"distribution IN ({DISTRIBUTIONS})", name="distribution"),
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
        UniqueConstraint("unit_id", "name"),
        UniqueConstraint("unit_id", "letter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(40))
    letter: Mapped[str] = mapped_column(String(1))
    kind: Mapped[str] = mapped_column(String(16), default=Kind.OTHER.value)
    distribution: Mapped[str] = mapped_column(String(16), default=Distribution.RATIO.value)
    # How long a service takes as a rule, for the estimated wait until the day's own services tell.
    minutes: Mapped[int] = mapped_column(default=20)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def __repr__(self) -> str:
        return self.name


class NewCaseRule(Stamped, Model):
    """新案判別表: new when there was no service of this type within `months`; 0: when there was none ever."""

    __tablename__ = "new_case_rule"
    __table_args__ = (
        CheckConstraint("months BETWEEN 0 AND 120", name="months"),
        UniqueConstraint("business_type_id", "effective_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    effective_from: Mapped[date]
    months: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")

    business_type: Mapped[BusinessType] = relationship()


class RatioShare(Stamped, Model):
    """A line of the ratio table: a group's new registrations of the year, which are its share. 0: no such cases."""

    __tablename__ = "ratio_share"
    __table_args__ = (
        CheckConstraint("registrations BETWEEN 0 AND 1000000", name="registrations"),
        UniqueConstraint("unit_id", "effective_from", "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("counter_group.id"))
    year: Mapped[int]  # of the registrations, of our era; shown as ROC
    effective_from: Mapped[date]
    registrations: Mapped[int]

    group: Mapped[CounterGroup] = relationship()


class IdentityGroup(Stamped, Model):
    """Which group serves an identity first (接待台 rule 二); `priority` decides between several, 1 first."""

    __tablename__ = "identity_group"
    __table_args__ = (UniqueConstraint("unit_id", "identity_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    identity_code: Mapped[int] = mapped_column(ForeignKey("identity.code"))
    group_id: Mapped[int] = mapped_column(ForeignKey("counter_group.id"))
    priority: Mapped[int] = mapped_column(default=1)

    identity: Mapped[Identity] = relationship()
    group: Mapped[CounterGroup] = relationship()


class Target(Stamped, Model):
    """The appointment rate to reach, in percent, for job seeking or benefit (資訊 rule 一)."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("kind IN ('job_seeking', 'benefit')", name="kind"),
        UniqueConstraint("unit_id", "kind", "effective_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(16))
    effective_from: Mapped[date]
    percent: Mapped[int]


class WaitLimit(Stamped, Model):
    """How many minutes a visitor waits before it stands out (接待台 rule 六)."""

    __tablename__ = "wait_limit"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
        UniqueConstraint("unit_id", "effective_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    effective_from: Mapped[date]
    minutes: Mapped[int] = mapped_column(default=30)


class MassLayoffOrder(Stamped, Model):
    """大量資遣案: while it is in force the benefit cases go to all counters (接待台 rule 五)."""

    __tablename__ = "mass_layoff_order"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        Index("ix_mass_layoff_order_unit", "unit_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))


class CentreHoliday(Stamped, Model):
    """A day on which the centre is closed beside the public holidays, or open (`open`) although they say otherwise."""

    __tablename__ = "centre_holiday"
    __table_args__ = (UniqueConstraint("unit_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(40))
    open: Mapped[bool] = mapped_column(default=False)


__all__ = [
    "BusinessType",
    "CentreHoliday",
    "IdentityGroup",
    "MassLayoffOrder",
    "NewCaseRule",
    "RatioShare",
    "Target",
    "WaitLimit",
]
