"""Submission as one transaction: files move, an adult's guardian document goes, and a failure leaves everything."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.person import Person
from models.referral import Attachment, Referral, ReferralDraft
from rules.actor import Actor
from rules.errors import FieldFault, NotFound
from rules.person import PersonFields
from rules.referral_flow import State
from rules.referral_form import ReferralFields
from services import drafts, outbox, referral_check, referrals
from services.drafts import Upload
from services.file_changes import FileChanges
from services.file_store import FileStore
from services.transaction import transaction
from tests.factories import AT, make_person, make_referral

Act = Callable[[str], Actor]
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path / "store"))


def as_fields(person: Person) -> PersonFields:
    return PersonFields(**{name: getattr(person, name) for name in PersonFields.__dataclass_fields__})


def prepare(
    session: Session, store: FileStore, by: Actor, *kinds: str, **values: object
) -> tuple[str, Person]:
    key = str(uuid.uuid4())
    with FileChanges(store) as files, transaction(session):
        person = make_person(session, **values)
        drafts.choose_person(session, key, person, by=by, at=AT)
        for kind in kinds:
            drafts.put_file(session, files, key, Upload(kind, f"{kind}.pdf", PDF), by=by, at=AT)
    return key, person


def send(session: Session, store: FileStore, key: str, person: Person, by: Actor) -> referrals.Submitted:
    with FileChanges(store) as files, transaction(session):
        return referrals.submit(
            session, files, key=key, person=as_fields(person), fields=ReferralFields((1,), (5,)),
            base_url="https://jieli.example", by=by, at=AT,
        )  # fmt: skip


def test_the_drafts_files_go_over_to_the_referral(session: Session, act_as: Act, store: FileStore) -> None:
    by = act_as("referrer")
    key, person = prepare(session, store, by, "consent", "guardian", birthday=date(2010, 1, 1))
    referral = send(session, store, key, person, by).referral
    assert {item.kind for item in referral.attachments} == {"consent", "guardian"}
    assert session.scalar(select(func.count()).select_from(ReferralDraft)) == 0


def test_a_guardians_document_of_an_adult_is_deleted(session: Session, act_as: Act, store: FileStore) -> None:
    by = act_as("referrer")
    key, person = prepare(session, store, by, "consent", "guardian")
    send(session, store, key, person, by)
    assert session.scalars(select(Attachment.kind)).all() == ["consent"]
    assert len(list(Path(store.root).iterdir())) == 1


def test_a_minor_without_the_document_is_refused(session: Session, act_as: Act, store: FileStore) -> None:
    by = act_as("referrer")
    key, person = prepare(session, store, by, "consent", birthday=date(2008, 11, 21))
    with pytest.raises(FieldFault, match="法定監護人同意書") as refused:
        send(session, store, key, person, by)
    assert refused.value.field == "guardian_file"


def test_a_key_sends_once_and_then_finds_its_referral(
    session: Session, act_as: Act, store: FileStore
) -> None:
    by = act_as("referrer")
    key, person = prepare(session, store, by)
    first, second = send(session, store, key, person, by), send(session, store, key, person, by)
    assert first.first and not second.first and first.referral.id == second.referral.id


def test_another_units_key_is_no_key(session: Session, act_as: Act, store: FileStore) -> None:
    key, person = prepare(session, store, act_as("referrer"))
    send(session, store, key, person, act_as("referrer"))
    with pytest.raises(NotFound):
        send(session, store, key, person, act_as("referrer2"))


def test_a_person_nobody_looked_up_on_this_form_is_refused(
    session: Session, act_as: Act, store: FileStore
) -> None:
    by = act_as("referrer")
    key, _ = prepare(session, store, by)
    with transaction(session):
        other = make_person(session)
    with pytest.raises(FieldFault, match="請先輸入姓名與身分證字號"):
        send(session, store, key, other, by)


def test_a_mail_that_cannot_be_queued_leaves_draft_and_files(
    session: Session, act_as: Act, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = act_as("referrer")
    key, person = prepare(session, store, by, "guardian")

    def fail(*_: object, **__: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(outbox, "queue", fail)
    with pytest.raises(OSError, match="no room"):
        send(session, store, key, person, by)
    assert session.scalar(select(func.count()).select_from(Referral)) == 0
    draft = drafts.load(session, by=by)
    assert draft is not None and store.load(draft.files["guardian"].storage_name) == PDF


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED, State.WITHDRAWN])
def test_only_an_unfinished_referral_is_warned_of(session: Session, state: State) -> None:
    with transaction(session):
        referral = make_referral(session, state=state)
    warned = referral_check.unfinished_warning(session, referral.person_id)
    assert (warned is not None) == (state is State.SUBMITTED)
    if warned:
        assert f"{referral.id} 號尚未結案(新竹就業中心)" in str(warned)
