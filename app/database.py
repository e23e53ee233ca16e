"""How SQLite is made safe for several processes; PostgreSQL needs none of it.

A transaction that reads first and writes later fails at once on SQLite when somebody wrote in between, whatever the busy
timeout. So we emit BEGIN ourselves, and a request that may write takes the write lock with its first statement.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from sqlalchemy import Connection, event

from app.extensions import db
from services import trail

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    event.listen(db.engine, "connect", _configure)
    event.listen(db.engine, "begin", _begin)
    app.before_request(_lock_for_writing)


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    # recursive_triggers: else INSERT OR REPLACE would delete a row of a history past its trigger.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function(trail.SQLITE_LINK, 2, trail.link, deterministic=True)


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _lock_for_writing() -> None:
    # Log-in spends its time on hashing a password; it takes the lock itself when it comes to write.
    if request.method not in READING and request.endpoint != "LoginView.login":
        db.session.connection(execution_options={"immediate": True})
