"""FAB's access to rows, made for a million of them.

FAB counts over every column and joins before it pages. Here the count is bounded, the page is found on the primary key
alone, and its 25 rows are loaded with their relations in one more statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ColumnElement, CompoundSelect, Select, func, inspect, select
from sqlalchemy.orm import defer, joinedload, selectinload

from models.crypto import Secret
from reports.alternatives import conjuncts, ordered_keys
from reports.criteria import Criterion
from reports.pages import COUNT_LIMIT
from services.transaction import AnySession
from views.generated.filters import CriterionFilters


class RowAccess(SQLAInterface):
    """`one` and `many` name the relations a list shows (a dot leads further): loaded by join, respectively by IN.

    With `criteria` the list is searched by these alone, as the custom lists are; without them by FAB's own filters.
    """

    session: AnySession

    def __init__(
        self,
        obj: type[Any],
        one: tuple[str, ...] = (),
        many: tuple[str, ...] = (),
        criteria: Sequence[Criterion] = (),
    ) -> None:
        super().__init__(obj)
        self.one = one
        self.many = many
        self.criteria = criteria

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
        count = self.session.scalar(
            select(func.count()).select_from(keys.order_by(None).limit(COUNT_LIMIT + 1).subquery())
        )
        start = (page or 0) * (page_size or 0)
        wanted = self.session.scalars(keys.limit(page_size).offset(start)).all()
        if (count or 0) > COUNT_LIMIT and len(wanted) == page_size:
            count = max(count or 0, start + page_size + 1)
        return count or 0, self.rows(list(wanted))

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
        if not keys:
            return []
        options = [*_without_secrets(self.obj), *(self._path(name, joinedload) for name in self.one)]
        options += [self._path(name, selectinload) for name in self.many]
        statement = select(self.obj).where(self.get_pk().in_(keys)).options(*options)
        found = {self.get_pk_value(row): row for row in self.session.scalars(statement).unique()}
        return [found[key] for key in keys if key in found]

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
