"""A check-in with its dispatch at a centre with 200 counters and 20,000 visits in the month, through the application.

The visitor is somebody else each time, the form carries a real CSRF token, and the rows are committed. Beside it the pages that
a desk keeps open; the floor is the page that changes the password: the same shell with three fields on it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from app.extensions import db
from benchmarks.report import Line, Table, verdict
from benchmarks.rounds import NoPage, Reader, counted, interleaved
from models.account import Account
from models.desk_rules import BusinessType
from models.person import Person
from models.visit import Visit

COUNTERS, VISITS = 200, 20_000
ROUNDS = 60
CHECK_IN_MS = 50.0


@dataclass(frozen=True)
class Desk:
    app: Flask
    business_types: dict[str, int]
    persons: list[int]


class Writer(Reader):
    """A reader who also sends forms, with the token that his session knows."""

    def __init__(self, app: Flask, user: str) -> None:
        super().__init__(app, user)
        with app.test_request_context():
            self._token = generate_csrf()
            kept: dict[str, Any] = {"_user_id": user, "_fresh": True, "csrf_token": session["csrf_token"]}
            signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            self._headers = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"}

    def post(self, address: str, data: dict[str, Any]) -> str:
        """Where the answer leads to. Raises NoPage for anything but a redirect."""
        body = urlencode({**data, "csrf_token": self._token}).encode()
        builder = EnvironBuilder(
            path=address,
            method="POST",
            headers=self._headers,
            data=body,
            content_type="application/x-www-form-urlencoded",
        )
        answers: list[tuple[str, Any]] = []
        answer = self._app.wsgi_app(
            builder.get_environ(), lambda status, headers, _error=None: answers.append((status, headers))
        )
        content = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        if not answers[0][0].startswith("302"):
            raise NoPage(f"{address}: {answers[0][0]} {content[:2000].decode()}")
        return dict(answers[0][1])["Location"]


def measure(app: Flask) -> Table:
    desk = _desk(app)
    reception = Writer(app, _user(app, "reception"))
    officer = Reader(app, _user(app, "counter1"))
    jobs: dict[str, Callable[[], Any]] = {
        "bare page": partial(reception.get, "/account/password/"),
        **{
            f"check-in and dispatch, {name}": partial(_check_in, reception, key, iter(desk.persons[start::2]))
            for start, (name, key) in enumerate(desk.business_types.items())
        },
        "reception page": partial(reception.get, "/desk/reception/"),
        "counter page": partial(officer.get, "/desk/counter/"),
        "pulse": partial(reception.get, "/desk/pulse"),
    }
    timed = interleaved(jobs, ROUNDS)
    lines = []
    for name, job in jobs.items():
        with counted(app) as sent:
            job()
        lines.append(_line(name, timed[name], timed["bare page"], len(sent)))
    note = (
        f"{COUNTERS} counters, {VISITS:,} visits in the month. {ROUNDS} rounds, below HTTP, rows committed."
    )
    return Table(
        "Front desk", note, ("what", "median", "95th percentile", "× bare", "statements", "bar", ""), lines
    )


def _check_in(reception: Writer, business_type: int, persons: Iterator[int]) -> None:
    where = reception.post(
        "/desk/reception/check-in",
        {
            "form": "check",
            "person_id": next(persons),
            "business_type_id": business_type,
            "submission_key": str(uuid.uuid4()),
            "disability": "none",
            "new_case": "new",
            "note": "民眾第一次來",
        },
    )
    if "visit=" not in where:
        raise NoPage(where)


def _line(name: str, taken: list[float], bare: list[float], statements: int) -> Line:
    middle, high = 1000 * median(taken), 1000 * quantiles(taken, n=20)[-1]
    times = median(one / other for one, other in zip(taken, bare, strict=True))
    passed = not name.startswith("check-in") or middle < CHECK_IN_MS
    bar = f"< {CHECK_IN_MS:g} ms" if name.startswith("check-in") else ""
    cells = (name, f"{middle:.1f} ms", f"{high:.1f} ms", f"{times:.2f}", str(statements), bar)
    return Line((*cells, verdict(passed) if bar else ""), passed)


def _desk(app: Flask) -> Desk:
    """The persons who came latest are known to the centre, so that reception may check them in."""
    with app.app_context():
        types = db.session.scalars(select(BusinessType).where(BusinessType.letter.in_(["A", "B"])))
        names = {f"{each.name} ({each.distribution})": each.id for each in types}
        known = select(Visit.person_id).where(Visit.person_id.is_not(None)).distinct()
        persons = list(
            db.session.scalars(
                select(Person.id).where(Person.id.in_(known)).order_by(Person.id.desc()).limit(4 * ROUNDS)
            )
        )
        db.session.remove()
    return Desk(app, names, persons)


def _user(app: Flask, name: str) -> str:
    with app.app_context():
        found = db.session.scalars(select(Account).where(Account.username == name)).one().get_id()
        db.session.remove()
    return str(found)
