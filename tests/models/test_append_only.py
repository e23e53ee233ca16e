"""Histories on both databases: no SQL changes or deletes a row, and the ORM refuses before it comes to that."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.base import AppendOnly, Model
from models.case import Assignment, Extension, ServiceRecordRevision
from models.crypto import KEYS, KeyRing, new_key
from models.ownership import OwnerChange
from models.person import Person, PersonRevision
from models.table_change import TableChange
from models.tally import TallyAcceptance, TallyCorrection, TallySignature
from models.timeline import TimelineEntry
from models.trail import TrailChain, TrailEntry, TrailPerson
from models.visit import Decision, DutyList, VisitEntry
from services.transaction import transaction
from tests.histories import Key, make_histories

# A column of each that the ORM is asked to change.
CHANGED = {
    Assignment: "assigned_at",
    Decision: "at",
    DutyList: "unit_id",
    Extension: "extended_at",
    OwnerChange: "at",
    PersonRevision: "changed_at",
    ServiceRecordRevision: "corrected_at",
    TableChange: "at",
    TallyAcceptance: "at",
    TallyCorrection: "at",
    TallySignature: "signed_at",
    TimelineEntry: "at",
    TrailEntry: "at",
    TrailPerson: "person_id",
    VisitEntry: "at",
}
SECRET = {PersonRevision: "before", ServiceRecordRevision: "before", TrailEntry: "criteria"}
NUMBERS = {"chain", "number", "persons"}
HASHES = {"digest", "hash", "mac"}
Rows = dict[type[AppendOnly], Key]


@pytest.fixture
def rows(session: Session) -> Rows:
    with transaction(session):
        return make_histories(session)


def refused(session: Session, statement: str, **values: object) -> None:
    with pytest.raises(DBAPIError, match="append-only"), transaction(session):
        session.execute(sa.text(statement), values)


def columns(model: type[AppendOnly]) -> list[str]:
    return [column.name for column in model.__table__.columns]


def where(key: Key) -> str:
    return " AND ".join(f"{name} = :{name}" for name in key)


def test_the_list_of_histories_is_complete() -> None:
    found = {mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, AppendOnly)}
    assert found == set(CHANGED)


def test_no_column_of_a_history_can_be_changed(session: Session, rows: Rows) -> None:
    for model, key in rows.items():
        for column in columns(model):
            refused(
                session, f"UPDATE {model.__tablename__} SET {column} = {column} WHERE {where(key)}", **key
            )


def test_no_row_of_a_history_can_be_deleted(session: Session, rows: Rows) -> None:
    for model, key in rows.items():
        table = model.__tablename__
        refused(session, f"DELETE FROM {table} WHERE {where(key)}", **key)
        _no_way_around(session, table, where(key), key)
        assert session.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {where(key)}"), key) == 1


def test_the_orm_refuses_before_the_database(session: Session, rows: Rows) -> None:
    for model, key in rows.items():
        column = CHANGED[model]
        row = session.get_one(model, dict(key))
        with pytest.raises(PermissionError, match="append-only"), transaction(session):
            old = getattr(row, column)
            setattr(row, column, old + 1 if isinstance(old, int) else old.replace(year=2020))
        with pytest.raises(PermissionError, match="append-only"), transaction(session):
            session.delete(session.get_one(model, dict(key)))


@pytest.mark.parametrize("model", SECRET, ids=lambda model: model.__tablename__)
def test_only_a_re_encryption_of_the_same_text_passes(
    session: Session, rows: Rows, model: type[AppendOnly]
) -> None:
    table, secret, one = model.__tablename__, SECRET[model], rows[model]["id"]
    stored = session.scalar(sa.text(f"SELECT {secret} FROM {table} WHERE id = :id"), {"id": one})
    session.rollback()
    text = KEYS.decrypt(bytes(stored))
    hash_key, same_key = "A" * 43 + "=", KEYS.encrypt(text)
    other = KeyRing()
    other.configure([new_key()], hash_key)
    change = f"UPDATE {table} SET {secret} = :value WHERE id = :id"
    refused(session, change, id=one, value=same_key)
    refused(session, change, id=one, value=other.encrypt(text + b"!"))
    for column in columns(model):
        if column not in ("id", secret):
            more = change.replace(" WHERE", f", {column} = {_different(column)} WHERE")
            refused(session, more, id=one, value=other.encrypt(text))
    with transaction(session):
        session.execute(sa.text(change), {"id": one, "value": other.encrypt(text)})


def _different(column: str) -> str:
    if column in HASHES:
        return "trail_entry.criteria"
    if column.endswith("_id") or column in NUMBERS:
        return f"{column} + 1"
    moment = column == "at" or column.endswith("_at")
    return "'2001-01-01 00:00:00'" if moment else "'x'"


def test_the_end_of_a_chain_moves_on_by_one_and_never_otherwise(session: Session, rows: Rows) -> None:
    chain = session.scalars(sa.select(TrailChain)).one().chain
    session.rollback()
    here = "WHERE chain = :chain"
    for change in ("length = length", "length = length + 2", "length = length - 1"):
        refused(session, f"UPDATE trail_chain SET {change} {here}", chain=chain)
    refused(session, f"UPDATE trail_chain SET length = length + 1, chain = chain + 1 {here}", chain=chain)
    refused(session, f"DELETE FROM trail_chain {here}", chain=chain)
    _no_way_around(session, "trail_chain", "chain = :chain", {"chain": chain})
    with transaction(session):
        session.execute(sa.text(f"UPDATE trail_chain SET length = length + 1 {here}"), {"chain": chain})


def _no_way_around(session: Session, table: str, condition: str, key: Key) -> None:
    if session.get_bind().dialect.name == "postgresql":
        refused(session, f"TRUNCATE {table} CASCADE")
    else:
        replaced = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {condition}"
        refused(session, replaced, **key)


LEAVES = {
    PersonRevision: "DELETE FROM person_revision",
    ServiceRecordRevision: "DELETE FROM service_record_revision",
    TimelineEntry: "UPDATE timeline_entry SET reason = ''",
    VisitEntry: "UPDATE visit_entry SET reason = ''",
}


@pytest.mark.parametrize("model", LEAVES, ids=lambda model: model.__tablename__)
def test_what_people_typed_goes_only_with_an_anonymised_person(
    session: Session, rows: Rows, model: type[AppendOnly]
) -> None:
    refused(session, LEAVES[model])
    with transaction(session):
        session.execute(sa.update(Person).values(anonymised_on=sa.func.current_date()))
    with transaction(session):
        session.execute(sa.text(LEAVES[model]))


@pytest.mark.parametrize("model", [TimelineEntry, VisitEntry], ids=lambda model: model.__tablename__)
def test_of_an_anonymised_persons_timeline_only_the_reason_goes(
    session: Session, rows: Rows, model: type[AppendOnly]
) -> None:
    table = model.__tablename__
    with transaction(session):
        session.execute(sa.update(Person).values(anonymised_on=sa.func.current_date()))
    refused(session, f"UPDATE {table} SET reason = 'better'")
    for column in columns(model):
        if column not in ("id", "reason"):
            new = "'{\"x\": 1}'" if column == "detail" else _different(column)
            refused(session, f"UPDATE {table} SET reason = '', {column} = {new}")
    refused(session, f"DELETE FROM {table}")
