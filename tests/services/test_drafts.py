"""Drafts: one for each user, encrypted, bound to its key; files and rows change together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.referral import Attachment, ReferralDraft
from rules.actor import Actor
from rules.errors import NotFound, RuleBroken, StaleVersion
from services import drafts
from services.drafts import Upload
from services.file_changes import FileChanges
from services.file_store import FileStore
from services.transaction import transaction
from tests.factories import AT, make_person

Act = Callable[[str], Actor]
PDF = b"%PDF-1.4\n%%EOF\n"
KEY = str(uuid.uuid4())


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path / "store"))


def stored(store: FileStore) -> int:
    folder = Path(store.root)
    return len(list(folder.iterdir())) if folder.exists() else 0


def put(
    session: Session, store: FileStore, by: Actor, name: str = "同意書.pdf", kind: str = "consent"
) -> Attachment:
    with FileChanges(store) as files, transaction(session):
        return drafts.put_file(session, files, KEY, Upload(kind, name, PDF), by=by, at=AT)


def test_a_draft_is_read_back_by_its_user_only(session: Session, act_as: Act) -> None:
    with transaction(session):
        drafts.save(
            session, KEY, {"brief": "打字打到一半𠮷", "identities": ["4"]}, by=act_as("referrer"), at=AT
        )
    found = drafts.load(session, by=act_as("referrer"))
    assert found is not None
    assert (found.key, found.typed, found.saved_at) == (
        KEY,
        {"brief": "打字打到一半𠮷", "identities": ["4"]},
        AT,
    )
    assert drafts.load(session, by=act_as("referrer2")) is None


def test_a_draft_lies_encrypted_in_the_database(session: Session, act_as: Act) -> None:
    with transaction(session):
        drafts.save(session, KEY, {"name": "Tang Sanzang"}, by=act_as("referrer"), at=AT)
    assert b"Sanzang" not in bytes(session.execute(text("SELECT form FROM referral_draft")).scalar_one())


def test_saving_keeps_the_person_that_was_looked_up(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        person = make_person(session)
        drafts.choose_person(session, KEY, person, by=by, at=AT)
    with transaction(session):
        draft = drafts.save(session, KEY, {"phone": "0900111222", "person": "99"}, by=by, at=AT)
    assert (draft.person_id, draft.typed["phone"]) == (person.id, "0900111222")
    with transaction(session):
        drafts.forget_person(session, KEY, by=by, at=AT)
    found = drafts.load(session, by=by)
    assert found is not None and found.person_id is None


def test_a_second_form_cannot_take_the_place_of_the_first(session: Session, act_as: Act) -> None:
    with transaction(session):
        drafts.save(session, KEY, {"brief": "第一份"}, by=act_as("referrer"), at=AT)
    with pytest.raises(StaleVersion), transaction(session):
        drafts.save(session, str(uuid.uuid4()), {"brief": "第二份"}, by=act_as("referrer"), at=AT)


def test_who_sends_no_referrals_has_no_draft(session: Session, act_as: Act) -> None:
    with pytest.raises(NotFound), transaction(session):
        drafts.save(session, KEY, {}, by=act_as("supervisor"), at=AT)


def test_a_new_file_takes_the_place_of_the_old_one_also_in_the_store(
    session: Session, act_as: Act, store: FileStore
) -> None:
    put(session, store, act_as("referrer"), "舊.pdf")
    held = put(session, store, act_as("referrer"), "新.pdf")
    assert session.scalars(select(Attachment.name)).all() == ["新.pdf"]
    assert stored(store) == 1 and store.load(held.storage_name) == PDF


def test_a_rolled_back_change_keeps_the_old_file_and_leaves_no_new_one(
    session: Session, act_as: Act, store: FileStore
) -> None:
    by = act_as("referrer")
    name = put(session, store, by).storage_name
    with pytest.raises(ZeroDivisionError), FileChanges(store) as files, transaction(session):
        drafts.put_file(session, files, KEY, Upload("consent", "新.pdf", PDF), by=by, at=AT)
        raise ZeroDivisionError
    assert stored(store) == 1 and store.load(name) == PDF
    assert session.scalars(select(Attachment.storage_name)).all() == [name]


def test_a_refused_file_leaves_the_former_one_alone(session: Session, act_as: Act, store: FileStore) -> None:
    put(session, store, act_as("referrer"))
    with pytest.raises(RuleBroken, match="超過5MB"), FileChanges(store) as files, transaction(session):
        big = Upload("consent", "大.pdf", PDF + bytes(5 * 1024 * 1024))
        drafts.put_file(session, files, KEY, big, by=act_as("referrer"), at=AT)
    assert stored(store) == 1


def test_a_strangers_file_does_not_exist(session: Session, act_as: Act, store: FileStore) -> None:
    attachment = put(session, store, act_as("referrer"))
    with pytest.raises(NotFound), FileChanges(store) as files, transaction(session):
        drafts.remove_file(session, files, attachment.id, by=act_as("referrer2"))
    assert stored(store) == 1


def test_discarding_deletes_draft_and_files(session: Session, act_as: Act, store: FileStore) -> None:
    put(session, store, act_as("referrer"))
    put(session, store, act_as("referrer"), kind="guardian")
    with FileChanges(store) as files, transaction(session):
        drafts.discard(session, files, by=act_as("referrer"))
    assert stored(store) == 0
    assert session.scalar(select(func.count()).select_from(ReferralDraft)) == 0


def test_a_key_of_somebody_elses_form_opens_nothing(session: Session, act_as: Act) -> None:
    with transaction(session):
        drafts.save(session, KEY, {"brief": "祕密"}, by=act_as("referrer"), at=AT)
    with pytest.raises(NotFound), transaction(session):
        drafts.save(session, KEY, {"brief": "別人"}, by=act_as("referrer2"), at=AT)
    assert drafts.load(session, by=act_as("referrer2")) is None
    mine = drafts.load(session, by=act_as("referrer"))
    assert mine is not None and mine.typed == {"brief": "祕密"}
