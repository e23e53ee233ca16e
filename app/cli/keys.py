"""`flask keys new|rotate`: the keys that personal data is encrypted with."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Table

from app.extensions import db
from models.crypto import new_key
from services import keys
from services.transaction import transaction

keys_group = AppGroup("keys", help="Keys that personal data is encrypted with.")


@keys_group.command("new")
def new() -> None:
    """Print a fresh key, to be put in front of DATA_KEYS."""
    click.echo(new_key())


@keys_group.command("rotate")
def rotate() -> None:
    """Encrypt everything with the first key of DATA_KEYS that an older one still holds.

    Users may work meanwhile, as long as every process has the new DATA_KEYS already. May be stopped and run again.
    Exit code 0: the older keys are needed no more. 1: they are, or a key is missing; the rows are named.
    """
    unreadable = [problem for table in keys.encrypted_tables() for problem in _rotate_table(table)]
    unreadable += _rotate_files()
    for problem in unreadable:
        click.echo(problem, err=True)
    left = {table.name: keys.count_old(db.session, table) for table in keys.encrypted_tables()}
    db.session.rollback()
    if unreadable or any(left.values()):
        held = ", ".join(f"{name} {count}" for name, count in left.items() if count) or "files"
        raise click.ClickException(
            f"older keys still hold: {held}. Keep them in DATA_KEYS and run this again."
        )
    click.echo("Everything is encrypted with the first key of DATA_KEYS. Older keys can be removed.")


def _rotate_table(table: Table) -> Iterator[str]:
    """A transaction for each batch, so that nobody waits long and a stop loses at most one."""
    total = keys.count_old(db.session, table)
    with click.progressbar(length=total, label=table.name, file=sys.stderr) as bar:
        after: int | None = 0
        while after is not None:
            with transaction(db.session):
                batch = keys.rotate_batch(db.session, table, after=after)
            bar.update(batch.seen)
            after = batch.last
            yield from batch.unreadable


def _rotate_files() -> list[str]:
    store = current_app.extensions["file_store"]
    names = store.names()
    with click.progressbar(
        keys.rotate_files(store, names), length=len(names), label="files", file=sys.stderr
    ) as steps:
        return [problem for problem in steps if problem]
