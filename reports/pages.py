"""One page of a list, however long the list is.

The page is found on the primary key alone (no join, no column besides it), then its rows are loaded; the count stops at
10,000, because nobody pages further and counting a million rows costs more than everything else together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    func,
    null,
    select,
)
from sqlalchemy.sql.operators import desc_op

from reports.columns import Column
from reports.session import ReadSession

COUNT_LIMIT = 10_000
SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Listing:
    """A list's definition, shared by its screen and its files.

    `key`: the primary key that is paged. `select_from`: the joins that the columns need, left to right. `order`: columns
    of the key's own table, so that an index gives the order; the key itself is added as the last one. `person`: whose data
    a row shows, for the trail, NULL for nobody's; a list without it shows nobody's at all.
    """

    key: SQLColumnExpression[int]
    select_from: Any
    columns: tuple[Column, ...]
    order: tuple[SQLColumnExpression[Any], ...]
    person: SQLColumnExpression[int] | SQLColumnExpression[int | None] | None = None

    def values(self, row: Row[Any]) -> Sequence[Any]:
        """The columns of a row without what is loaded beside them."""
        return row[2 : 2 + len(self.columns)]

    def sorted_by(self, sort: str, descending: bool) -> tuple[SQLColumnExpression[Any], ...]:
        """The order for a column's key from the address bar; an unknown one gives the default order."""
        for column in self.columns:
            if column.key == sort and column.sort:
                return tuple(each.desc() if descending else each.asc() for each in column.sort)
        return self.order


@dataclass(frozen=True)
class Page:
    """`total` is exact up to `COUNT_LIMIT`; `more` says that there are more."""

    rows: Sequence[Row[Any]]
    number: int
    size: int
    total: int

    @property
    def more(self) -> bool:
        return self.total > COUNT_LIMIT

    @property
    def last_known(self) -> int:
        return max(1, -(-min(self.total, COUNT_LIMIT) // self.size))

    @property
    def has_next(self) -> bool:
        return (self.more and len(self.rows) == self.size) or self.number < self.last_known

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1 if self.rows else 0


def keys(
    listing: Listing,
    where: Sequence[ColumnElement[bool]],
    *,
    sort: str = "",
    descending: bool = False,
) -> Select[int]:
    """The keys of the found rows in order: what the screen pages and what an export streams."""
    return select(listing.key).where(*where).order_by(*_order(listing, sort, descending))


def fetch(
    session: ReadSession,
    listing: Listing,
    where: Sequence[ColumnElement[bool]],
    *,
    number: int = 1,
    size: int = SIZES[0],
    sort: str = "",
    descending: bool = False,
) -> Page:
    """One statement: the page's rows, joined to their keys and to nothing else, with the bounded count beside them.

    A page beyond the end has no row to carry the count: it is asked for alone.
    """
    found = keys(listing, where, sort=sort, descending=descending)
    number = max(1, number)
    wanted = found.limit(size).offset((number - 1) * size)
    count = bounded_count(found)
    statement = _rows(listing).add_columns(count.label("total"))
    statement = statement.where(listing.key.in_(wanted)).order_by(*_order(listing, sort, descending))
    rows = session.execute(statement).all()
    total = rows[0].total if rows else session.scalar(select(count)) if number > 1 else 0
    return Page(rows=rows, number=number, size=size, total=total or 0)


def bounded_count(found: Select[Any] | CompoundSelect[Any]) -> ScalarSelect[int]:
    """How many keys there are, as far as `COUNT_LIMIT` and one more: the database stops there."""
    counted = found.order_by(None).limit(COUNT_LIMIT + 1).subquery()
    return select(func.count()).select_from(counted).scalar_subquery()


def persons(session: ReadSession, listing: Listing, where: Sequence[ColumnElement[bool]]) -> Sequence[int]:
    """Whose data all found rows show, each person once: what the trail says of a file."""
    if listing.person is None:
        return ()
    found = select(listing.person).select_from(listing.select_from).distinct()
    named = session.scalars(found.where(listing.key.in_(select(listing.key).where(*where))))
    return [person_id for person_id in named if person_id is not None]


def rows(session: ReadSession, listing: Listing, wanted: Sequence[int]) -> Sequence[Row[Any]]:
    """The rows of these keys in their order: the key, the person's id, then the columns by their `key` names."""
    if not wanted:
        return []
    by_key = {row.key: row for row in session.execute(_rows(listing).where(listing.key.in_(wanted)))}
    return [by_key[key] for key in wanted if key in by_key]


def _rows(listing: Listing) -> Select[Any]:
    columns: list[Any] = [column.value.label(column.key) for column in listing.columns]
    person = null() if listing.person is None else listing.person
    return select(listing.key.label("key"), person.label("person_id"), *columns).select_from(
        listing.select_from
    )


def _order(listing: Listing, sort: str, descending: bool) -> tuple[SQLColumnExpression[Any], ...]:
    """The key comes last, in the direction of what stands before it: so one index serves the whole order."""
    order = listing.sorted_by(sort, descending)
    down = getattr(order[-1], "modifier", None) is desc_op
    return (*order, listing.key.desc() if down else listing.key.asc())
