"""到訪: one arrival at the front desk, its ticket, its history, and the decisions that sent it to a counter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.appointment import Appointment
from models.base import AppendOnly, Model, Moment, Versioned
from models.crypto import Secret
from models.desk import Counter, CounterGroup
from models.desk_rules import BusinessType
from models.person import Person
from rules.desk import Basis, Disability, DisabilityEvidence, Outcome
from rules.visit_flow import State


def _among(column: str, words: type[Any]) -> str:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return f"{column} IN ({listed})"


SERVING = text("state = 'serving'")
OPEN = text("state IN ('checked_in', 'waiting', 'called', 'serving')")


class TicketBook(Model):
    """The last ticket number of a centre's local day; the row is locked while a number is drawn."""

    __tablename__ = "ticket_book"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class DutyList(AppendOnly, Model):
    """Who could be entitled to a case: groups with their shares and officers on duty, `[[group, share, [officers]], …]`.

    Written once for each content (`digest`), so that debts are recomputed from visits by counting rows per list.
    """

    __tablename__ = "duty_list"
    __table_args__ = (UniqueConstraint("unit_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[list[Any]] = mapped_column(JSON)


class Visit(Versioned, Model):
    """`day` and `number` make the ticket, unique in the centre; `state` changes only by `rules.visit_flow`.

    `new_case` is the judgement, `counted` whether it counts as a new case of the group and officer that have it now, with
    the duty list of the moment they got it. `queue_from` orders a counter's queue: the arrival, or the time of an appointment.
    A visitor without papers, or an employer, has no person but a name (`visitor`). Dispatched: counter, officer and group.
    """

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(_among("state", State), name="state"),
        CheckConstraint(_among("disability", Disability), name="disability"),
        CheckConstraint(
            f"disability_evidence IS NULL OR {_among('disability_evidence', DisabilityEvidence)}",
            name="disability_evidence",
        ),
        CheckConstraint(_among("basis", Basis), name="basis"),
        CheckConstraint(f"outcome IS NULL OR {_among('outcome', Outcome)}", name="outcome"),
        CheckConstraint(
            "state NOT IN ('waiting', 'called', 'serving', 'served') "
            "OR (counter_id IS NOT NULL AND officer_id IS NOT NULL AND group_id IS NOT NULL)",
            name="dispatched_somewhere",
        ),
        CheckConstraint("state NOT IN ('serving', 'served') OR started_at IS NOT NULL", name="started"),
        CheckConstraint("(state = 'served') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("state <> 'booked' OR booked_id IS NOT NULL", name="booked_for_a_day"),
        UniqueConstraint("unit_id", "day", "number"),
        # A counter serves one visit at most, and so does an officer who stands in at another counter.
        Index(
            "uq_visit_serving_counter",
            "counter_id",
            unique=True,
            sqlite_where=SERVING,
            postgresql_where=SERVING,
        ),
        Index(
            "uq_visit_serving_officer",
            "officer_id",
            unique=True,
            sqlite_where=SERVING,
            postgresql_where=SERVING,
        ),
        Index("ix_visit_open", "unit_id", "state", "counter_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_visit_day", "unit_id", "day", "id"),
        Index("ix_visit_person", "person_id", "unit_id", "business_type_id", "day"),
        Index("ix_visit_officer", "officer_id", "day"),
        # Debts of a month are read from this index alone.
        Index(
            "ix_visit_debt",
            "unit_id",
            "business_type_id",
            "counted",
            "day",
            "state",
            "duty_list_id",
            "group_id",
            "officer_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    number: Mapped[int]
    business_type_id: Mapped[int] = mapped_column(ForeignKey("business_type.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    visitor: Mapped[str] = mapped_column(Secret, default="")
    state: Mapped[str] = mapped_column(String(10), default=State.CHECKED_IN.value)

    new_case: Mapped[bool]
    basis: Mapped[str] = mapped_column(String(20))
    basis_note: Mapped[str] = mapped_column(String(200), default="")
    asked_officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    identities: Mapped[list[int]] = mapped_column(JSON, default=list)
    disability: Mapped[str] = mapped_column(String(10), default=Disability.NONE.value)
    disability_evidence: Mapped[str | None] = mapped_column(String(10))

    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("counter_group.id"))
    counted: Mapped[bool] = mapped_column(default=False)
    duty_list_id: Mapped[int | None] = mapped_column(ForeignKey("duty_list.id"))
    overridden: Mapped[bool] = mapped_column(default=False)
    picked: Mapped[bool] = mapped_column(default=False)  # called out of order

    # 求才雇主 (接待台 rule 十二): what it is about and who walks along.
    section: Mapped[str] = mapped_column(String(40), default="")
    volunteer: Mapped[str] = mapped_column(String(40), default="")

    checked_in_at: Mapped[datetime] = mapped_column(Moment)
    checked_in_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    queue_from: Mapped[datetime] = mapped_column(Moment)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    calls: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_note: Mapped[str] = mapped_column(Secret, default="")
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    booked_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)

    business_type: Mapped[BusinessType] = relationship()
    person: Mapped[Person | None] = relationship()
    counter: Mapped[Counter | None] = relationship()
    officer: Mapped[Account | None] = relationship(foreign_keys=[officer_id])
    group: Mapped[CounterGroup | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship(foreign_keys=[appointment_id])
    booked: Mapped[Appointment | None] = relationship(foreign_keys=[booked_id])

    @property
    def ticket(self) -> str:
        """As it is printed and called: A023."""
        return f"{self.business_type.letter}{self.number:03}"

    def __repr__(self) -> str:
        return f"visit {self.id}"


class VisitEntry(AppendOnly, Model):
    """What happened to a visit: who, when, from, to, why. Undoing is an entry of its own, with the undone one in `detail`."""

    __tablename__ = "visit_entry"
    __table_args__ = (Index("ix_visit_entry_visit", "visit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(String(64))
    move: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(10))
    to_state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Decision(AppendOnly, Model):
    """A dispatch decision with everything it was made from: `facts` is what `rules.dispatch.decide` was given, so that it
    can be made again; `passed` why each other candidate was passed over. Without a counter: nobody could take the visit.
    """

    __tablename__ = "dispatch_decision"
    __table_args__ = (
        Index("ix_dispatch_decision_visit", "visit_id", "id"),
        Index("ix_dispatch_decision_day", "unit_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    rule: Mapped[str] = mapped_column(String(24))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("counter_group.id"))
    counted: Mapped[bool]
    # Sentences as templates with their values, for both languages: [{"template": …, "values": {…}}, …].
    reason: Mapped[list[Any]] = mapped_column(JSON)
    passed: Mapped[list[Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
