"""Rotation on both databases: every secret and every file under the new key, histories included, while people work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.extensions import db
from models.base import Model, Moment
from models.crypto import KEYS, KeyRing, Secret, UnreadableSecret, new_key
from models.person import Person, PersonRevision
from rules.desk import EvidenceKind
from services import keys
from services.transaction import transaction
from tests.factories import AT
from tests.histories import make_histories

FILES = ("同意書".encode(), b"")
# What the database checks beside the type.
CHECKED = {
    "appointment.ends_at": AT + timedelta(hours=1),
    "evidence_record.kind": EvidenceKind.INTRODUCTION_CARD.value,
}
SOMEBODY_ELSE = "permanent_transfer.to_id"


@pytest.fixture
def world(both: Flask) -> Iterator[dict[str, str]]:
    """A value in every encrypted column, and files; all under the first key of the configuration."""
    old = both.config["DATA_KEYS"][0]
    with transaction(db.session):
        make_histories(db.session)
        person = db.session.query(Person).one()
        person.other_phone = "0966555444"
        for table in keys.encrypted_tables():
            if not db.session.scalar(sa.select(sa.func.count()).select_from(table)):
                db.session.execute(sa.insert(table).values(_some_row(table)))
    for content in FILES:
        both.extensions["file_store"].save(content)
    yield {"old": old, "new": new_key()}
    use(both, old)


def _some_row(table: sa.Table) -> dict[str, object]:
    """Values that the database takes, for the columns that need one and for all encrypted ones."""
    return {
        column.name: _some_value(column)
        for column in table.columns
        if isinstance(column.type, Secret)
        or (column.foreign_keys and column.primary_key)
        or not (column.primary_key or column.nullable or column.default)
    }


def _some_value(column: sa.Column[object]) -> object:
    for key in column.foreign_keys:
        chosen = sa.func.max if str(column) == SOMEBODY_ELSE else sa.func.min
        return db.session.scalar(sa.select(chosen(key.column)))
    if str(column) in CHECKED:
        return CHECKED[str(column)]
    if isinstance(column.type, Secret):
        return f"text of {column}"
    if isinstance(column.type, Moment):
        return AT
    if isinstance(column.type, sa.Date):
        return AT.date()
    return "k" if isinstance(column.type, sa.String) else 1


def use(app: Flask, *data_keys: str) -> None:
    """What a restart with these DATA_KEYS does."""
    db.session.remove()
    KEYS.configure(list(data_keys), app.config["DATA_HASH_KEY"])


def rotate(app: Flask) -> Result:
    result = app.test_cli_runner().invoke(args=["keys", "rotate"])
    db.session.remove()
    return result


def readable() -> dict[tuple[str, int, str], str]:
    """Every encrypted value, by table, id and column."""
    found = {}
    for table in Model.metadata.sorted_tables:
        secrets = [column for column in table.columns if isinstance(column.type, Secret)]
        for row in db.session.execute(sa.select(*table.primary_key, *secrets)) if secrets else ():
            found |= {(table.name, row[0], each.name): getattr(row, each.name) for each in secrets}
    db.session.rollback()
    return found


def test_the_world_of_these_tests_uses_every_encrypted_column(both: Flask, world: dict[str, str]) -> None:
    used = {(table, column) for (table, _, column), text in readable().items() if text is not None}
    assert used == {
        (table.name, column.name)
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Secret)
    }


def test_after_a_rotation_the_old_key_is_needed_no_more(both: Flask, world: dict[str, str]) -> None:
    before, store = readable(), both.extensions["file_store"]
    use(both, world["new"], world["old"])
    result = rotate(both)
    assert result.exit_code == 0, result.output
    use(both, world["new"])
    assert readable() == before
    assert sorted(store.load(name) for name in store.names()) == sorted(FILES)
    assert rotate(both).exit_code == 0, "run again it finds nothing to do"


def test_a_stopped_rotation_goes_on_where_it_was(both: Flask, world: dict[str, str]) -> None:
    use(both, world["new"], world["old"])
    people = Person.__table__
    with transaction(db.session):
        db.session.execute(sa.insert(people), [_copy_of_person(n) for n in range(4)])
    use(both, world["old"])
    with transaction(db.session):
        db.session.execute(sa.update(people).values(phone="0922333444"))
    use(both, world["new"], world["old"])
    with transaction(db.session):
        batch = keys.rotate_batch(db.session, people, size=2)
    assert (batch.seen, keys.count_old(db.session, people)) == (2, 3)
    with transaction(db.session):
        rest = keys.rotate_batch(db.session, people, after=batch.last or 0, size=50)
    assert (rest.seen, rest.last, keys.count_old(db.session, people)) == (3, None, 0)


def test_a_save_during_the_rotation_is_not_overwritten(
    both: Flask, world: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rotation has read the row; before it writes, somebody saves another telephone."""
    use(both, world["new"], world["old"])
    people = Person.__table__
    decrypt = KEYS.decrypt

    def save_meanwhile(stored: bytes) -> bytes:
        monkeypatch.undo()
        saved = KEYS.encrypt(b"0922333444")
        db.session.execute(sa.text("UPDATE person SET phone = :saved"), {"saved": saved})
        return decrypt(stored)

    monkeypatch.setattr(KEYS, "decrypt", save_meanwhile)
    with transaction(db.session):
        keys.rotate_batch(db.session, people)
    assert db.session.scalar(sa.select(people.c.phone)) == "0922333444"


def test_no_row_counts_its_version_up(both: Flask, world: dict[str, str]) -> None:
    versions = sa.select(Person.id, Person.version)
    before = db.session.execute(versions).all()
    use(both, world["new"], world["old"])
    assert rotate(both).exit_code == 0
    assert db.session.execute(versions).all() == before


def test_a_missing_key_is_reported_and_the_rest_is_rotated(both: Flask, world: dict[str, str]) -> None:
    lost = new_key()
    use(both, lost)
    with transaction(db.session):
        db.session.execute(sa.update(Person.__table__).values(address="新竹市東區東大路二段60號"))
    use(both, world["new"], world["old"])
    result = rotate(both)
    assert result.exit_code == 1
    assert "address: key id" in result.output
    assert "person 1" in result.output
    assert keys.count_old(db.session, PersonRevision.__table__) == 0
    with pytest.raises(UnreadableSecret):
        db.session.query(Person).one()


def test_a_file_is_never_seen_half_written(both: Flask, world: dict[str, str]) -> None:
    store = both.extensions["file_store"]
    name = store.save(b"content")
    store.system.pipe_file(f"{store._path(name)}.new", b"left by a crash")
    use(both, world["new"], world["old"])
    assert f"{name}.new" not in store.names()
    assert store.encrypt_anew(name)
    assert not store.encrypt_anew(name)
    use(both, world["new"])
    assert store.load(name) == b"content"
    assert not store.system.exists(f"{store._path(name)}.new")


def test_a_fresh_key_is_printed(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(args=["keys", "new"]).output.strip()
    KeyRing().configure([printed], app.config["DATA_HASH_KEY"])


def _copy_of_person(number: int) -> dict[str, object]:
    people = Person.__table__
    row = db.session.execute(sa.select(people)).first()
    assert row is not None
    return {key: value for key, value in row._mapping.items() if key != "id"} | {
        "national_id_hash": str(number)
    }
