"""Loaded databases, built once and kept under build/bench, with the accounts that have most to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.extensions import db
from benchmarks.databases import BENCH, SERVERS, Server
from benchmarks.floors import Floor
from benchmarks.whole_roster import WholeRoster
from models.account import Account
from models.case import Case
from models.referral import Referral
from services.demo import cast
from services.transaction import transaction

PREPARED = "prepared"


@dataclass(frozen=True)
class World:
    """`readers`: for each kind of user, the one with most rows, as log-in knows him; `unit_id`: his supervisor's unit."""

    app: Flask
    url: str
    referrals: int
    readers: dict[str, str]
    unit_id: int


def build(database: str, referrals: int) -> World:
    """The world of this size on `database` (sqlite, postgresql), as an application with the floors registered."""
    server = SERVERS[database]()
    name = f"referrals_{referrals}"
    if not server.has(name):
        if not server.has(PREPARED):
            _prepare(server)
        print(f"building {referrals:,} referrals on {database}", flush=True)
        unfinished = server.copy(PREPARED, f"{name}_unfinished")
        _run(unfinished, "demo", "load", "--referrals", str(referrals))
        _open_accounts(unfinished)
        server.rename(f"{name}_unfinished", name)
    return opened(server.url(name), referrals)


def build_desk(database: str) -> Flask:
    """A centre with 200 counters and 20,000 visits in the month, copied anew: each measurement adds visits of its own."""
    server, name = SERVERS[database](), "desk"
    if not server.has(name):
        if not server.has(PREPARED):
            _prepare(server)
        unfinished = server.copy(PREPARED, f"{name}_unfinished")
        _run(unfinished, "demo", "seed")
        _run(unfinished, "demo", "load", "--referrals", "2000", "--visits", "20000", "--counters", "200")
        _open_accounts(unfinished)
        server.rename(f"{name}_unfinished", name)
    return _application(server.copy(name, f"{name}_used"))


def opened(url: str, referrals: int) -> World:
    app = _application(url)
    with app.app_context():
        for screen in (Floor, WholeRoster):
            app.extensions["appbuilder"].add_view_no_menu(screen)
        unit_id = _most(Referral.receiving_unit_id)
        manager = _most(Case.case_manager_id)
        sending = _most(Referral.referring_unit_id)
        readers = {
            "supervisor": _account(Account.unit_id == unit_id, Account.job_title == "督導"),
            "manager": _account(Account.id == manager),
            "referrer": _account(Account.unit_id == sending),
            "admin": _account(Account.username == "admin"),
        }
        db.session.remove()
    return World(app, url, referrals, readers, unit_id)


def _most(column: sa.SQLColumnExpression[int | None]) -> int:
    found = (
        sa.select(column).where(column.is_not(None)).group_by(column).order_by(sa.func.count().desc(), column)
    )
    number: int = db.session.scalars(found.limit(1)).one()
    return number


def _account(*which: sa.ColumnElement[bool]) -> str:
    kept: str = (
        db.session.scalars(sa.select(Account).where(*which).order_by(Account.id).limit(1)).one().get_id()
    )
    return kept


def _prepare(server: Server) -> None:
    """Tables, roles, reference data, fonts and the cast; kept to be copied."""
    url = server.create(f"{PREPARED}_unfinished")
    _run(url, "prepare")
    app = _application(url)
    with app.app_context():
        with transaction(db.session):
            cast.seed_units(db.session)
            cast.seed_accounts(db.session, password="Jieli-bench", at=datetime.now(UTC))
        _close()
    server.rename(f"{PREPARED}_unfinished", PREPARED)


def _open_accounts(url: str) -> None:
    """A loaded account has no password of its own yet, and would be sent to choose one."""
    app = _application(url)
    with app.app_context():
        with transaction(db.session):
            db.session.execute(sa.update(Account).values(must_change_password=False))
        _close()


def _application(url: str) -> Flask:
    return create_app(JIELI_INSTANCE=str(BENCH), DATABASE_URL=url, LOG_LEVEL="WARNING")


def _run(url: str, *arguments: str) -> None:
    app = _application(url)
    result = app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
    with app.app_context():
        _close()


def _close() -> None:
    db.session.remove()
    db.engine.dispose()
