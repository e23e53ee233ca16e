"""What the commands of the front desk take alike: a centre by its code, a day in either calendar."""

from __future__ import annotations

from datetime import date

import click
from sqlalchemy import select

from app.extensions import db
from models.desk import Desk
from models.organisation import Unit
from rules.errors import FieldFault
from rules.roc_dates import parse


def unit_of(code: str) -> int:
    """Raises a usage error, and so exit code 2, for a code that no centre with a front desk has."""
    found = db.session.scalar(select(Unit.id).join(Desk, Desk.unit_id == Unit.id).where(Unit.code == code))
    if found is None:
        raise click.UsageError(f"no centre with a front desk has the code {code}")
    return found


def day_of(text: str) -> date:
    """`2026-11-20` or `115/11/20`."""
    try:
        return parse(text, field="day")
    except FieldFault as fault:
        raise click.UsageError(f"{text} is no day") from fault
