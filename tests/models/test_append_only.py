"""Histories on both databases: no SQL changes or deletes a row, and the ORM refuses before it comes to that."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.base import AppendOnly, Model
from models.case import Assignment, Extension, ServiceRecordRevision
from models.crypto import KEYS, KeyRing, new_key
from models.person import PersonAccess, PersonRevision
from models.timeline import TimelineEntry
from services.transaction import transaction
from tests.histories import make_histories

MOMENTS = {
    Assignment: "assigned_at",
    Extension: "extended_at",
    PersonAccess: "at",
    PersonRevision: "changed_at",
    ServiceRecordRevision: "corrected_at",
    TimelineEntry: "at",
}
ENCRYPTED = (PersonRevision, ServiceRecordRevision)
Rows = dict[type[AppendOnly], int]


@pytest.fixture
def rows(session: Session) -> Rows:
    with transaction(session):
        return make_histories(session)


def refused(session: Session, statement: str, **values: object) -> None:
    with pytest.raises(DBAPIError, match="append-only"), transaction(session):
        session.execute(sa.text(statement), values)


def columns(model: type[AppendOnly]) -> list[str]:
    return [column.name for column in model.__table__.columns]


def test_the_list_of_histories_is_complete() -> None:
    found = {mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, AppendOnly)}
    assert found == set(MOMENTS)


def test_no_column_of_a_history_can_be_changed(session: Session, rows: Rows) -> None:
    for model, one in rows.items():
        for column in columns(model):
            refused(session, f"UPDATE {model.__tablename__} SET {column} = {column} WHERE id = :id", id=one)


def test_no_row_of_a_history_can_be_deleted(session: Session, rows: Rows) -> None:
    for model, one in rows.items():
        table = model.__tablename__
        refused(session, f"DELETE FROM {table} WHERE id = :id", id=one)
        if session.get_bind().dialect.name == "postgresql":
            refused(session, f"TRUNCATE {table}")
        else:
            refused(session, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = :id", id=one)
        assert session.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE id = :id"), {"id": one}) == 1


def test_the_orm_refuses_before_the_database(session: Session, rows: Rows) -> None:
    for model, one in rows.items():
        row = session.get_one(model, one)
        with pytest.raises(PermissionError, match="append-only"), transaction(session):
            setattr(row, MOMENTS[model], getattr(row, MOMENTS[model]).replace(year=2020))
        with pytest.raises(PermissionError, match="append-only"), transaction(session):
            session.delete(session.get_one(model, one))


@pytest.mark.parametrize("model", ENCRYPTED, ids=lambda model: model.__tablename__)
def test_only_a_re_encryption_of_the_same_text_passes(
    session: Session, rows: Rows, model: type[AppendOnly]
) -> None:
    table, one = model.__tablename__, rows[model]
    stored = session.scalar(sa.text(f"SELECT before FROM {table} WHERE id = :id"), {"id": one})
    session.rollback()
    text = KEYS.decrypt(bytes(stored))
    hash_key, same_key = "A" * 43 + "=", KEYS.encrypt(text)
    other = KeyRing()
    other.configure([new_key()], hash_key)
    change = f"UPDATE {table} SET before = :value WHERE id = :id"
    refused(session, change, id=one, value=same_key)
    refused(session, change, id=one, value=other.encrypt(text + b"!"))
    for column in columns(model):
        if column not in ("id", "before"):
            more = change.replace(" WHERE", f", {column} = {_different(column)} WHERE")
            refused(session, more, id=one, value=other.encrypt(text))
    with transaction(session):
        session.execute(sa.text(change), {"id": one, "value": other.encrypt(text)})


def _different(column: str) -> str:
    return f"{column} + 1" if column.endswith("_id") else "'2001-01-01 00:00:00'"
