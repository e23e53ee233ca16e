"""The application on both databases, the cast, and a clock that stands still.

A database with tables, roles, reference data and cast is built once for each engine by the migrations; every test gets
a copy of it.
"""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from models.account import Account
from reports.fonts import build_fonts
from rules.actor import Actor
from services.accounts import grants
from tests.databases import PostgresTemplate, SqliteTemplate, Template

# 115/11/20, a Friday, 10:00 in Taipei.
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


class Browser(FlaskClient):
    """Each request runs as in a server, with an application context and a database session of its own."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.remove()  # what the test itself has open must not lock the request out
        kwargs.setdefault("buffered", True)  # a streamed file is read while its context lives
        return contextvars.Context().run(super().open, *args, **kwargs)


class Clock:
    """`clock.now` can be set by a test; every request and service reads it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def font_dir() -> Path:
    """The faces of the PDFs. Converting takes half a minute, so they are kept between runs."""
    folder = Path(
        os.environ.get("JIELI_FONT_DIR") or Path(__file__).resolve().parents[1] / "instance" / "fonts"
    )
    build_fonts(folder)
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    template = PostgresTemplate(tmp_path_factory.mktemp("postgresql"))
    yield template
    template.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def application(
    template: Template, clock: Clock, font_dir: Path, tmp_path: Path, **overrides: Any
) -> Iterator[Flask]:
    url = template.fresh()
    settings: dict[str, Any] = {
        "JIELI_ENV": "testing",
        "JIELI_INSTANCE": str(template.instance),
        "DATABASE_URL": url,
        "FILE_STORE": str(tmp_path / "files"),
        "CAPTCHA_ENABLED": "0",
        "CLOCK": clock,
        "FONT_DIR": str(font_dir),
        "RATELIMIT_ENABLED": False,
        "JOBS_BELL": False,
    }
    app = create_app(**settings | overrides)
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    template.discard(url)


@pytest.fixture
def app(sqlite_template: Template, clock: Clock, font_dir: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on SQLite: for screens."""
    yield from application(sqlite_template, clock, font_dir, tmp_path)


@pytest.fixture
def guarded(sqlite_template: Template, clock: Clock, font_dir: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application with what other tests switch off: CAPTCHA and rate limits."""
    yield from application(
        sqlite_template, clock, font_dir, tmp_path, CAPTCHA_ENABLED="1", RATELIMIT_ENABLED=True
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, clock: Clock, font_dir: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on each database: for services and races."""
    yield from application(request.getfixturevalue(f"{request.param}_template"), clock, font_dir, tmp_path)


@pytest.fixture
def session(both: Flask) -> Session:
    """A session on each database in turn."""
    found: Session = db.session()
    return found


@pytest.fixture
def act_as() -> Callable[[str], Actor]:
    """The actor of a member of the cast, with the permissions the database gives him."""

    def find(username: str) -> Actor:
        account = db.session.query(Account).filter_by(username=username).one()
        return Actor(account.id, account.name, account.unit_id, grants(db.session, account.id).permissions)

    return find


@pytest.fixture
def as_(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which this member of the cast is logged in; `as_("")` is nobody."""

    def client(username: str) -> FlaskClient:
        browser = app.test_client()
        if username:
            account = db.session.query(Account).filter_by(username=username).one()
            with browser.session_transaction() as kept:
                kept["_user_id"] = account.get_id()
                kept["_fresh"] = True
        return browser

    return client


@pytest.fixture
def csrf() -> Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]:
    """Form data with the token that the pages carry."""

    def with_token(browser: FlaskClient, data: dict[str, Any]) -> dict[str, Any]:
        from flask import current_app
        from flask import session as flask_session
        from flask_wtf.csrf import generate_csrf

        # A context of its own: the token is remembered in `g`, and a second browser needs another one.
        with (
            browser.session_transaction() as kept,
            current_app.app_context(),
            current_app.test_request_context(),
        ):
            flask_session.update({key: kept[key] for key in ("csrf_token",) if key in kept})
            token = generate_csrf()
            kept["csrf_token"] = flask_session["csrf_token"]
        return {**data, "csrf_token": token}

    return with_token
