"""應得未得 of a month to date: recomputed from the visits each time, never accumulated. Spec 2-dispatch §4 rule 6.

The database counts the cases by duty list, group and officer from one index; the lists are content-addressed and never
change, so a process keeps those that it has read, under their digest and so whatever became of the row's number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.visit import DutyList, Visit
from reports.session import ReadSession
from rules import debt
from rules.visit_flow import TAKEN_STATES

MOST_KEPT = 4000
_known: dict[str, debt.Content] = {}


def debts(session: ReadSession, unit_id: int, business_type_id: int, day: date) -> debt.Debts:
    """Of the calendar month of `day`, up to and with that day (local days of Taipei). The caller holds the desk."""
    in_month = (*counted_until(unit_id, day), Visit.business_type_id == business_type_id)
    cases = _count(session, (Visit.duty_list_id, Visit.group_id), *in_month)
    lists = duty_lists(session, {duty_list_id for duty_list_id, _, _ in cases})
    pools = {duty_list_id for duty_list_id, content in lists.items() if debt.is_pool(content)}
    counted: dict[int, Counter[int]] = {duty_list_id: Counter() for duty_list_id in lists}
    for duty_list_id, group_id, number in cases:
        counted[duty_list_id][debt.POOL if duty_list_id in pools else group_id] += number
    taken: Counter[tuple[int, int]] = Counter()
    for pooled in {one in pools for one in lists}:
        # A business type has one distribution, so the second condition stands there only in a month that changed it.
        whose = () if len(pools) in (0, len(lists)) else (Visit.duty_list_id.in_(pools) == pooled,)
        for group_id, officer_id, number in _count(
            session, (Visit.group_id, Visit.officer_id), *in_month, *whose
        ):
            taken[debt.POOL if pooled else group_id, officer_id] += number
    return debt.from_counts([(lists[one], by_group) for one, by_group in counted.items()], taken)


def counted_until(unit_id: int, day: date) -> tuple[ColumnElement[bool], ...]:
    """The new cases of the month of `day`, up to and with that day, that somebody has."""
    return (
        Visit.unit_id == unit_id,
        Visit.counted.is_(True),
        Visit.day.between(day.replace(day=1), day),
        Visit.state.in_([state.value for state in TAKEN_STATES]),
        Visit.duty_list_id.is_not(None),
    )


def _count(session: ReadSession, by: tuple[Any, Any], *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Two counts are made faster than one by list, group and officer, which has nearly as many rows as there are visits."""
    return session.execute(select(*by, func.count()).where(*conditions).group_by(*by)).all()


def duty_lists(session: ReadSession, ids: Collection[int]) -> dict[int, debt.Content]:
    """Each list once, and from the database only what this process has not read yet."""
    digests = dict(session.execute(select(DutyList.id, DutyList.digest).where(DutyList.id.in_(ids))).all())
    missing = [one for one, digest in digests.items() if digest not in _known]
    found = {digest: _known[digest] for digest in digests.values() if digest in _known}
    if missing:
        read = select(DutyList.digest, DutyList.content).where(DutyList.id.in_(missing))
        found |= dict(session.execute(read).all())
        if len(_known) + len(missing) > MOST_KEPT:
            _known.clear()
        _known.update(found)
    return {one: found[digest] for one, digest in digests.items()}
