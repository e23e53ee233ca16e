"""Requests below HTTP, and rounds in which everything that is compared takes its turn: noise hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from app.extensions import db

Timed = Mapping[str, list[float]]


class NoPage(Exception):
    """The application answered something else than a page."""


class Reader:
    """A logged-in user whose requests go straight to the WSGI application, warm and without a network."""

    def __init__(self, app: Flask, user: str) -> None:
        self._app = app
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        session = signer.dumps({"_user_id": user, "_fresh": True})
        self._headers = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={session}"}

    def chunks(self, address: str) -> Iterator[bytes]:
        """The body as the server would get it. Raises NoPage."""
        path, _, query = address.partition("?")
        builder = EnvironBuilder(path=path, query_string=query, headers=self._headers)
        statuses: list[str] = []
        body = self._app.wsgi_app(
            builder.get_environ(), lambda status, _headers, _error=None: statuses.append(status)
        )
        try:
            yield from body
        finally:
            body.close()  # type: ignore[attr-defined]
        if statuses != ["200 OK"]:
            raise NoPage(f"{address}: {statuses}")

    def get(self, address: str) -> bytes:
        return b"".join(self.chunks(address))


def interleaved(jobs: Mapping[str, Callable[[], Any]], rounds: int) -> Timed:
    """Seconds of each job in each round, after one round that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name, job in jobs.items():
            start = perf_counter()
            job()
            if number:
                taken[name].append(perf_counter() - start)
    return taken


def ratio(timed: Timed, name: str, floor: str) -> float:
    """The median over the rounds of one job's time by the other's in the same round."""
    return median(one / other for one, other in zip(timed[name], timed[floor], strict=True))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the application sends meanwhile; opening a transaction is none."""
    with app.app_context():
        engine = db.engine
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
