"""The weeks behind a demo centre: visitors of every kind, appointments kept and missed, the last days signed.

Everything goes through the services at the times when it happened, so that figures, debts, owners and histories agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select, update

from models.appointment import Appointment
from models.notice import Notice
from reports import tally as tally_report
from reports.appointments import open_days
from reports.tally_standing import Standing, confirmations, standings
from rules.calendar import TAIPEI, local_date
from rules.desk import AppointmentState, Disability
from rules.roc_dates import show
from services import reception, tally
from services.demo.desk_day import Arrival, Day, Staff
from services.demo.desk_tables import SHIFTS
from services.demo.people import FIRST_DEMO_SERIAL, MAN, WOMAN, MadeUpPerson, Population
from services.demo.roads import roads
from services.transaction import AnySession

NAME = "desk"
PAST_DAYS = 10
SIGNED_DAYS = 3
WALK_INS = (4, 7)
# Those of the referral line's demo lie below.
FIRST_SERIAL = FIRST_DEMO_SERIAL + 2_000_000
STEP = 9_973
INDIGENOUS, RELEASED = 4, 9
SCREEN = "ReceptionDesk.register"


class Visitors:
    """Made-up people of the neighbourhood, registered at the reception when they first come."""

    def __init__(self, session: AnySession, staff: Staff, random: Random) -> None:
        self._session, self._staff, self._random = session, staff, random
        self._population = Population(random)
        self._roads = [road for road in roads(session) if road.code.startswith("300")]
        self._serial = FIRST_SERIAL

    def new(self, at: datetime) -> int:
        """A person's id."""
        person = self.draw(local_date(at))
        raw = {
            "name": person.name,
            "national_id": person.national_id,
            "birthday": show(person.birthday),
            "phone": person.phone,
        }
        made = reception.register_visitor(
            self._session, raw, by=self._staff.named("reception"), at=at, screen=SCREEN
        )
        assert made.person is not None, "a made-up number that somebody has already"
        return made.person.id

    def draw(self, today: date) -> MadeUpPerson:
        self._serial += STEP
        return self._population.draw(
            self._random.choice(self._roads),
            serial=self._serial,
            today=today,
            ages=(20, 63),
            second=self._random.choice((MAN, WOMAN)),
        )


class Weeks:
    """The working days before `today`, oldest first."""

    def __init__(
        self, session: AnySession, staff: Staff, visitors: Visitors, random: Random, today: date
    ) -> None:
        self.session, self.staff, self.visitors, self.random = session, staff, visitors, random
        before = open_days(session, staff.unit_id, today - timedelta(days=45), today - timedelta(days=1))
        self.days: Sequence[date] = before[-PAST_DAYS:]

    def tell(self) -> int:
        """Gives the number of visits."""
        told = sum(self._day(day) for day in self.days)
        for day in self.days[-SIGNED_DAYS:]:
            self._sign(day)
        self._silence()
        return told

    def _day(self, day: date) -> int:
        told = Day(
            self.session,
            self.staff,
            self.random,
            f"{NAME}-{day:%m%d}",
            until=datetime.combine(day, time(23), TAIPEI),
        )
        opening = datetime.combine(day, time(8, 5), TAIPEI)
        for appointment in self._appointments(day):
            if self.random.random() < 0.85:
                told.arrive(appointment.starts_at - timedelta(minutes=6), self._kept(appointment))
        for _ in range(self.random.randint(*WALK_INS)):
            moment = opening + timedelta(minutes=self.random.randrange(8 * 60 - 40))
            told.arrive(moment, self._walk_in(opening))
        told.run()
        return len(told.visits)

    def _appointments(self, day: date) -> Sequence[Appointment]:
        return self.session.scalars(
            select(Appointment)
            .where(
                Appointment.unit_id == self.staff.unit_id,
                Appointment.day == day,
                Appointment.state == AppointmentState.BOOKED.value,
            )
            .order_by(Appointment.starts_at, Appointment.id)
        ).all()

    def _kept(self, appointment: Appointment) -> Arrival:
        letter = next(
            letter for letter, key_ in self.staff.types.items() if key_ == appointment.business_type_id
        )
        return Arrival(
            letter,
            appointment.person_id,
            minutes=self.random.randint(8, 20),
            comes_again=self.random.random() < 0.35,
        )

    def _walk_in(self, at: datetime) -> Arrival:
        letter = self.random.choices("ABCD", (50, 30, 14, 6))[0]
        minutes = self.random.randint(8, 22)
        if letter == "D":
            return Arrival("D", visitor="徵才廠商人事", minutes=minutes, section="辦理求才登記")
        return Arrival(
            letter,
            self.visitors.new(at),
            minutes=minutes,
            identities=self.random.choices(((), (INDIGENOUS,), (RELEASED,)), (80, 13, 7))[0],
            disability=self.random.choices((Disability.NONE, Disability.CONFIRMED), (92, 8))[0],
            comes_again=self.random.random() < 0.55,
        )

    def _sign(self, day: date) -> None:
        """派案量表: each counter confirms its figures, each shift signs, the supervisor approves."""
        at = datetime.combine(day, time(17, 5), TAIPEI)
        found = tally_report.sheet(self.session, self.staff.unit_id, day)
        for standing in standings(found, confirmations(self.session, self.staff.unit_id, day), ()):
            if standing.standing is Standing.MISSING:
                officer = self.staff.officer(standing.officer_id)
                counted = found.of_officer(officer.user_id)
                tally.confirm(self.session, day, counted, note="", by=officer, at=at)
        for _starts, ends in SHIFTS:
            tally.sign(
                self.session, day, ends, by=self.staff.named("reception"), at=at + timedelta(minutes=3)
            )
        supervisor = self.staff.named("supervisor")
        tally.approve(self.session, day, by=supervisor, at=at + timedelta(minutes=20))

    def _silence(self) -> None:
        """What was told in those weeks was read in those weeks."""
        self.session.execute(
            update(Notice)
            .where(Notice.unit_id == self.staff.unit_id, Notice.acknowledged_at.is_(None))
            .values(acknowledged_at=Notice.made_at, acknowledged_by_id=Notice.to_id)
            .execution_options(synchronize_session=False)
        )
