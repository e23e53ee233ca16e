"""What a thief of the database and of the file store finds: nothing of what is personal beyond the name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.extensions import db
from models.base import Model
from models.person import Person
from rules.actor import Actor
from rules.person import PersonFields
from rules.referral_form import ReferralFields
from services import drafts, people, referrals
from services.file_changes import FileChanges
from services.transaction import transaction
from tests.factories import AT, fresh_number

SECRETS = {
    "phone": "0911222333",
    "home_phone": "03-5998877",
    "other_phone": "0966555444",
    "address": "新竹市東區東大路二段60號",
    "brief": "曾任餐飲內場三年,目前待業。",
    "expectation": "希望找白天班的工作。",
    "former phone": "0900111222",
    "attachment": "同意書全文甲乙丙丁",
}
NAME = "孫悟空"


def stored_bytes(app: Flask, tmp_path: Path) -> bytes:
    """The database as a copy of it would be stolen, and all files of the store."""
    files = b"".join(path.read_bytes() for path in (tmp_path / "files").iterdir())
    db.session.remove()
    url = db.engine.url
    if url.drivername == "sqlite":
        path = Path(url.database or "")
        return files + b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    with db.engine.connect() as connection, connection.connection.cursor() as cursor:
        for table in Model.metadata.sorted_tables:
            with cursor.copy(f"COPY {table.name} TO STDOUT") as copy:
                files += b"".join(bytes(line) for line in copy)
    return files


@pytest.fixture
def number(session: Session, act_as: Callable[[str], Actor]) -> str:
    """A person registered, corrected and referred, with a file, through the services."""
    by, key, found = act_as("referrer"), str(uuid.uuid4()), fresh_number()
    person = PersonFields(
        name=NAME,
        national_id=found,
        birthday=date(1960, 1, 1),
        phone=SECRETS["former phone"],
        home_phone=SECRETS["home_phone"],
        other_phone=SECRETS["other_phone"],
        address=SECRETS["address"],
        postal_code="30054",
    )
    upload = drafts.Upload("consent", "同意書.pdf", f"%PDF-1.4\n{SECRETS['attachment']}\n%%EOF\n".encode())
    store = current_app.extensions["file_store"]
    with FileChanges(store) as files, transaction(session):
        known = people.register(session, person, by=by, at=AT).person
        assert isinstance(known, Person)
        drafts.choose_person(session, key, known, by=by, at=AT)
        drafts.put_file(session, files, key, upload, by=by, at=AT)
    with FileChanges(store) as files, transaction(session):
        referrals.submit(
            session,
            files,
            key=key,
            person=replace(person, phone=SECRETS["phone"]),
            fields=referral_fields(),
            base_url="https://jieli.example",
            by=by,
            at=AT,
        )
    with transaction(session):  # and another form, half-filled
        drafts.save(session, str(uuid.uuid4()), {"national_id": found, **SECRETS}, by=by, at=AT)
    return found


def test_neither_database_nor_files_show_personal_data(both: Flask, number: str, tmp_path: Path) -> None:
    stored = stored_bytes(both, tmp_path)
    assert NAME.encode() in stored, "the name stays searchable; without it this test would look at nothing"
    secrets = {name: text.encode() for name, text in {**SECRETS, "national ID": number}.items()}
    # PostgreSQL's COPY writes bytes as hexadecimal digits.
    assert not [name for name, text in secrets.items() if text in stored or text.hex().encode() in stored]


def test_the_keys_are_not_in_the_database(both: Flask, number: str, tmp_path: Path) -> None:
    stored = stored_bytes(both, tmp_path)
    keys = [*both.config["DATA_KEYS"], both.config["DATA_HASH_KEY"], both.config["SECRET_KEY"]]
    assert not [key for key in keys if key.encode() in stored]


def referral_fields() -> ReferralFields:
    return ReferralFields(
        indicators=(1, 2),
        identities=(2,),
        other_identity="",
        brief=SECRETS["brief"],
        expectation=SECRETS["expectation"],
    )
