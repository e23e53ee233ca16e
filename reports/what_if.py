"""The stored decisions of a centre's new cases, one after the other, to be made again. Facts are large, so they are streamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select

from models.account import Account
from models.desk import CounterGroup
from models.desk_rules import BusinessType, RatioShare
from models.visit import Decision, Visit
from reports.session import ReadSession
from rules.desk import Distribution
from rules.dispatch import Facts, Rule
from rules.in_force import whole_table_in_force
from rules.visit_flow import TAKEN_STATES
from rules.what_if import Past

AT_A_TIME = 100


def business_types(session: ReadSession, unit_id: int) -> Sequence[BusinessType]:
    """Those that go by the ratio table."""
    return session.scalars(
        select(BusinessType)
        .where(BusinessType.unit_id == unit_id, BusinessType.distribution == Distribution.RATIO.value)
        .order_by(BusinessType.position, BusinessType.id)
    ).all()


def groups(session: ReadSession, unit_id: int) -> Sequence[CounterGroup]:
    return session.scalars(
        select(CounterGroup)
        .where(CounterGroup.unit_id == unit_id)
        .order_by(CounterGroup.position, CounterGroup.id)
    ).all()


def shares(session: ReadSession, unit_id: int, day: date) -> Mapping[int, int]:
    """The ratio table in force on the day, by group."""
    table = session.scalars(select(RatioShare).where(RatioShare.unit_id == unit_id)).all()
    return {row.group_id: row.registrations for row in whole_table_in_force(table, day)}


def names(session: ReadSession, officers: Sequence[int]) -> Mapping[int, str]:
    found = session.scalars(select(Account).where(Account.id.in_(officers)))
    return {account.id: account.get_full_name() for account in found}


def how_many(session: ReadSession, business_type: BusinessType, first: date, last: date) -> int:
    """The new cases of the days, with a stored decision or without."""
    mine = _counted(business_type, first, last)
    return session.scalar(select(func.count()).select_from(Visit).where(*mine)) or 0


def past_cases(session: ReadSession, business_type: BusinessType, first: date, last: date) -> Iterator[Past]:
    """From the beginning of the month of `first`, as `rules.what_if` wants them: each with the decision that placed it.

    A case counts where it was dispatched to, whoever called it in the end.
    """
    mine = _counted(business_type, first.replace(day=1), last)
    placed = (
        select(func.max(Decision.id))
        .join(Visit, Visit.id == Decision.visit_id)
        .where(*mine, Decision.counter_id.is_not(None))
        .group_by(Decision.visit_id)
    )
    rows = session.execute(
        select(Visit.day, Decision.rule, Decision.facts, Decision.group_id, Decision.officer_id)
        .join(Visit, Visit.id == Decision.visit_id)
        .where(Decision.id.in_(placed))
        .order_by(Decision.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    for day, rule, facts, group_id, officer_id in rows:
        assert group_id is not None and officer_id is not None  # a counter took it
        yield Past(day, Rule(rule), Facts.from_json(facts), group_id, officer_id)


def _counted(business_type: BusinessType, first: date, last: date) -> Sequence[ColumnElement[bool]]:
    return (
        Visit.unit_id == business_type.unit_id,
        Visit.business_type_id == business_type.id,
        Visit.counted.is_(True),
        Visit.day.between(first, last),
        Visit.state.in_([state.value for state in TAKEN_STATES]),
    )
