"""The coming appointments of an officer who leaves go to the same hour of who takes over (資訊 rule 二)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.account import Account
from models.appointment import Appointment
from models.ownership import Departure
from rules.actor import Actor
from rules.desk import Kind
from rules.errors import RuleBroken
from services import appointments
from services.transaction import AnySession


@dataclass(frozen=True)
class Heirs:
    """`successors`: business type → officer. `deputies`: in order."""

    successors: Mapping[int, int]
    benefit_officer_id: int | None
    deputies: Sequence[int]

    @classmethod
    def of(cls, departure: Departure, deputies: Iterable[Account], successors: Mapping[int, int]) -> Heirs:
        there = [each.id for each in deputies if each.id != departure.officer_id]
        return cls(successors, departure.benefit_officer_id, there)

    def of_appointment(self, appointment: Appointment) -> Sequence[int]:
        """The successor, then who helps until one is named: the named officer for benefit, the deputies for all."""
        first = self.successors.get(appointment.business_type_id)
        helper = self.benefit_officer_id if appointment.business_type.kind == Kind.BENEFIT else None
        return list(dict.fromkeys(each for each in (first, helper, *self.deputies) if each is not None))


def pass_on(
    session: AnySession, appointment: Appointment, heirs: Heirs, *, by: Actor, at: datetime
) -> Appointment | None:
    """None when none of the heirs is free then: the office rings the person. The caller holds the desk."""
    for officer_id in heirs.of_appointment(appointment):
        try:
            with session.begin_nested():
                return appointments.move(
                    session,
                    appointment.id,
                    officer_id=officer_id,
                    starts_at=appointment.starts_at,
                    key=f"depart-{appointment.id}-{officer_id}",
                    by=by,
                    at=at,
                )
        except RuleBroken:
            continue
    return None
