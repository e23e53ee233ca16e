"""`flask tally check`: whether what is stored agrees with the timelines and the decisions."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.options import day_of
from app.extensions import db
from models.desk import Desk
from models.organisation import Unit
from reports.tally_check import Difference, days, differences, month_differences
from rules.roc_dates import show

tally_group = AppGroup("tally", help="The figures of the front desk.")


@tally_group.command("check")
@click.option("--unit", "code", metavar="CODE", help="One centre; without it, all that have a front desk.")
@click.option("--day", "day_text", metavar="D", help="One day, 2026-11-20 or 115/11/20; without it, all.")
def check(code: str | None, day_text: str | None) -> None:
    """Rebuild every tally, signed sheet, debt and appointment rate from visits, entries and decisions, and compare.

    Exit code 0: all agree. 1: each difference is printed with centre and day. 2: no such centre or day.
    """
    units = _units(code)
    wanted = day_of(day_text) if day_text else None
    found = looked_at = 0
    for unit_id, name in units:
        wanted_days = [wanted] if wanted else days(db.session, unit_id)
        months = {(day.year, day.month): day for day in wanted_days}  # the last one looked at of each
        for day in wanted_days:
            looked_at += 1
            found += _tell(name, differences(db.session, unit_id, day))
        for last in months.values():
            found += _tell(name, month_differences(db.session, unit_id, last))
    click.echo(
        f"{looked_at:,} days of {len(units):,} centres: "
        + (f"{found:,} differences" if found else "all agree")
    )
    sys.exit(1 if found else 0)


def _tell(name: str, differing: Iterable[Difference]) -> int:
    number = 0
    for each in differing:
        number += 1
        click.echo(f"{name} {show(each.day)}: {each.what}: stored {each.stored}, rebuilt {each.rebuilt}")
    db.session.expunge_all()  # flat memory over years of days
    return number


def _units(code: str | None) -> list[tuple[int, str]]:
    rows = select(Unit.id, Unit.name).join(Desk, Desk.unit_id == Unit.id).order_by(Unit.code)
    if code:
        rows = rows.where(Unit.code == code)
    units = [(row.id, row.name) for row in db.session.execute(rows)]
    if code and not units:
        raise click.UsageError(f"no centre with a front desk has the code {code}")
    return units
