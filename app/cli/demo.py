"""`flask demo seed|load`: a small believable world, and a large one for benchmarks."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from rules.calendar import local_date
from services import board
from services.demo import cast, desk_morning, world
from services.demo.desk_day import actor_of
from services.demo.desk_load import LargeDesk
from services.demo.load import LargeWorld
from services.file_changes import FileChanges
from services.transaction import transaction

demo_group = AppGroup("demo", help="The demo world. Refused in production.")


@demo_group.command("seed")
def seed() -> None:
    """Build the demo world; may run twice. Prints the accounts and their password."""
    _refuse_in_production()
    password = demo_password(current_app.config["INSTANCE"])
    at = datetime.now(UTC)
    store, base_url = current_app.extensions["file_store"], current_app.config["PUBLIC_URL"]
    with FileChanges(store) as changes, transaction(db.session):
        cast.seed_units(db.session)
        cast.seed_accounts(db.session, password=password, at=at)
        told = world.seed(db.session, changes, at=at, base_url=base_url)
        visits = desk_morning.seed(db.session, at=at)
        key = demo_board(current_app.config["INSTANCE"], fresh=bool(visits))
    click.echo(f"{told} referrals made up" if told else "the demo world stands already, nothing added")
    click.echo(f"{visits} visits at the front desk" if visits else "the front desk's morning stands already")
    click.echo(
        f"Board of the hall: {base_url}/board/{key}" if key else "Board of the hall: 前台作業 → 叫號螢幕"
    )
    click.echo(f"Demo accounts, all with the password {password}")
    for member in cast.CAST:
        click.echo(f"  {member.username:<12} {'、'.join(member.roles)}  {member.name}")


@demo_group.command("load")
@click.option(
    "--referrals",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="How many referrals to add.",
)
@click.option(
    "--visits",
    type=click.IntRange(0),
    default=0,
    help="Visits of the front desk, on the days of one month; needs `demo seed`.",
)
@click.option(
    "--counters",
    type=click.IntRange(8, 999),
    default=8,
    show_default=True,
    help="Counters of the front desk that shall be there.",
)
@click.option(
    "--seed", "seed_number", default=1, show_default=True, help="The same number gives the same world."
)
def load(referrals: int, visits: int, counters: int, seed_number: int) -> None:
    """Add a large, realistic world for benchmarks; each call adds to what is there."""
    _refuse_in_production()
    session = db.session()
    with transaction(session):
        large = LargeWorld(
            session, referrals=referrals, seed=seed_number, today=local_date(datetime.now(UTC))
        )
    with click.progressbar(length=referrals, label="referrals", file=sys.stderr) as bar:
        for batch in large.batches():
            with transaction(session):
                bar.update(large.write(session, batch))
    with transaction(session):
        large.finish(session)
    click.echo(f"{large.written:,} rows for {referrals:,} referrals")
    if visits:
        _load_visits(visits, counters, seed_number)


def _load_visits(visits: int, counters: int, seed_number: int) -> None:
    session, today = db.session(), local_date(datetime.now(UTC))
    with transaction(session):
        large = LargeDesk(session, visits=visits, counters=counters, seed=seed_number, today=today)
    with click.progressbar(length=visits, label="visits", file=sys.stderr) as bar:
        for batch in large.batches():
            with transaction(session):
                bar.update(large.write(session, batch))
    with transaction(session):
        large.finish(session)
    click.echo(f"{large.written:,} visits at {counters} counters")


def demo_password(instance: Path) -> str:
    """Made once for each installation and kept beside its database."""
    path = instance / "demo-password.json"
    if not path.exists():
        path.write_text(json.dumps(f"Demo-{secrets.token_hex(5)}"))
        path.chmod(0o600)
    password: str = json.loads(path.read_text())
    return password


def demo_board(instance: Path, *, fresh: bool) -> str:
    """The key of the demo centre's board, made once and kept beside the database; empty when a user has made another.

    `fresh`: the front desk was built just now, so that a key kept here is of a database that is gone.
    """
    path = instance / "demo-board.json"
    if path.exists() and not fresh:
        kept: str = json.loads(path.read_text())
        return kept if board.desk_of(db.session, kept) else ""
    supervisor = db.session.scalars(select(Account).where(Account.username == "supervisor")).one()
    key = board.open_board(db.session, by=actor_of(db.session, supervisor))
    path.write_text(json.dumps(key))
    path.chmod(0o600)
    return key


def _refuse_in_production() -> None:
    if not current_app.config["DEMO"]:
        raise click.ClickException("the demo world is refused here: DEMO is off")
