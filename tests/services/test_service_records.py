"""A service record is written once, corrected by its author only, and no earlier version is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.case import Case, ServiceRecord, ServiceRecordRevision
from reports.service_entries import Entry, entry_of, load
from rules.actor import Actor
from rules.errors import AlreadyDone, NotFound, RuleBroken, StaleVersion
from rules.service_record import NotProvided, Provided, Training
from services import cases
from services.service_records import correct_service, record_service
from services.transaction import transaction
from tests.factories import AT, make_case

TRAINING = Provided(
    (1, 2, 3),
    Training("桃竹苗分署", "電腦輔助繪圖", date(2026, 12, 1), date(2027, 2, 26), allowance=True),
    "陪同面試",
    "下週再聯繫",
)
REFUSED = NotProvided((1, 5), "三次未接")

Cast = Callable[[str], Actor]


@pytest.fixture
def case(session: Session) -> Case:
    with transaction(session):
        return make_case(session)


def write(
    session: Session, case: Case, entry: Entry, by: Actor, *, key: str = "k", at: datetime = AT
) -> ServiceRecord:
    with transaction(session):
        return record_service(session, case.id, entry, submission_key=key, by=by, at=at)


def correct(
    session: Session, record: ServiceRecord, entry: Entry, by: Actor, *, version: int = 1
) -> ServiceRecord:
    with transaction(session):
        return correct_service(session, record.id, entry, opened_version=version, by=by, at=AT)


@pytest.mark.parametrize("entry", [TRAINING, REFUSED, Provided((1,))], ids=["training", "refused", "plain"])
def test_what_is_written_reads_back_the_same(
    session: Session, case: Case, act_as: Cast, entry: Entry
) -> None:
    record = write(session, case, entry, act_as("manager"), at=datetime(2026, 11, 20, 17, 0, tzinfo=UTC))
    session.expire_all()
    assert entry_of(record) == entry
    assert record.served_on == date(2026, 11, 21), "the day of Taipei"
    assert record.unit_id == case.unit_id


def test_the_same_form_again_gives_the_first_record_even_after_closing(
    session: Session, case: Case, act_as: Cast
) -> None:
    first = write(session, case, TRAINING, act_as("manager"))
    with transaction(session):
        cases.close(session, case.id, base_url="", by=act_as("manager"), at=AT)
    assert write(session, case, TRAINING, act_as("manager")).id == first.id


def test_the_form_of_another_case_writes_nothing(session: Session, case: Case, act_as: Cast) -> None:
    with transaction(session):
        other = make_case(session)
    write(session, case, TRAINING, act_as("manager"))
    with pytest.raises(StaleVersion):
        write(session, other, REFUSED, act_as("manager"))
    assert session.scalar(select(func.count(ServiceRecord.id))) == 1


def test_the_supervisor_may_serve_a_case_of_the_unit(session: Session, case: Case, act_as: Cast) -> None:
    assert write(session, case, TRAINING, act_as("supervisor")).author_id == act_as("supervisor").user_id


@pytest.mark.parametrize("stranger", ["manager2", "supervisor3", "referrer", "admin"])
def test_nobody_else_may(session: Session, case: Case, act_as: Cast, stranger: str) -> None:
    with pytest.raises(NotFound):
        write(session, case, TRAINING, act_as(stranger))


def test_a_correction_keeps_the_earlier_version_encrypted(session: Session, case: Case, act_as: Cast) -> None:
    record = write(session, case, TRAINING, act_as("manager"))
    correct(session, record, REFUSED, act_as("manager"))
    session.expire_all()
    assert (entry_of(record), record.version) == (REFUSED, 2)
    revision = session.scalars(select(ServiceRecordRevision)).one()
    assert load(revision.before) == TRAINING
    stored = session.scalar(text("SELECT before FROM service_record_revision"))
    assert "陪同面試".encode() not in bytes(stored)


def test_a_correction_of_the_ticks_alone_counts_as_a_version(
    session: Session, case: Case, act_as: Cast
) -> None:
    record = write(session, case, NotProvided((1,)), act_as("manager"))
    correct(session, record, NotProvided((2,)), act_as("manager"))
    assert record.version == 2
    with pytest.raises(StaleVersion):
        correct(session, record, NotProvided((3,)), act_as("manager"), version=1)


def test_an_unchanged_form_leaves_no_trace(session: Session, case: Case, act_as: Cast) -> None:
    record = write(session, case, TRAINING, act_as("manager"))
    correct(session, record, TRAINING, act_as("manager"))
    assert record.version == 1
    assert session.scalar(select(func.count(ServiceRecordRevision.id))) == 0


def test_only_its_author_corrects_a_record(session: Session, case: Case, act_as: Cast) -> None:
    record = write(session, case, TRAINING, act_as("manager"))
    with pytest.raises(RuleBroken, match="只能由填寫的人更正"):
        correct(session, record, REFUSED, act_as("supervisor"))
    with pytest.raises(NotFound):
        correct(session, record, REFUSED, act_as("manager3"))
    assert entry_of(record) == TRAINING


def test_a_form_opened_before_another_correction_is_told_who_saved_and_when(
    session: Session, case: Case, act_as: Cast
) -> None:
    record = write(session, case, TRAINING, act_as("manager"))
    correct(session, record, REFUSED, act_as("manager"))
    with pytest.raises(StaleVersion, match="王大毛 已於 115/11/20 10:00 修改過"):
        correct(session, record, TRAINING, act_as("manager"), version=1)
    assert entry_of(record) == REFUSED


def test_after_closing_nothing_is_corrected(session: Session, case: Case, act_as: Cast) -> None:
    record = write(session, case, TRAINING, act_as("manager"))
    with transaction(session):
        cases.close(session, case.id, base_url="", by=act_as("manager"), at=AT)
    with pytest.raises(AlreadyDone):
        correct(session, record, REFUSED, act_as("manager"))
    session.expire_all()
    assert entry_of(record) == TRAINING


def test_another_text_under_the_key_of_a_sent_form_is_refused_and_not_lost_in_silence(
    session: Session, case: Case, act_as: Cast
) -> None:
    write(session, case, TRAINING, act_as("manager"))
    with pytest.raises(StaleVersion):
        write(session, case, REFUSED, act_as("manager"))
    assert [entry_of(record) for record in session.scalars(select(ServiceRecord))] == [TRAINING]
