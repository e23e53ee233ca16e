"""`flask dispatch replay|what-if`: the stored decisions made again, with the same facts or under another ratio table."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

import click
from sqlalchemy import select

from app.cli.dispatch import dispatch_group
from app.cli.options import day_of, unit_of
from app.extensions import db
from models.visit import Decision
from reports import what_if as reports
from rules.calendar import day_begins
from rules.replay import Outcome
from rules.roc_dates import show
from rules.what_if import MOST_DAYS, what_if
from services.dispatching import compared

AT_A_TIME = 100


@dispatch_group.command("replay")
@click.option("--unit", "code", metavar="CODE", required=True, help="The centre.")
@click.option("--from", "first_text", metavar="D", required=True, help="First day, 2026-11-20 or 115/11/20.")
@click.option("--to", "last_text", metavar="D", required=True, help="Last day.")
def replay_command(code: str, first_text: str, last_text: str) -> None:
    """Make every stored decision of these days again from its own facts and compare.

    What reception chose is counted and not compared: the rules had no say. Exit code 0: all come to the same. 1: one comes
    to another counter or other words, each is printed. 2: no such centre or day.
    """
    unit_id, first, last = unit_of(code), day_of(first_text), day_of(last_text)
    found: Counter[Outcome] = Counter()
    rows = db.session.scalars(
        select(Decision)
        .where(
            Decision.unit_id == unit_id,
            Decision.at >= day_begins(first),
            Decision.at < day_begins(last + timedelta(days=1)),
        )
        .order_by(Decision.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    for decision in rows:
        replay = compared(decision)
        found[replay.outcome] += 1
        if replay.outcome in (Outcome.COUNTER, Outcome.WORDS):
            click.echo(
                f"decision {decision.id} of visit {decision.visit_id}: stored counter {decision.counter_id}, "
                f"again {replay.verdict.counter_id}"
                + (", in other words" if replay.outcome is Outcome.WORDS else "")
            )
        db.session.expunge(decision)  # flat memory over a year of facts
    differing = found[Outcome.COUNTER] + found[Outcome.WORDS]
    click.echo(
        f"{found.total():,} decisions: {found[Outcome.SAME]:,} the same, {differing:,} differ, "
        f"{found[Outcome.CHOSEN]:,} chosen by reception"
    )
    sys.exit(1 if differing else 0)


@dispatch_group.command("what-if")
@click.option("--unit", "code", metavar="CODE", required=True, help="The centre.")
@click.option("--type", "letter", metavar="LETTER", required=True, help="The business type's letter.")
@click.option("--from", "first_text", metavar="D", required=True, help="First day, 2026-11-20 or 115/11/20.")
@click.option("--to", "last_text", metavar="D", required=True, help=f"Last day, at most {MOST_DAYS} days on.")
@click.option(
    "--share",
    "shares",
    metavar="GROUP=N",
    multiple=True,
    required=True,
    help="A line of the other ratio table, such as 一般=1860; a group without one has no share.",
)
def what_if_command(code: str, letter: str, first_text: str, last_text: str, shares: tuple[str, ...]) -> None:
    """Dispatch the new cases of past days again under another ratio table and show who would have had how many.

    Presence, queues and waits are taken as they were; what reception chose stays. Exit code 2: no such centre, business
    type, group or day.
    """
    unit_id, first, last = unit_of(code), day_of(first_text), day_of(last_text)
    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise click.UsageError(f"--to must be 0 to {MOST_DAYS - 1} days after --from")
    types = {each.letter: each for each in reports.business_types(db.session, unit_id)}
    if letter not in types:
        raise click.UsageError(f"no business type by ratio has the letter {letter}")
    groups = {group.name: group.id for group in reports.groups(db.session, unit_id)}
    outcome = what_if(
        reports.past_cases(db.session, types[letter], first, last), _table(shares, groups), first=first
    )
    names = reports.names(db.session, [officer for _group, officer in outcome.before | outcome.after])
    _print_what_if(outcome.before, outcome.after, groups, names)
    unrecorded = reports.how_many(db.session, types[letter], first, last) - outcome.cases
    click.echo(
        f"{show(first)}–{show(last)}: {outcome.cases:,} new cases, {outcome.moved:,} to another officer, "
        f"{outcome.nobody:,} to nobody, {outcome.directed:,} chosen by reception, {unrecorded:,} without a decision"
    )


def _table(lines: Sequence[str], groups: Mapping[str, int]) -> Mapping[int, int]:
    table: dict[int, int] = {}
    for line in lines:
        name, _, number = line.partition("=")
        if name not in groups:
            raise click.UsageError(f"no group {name}; there are {', '.join(groups)}")
        if not (number.isascii() and number.isdigit()):
            raise click.UsageError(f"{line} is not GROUP=NUMBER")
        table[groups[name]] = int(number)
    if not any(table.values()):
        raise click.UsageError("some group must have a share")
    return table


def _print_what_if(
    before: Counter[tuple[int, int]],
    after: Counter[tuple[int, int]],
    groups: Mapping[str, int],
    names: Mapping[int, str],
) -> None:
    click.echo(f"{'before':>7} {'after':>7} {'change':>7}  group, officer")
    for group, group_id in groups.items():
        cells = [cell for cell in sorted(before.keys() | after.keys()) if cell[0] == group_id]
        rows = [(group, sum(before[cell] for cell in cells), sum(after[cell] for cell in cells))]
        rows += [(f"  {names.get(cell[1], '?')}", before[cell], after[cell]) for cell in cells]
        for name, was, would in rows:
            click.echo(f"{was:>7} {would:>7} {would - was:>+7}  {name}")
