"""`flask retention run`: the retention schedule, as the daily job keeps it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from rules.calendar import local_date
from services import retention
from services.retention import Schedule

retention_group = AppGroup("retention", help="How long persons are kept.")


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Only say how many persons are due.")
def run(dry_run: bool) -> None:
    """Anonymise the persons whose referrals ended RETENTION_MONTHS ago. May be stopped and run again."""
    at, store = datetime.now(UTC), current_app.extensions["file_store"]
    schedule = Schedule(current_app.config["RETENTION_MONTHS"], local_date(at))
    if not schedule.months:
        click.echo("RETENTION_MONTHS is 0: nobody is anonymised.")
        return
    waiting = retention.count_due(db.session, schedule)
    db.session.rollback()
    if dry_run:
        click.echo(f"{waiting:,} persons are due (nothing since {schedule.limit}).")
        return
    with click.progressbar(length=waiting, label="persons", file=sys.stderr) as bar:
        done = retention.run(db.session, store, schedule, at=at, seen=bar.update)
    click.echo(f"{done:,} persons anonymised (nothing since {schedule.limit}).")
