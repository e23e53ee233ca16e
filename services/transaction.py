"""One use case = one transaction: `with transaction(session): …` commits at the end and rolls back on any error.

Services never commit; they may call each other inside one transaction. On SQLite a transaction that reads first and
writes later can fail at once when another process wrote in between, whatever the busy timeout, so a writing transaction
takes the write lock at its start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.orm.exc import StaleDataError

from rules.errors import StaleVersion

AnySession = Session | scoped_session[Any]


@contextmanager
def transaction(session: AnySession) -> Iterator[None]:
    """Raises `StaleVersion` when a row that was loaded has been saved by somebody else in the meantime."""
    take_write_lock(session)
    try:
        yield
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise StaleVersion("此筆資料剛被其他人修改,請重新整理後再試一次。") from error
    except BaseException:
        session.rollback()
        raise


def release(session: AnySession) -> None:
    """Lets go of every lock before slow work that needs no database; `transaction` takes them again."""
    session.commit()


def take_write_lock(session: AnySession) -> None:
    """On SQLite: end a reading transaction and begin a writing one. Elsewhere the rows themselves are locked."""
    if session.get_bind().dialect.name != "sqlite":
        return
    current = session() if isinstance(session, scoped_session) else session
    if current.in_transaction():
        if current.connection().get_execution_options().get("immediate"):
            return
        current.commit()
    current.connection(execution_options={"immediate": True})
