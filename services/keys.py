"""Rotation of the keys: what an older key encrypted is encrypted anew with the current one, while users work.

Rows are found through the metadata, so that a new encrypted column takes part by being one. Writing is conditional on the
old ciphertext: whoever saves a row meanwhile wins, and has used the current key anyway. The version of a row does not
count up, for nothing changes that a form could show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from models.base import Model
from models.crypto import KEY_ID_BYTES, KEYS, Secret, UnreadableSecret
from services.file_store import FileStore
from services.transaction import AnySession

BATCH = 500


@dataclass
class Batch:
    """`last` is the id where the next batch begins, None at the end. `unreadable` names rows that no key opens."""

    seen: int = 0
    last: int | None = None
    unreadable: list[str] = field(default_factory=list)


def encrypted_tables() -> list[Table]:
    return [table for table in Model.metadata.sorted_tables if _secrets(table)]


def count_old(session: AnySession, table: Table) -> int:
    """Rows with a value of another key than the current one."""
    return session.scalar(select(func.count()).select_from(table).where(_old(table))) or 0


def rotate_batch(session: AnySession, table: Table, *, after: int = 0, size: int = BATCH) -> Batch:
    """The next `size` rows with an older key. Run again it finds nothing: a stopped rotation goes on where it was."""
    columns, key = _secrets(table), _key(table)
    raw = [_raw(column).label(column.name) for column in columns]
    rows = session.execute(
        select(key.label("key"), *raw).where(key > after, _old(table)).order_by(key).limit(size)
    ).all()
    batch = Batch(seen=len(rows), last=rows[-1].key if len(rows) == size else None)
    for column in columns:
        changes = []
        for row in rows:
            stored = getattr(row, column.name)
            if stored is None or KEYS.is_current(stored):
                continue
            try:
                changes.append(
                    {"row": row.key, "stored": stored, "fresh": KEYS.encrypt(KEYS.decrypt(stored))}
                )
            except UnreadableSecret as error:
                batch.unreadable.append(f"{table.name} {row.key}, {column.name}: {error}")
        if changes:
            session.connection().execute(_replacement(table, column), changes)
    return batch


def rotate_files(store: FileStore, names: Sequence[str]) -> Iterator[str]:
    """One step for each of `names`: gives an empty text, or the name of a file that no key opens."""
    for name in names:
        try:
            store.encrypt_anew(name)
            yield ""
        except UnreadableSecret as error:
            yield f"file {name}: {error}"


def _secrets(table: Table) -> list[Column[str]]:
    return [column for column in table.columns if isinstance(column.type, Secret)]


def _key(table: Table) -> Column[int]:
    """`id`, or the row that this one belongs to."""
    (key,) = table.primary_key
    return key


def _raw(column: Column[str]) -> ColumnElement[bytes]:
    """The ciphertext, past the type that would decrypt it."""
    return type_coerce(column, LargeBinary)


def _old(table: Table) -> ColumnElement[bool]:
    current = bindparam("current", KEYS.current, LargeBinary)
    return or_(*(func.substr(_raw(column), 1, KEY_ID_BYTES) != current for column in _secrets(table)))


def _replacement(table: Table, column: Column[str]) -> Update:
    unchanged = and_(_key(table) == bindparam("row"), _raw(column) == bindparam("stored", type_=LargeBinary))
    return update(table).where(unchanged).values({column: bindparam("fresh", type_=LargeBinary)})
