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

from app.extensions import db
from rules.calendar import local_date
from services.demo import cast, world
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
    click.echo(f"{told} referrals made up" if told else "the demo world stands already, nothing added")
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
    help="Visits of the front desk; there is no front desk yet.",
)
@click.option(
    "--seed", "seed_number", default=1, show_default=True, help="The same number gives the same world."
)
def load(referrals: int, visits: int, seed_number: int) -> None:
    """Add a large, realistic world for benchmarks; each call adds to what is there."""
    _refuse_in_production()
    if visits:
        click.echo("--visits: visits come with the front desk; none are made.", err=True)
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


def demo_password(instance: Path) -> str:
    """Made once for each installation and kept beside its database."""
    path = instance / "demo-password.json"
    if not path.exists():
        path.write_text(json.dumps(f"Demo-{secrets.token_hex(5)}"))
        path.chmod(0o600)
    password: str = json.loads(path.read_text())
    return password


def _refuse_in_production() -> None:
    if not current_app.config["DEMO"]:
        raise click.ClickException("the demo world is refused here: DEMO is off")
