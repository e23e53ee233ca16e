"""`flask audit verify|seal`: whether the trail of personal data is whole. docs/audit.md."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.trail import SYSTEM_CHAIN
from services import trail_check, trail_watch
from services.trail_check import Finding, Flaw

audit_group = AppGroup("audit", help="The trail of personal data.")

SENTENCES = {
    Flaw.CHANGED: "entry {number} is not as it was written",
    Flaw.MOVED: "entry {number} does not belong there: added, moved, or its hash changed",
    Flaw.MISSING: "entries are missing from number {number} on",
    Flaw.CUT: "the chain ends at {number}, which is not the end that was noted",
    Flaw.HEADLESS: "the note of the chain's end is missing (entry {number} is the last)",
    Flaw.UNSEALED: "entry {number} was sealed and is missing or another one now",
}


@audit_group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--seal", "marks", multiple=True, metavar="NUMBER:HASH", help="A seal from the log, to be found."
)
def verify(as_json: bool, marks: tuple[str, ...]) -> None:
    """Check every entry of the trail, and every seal. Users may work meanwhile.

    Exit code 0: whole. 1: each flaw is printed with chain, number and account. 2: a --seal that is none.
    """
    for mark in marks:
        try:
            trail_check.parse_mark(mark)
        except ValueError as error:
            raise click.UsageError(f"--seal takes NUMBER:HASH as the log shows it, not {mark}") from error
    total = trail_check.entry_count(db.session)
    with click.progressbar(length=total, label="entries", file=sys.stderr) as bar:
        report = trail_check.verify(db.session, marks=marks, seen=bar.update)
    names = _accounts(report.findings)
    if as_json:
        told = asdict(report) | {
            "findings": [{**asdict(each), "account": names.get(each.chain, "")} for each in report.findings]
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for finding in report.findings:
            account = names.get(finding.chain, "no account")
            click.echo(
                f"chain {finding.chain} ({account}): {SENTENCES[finding.flaw].format(number=finding.number)}"
            )
        click.echo(
            f"{report.entries:,} entries in {report.chains} chains, {report.seals} seals: "
            + ("whole" if report.whole else f"{report.flaws:,} flaws")
        )
    sys.exit(0 if report.whole else 1)


@audit_group.command("seal")
def seal() -> None:
    """Check and seal the trail now, as the daily job does, and print the seal for a copy elsewhere."""
    base_url = current_app.config["PUBLIC_URL"]
    report, sealed = trail_watch.check_and_seal(db.session, base_url=base_url, at=datetime.now(UTC))
    click.echo(f"seal {sealed.mark}")
    sys.exit(0 if report.whole else 1)


def _accounts(findings: list[Finding]) -> dict[object, str]:
    chains = {each.chain for each in findings if isinstance(each.chain, int)}
    named = select(Account.id, Account.username).where(Account.id.in_(chains))
    return {SYSTEM_CHAIN: "the system", **{row.id: row.username for row in db.session.execute(named)}}
