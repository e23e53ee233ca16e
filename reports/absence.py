"""Who of a unit's case managers is not there: absent on some days, or gone for good with cases left behind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select

from models.account import Account
from models.case import Case
from models.staff import Absence
from reports.session import ReadSession
from reports.staff import holds
from rules.permissions import Permission
from rules.roc_dates import show
from rules.texts import N_


@dataclass(frozen=True)
class Days:
    """From the first to the last, both included; local dates of Taipei."""

    first: date
    last: date


def absent_until(days: Days) -> ScalarSelect[date]:
    """The last day of the account's absence that falls on one of the days; NULL: none does."""
    return (
        select(func.max(Absence.ends_on))
        .where(Absence.account_id == Account.id, *_within(days))
        .correlate(Account)
        .scalar_subquery()
    )


def not_there(unit_id: int | None, days: Days) -> Select[int]:
    """Ids of those who hold open cases of the unit and are absent on the days, or no longer the unit's.

    One look into the index for each account, and the joins of a permission only for those it finds: a unit's open
    cases are far more than the accounts there are.
    """
    holds_cases = (
        select(Case.id)
        .where(Case.unit_id == unit_id, Case.case_manager_id == Account.id, Case.closed_on.is_(None))
        .correlate(Account)
        .exists()
    )
    absent = select(Absence.id).where(Absence.account_id == Account.id, *_within(days)).exists()
    gone = or_(
        Account.active.is_(False), Account.unit_id.is_distinct_from(unit_id), ~holds(Permission.CASE_WORK)
    )
    return select(Account.id).where(holds_cases, or_(absent, gone))


@dataclass(frozen=True)
class Whereabouts:
    """Of one case manager, as far as a supervisor needs to know it."""

    active: bool
    unit_id: int | None
    entitled: bool
    absent_until: date | None

    def has_left(self, unit_id: int | None) -> bool:
        """For good, as seen from the unit."""
        return not (self.active and self.entitled and self.unit_id == unit_id)


def whereabouts(session: ReadSession, account_ids: Collection[int], days: Days) -> Mapping[int, Whereabouts]:
    found = session.execute(
        select(
            Account.id,
            Account.active,
            Account.unit_id,
            holds(Permission.CASE_WORK).label("entitled"),
            absent_until(days).label("absent_until"),
        ).where(Account.id.in_(account_ids))
    )
    return {
        row.id: Whereabouts(bool(row.active), row.unit_id, bool(row.entitled), row.absent_until)
        for row in found
    }


def why_uncovered(who: Whereabouts, unit_id: int | None, translate: Callable[[str], str] = str) -> str:
    """The reason that lasts longest: who has left is not said to be absent."""
    if not who.active:
        return translate(N_("帳號已停用"))
    if who.unit_id != unit_id:
        return translate(N_("已調離本單位"))
    if not who.entitled:
        return translate(N_("已無個管員權限"))
    if who.absent_until is None:
        return ""
    return translate(N_("請假至 %(date)s")) % {"date": show(who.absent_until)}


def _within(days: Days) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Absence.starts_on <= days.last, Absence.ends_on >= days.first
