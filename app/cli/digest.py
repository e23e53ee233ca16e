"""`flask digest send`: the day's reminders now, or a look at what they would be."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from services import digest
from services.transaction import transaction

digest_group = AppGroup("digest", help="The daily reminders by mail.")


@digest_group.command("send")
@click.option("--dry-run", is_flag=True, help="Print whom a mail would go to, and write none.")
def send(dry_run: bool) -> None:
    """Queue today's reminders for everybody who has something to do and has not got them yet.

    The jobs do it by themselves on working days at 07:30; on another day this sends all the same.
    """
    now, base_url = datetime.now(UTC), current_app.config["PUBLIC_URL"]
    if dry_run:
        found = digest.digests(db.session, at=now, base_url=base_url)
        for each in found:
            click.echo(f"{each.username}: {each.letter.subject}")
        click.echo(f"{len(found)} mails would be queued")
        return
    with transaction(db.session):
        written = digest.send_digests(db.session, at=now, base_url=base_url)
    click.echo(f"{written} mails queued")
