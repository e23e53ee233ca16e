"""`flask postal lookup` and `flask data import-postal`."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.lines import standard_input
from app.extensions import db
from rules.addresses import Resolution
from rules.errors import RuleBroken
from services import postal
from services.postal_file import read_rows
from services.transaction import transaction

postal_group = AppGroup("postal", help="Postal codes of addresses.")
data_group = AppGroup("data", help="Reference data.")

_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")


@postal_group.command("lookup")
@click.argument("address")
def lookup(address: str) -> None:
    """Print the postal code of ADDRESS.

    Without a code: the reason and the candidates on standard error, exit code 1. With `-` as ADDRESS each
    line of standard input is an address and is answered by one line: the code, or `-` and the reason.
    """
    try:
        directory = postal.directory(db.session())
    except RuleBroken as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if address == "-":
        for line in standard_input():
            click.echo(_answer(directory.resolve(line)))
        return
    found = directory.resolve(address)
    if found.code is None:
        click.echo("\n".join((found.reason, *found.candidates)), err=True)
        sys.exit(1)
    click.echo(found.code)


def _answer(found: Resolution) -> str:
    return found.code or f"- {found.reason}"


@data_group.command("import-postal")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Name of the edition; else the name of the file.")
@click.option(
    "--source-date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date of the data; else from the name of the file.",
)
def import_postal(file: Path, name: str | None, source_date: datetime | None) -> None:
    """Make FILE the active postal directory: CSV of Chunghwa Post (3+2), UTF-8, plain or gzipped.

    A file with a fault is refused with its line, exit code 1, and changes nothing.
    """
    try:
        rows = list(read_rows(file))
        session = db.session()
        with transaction(session), click.progressbar(rows, label=file.name, file=sys.stderr) as counted:
            imported = postal.import_directory(
                session,
                counted,
                name=name or file.name,
                source_date=source_date.date() if source_date else _date_in(file.name),
                at=datetime.now(UTC),
            )
    except RuleBroken as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if not imported.changed:
        click.echo("這份郵遞區號資料已在使用中，沒有變更。")
        return
    click.echo(f"已匯入 {imported.rows:,} 列郵遞區號，{imported.districts} 個鄉鎮市區。")
    if imported.unread:
        click.echo(
            f"有 {len(imported.unread)} 種投遞範圍無法判讀：{'、'.join(imported.unread[:5])}", err=True
        )


def _date_in(name: str) -> date | None:
    """postal_directory_20190415.csv → 2019-04-15."""
    match = _DATE_IN_NAME.search(name)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
