"""A morning in progress at the front desk of the demo world, around the moment of seeding, with some weeks behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.account import Account
from models.appointment import Appointment
from models.case import Case
from models.crypto import KEYS
from models.desk_rules import CentreHoliday
from models.desk_staff import ReceptionShift
from models.evidence import EvidenceRecord
from models.ownership import Owner
from models.visit import Visit
from reports.appointments import open_days
from rules.calendar import day_begins, local_date
from rules.desk import AttendanceKind, Disability, EvidenceKind
from rules.visit_flow import State
from services import attendance, change_requests, reception, transfers
from services.demo.desk_day import Arrival, Day, Fate, Staff
from services.demo.desk_tables import SHIFTS, seed_desk
from services.demo.desk_weeks import INDIGENOUS, NAME, RELEASED, Visitors, Weeks
from services.demo.teller import key
from services.transaction import AnySession

LENGTH = 170
"""Minutes from the first arrival to now."""
CARDS = 6
TRAINED, ON_LEAVE, BREAK = "counter4", "counter5", "counter7"


def seed(session: AnySession, *, at: datetime) -> int:
    """Gives the number of visits told; 0 where the story stands already. Needs the cast and the reference data."""
    if session.scalar(select(Visit.id).where(Visit.submission_key == key(f"{NAME}-today-0"))) is not None:
        return 0
    desk = seed_desk(session, at=at)
    _open_today(session, desk.unit_id, local_date(at))
    staff, random = Staff(session, desk.unit_id), Random("前台")
    visitors = Visitors(session, staff, random)
    told = Weeks(session, staff, visitors, random, local_date(at)).tell()
    return told + Morning(session, staff, visitors, random, at).tell()


def _open_today(session: AnySession, unit_id: int, today: date) -> None:
    """Whoever looks at the demo on a weekend finds a day on which the centre works."""
    if open_days(session, unit_id, today, today):
        return
    session.add(CentreHoliday(unit_id=unit_id, day=today, name="示範日（照常上班）", open=True))
    receptionist = session.scalars(select(Account.id).where(Account.username == "reception")).one()
    session.add_all(
        ReceptionShift(unit_id=unit_id, day=today, starts=starts, ends=ends, receptionist_id=receptionist)
        for starts, ends in SHIFTS
    )
    session.flush()


class Morning:
    """Shortly after midnight the story is told faster: it is always of one day."""

    def __init__(
        self, session: AnySession, staff: Staff, visitors: Visitors, random: Random, now: datetime
    ) -> None:
        self.session, self.staff, self.visitors, self.now = session, staff, visitors, now
        since_midnight = (now - day_begins(local_date(now))) / timedelta(minutes=1)
        pace = min(1.0, since_midnight / (LENGTH + 5))
        self.day = Day(session, staff, random, f"{NAME}-today", until=now, pace=pace)
        self.given: set[int] = set()

    def tell(self) -> int:
        """Gives the number of visits."""
        self._attendance()
        self._cards()
        self._arrivals()
        self.day.at(self.before(9), self._override)
        self.day.at(self.before(4), self._change_request)
        self.day.at(self.before(3), self._transfer)
        self.day.at(self.before(1.45), self._end_one)
        self.day.at(self.before(1), self._send)
        self.day.run()
        return len(self.day.visits)

    def before(self, minutes: float) -> datetime:
        return self.now - timedelta(seconds=round(60 * minutes * self.day.pace))

    # --- who comes

    def _arrivals(self) -> None:
        slow = self._of("counter2")
        patient = self._of("counter2")
        for minutes, letter in (
            (168, "A"), (154, "B"), (128, "C"), (117, "B"), (78, "B"), (62, "A"), (31, "C"), (27, "A"), (24, "B"),
            (19, "B"), (17, "A"), (15, "B"), (13, "A"), (11, "B"), (8, "B"), (7, "A"), (5, "B"), (4, "C"), (3, "B"),
        ):  # fmt: skip
            self._comes(minutes, Arrival(letter, self._new(), minutes=14, comes_again=minutes % 2 == 0))
        self._comes(140, Arrival("A", self._new(), disability=Disability.CONFIRMED, minutes=18))
        self._comes(
            133,
            Arrival(
                "D",
                visitor="竹科半導體設備廠人資",
                minutes=25,
                section="辦理求才登記",
                volunteer="志工陳媽媽",
            ),
        )
        self._comes(121, Arrival("A", self._new(), identities=(INDIGENOUS,), minutes=20))
        self._comes(104, Arrival("A", self._new(), identities=(RELEASED,), minutes=22))
        self._comes(98, Arrival("B", self._new(), fate=Fate.REFUSED))
        self._comes(92, Arrival("A", self._new(), fate=Fate.COMES_LATE))
        self._comes(85, Arrival("C", self._new(), fate=Fate.GONE))
        self._comes(101, Arrival("A", self._with_open_case(), minutes=16))
        # A long talk at counter 2, and behind it somebody who waits beyond the limit.
        self._comes(58, Arrival(slow[1], slow[0], minutes=75))
        self._comes(41, Arrival(patient[1], patient[0]))
        self._comes(52, Arrival("B", self._new(), fate=Fate.BOOKED))
        self._comes(
            21,
            Arrival(
                "D", visitor="巨城百貨人事部", section="詢問外籍人力", volunteer="志工林先生", minutes=30
            ),
        )
        self._comes(14, Arrival("A", visitor="未帶證件的民眾"))
        # The disability counter is away since an hour: nobody can take this one, and the supervisor is told.
        self._comes(12, Arrival("A", self._new(), disability=Disability.CONFIRMED))
        for minutes, appointment in zip((65, 48, 34), self._appointments(), strict=False):
            letter = self._letter(appointment.business_type_id)
            self._comes(minutes, Arrival(letter, appointment.person_id, minutes=12))

    def _comes(self, minutes: float, arrival: Arrival) -> None:
        self.day.arrive(self.before(minutes), arrival)

    def _new(self) -> int:
        return self.visitors.new(self.before(LENGTH))

    def _letter(self, business_type_id: int) -> str:
        return next(letter for letter, known in self.staff.types.items() if known == business_type_id)

    def _appointments(self) -> list[Appointment]:
        """Those of today whose time has come."""
        return list(
            self.session.scalars(
                select(Appointment)
                .where(
                    Appointment.unit_id == self.staff.unit_id,
                    Appointment.day == local_date(self.now),
                    Appointment.starts_at < self.now,
                    Appointment.person_id.not_in(self.given),
                )
                .order_by(Appointment.starts_at)
            )
        )

    def _of(self, username: str) -> tuple[int, str]:
        """A person of this officer and the letter of the business that is his; each person once. The weeks behind gave
        everybody at counters 1 to 3 some."""
        owner = self.session.scalars(
            select(Owner)
            .where(
                Owner.officer_id == self.staff.named(username).user_id,
                Owner.person_id.not_in(self.given),
                ~select(Appointment.id)
                .where(Appointment.person_id == Owner.person_id, Appointment.day == local_date(self.now))
                .exists(),
            )
            .order_by(Owner.id)
            .limit(1)
        ).one()
        self.given.add(owner.person_id)
        return owner.person_id, self._letter(owner.business_type_id)

    def _with_open_case(self) -> int:
        """Somebody whom a case manager of this centre serves already."""
        case = self.session.scalars(
            select(Case).where(Case.unit_id == self.staff.unit_id, Case.closed_on.is_(None)).order_by(Case.id)
        ).first()
        return case.referral.person_id if case else self._new()

    # --- what else goes on

    def _attendance(self) -> None:
        trained, leaving = self.staff.named(TRAINED), self.staff.named(ON_LEAVE)
        tomorrow = day_begins(local_date(self.now) + timedelta(days=1))
        attendance.register(
            self.session,
            officer_id=leaving.user_id,
            kind=AttendanceKind.LEAVE,
            starts_at=tomorrow + timedelta(hours=8),
            ends_at=tomorrow + timedelta(hours=17),
            note="特別休假",
            by=leaving,
            at=self.before(LENGTH),
        )
        attendance.register(
            self.session,
            officer_id=trained.user_id,
            kind=AttendanceKind.TRAINING,
            starts_at=self.before(60),
            ends_at=tomorrow,
            note="身心障礙者職業重建研習",
            by=trained,
            at=self.before(LENGTH),
        )
        self.day.at(
            self.before(5),
            lambda at: attendance.step_away(self.session, by=self.staff.named(BREAK), at=at, note="影印資料"),
        )

    def _cards(self) -> None:
        """介紹卡紀錄 and 資料移轉 of people who have not come yet: the search finds them to be old cases."""
        supervisor, today = self.staff.named("supervisor"), local_date(self.now)
        officer = self.staff.named("counter1")
        for number in range(CARDS):
            person = self.visitors.draw(today)
            kind = EvidenceKind.TRANSFERRED_RECORD if number % 3 == 2 else EvidenceKind.INTRODUCTION_CARD
            self.session.add(
                EvidenceRecord(
                    unit_id=self.staff.unit_id,
                    kind=kind.value,
                    national_id=person.national_id,
                    national_id_hash=KEYS.search_hash(person.national_id),
                    name=person.name,
                    business_type_id=self.staff.types["A"],
                    recorded_on=today - timedelta(days=40 + 55 * number),
                    officer_id=officer.user_id,
                    note="推介至竹科作業員職缺" if kind is EvidenceKind.INTRODUCTION_CARD else "",
                    changed_at=self.before(LENGTH),
                    changed_by_id=supervisor.user_id,
                    changed_by_name=supervisor.name,
                )
            )
        self.session.flush()

    def _override(self, at: datetime) -> None:
        """Reception sends somebody to another counter than the rule's, with the reason."""
        visit = self._waiting(newest=True)
        if visit is None:
            return
        elsewhere = self.session.scalar(
            select(Visit.counter_id)
            .where(
                Visit.unit_id == visit.unit_id,
                Visit.day == visit.day,
                Visit.state == State.SERVING.value,
                Visit.group_id == visit.group_id,
                Visit.counter_id != visit.counter_id,
            )
            .limit(1)
        )
        if elsewhere is not None:
            reception.override(
                self.session,
                visit.id,
                counter_id=elsewhere,
                reason="民眾行動不便,改由靠近入口的櫃台服務",
                by=self.staff.named("reception"),
                at=at,
            )

    def _change_request(self, at: datetime) -> None:
        person_id, letter = self._of("counter3")
        change_requests.request(
            self.session,
            person_id=person_id,
            business_type_id=self.staff.types[letter],
            officer_id=self.staff.named("counter3").user_id,
            reason="民眾表示住家附近的工作由另一位就服員較熟悉,希望更換。",
            complaint=False,
            visit_id=None,
            by=self.staff.named("reception"),
            at=at,
        )

    def _transfer(self, at: datetime) -> None:
        """Agreed upon by both officers; reception executes it with one press."""
        person_id, letter = self._of("counter1")
        proposed = transfers.propose(
            self.session,
            person_id=person_id,
            business_type_id=self.staff.types[letter],
            to_id=self.staff.named(ON_LEAVE).user_id,
            reason="談話中確認具原住民身分,民眾希望由原住民族專案櫃台服務。",
            consent=True,
            by=self.staff.named("counter1"),
            at=at,
        )
        other, answered = self.staff.named(ON_LEAVE), self.before(2)
        transfers.answer(self.session, proposed.id, agreed=True, by=other, at=answered)
        self.day.read(other, answered)

    def _end_one(self, at: datetime) -> None:
        """A counter becomes free, so that at the moment of seeding one ticket has just been called."""
        behind = aliased(Visit)
        waits = select(behind.id).where(
            behind.officer_id == Visit.officer_id,
            behind.state == State.WAITING.value,
            behind.unit_id == Visit.unit_id,
        )
        served = self.session.scalars(
            select(Visit)
            .where(Visit.unit_id == self.staff.unit_id, Visit.state == State.SERVING.value, waits.exists())
            .order_by(Visit.started_at.desc(), Visit.id)
            .limit(1)
        ).first()
        if served is not None and served.officer_id is not None:
            self.day.end(served.id, self.staff.officer(served.officer_id), at)

    def _send(self, at: datetime) -> None:
        visit = self._waiting()
        if visit is not None:
            reception.send(self.session, visit.id, by=self.staff.named("reception"), at=at)

    def _waiting(self, *, newest: bool = False) -> Visit | None:
        """One of today's who waits at a counter, the next in its queue or the last."""
        order = Visit.queue_from.desc() if newest else Visit.queue_from
        return self.session.scalars(
            select(Visit)
            .where(
                Visit.unit_id == self.staff.unit_id,
                Visit.day == local_date(self.now),
                Visit.state == State.WAITING.value,
            )
            .order_by(order, Visit.id)
            .limit(1)
        ).first()
