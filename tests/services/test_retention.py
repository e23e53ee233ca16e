"""The retention schedule on both databases: of whom it takes, nothing is left that tells who it was; others it leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from app import jobs
from app.extensions import db
from models.base import Model
from models.case import Case
from models.outbox import Mail
from models.person import NameSuffix, Person, PersonRevision
from models.referral import Attachment, Referral, ReferralDraft
from models.timeline import TimelineEntry
from models.trail import SYSTEM_CHAIN, Act, TrailEntry, TrailPerson
from rules.actor import Actor
from rules.errors import RuleBroken
from rules.referral_flow import State
from rules.service_record import Provided, Training
from services import cases, outbox, resubmission, retention, service_records, trail_check
from services.file_changes import FileChanges
from services.retention import Schedule
from services.transaction import transaction
from tests.factories import AT, fresh_number, make_case, make_person, make_referral

MONTHS = 60
LONG_AGO = datetime(2021, 11, 10, 2, 0, tzinfo=AT.tzinfo)
TODAY = date(2026, 11, 20)
SCHEDULE = Schedule(MONTHS, TODAY)
BASE_URL = "https://jieli.example"
# Everything that somebody typed about the person, each text once in the database.
TOLD = {
    "name": "哪吒三太子",
    "former name": "李哪吒",
    "phone": "0911222333",
    "home_phone": "03-5998877",
    "other_phone": "0966555444",
    "address": "新竹市東區東大路二段60號",
    "birthday": "1980-07-07",
    "brief": "曾任餐飲內場三年",
    "expectation": "希望找白天班的工作",
    "other_identity": "更生團體轉介",
    "file": "哪吒同意書.pdf",
    "remark": "陪同面試三次",
    "earlier remark": "陪同面試兩次",
    "training": "烘焙職訓中心",
    "course": "麵包班",
    "other service": "代借交通費",
    "reason": "案母住院需重新服務",
    "mail": "李○○",
    "batch": "哪吒的名冊.xlsx",
}


def anonymise(schedule: Schedule = SCHEDULE) -> int:
    done = retention.run(db.session, current_app.extensions["file_store"], schedule, at=AT)
    db.session.rollback()
    return done


@pytest.fixture
def case(session: Session, act_as: Callable[[str], Actor]) -> Case:
    """Closed five years and some days ago, with every text there can be."""
    by, number = act_as("manager"), fresh_number()
    with transaction(session):
        person = make_person(
            session,
            national_id=number,
            changed_at=LONG_AGO,
            **{key: TOLD[key] for key in ("name", "phone", "home_phone", "other_phone", "address")},
        )
        session.add(
            PersonRevision(
                person_id=person.id, before=TOLD["former name"], changed_at=LONG_AGO, changed_by_id=by.user_id
            )
        )
        referral = make_referral(
            session,
            person=person,
            at=LONG_AGO,
            **{key: TOLD[key] for key in ("brief", "expectation", "other_identity")},
        )
        session.add(_file(referral, by))
        case = make_case(session, referral=referral, at=LONG_AGO)
        entry = Provided(
            (2, 3),
            Training(TOLD["training"], TOLD["course"], date(2021, 11, 1), date(2021, 11, 5), True),
            TOLD["other service"],
            TOLD["earlier remark"],
        )
        record = service_records.record_service(
            session, case.id, entry, submission_key=str(uuid.uuid4()), by=by, at=LONG_AGO
        )
        corrected = Provided(entry.services, entry.training, entry.other_service, TOLD["remark"])
        service_records.correct_service(
            session, record.id, corrected, opened_version=record.version, by=by, at=LONG_AGO
        )
        boss = act_as("supervisor")
        urls = {"base_url": BASE_URL, "at": LONG_AGO}
        cases.close(session, case.id, by=by, **urls)
        cases.reopen(session, case.id, reason=TOLD["reason"], by=boss, **urls)
        cases.close(session, case.id, by=by, **urls)
        outbox.queue(
            session,
            key="m",
            to="a@demo.example",
            subject="轉介單已結案",
            body=TOLD["mail"],
            at=LONG_AGO,
            referral_id=referral.id,
        )
    return case


def _file(referral: Referral, by: Actor) -> Attachment:
    store = current_app.extensions["file_store"]
    return Attachment(
        referral_id=referral.id,
        kind="consent",
        name=TOLD["file"],
        extension="pdf",
        size=7,
        sha256="0" * 64,
        storage_name=store.save(b"content"),
        uploaded_at=LONG_AGO,
        uploaded_by_id=by.user_id,
    )


def everything() -> Iterator[str]:
    """Each value of each row of the database, decrypted, but for what the trail keeps."""
    for table in Model.metadata.sorted_tables:
        if not table.name.startswith("trail_"):
            for row in db.session.execute(sa.select(table)):
                yield from (f"{table.name}: {value}" for value in row)
    db.session.rollback()


def left(number: str) -> list[str]:
    told = [text for name, text in TOLD.items() if name != "birthday"]
    people = {f"person: {TOLD['birthday']}"}
    return [
        value for value in everything() if value in people or any(text in value for text in [*told, number])
    ]


def test_the_world_of_these_tests_holds_all_of_it(session: Session, case: Case) -> None:
    with transaction(session):
        _add_batch(session, case.referral)
    held = " ".join(everything())
    assert not [text for text in TOLD.values() if text not in held]


def test_nothing_is_left_that_tells_who_it_was(session: Session, case: Case) -> None:
    person = case.referral.person
    number, hashed = person.national_id, person.national_id_hash
    with transaction(session):
        _add_batch(session, case.referral)
    assert left(number)
    assert anonymise() == 1
    assert left(number) == []
    assert hashed not in " ".join(everything())
    assert current_app.extensions["file_store"].names() == []


def _add_batch(session: Session, referral: Referral) -> None:
    table = Model.metadata.tables["batch_upload"]
    values = {
        "user_id": referral.submitted_by_id,
        "unit_id": referral.referring_unit_id,
        "file_name": TOLD["batch"],
        "rows": TOLD["address"],
        "consent_at": LONG_AGO,
        "uploaded_at": LONG_AGO,
        "submission_key": "k",
        "version": 1,
    }
    upload = session.execute(sa.insert(table).values(values).returning(table.c.id)).scalar_one()
    of_it = sa.update(Referral.__table__).where(Referral.__table__.c.id == referral.id)
    session.execute(of_it.values(batch_id=upload))


def test_the_figures_stay(session: Session, case: Case) -> None:
    referral_id, case_id = case.referral_id, case.id
    anonymise()
    referral, kept = session.get_one(Referral, referral_id), session.get_one(Case, case_id)
    person = referral.person
    assert (person.name, person.sex, person.birthday) == ("已去識別", "M", date(1980, 1, 1))
    assert (person.postal_code, referral.postal_code) == ("300", "300")
    assert (person.anonymised_on, person.phone, person.home_phone, person.address) == (TODAY, "", None, "")
    assert [each.code for each in referral.identities] == [2]
    assert (referral.state, kept.closed_on) == (State.CLOSED, date(2021, 11, 10))
    (record,) = kept.service_records
    assert [each.code for each in record.services] == [2, 3]
    assert record.training_from == date(2021, 11, 1)
    moves = [entry.move for entry in session.query(TimelineEntry).order_by(TimelineEntry.id)]
    assert moves == ["submit", "take_in", "record_service", "correct_service", "close", "reopen", "close"]


def test_it_is_written_into_the_systems_trail(session: Session, case: Case) -> None:
    person_id = case.referral.person_id
    anonymise()
    entry = session.scalars(sa.select(TrailEntry).where(TrailEntry.act == Act.ANONYMISE)).one()
    assert (entry.chain, entry.actor_id, entry.persons) == (SYSTEM_CHAIN, None, 1)
    whom = sa.select(TrailPerson.person_id).where(TrailPerson.entry_id == entry.id)
    assert session.scalars(whom).all() == [person_id]
    session.rollback()
    assert trail_check.verify(session).whole


def test_run_again_it_finds_nothing(session: Session, case: Case) -> None:
    assert (anonymise(), anonymise()) == (1, 0)


def test_batches_go_on_to_the_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(session):
        hashes = {make_person(session, changed_at=LONG_AGO).id for _ in range(5)}
    done: list[int] = []
    store = current_app.extensions["file_store"]
    with transaction(session):
        files = FileChanges(store)
        done.append(retention.anonymise_batch(session, files, SCHEDULE, at=AT, size=2))
    assert (done, anonymise()) == ([2], 3)
    people = session.scalars(sa.select(Person)).all()
    assert len({person.national_id_hash for person in people}) == len(hashes) == 5


def _closed(session: Session, at: datetime, **values: Any) -> Person:
    person = make_person(session, changed_at=LONG_AGO)
    case = make_case(session, referral=make_referral(session, person=person, at=LONG_AGO), at=LONG_AGO)
    case.closed_on, case.closed_at = at.date(), at
    case.referral.state = State.CLOSED
    return person


LIMIT = datetime(2021, 11, 20, 2, 0, tzinfo=AT.tzinfo)


@pytest.mark.parametrize(
    ("closed", "taken"), [(LIMIT - timedelta(days=1), 1), (LIMIT, 0), (LIMIT + timedelta(days=1), 0)], ids=str
)
def test_the_time_counts_from_the_closing_day(session: Session, closed: datetime, taken: int) -> None:
    with transaction(session):
        _closed(session, closed)
    assert anonymise() == taken


@pytest.mark.parametrize("state", [State.SUBMITTED, State.OPEN])
def test_who_has_something_unfinished_stays(session: Session, state: State) -> None:
    with transaction(session):
        person = _closed(session, LONG_AGO)
        referral = make_referral(session, person=person, at=LONG_AGO)
        if state == State.OPEN:
            make_case(session, referral=referral, at=LONG_AGO)
    assert anonymise() == 0


@pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN])
@pytest.mark.parametrize(("moved", "taken"), [(LONG_AGO, 1), (AT, 0)], ids=["long ago", "lately"])
def test_what_came_back_counts_from_its_last_move(
    session: Session, state: State, moved: datetime, taken: int
) -> None:
    with transaction(session):
        make_referral(session, person=make_person(session, changed_at=LONG_AGO), at=moved, state=state)
    assert anonymise() == taken


def test_whose_data_was_saved_lately_stays(session: Session) -> None:
    with transaction(session):
        make_person(session, changed_at=AT)
    assert anonymise() == 0


def test_a_newer_referral_keeps_all_of_the_person(session: Session, case: Case) -> None:
    with transaction(session):
        make_referral(session, person=case.referral.person, at=AT)
    before = list(everything())
    assert anonymise() == 0
    assert list(everything()) == before


def test_zero_months_keep_everybody(session: Session, case: Case) -> None:
    assert retention.count_due(session, Schedule(0, TODAY)) == 0
    assert anonymise(Schedule(0, TODAY)) == 0


def test_a_case_without_its_person_is_not_opened_again(
    session: Session, case: Case, act_as: Callable[[str], Actor]
) -> None:
    case_id = case.id
    anonymise()
    with pytest.raises(RuleBroken, match="已逾保存期限"), transaction(session):
        cases.reopen(session, case_id, reason="再次需要", base_url=BASE_URL, by=act_as("supervisor"), at=AT)


def test_a_returned_referral_without_its_person_is_not_sent_again(
    session: Session, act_as: Callable[[str], Actor]
) -> None:
    with transaction(session):
        person = make_person(session, changed_at=LONG_AGO)
        referral = make_referral(session, person=person, at=LONG_AGO, state=State.RETURNED)
    referral_id, files = referral.id, FileChanges(current_app.extensions["file_store"])
    anonymise()
    with pytest.raises(RuleBroken, match="已逾保存期限"), transaction(session):
        resubmission.begin(session, files, referral_id, by=act_as("referrer"), at=AT)


def test_a_correction_left_lying_goes_with_its_files(
    session: Session, act_as: Callable[[str], Actor]
) -> None:
    by = act_as("referrer")
    with transaction(session):
        person = make_person(session, changed_at=LONG_AGO)
        referral = make_referral(session, person=person, at=LONG_AGO, state=State.RETURNED)
        files = FileChanges(current_app.extensions["file_store"])
        draft = resubmission.begin(session, files, referral.id, by=by, at=LONG_AGO)
        file = _file(referral, by)
        file.referral_id, file.draft_id = None, draft.id
        session.add(file)
    assert anonymise() == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(ReferralDraft)) == 0
    assert current_app.extensions["file_store"].names() == []


def test_the_number_is_free_for_a_new_person(session: Session, case: Case) -> None:
    number = case.referral.person.national_id
    anonymise()
    with transaction(session):
        again = make_person(session, national_id=number)
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2
    assert session.scalars(sa.select(NameSuffix.person_id).distinct()).all() == [again.id]


def test_the_files_stay_when_the_transaction_fails(
    session: Session, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no trail, no change")

    monkeypatch.setattr(retention.trail, "record", fail)
    with pytest.raises(RuntimeError):
        anonymise()
    session.rollback()
    assert len(current_app.extensions["file_store"].names()) == 1
    assert session.scalars(sa.select(Person.anonymised_on)).all() == [None]


def test_the_command_tells_who_is_due_and_does_it(both: Flask, session: Session, case: Case) -> None:
    run = both.test_cli_runner().invoke
    assert "1 persons are due" in run(args=["retention", "run", "--dry-run"]).output
    db.session.remove()
    assert "1 persons anonymised" in run(args=["retention", "run"]).output
    db.session.remove()
    assert jobs.anonymise_due(both) == 0


def test_mails_keep_subject_and_time(session: Session, case: Case) -> None:
    anonymise()
    mails = session.scalars(sa.select(Mail).where(Mail.key == "m")).all()
    assert [(mail.subject, mail.body) for mail in mails] == [("轉介單已結案", "")]
