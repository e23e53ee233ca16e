"""Keys in order when the scope knows several reasons to see a row: "sent to my unit, or my own case".

An OR of two reasons has no index that gives its order: the database would visit and sort every row. Here each reason
walks an index of its own, and the database merges them as far as the page needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BooleanClauseList,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    asc,
    desc,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.operators import and_ as is_and
from sqlalchemy.sql.operators import desc_op
from sqlalchemy.sql.operators import or_ as is_or


def ordered_keys(
    key: SQLColumnExpression[int], where: Sequence[ColumnElement[bool]], order: Sequence[ColumnElement[Any]]
) -> Select[Any] | CompoundSelect[Any]:
    """`order`: columns of the key's table with their directions. The key is the first column of the result."""
    conditions = [each for condition in where for each in conjuncts(condition)]
    several = next((each for each in conditions if _is_list(each, is_or)), None)
    if several is None:
        return select(key).where(*conditions).order_by(*order)
    others = [each for each in conditions if each is not several]
    reasons: list[ColumnElement[bool]] = list(several)  # type: ignore[call-overload]  # an OR lists its clauses
    names = [f"order_{n}" for n in range(len(order))]
    columns = [getattr(each, "element", each).label(name) for each, name in zip(order, names, strict=True)]
    each_alone = (
        select(key.label("key"), *columns).where(
            *others, reason, *(said.is_not(true()) for said in reasons[:n])
        )
        for n, reason in enumerate(reasons)
    )
    # SQLite merges a bare compound only: around a sub-select it would sort.
    return union_all(*each_alone).order_by(
        *(desc(name) if _is_descending(each) else asc(name) for each, name in zip(order, names, strict=True))
    )


def conjuncts(condition: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    """The parts of an AND; anything else as it is."""
    if condition is None:
        return []
    return list(condition) if _is_list(condition, is_and) else [condition]  # type: ignore[call-overload]


def _is_list(condition: ColumnElement[bool], operator: Any) -> bool:
    return isinstance(condition, BooleanClauseList) and condition.operator is operator


def _is_descending(order: ColumnElement[Any]) -> bool:
    return getattr(order, "modifier", None) is desc_op
