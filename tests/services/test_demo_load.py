from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from models.base import Model
from models.case import Case, ServiceRecord
from models.crypto import KEYS
from models.person import NameSuffix, Person
from models.referral import Referral
from models.timeline import TimelineEntry
from rules import national_id
from rules.due_dates import extended, first_due
from rules.referral_flow import State
from services import postal
from services.demo.load import LargeWorld
from services.routing import assign_unit
from services.transaction import transaction
from tests.conftest import Clock, application
from tests.factories import make_case, make_person

TODAY = date(2026, 11, 20)
REFERRALS = 500


def _load(session: Session, *, seed: int = 1, referrals: int = REFERRALS) -> None:
    with transaction(session):
        large = LargeWorld(session, referrals=referrals, seed=seed, today=TODAY)
    for batch in large.batches():
        with transaction(session):
            large.write(session, batch)
    with transaction(session):
        large.finish(session)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(
    request: pytest.FixtureRequest, font_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """One large world for all tests of the module, on each database. Those that add to it come last."""
    template = request.getfixturevalue(f"{request.param}_template")
    for _app in application(template, Clock(), font_dir, tmp_path_factory.mktemp("loaded")):
        _load(db.session())
        yield db.session()


def test_there_are_as_many_referrals_as_asked_for_in_every_state(loaded: Session) -> None:
    assert loaded.scalar(select(func.count()).select_from(Referral)) == REFERRALS
    assert set(loaded.scalars(select(Referral.state))) == {state.value for state in State}


def test_four_of_five_are_closed(loaded: Session) -> None:
    closed = loaded.scalar(select(func.count()).where(Referral.state == State.CLOSED)) or 0
    assert 0.72 < closed / REFERRALS < 0.88


def test_a_case_stands_behind_each_open_or_closed_referral_and_no_other(loaded: Session) -> None:
    for state, closed_on in loaded.execute(
        select(Referral.state, Case.closed_on)
        .outerjoin(Case, Case.referral_id == Referral.id)
        .where(Case.id.is_not(None))
    ):
        assert state in (State.OPEN, State.CLOSED)
        assert (closed_on is not None) == (state == State.CLOSED)
    taken_in = select(func.count()).where(Referral.state.in_((State.OPEN, State.CLOSED)))
    assert loaded.scalar(select(func.count()).select_from(Case)) == loaded.scalar(taken_in)


def test_due_dates_follow_from_the_referral_and_its_extensions(loaded: Session) -> None:
    extensions = 0
    for case in loaded.scalars(select(Case)):
        due = first_due(case.referral.referral_date)
        for extension in case.extensions:
            assert (extension.due_before, extension.due_after) == (due, extended(due))
            due = extension.due_after
            extensions += 1
        assert case.due_date == due
    assert extensions


def test_days_follow_each_other_and_none_lies_ahead(loaded: Session) -> None:
    for record in loaded.scalars(select(ServiceRecord)):
        case = record.case
        assert (
            case.referral.referral_date
            <= case.taken_in_at.date()
            <= record.served_on
            <= (case.closed_on or TODAY)
        )
        assert bool(record.services) == record.provided != bool(record.reasons)


def test_the_last_entry_of_a_timeline_agrees_with_the_state(loaded: Session) -> None:
    for referral in loaded.scalars(select(Referral)):
        wanted = (
            select(TimelineEntry).where(TimelineEntry.referral_id == referral.id).order_by(TimelineEntry.id)
        )
        entries = loaded.scalars(wanted).all()
        assert entries[-1].to_state == referral.state
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        assert all(before.to_state == after.from_state for before, after in pairwise(entries))


def test_referrals_go_where_the_service_areas_say_and_staff_is_of_that_unit(loaded: Session) -> None:
    for referral in loaded.scalars(select(Referral).limit(80)):
        assert assign_unit(loaded, referral.postal_code, "").unit_id == referral.receiving_unit_id
        assert referral.submitted_by.unit_id == referral.referring_unit_id
    for case in loaded.scalars(select(Case).limit(80)):
        assert (
            case.case_manager.unit_id
            == case.supervisor.unit_id
            == case.unit_id
            == case.referral.receiving_unit_id
        )


def test_a_loaded_person_is_found_by_each_part_of_his_name(loaded: Session) -> None:
    person = loaded.scalars(select(Person).where(func.length(Person.name) == 3)).first()
    assert person
    for part in (person.name, person.name[1:], person.name[2:]):
        found = select(NameSuffix.person_id).where(NameSuffix.suffix.startswith(part))
        assert person.id in loaded.scalars(found).all()


def test_personal_data_decrypts_and_is_valid(loaded: Session) -> None:
    directory = postal.directory(loaded)
    for person in loaded.scalars(select(Person).limit(150)):
        number = national_id.inspect(person.national_id)
        assert (number.kind, number.sex) == (person.national_id_kind, person.sex)
        assert person.national_id_hash == KEYS.search_hash(person.national_id)
        assert person.phone.startswith("09")
        assert directory.resolve(person.address).code == person.postal_code
    assert all(referral.brief for referral in loaded.scalars(select(Referral).limit(50)))


def test_no_foreign_key_hangs_in_the_air(loaded: Session) -> None:
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            child, parent = key.parent, key.column
            if child.table is parent.table:
                continue
            orphans = select(func.count()).select_from(table.outerjoin(parent.table, child == parent))
            assert loaded.scalar(orphans.where(child.is_not(None), parent.is_(None))) == 0, str(key)


def test_the_application_goes_on_with_numbers_of_its_own(loaded: Session) -> None:
    highest = loaded.scalar(select(func.max(Case.id))) or 0
    with transaction(loaded):
        case = make_case(loaded, referral=None)
    assert case.id > highest


def test_a_second_load_adds_to_the_first_and_to_what_was_registered_by_hand(loaded: Session) -> None:
    with transaction(loaded):
        make_person(loaded)
    counted = select(func.count()).select_from(Referral)
    before = loaded.scalar(counted) or 0
    _load(loaded, referrals=100)
    assert loaded.scalar(counted) == before + 100
