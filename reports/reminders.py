"""What everybody is to be reminded of on a day, found for all units together: five statements, however many people.

A reminder lists the first `LISTED` by number and counts the rest, so that a neglected unit makes no endless mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.account import Account
from models.case import Case
from models.referral import Referral
from reports.mails import Task
from reports.session import ReadSession
from reports.staff import everyone_with
from reports.waiting import waiting_since
from rules.due_dates import SOON_DAYS
from rules.office_days import OfficeDays, last_overdue_date
from rules.permissions import Permission
from rules.referral_flow import State
from rules.roc_dates import show

LISTED = 20


@dataclass
class Found:
    """`number` in all, the first of them as (number of referral or case, its day)."""

    number: int = 0
    first: list[tuple[int, date]] = field(default_factory=list)


def reminders(session: ReadSession, today: date, days: OfficeDays) -> Sequence[tuple[Account, list[Task]]]:
    """Who has something to be reminded of, in the order of the accounts. Nobody disabled."""
    latest = last_overdue_date(today, days)
    late = _grouped(
        session,
        Referral.receiving_unit_id,
        Referral.id,
        Referral.referral_date,
        (
            Referral.state == State.SUBMITTED,
            Referral.receiving_unit_id.is_not(None),
            Referral.referral_date <= latest,  # for the index: nothing arrives before it is referred
            waiting_since() <= latest,
        ),
    )
    # Whose case is in another unit has moved there and left it: it is the list of the unit's supervisor.
    mine = Case.closed_on.is_(None), Account.id == Case.case_manager_id, Account.unit_id == Case.unit_id
    overdue = _grouped(session, Case.case_manager_id, Case.id, Case.due_date, (*mine, Case.due_date < today))
    soon_until = today + timedelta(days=SOON_DAYS)
    soon = _grouped(
        session,
        Case.case_manager_id,
        Case.id,
        Case.due_date,
        (*mine, Case.due_date.between(today, soon_until)),
    )
    per_unit = (
        select(Case.unit_id, func.count())
        .where(Case.closed_on.is_(None), Case.due_date < today)
        .group_by(Case.unit_id)
    )
    unit_overdue = {row[0]: row[1] for row in session.execute(per_unit)}
    people = {each.id: each for each in everyone_with(session, Permission.CASE_WORK)}
    supervisors = {each.id: each for each in everyone_with(session, Permission.REFERRAL_TAKE_IN)}
    told = []
    for account_id, account in sorted((people | supervisors).items()):
        tasks = []
        if account_id in supervisors:
            tasks += _task("超過 3 個工作天未收案的轉介單", late.get(account.unit_id), "/intake/", "轉介")
        if account_id in people:
            mine_path = "/cases/mine/?urgency="
            tasks += _task("我的個案已逾期", overdue.get(account_id), f"{mine_path}overdue", "應結案")
            tasks += _task(
                f"我的個案 {SOON_DAYS} 天內到期", soon.get(account_id), f"{mine_path}soon", "應結案"
            )
        if account_id in supervisors and (number := unit_overdue.get(account.unit_id or 0)):
            path = f"/roster/?state=open&due_to={show(today - timedelta(days=1))}"
            tasks.append(Task("本單位已逾期的個案", number, (), path))
        if tasks:
            told.append((account, tasks))
    return told


def _grouped(
    session: ReadSession,
    owner: Any,
    number: Any,
    day: Any,
    where: Sequence[ColumnElement[bool]],
) -> Mapping[int | None, Found]:
    """The first of each owner by day, and how many there are: one statement."""
    place = func.row_number().over(partition_by=owner, order_by=(day, number)).label("place")
    whole = func.count().over(partition_by=owner).label("whole")
    ranked = (
        select(owner.label("owner"), number.label("number"), day.label("day"), place, whole)
        .where(*where)
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.owner, ranked.c.number, ranked.c.day, ranked.c.whole)
        .where(ranked.c.place <= LISTED)
        .order_by(ranked.c.owner, ranked.c.place)
    )
    found: dict[int | None, Found] = {}
    for each, key, when, total in rows:
        kept = found.setdefault(each, Found())
        kept.number = total
        kept.first.append((key, when))
    return found


def _task(title: str, found: Found | None, path: str, what: str) -> list[Task]:
    if found is None:
        return []
    noun = "轉介單" if what == "轉介" else "服務單"
    items = [f"{noun} {number}（{show(day)} {what}）" for number, day in found.first]
    return [Task(title, found.number, items, path)]
