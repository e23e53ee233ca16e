"""FAB's access to rows, made for a million of them.

FAB counts over every column and joins before it pages. Here the count is bounded, the page is found on the primary key
alone, and its 25 rows are loaded with their relations in one more statement.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from flask import g
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, inspect, literal, select
from sqlalchemy.orm import defer, joinedload, selectinload

from models.crypto import Secret
from models.person import Person
from reports.alternatives import conjuncts, ordered_keys
from reports.criteria import Criterion
from reports.pages import COUNT_LIMIT, bounded_count
from services.transaction import AnySession
from views.generated.filters import CriterionFilters


class RowAccess(SQLAInterface):
    """`joined` and `apart` name the relations a list shows (a dot leads further): loaded by join, respectively by IN.

    With `criteria` the list is searched by these alone, as the custom lists are; without them by FAB's own filters.
    `person` is the relation that leads to whom a row is about, for the trail; without it a list shows nobody.
    """

    session: AnySession
    hides_secrets = True

    def __init__(
        self,
        obj: type[Any],
        joined: tuple[str, ...] = (),
        apart: tuple[str, ...] = (),
        criteria: Sequence[Criterion] = (),
        person: str = "",
    ) -> None:
        super().__init__(obj)
        self.joined = joined
        self.apart = apart
        self.criteria = criteria
        self.person = person

    def is_nullable(self, col_name: str) -> bool:
        """What a form may leave empty: FAB would demand a check mark in every box and a text in every field."""
        column = self.obj.__table__.c.get(col_name)
        return bool(super().is_nullable(col_name) or (column is not None and column.default is not None))

    def get_filters(self, search_columns: Any = None, search_filters: Any = None) -> Filters:
        if self.criteria:
            return CriterionFilters(self.filter_converter_class, self, search_columns)
        return super().get_filters(search_columns, search_filters)

    def query(
        self,
        filters: Filters | None = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        select_columns: list[str] | None = None,
        outer_default_load: bool = False,
    ) -> tuple[int, list[Any]]:
        """Beyond `COUNT_LIMIT` the count says no more than that there is a next page."""
        keys = self.keys(filters, order_column, order_direction)
        start = (page or 0) * (page_size or 0)
        wanted = list(self.session.scalars(keys.limit(page_size).offset(start)))
        found, count = self.rows_and_count(wanted, bounded_count(keys))
        if count > COUNT_LIMIT and len(wanted) == page_size:
            count = max(count, start + page_size + 1)
        g.rows_listed = found
        return count, found

    def keys(
        self, filters: Filters | None, order_column: str = "", order_direction: str = ""
    ) -> Select[Any] | CompoundSelect[Any]:
        """Primary keys of the found rows in the list's order: what the screen pages and the export streams."""
        key = self.get_pk()
        query = self.apply_filters(self.session.query(key), filters)
        descending = order_direction != "asc"
        column: ColumnElement[Any] = getattr(self.obj, order_column) if order_column else key
        order = [column.desc() if descending else column.asc()]
        if column is not key:
            order.append(key.desc() if descending else key.asc())
        return ordered_keys(key, conjuncts(query.whereclause), order)

    def rows(self, keys: list[Any]) -> list[Any]:
        """The rows of these keys in their order, with the relations a list shows.

        Encrypted columns stay in the database: no list shows them, and opening them costs more than the rest of the page.
        """
        return self.rows_and_count(keys, None)[0] if keys else []

    def rows_and_count(self, keys: list[Any], count: ScalarSelect[int] | None) -> tuple[list[Any], int]:
        """The rows, and in the same statement the bounded count of all that were found."""
        if not keys:
            return [], (self.session.scalar(select(count)) or 0) if count is not None else 0
        hidden = _without_secrets(self.obj) if self.hides_secrets else []
        options = [*hidden, *(self._path(name, joinedload) for name in self.joined)]
        options += [self._path(name, selectinload) for name in self.apart]
        total = literal(0) if count is None else count
        statement = select(self.obj, total).where(self.get_pk().in_(keys)).options(*options)
        loaded = self.session.execute(statement).unique().all()
        found = {self.get_pk_value(row): row for row, _total in loaded}
        return [found[key] for key in keys if key in found], loaded[0][1] if loaded else 0

    def persons_of(self, rows: Sequence[Any]) -> list[int]:
        """Whom these loaded rows are about; a row about nobody counts for none."""
        if not self.person:
            return []
        person_id = operator.attrgetter(f"{self.person}_id")
        return [found for row in rows if (found := person_id(row)) is not None]

    def persons(self, filters: Filters) -> Sequence[int]:
        """Whom all found rows are about, each once."""
        found = select(Person.id).select_from(self.obj)
        model: Any = self.obj
        for step in self.person.split("."):
            found = found.join(getattr(model, step))
            model = getattr(model, step).property.mapper.class_
        keys = (
            self.keys(filters).order_by(None).subquery()
        )  # several reasons to see a row bring their order along
        return self.session.scalars(found.where(self.get_pk().in_(select(keys.c[0]))).distinct()).all()

    def _path(self, name: str, load: Any) -> Any:
        model: Any = self.obj
        option: Any = None
        for step in name.split("."):
            relation = getattr(model, step)
            option = load(relation) if option is None else getattr(option, load.__name__)(relation)
            model = relation.property.mapper.class_
        return option.options(*_without_secrets(model))


def _without_secrets(model: type[Any]) -> list[Any]:
    columns = inspect(model).column_attrs
    return [defer(getattr(model, each.key)) for each in columns if isinstance(each.columns[0].type, Secret)]
