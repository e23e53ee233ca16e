"""A case manager leaves: the account is disabled, or loses its unit or role, and open cases stay behind. Spec 1-referral §5.8."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select

from models.account import Account
from models.case import Case
from reports import mails
from reports.staff import holds, people_with
from rules.permissions import Permission
from services import outbox
from services.transaction import AnySession

LeftBehind = Mapping[int, int]
"""Unit id → number of open cases that the account holds there and can no longer work on."""


def left_behind(session: AnySession, account_id: int) -> LeftBehind:
    """By what the database says now: ask before and after a change."""
    gone = or_(
        Account.active.is_(False),
        Account.unit_id.is_distinct_from(Case.unit_id),
        ~holds(Permission.CASE_WORK),
    )
    found = session.execute(
        select(Case.unit_id, func.count().label("number"))
        .join(Account, Account.id == Case.case_manager_id)
        .where(Case.case_manager_id == account_id, Case.closed_on.is_(None), gone)
        .group_by(Case.unit_id)
    )
    return {row.unit_id: row.number for row in found}


def tell_supervisors(
    session: AnySession, account: Account, *, before: LeftBehind, at: datetime, base_url: str
) -> tuple[int, bool]:
    """How many cases the account's change left behind, and whether every unit concerned has a supervisor to be told.

    `before`: what had been left behind already. Whoever was told of that is not told again.
    """
    session.flush()
    fresh = {
        unit_id: number
        for unit_id, number in left_behind(session, account.id).items()
        if number > before.get(unit_id, 0)
    }
    everybody_told = True
    for unit_id, number in fresh.items():
        letter = mails.cases_left_behind(number=number, base_url=base_url)
        supervisors = people_with(session, unit_id, Permission.CASE_TRANSFER)
        everybody_told = everybody_told and bool(supervisors)
        for reader in supervisors:
            outbox.queue(
                session,
                key=f"cases-left-behind:{account.id}:{account.version}:{unit_id}:{reader.id}",
                to=reader.email,
                subject=letter.subject,
                body=letter.body,
                at=at,
            )
    return sum(fresh.values()), everybody_told
