"""`flask dispatch simulate`; the commands over what really happened stand in `app.cli.dispatch_past`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

import click
from flask.cli import AppGroup

from rules.simulation import Month, Share, simulate

CHANCE = click.FloatRange(0, 1)

dispatch_group = AppGroup("dispatch", help="The dispatch decision of the front desk.")


@dispatch_group.command("simulate")
@click.option("--visits", type=click.IntRange(1), required=True, help="Visits of each month.")
@click.option("--seed", type=int, required=True, help="The same number gives the same month.")
@click.option(
    "--absence", type=CHANCE, help="The chance that an officer is away for a half day; made up if left out."
)
@click.option(
    "--directed",
    type=CHANCE,
    default=0.0,
    show_default=True,
    help="How many new cases are directed to a group or officer; debts have no bound then.",
)
@click.option(
    "--months", type=click.IntRange(1), default=1, show_default=True, help="Months, seed after seed."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the tables.")
def simulate_command(
    visits: int, seed: int, absence: float | None, directed: float, months: int, as_json: bool
) -> None:
    """Dispatch made-up months by the real decision and show how fair they were.

    Debts are in cases, the largest in either direction at any moment; waits are in seconds. Exit code 1 when a hard rule
    was broken, or a debt passed 2 cases although no case was directed.
    """
    made = []
    with click.progressbar(length=visits * months, label="visits", file=sys.stderr) as bar:
        for number in range(months):
            made.append(
                simulate(
                    visits, seed + number, absence=absence, directed=directed, seen=lambda: bar.update(1)
                )
            )
    told = _told(made)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(told)
    if not told["passed"]:
        sys.exit(1)


def _told(made: Sequence[Month]) -> dict[str, Any]:
    """Of several months the worst debt, the sums, the median of the waits, and the table of the last."""
    last = made[-1]
    return {
        "passed": all(month.passed for month in made),
        "months": len(made),
        "visits": sum(month.visits for month in made),
        "seed": made[0].seed,
        "days": last.days,
        "max_group_debt": float(max(month.max_group_debt for month in made)),
        "max_officer_debt": float(max(month.max_officer_debt for month in made)),
        "rule_violations": sum(len(month.rule_violations) for month in made),
        "violations": [f"seed {month.seed}: {rule}" for month in made for rule in month.rule_violations],
        "undispatched": sum(len(month.undispatched) for month in made),
        "undispatched_reasons": [reason for month in made for reason in month.undispatched],
        "wait_p50_s": round(median(month.wait_p50_s for month in made)),
        "wait_p90_s": round(median(month.wait_p90_s for month in made)),
        "groups": [_line(share) for share in last.shares if share.counter is None],
        "officers": [_line(share) for share in last.shares if share.counter is not None],
    }


def _line(share: Share) -> dict[str, Any]:
    counter = {} if share.counter is None else {"counter": share.counter}
    return {
        "group": share.group,
        **counter,
        "visits": share.visits,
        "new_cases": share.new_cases,
        "debt": float(share.debt),
    }


def _print(told: dict[str, Any]) -> None:
    for key, value in told.items():
        if key in {"violations", "undispatched_reasons"}:
            for line in dict.fromkeys(value):
                click.echo(f"  {line}")
        elif not isinstance(value, list):
            click.echo(f"{key:<18} {f'{value:.3f}' if isinstance(value, float) else value}")
    click.echo(f"\n{'counter':>7} {'visits':>7} {'new':>5} {'debt':>7}  group")
    for line in (*told["groups"], *told["officers"]):
        counter = line.get("counter", "")
        click.echo(
            f"{counter:>7} {line['visits']:>7} {line['new_cases']:>5} {line['debt']:>7.2f}  {line['group']}"
        )
