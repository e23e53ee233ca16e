"""What is done each day about the trail: it is checked, sealed, and a flaw told to the auditors. docs/audit.md."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from datetime import datetime

from sqlalchemy import select

from models.account import Account
from reports import mails
from reports.staff import holds
from rules.permissions import Permission
from services import outbox, trail_check, trail_seals
from services.trail_check import Report
from services.trail_seals import Seal
from services.transaction import AnySession, transaction

log = logging.getLogger("jieli.trail")


def check_and_seal(session: AnySession, *, base_url: str, at: datetime) -> tuple[Report, Seal]:
    """Outside of a transaction. The log gets the seal's mark, and a code for what was found."""
    report = trail_check.verify(session)
    with transaction(session):
        sealed = trail_seals.seal(session, at=at, check=summary(report))
        if not report.whole:
            code = secrets.token_hex(4).upper()
            kinds = ", ".join(f"{flaw} {count}" for flaw, count in _kinds(report).items())
            log.error("%s the trail is not whole: %s; `flask audit verify` names the entries", code, kinds)
            _tell(session, report, code=code, mark=sealed.mark, base_url=base_url, at=at)
    log.info("trail sealed as %s: %s entries, %s flaws", sealed.mark, report.entries, report.flaws)
    return report, sealed


def summary(report: Report) -> dict[str, object]:
    """What a seal keeps of the check before it."""
    return {
        "entries": report.entries,
        "chains": report.chains,
        "flaws": report.flaws,
        "kinds": _kinds(report),
        "first": [[each.flaw.value, each.chain, each.number] for each in report.findings[:20]],
    }


def _kinds(report: Report) -> dict[str, int]:
    return dict(Counter(each.flaw.value for each in report.findings))


def _tell(session: AnySession, report: Report, *, code: str, mark: str, base_url: str, at: datetime) -> None:
    letter = mails.trail_flawed(flaws=report.flaws, code=code, base_url=base_url)
    auditors = select(Account).where(Account.active.is_(True), holds(Permission.TRAIL_READ))
    for auditor in session.scalars(auditors.order_by(Account.id)):
        outbox.queue(
            session,
            key=f"trail-flawed:{mark[:40]}:{auditor.id}",
            to=auditor.email,
            subject=letter.subject,
            body=letter.body,
            at=at,
        )
