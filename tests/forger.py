"""A database administrator with every right but the key: writes past triggers, foreign keys and the application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from app.extensions import db
from models.trail import TrailChain, TrailEntry
from services.trail import START, link

ENTRY, HEAD = TrailEntry.__table__, TrailChain.__table__


@contextmanager
def forging() -> Iterator[sa.Connection]:
    """A connection for which no trigger and no foreign key holds; commits at the end."""
    db.session.rollback()
    engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in triggers.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection


def at(chain: int, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(ENTRY.c.chain == chain, ENTRY.c.number == number)


def remove(connection: sa.Connection, chain: int, *numbers: int) -> None:
    connection.execute(sa.delete(ENTRY).where(ENTRY.c.chain == chain, ENTRY.c.number.in_(numbers)))


def close_ranks(connection: sa.Connection, chain: int) -> None:
    """Number and link the chain's entries anew and set its end: all that can be done without the key."""
    before, length = START, 0
    rows = sa.select(ENTRY.c.id, ENTRY.c.digest).where(ENTRY.c.chain == chain).order_by(ENTRY.c.number)
    for row in connection.execute(rows).all():
        before, length = link(before, bytes(row.digest)), length + 1
        connection.execute(sa.update(ENTRY).where(ENTRY.c.id == row.id).values(number=length, hash=before))
    set_back(connection, chain)


def set_back(connection: sa.Connection, chain: int) -> None:
    """Let the note of the chain's end fit its last entry; without one there is no note."""
    last = connection.execute(
        sa.select(ENTRY.c.number, ENTRY.c.hash)
        .where(ENTRY.c.chain == chain)
        .order_by(ENTRY.c.number.desc())
        .limit(1)
    ).one_or_none()
    here = HEAD.c.chain == chain
    if last is None:
        connection.execute(sa.delete(HEAD).where(here))
    else:
        connection.execute(sa.update(HEAD).where(here).values(length=last.number, hash=last.hash))
