"""The centre before the day begins: the front desk's tables, and those visitors who were served there a month ago."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app import create_app
from app.extensions import db
from models.account import Account
from models.desk import Counter
from models.desk_rules import BusinessType
from models.person import Person
from rules.actor import Actor
from rules.desk import Outcome
from services import appointments, counter, reception
from services.demo.desk_day import actor_of
from services.demo.desk_tables import seed_desk
from services.transaction import transaction
from tests.databases import PASSWORD, SqliteTemplate
from tests.factories import fresh_number
from tests.journeys import running
from tests.journeys.running import Server
from tests.journeys.ticking import CLOCK_FILE, Ticking
from tests.mailbox import Mailbox, free_port

# 115/11/20, a Friday, 09:00 in Taipei; the visits of before are of a Friday in October.
MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
OCTOBER = datetime(2026, 10, 16, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Visitor:
    name: str
    number: str = ""
    birthday: str = "75/3/8"


@dataclass
class World:
    """`known`: who was here before, by name."""

    server: Server
    clock: Ticking
    environment: dict[str, str]
    known: dict[str, Visitor]

    @property
    def database(self) -> Path:
        return self.server.instance / "jieli.db"


# Name, business type, and whose case it is.
SERVED_BEFORE = (
    ("林美玉", "A", "counter1"),
    ("陳志明", "A", "counter3"),
    ("蔡佳玲", "A", "counter2"),
    ("張文雄", "B", "counter1"),
)
APPOINTED, APPOINTED_AT = "林美玉", MORNING + timedelta(minutes=30)


@contextmanager
def opened(instance: Path) -> Iterator[World]:
    """The front desk at nine in the morning, served until the block ends."""
    template = SqliteTemplate(instance)
    database = template.fresh()
    Path(database.removeprefix("sqlite:///")).rename(instance / "jieli.db")
    known = _furnish(instance, f"sqlite:///{instance / 'jieli.db'}")
    clock = Ticking(instance / "clock.json")
    clock.set(MORNING)
    environment = running.environment_of(instance, free_port()) | {CLOCK_FILE: str(clock.file)}
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{environment['PORT']}"]
    command += ["--workers", "2", "--threads", "4", "tests.journeys.ticking:app"]
    with running.serving(command, environment):
        server = Server(environment["PUBLIC_URL"], instance, PASSWORD, Mailbox())
        yield World(server, clock, environment, known)


def _furnish(instance: Path, url: str) -> dict[str, Visitor]:
    app = create_app(JIELI_ENV="testing", JIELI_INSTANCE=str(instance), DATABASE_URL=url)
    known = {}
    with app.app_context():
        with transaction(db.session):
            seed_desk(db.session, at=MORNING)
            for place, (name, letter, username) in enumerate(SERVED_BEFORE):
                known[name] = Visitor(name, fresh_number())
                _served(known[name], letter, username, at=OCTOBER + timedelta(minutes=20 * place))
            _appointed()
        db.session.remove()
        db.engine.dispose()
    return known


def _served(visitor: Visitor, letter: str, username: str, *, at: datetime) -> None:
    """Through the services of the application; the officer becomes the owner."""
    session, by, officer = db.session, _member("reception"), _member(username)
    typed = {"national_id": visitor.number, "name": visitor.name, "birthday": visitor.birthday}
    person = reception.register_visitor(session, typed, by=by, at=at, screen="Reception.register").person
    assert person is not None
    data = reception.CheckIn(
        business_type_id=_type_id(letter), submission_key=str(uuid.uuid4()), person_id=person.id
    )
    visit = reception.check_in(session, data, by=by, at=at)
    if visit.officer_id != officer.user_id:
        here = session.scalars(select(Counter.id).where(Counter.number == int(username[-1]))).one()
        reception.override(session, visit.id, counter_id=here, reason="民眾指定", by=by, at=at)
    counter.call(session, visit.id, by=officer, at=at + timedelta(minutes=1))
    counter.start(session, visit.id, by=officer, at=at + timedelta(minutes=2))
    counter.end(session, visit.id, outcome=Outcome.CONSULTED, by=officer, at=at + timedelta(minutes=12))


def _appointed() -> None:
    """Who comes by appointment, booked by her officer a week before."""
    session, officer = db.session, _member("counter1")
    person_id = session.scalars(select(Person.id).where(Person.name == APPOINTED)).one()
    appointments.book(
        session,
        person_id=person_id,
        business_type_id=_type_id("A"),
        officer_id=officer.user_id,
        starts_at=APPOINTED_AT,
        material="履歷表",
        key=str(uuid.uuid4()),
        by=officer,
        at=MORNING - timedelta(days=7),
    )


def _member(username: str) -> Actor:
    account = db.session.scalars(select(Account).where(Account.username == username)).one()
    return actor_of(db.session, account)


def _type_id(letter: str) -> int:
    return db.session.scalars(select(BusinessType.id).where(BusinessType.letter == letter)).one()
