"""The base of every screen that FAB generates, with FAB 5.3's holes closed.

Closed here: actions that pass by the row filter, filters shared between threads, sorting by hidden columns, unlimited
page sizes, malformed addresses, relations that load whole tables into a search form, columns shown, searched or saved
because nobody named any. Saving is in `views.generated.saving`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, abort, g, has_request_context, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.urltools import get_filter_args, get_order_args
from flask_appbuilder.widgets import ListWidget
from sqlalchemy.exc import DataError
from werkzeug.wrappers import Response as WerkzeugResponse

from models.trail import Act
from reports.pages import COUNT_LIMIT, SIZES
from reports.workbook import FORMATS
from rules.permissions import Permission
from views.access import NoHistory, database, now, refusal
from views.generated.arguments import refuse_malformed
from views.generated.export import export_response
from views.generated.interface import RowAccess
from views.generated.saving import SavesOnce
from views.texts import listed
from views.trail import WITHIN_REACH, shown

READ_METHODS = ("list", "show", "download")
WRITE_METHODS = ("add", "edit", "delete")
METHOD_PERMISSIONS = (
    dict.fromkeys(READ_METHODS, "read") | dict.fromkeys(WRITE_METHODS, "write") | {"export": "export"}
)
BATCH = 500


class RowListWidget(ListWidget):
    template = "generated/list_widget.html"


class GeneratedView(NoHistory, SavesOnce):
    """Subclasses give `datamodel = RowAccess(…)`, `class_permission_name`, `route_base` and every column list.

    Nouns with a flow have no generated add, edit or delete: `read_only = True`. Without `show_columns` the row's page
    shows the list's columns; without `search_columns` or `order_columns` nothing is searched or sorted by.
    """

    datamodel: RowAccess
    method_permission_name = METHOD_PERMISSIONS
    read_only = False
    exportable = False
    actions_allowed = False
    page_size = SIZES[0]
    list_widget = RowListWidget
    list_template = "generated/list.html"
    show_template = "generated/show.html"
    add_template = "generated/add.html"
    edit_template = "generated/edit.html"
    exclude_route_methods: set[str] = set()
    show_columns: list[str] = []
    add_columns: list[str] = []
    edit_columns: list[str] = []
    search_columns: list[str] = []
    order_columns: list[str] = []

    def __init__(self) -> None:
        self.exclude_route_methods = set(self.exclude_route_methods) | self._closed_routes()
        for name in ("list_columns", *(() if self.read_only else ("add_columns", "edit_columns"))):
            if not getattr(type(self), name, None):
                raise TypeError(f"{type(self).__name__} must name its {name}")
        super().__init__()

    def _init_properties(self) -> None:
        """FAB takes an empty list for "all columns": of the search form, of the row's page, of what is sorted by."""
        if not self.search_columns:
            self.search_exclude_columns = self.datamodel.get_search_columns_list()
        self.show_columns = self.show_columns or list(self.list_columns)
        sortable = list(self.order_columns)
        super()._init_properties()
        self.order_columns = sortable
        if self.read_only:
            self.add_columns = self.edit_columns = []

    def _closed_routes(self) -> set[str]:
        closed = {"action", "action_post"} if not self.actions_allowed else set()
        if self.read_only:
            closed |= {"add", "edit", "delete"}
        if not self.exportable:
            closed |= {"export"}
        return closed | {"download"}

    def create_blueprint(self, *args: Any, **kwargs: Any) -> Any:
        blueprint = super().create_blueprint(*args, **kwargs)
        blueprint.before_request(self._guard)
        return blueprint

    def _guard(self) -> WerkzeugResponse | None:
        """Before each route: nobody to the log-in page, a given password to its change, no permission to 403."""
        method = (request.endpoint or "").rpartition(".")[2]
        needed = getattr(getattr(self, method, None), "needs", None) or self._needed(method)
        if refused := refusal(*needed):
            return refused
        refuse_malformed(self._filters.get_search_filters())
        return None

    # FAB keeps one Filters object per view for all threads; ours lives as long as the request.
    @property
    def _filters(self) -> Filters:
        prototype: Filters = self.__dict__["_filters_prototype"]
        if not has_request_context():
            return prototype
        kept: dict[int, Filters] = g.setdefault("generated_filters", {})
        if id(self) not in kept:
            kept[id(self)] = copy.copy(prototype)
            kept[id(self)].clear_filters()
        return kept[id(self)]

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self.__dict__["_filters_prototype"] = value

    def _needed(self, method: str) -> tuple[Permission, ...]:
        """Of FAB's own methods. What a subclass exposes itself carries `@needs(…)`, or else counts as writing."""
        return (self.permission(METHOD_PERMISSIONS.get(method, "write")) or abort(404),)

    def permission(self, act: str) -> Permission | None:
        return next(
            (each for each in Permission if (each.resource, each.act) == (self.class_permission_name, act)),
            None,
        )

    def own_row(self, pk: str) -> Any:
        """The row, if the actor may see it; else 404. FAB's actions ask for it without the filter."""
        return self.datamodel.get(self._deserialize_pk_if_composite(pk), self._base_filters) or abort(404)

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Any:
        self._delete(pk)
        return self.post_delete_redirect()

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: str) -> Any:
        return self._allowed(name).func(self.own_row(pk))

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Any:
        chosen = self._allowed(request.form.get("action", ""))
        return chosen.func([self.own_row(pk) for pk in request.form.getlist("rowid")])

    def _allowed(self, name: str) -> Any:
        chosen = self.actions.get(name) or abort(404)
        if not self.appbuilder.sm.has_access(
            self.get_action_permission_name(name), self.class_permission_name
        ):
            abort(403)
        return chosen

    def _list(self, **kwargs: Any) -> Any:
        try:
            return super()._list(**kwargs)
        except (DataError, OverflowError):  # a number that no column can hold
            database().rollback()
            abort(400)

    def _get_list_widget(
        self,
        filters: Filters,
        actions: Any = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        widgets: Any = None,
        **args: Any,
    ) -> Any:
        if order_column and order_column not in self.order_columns:
            order_column = order_direction = ""
        widget = super()._get_list_widget(
            filters=filters,
            actions=actions,
            order_column=order_column,
            order_direction=order_direction,
            page=page or 0,
            page_size=page_size if page_size in SIZES else None,
            widgets=widgets,
            count_limit=COUNT_LIMIT,
            export_urls=self._export_urls(),
            **args,
        )
        self._note(Act.LIST, self.datamodel.persons_of(g.pop("rows_listed", ())))
        return widget

    def _get_show_widget(self, pk: Any, item: Any, *args: Any, **kwargs: Any) -> Any:
        self._note(Act.VIEW, self.datamodel.persons_of([item]))
        return super()._get_show_widget(pk, item, *args, **kwargs)

    def _edit(self, pk: Any) -> Any:
        form = super()._edit(pk)
        if form is not None and self.datamodel.person:  # it shows what stands in the row
            self._note(Act.VIEW, self.datamodel.persons_of([self.own_row(pk)]))
        return form

    def _note(self, act: Act, persons: Iterable[int]) -> None:
        """For the trail: whom the answer shows, and what was searched for."""
        if self.datamodel.person:
            asked = {
                key: "、".join(texts)
                for key, texts in request.args.lists()
                if "_flt_" in key or "page_" in key  # FAB, too, looks for its names anywhere
            }
            shown(persons, act=act, ground=WITHIN_REACH, criteria=asked)

    def _export_urls(self) -> dict[str, str]:
        """One for each format, with the criteria and the order of now."""
        allowed = self.permission("export") if self.exportable else None
        if not allowed or not self.appbuilder.sm.has_access(*allowed.pair):
            return {}
        asked: dict[str, Any] = {
            key: values
            for key, values in request.args.to_dict(flat=False).items()
            if key.startswith(("_flt_", "_oc_", "_od_"))
        }
        return {kind: url_for(f"{self.endpoint}.export", **{**asked, "format": kind}) for kind in FORMATS}

    @expose("/export")
    def export(self) -> Response | WerkzeugResponse:
        """The found rows in the list's order, as .xlsx or .ods."""
        filters = self.datamodel.get_filters(self.search_columns)
        get_filter_args(filters)
        filters = filters.get_joined_filters(self._base_filters)
        column, direction = get_order_args().get(type(self).__name__, ("", ""))
        if column not in self.order_columns:
            column, direction = self.base_order or ("", "")
        recorded: frozenset[int] | None = None
        if self.datamodel.person:
            recorded = frozenset(self.datamodel.persons(filters))
            self._note(Act.EXPORT, recorded)
        keys = self.datamodel.keys(filters, column, direction)
        return export_response(
            str(self.list_title),
            [str(self.label_columns[name]) for name in self.list_columns],
            self._export_rows(keys, recorded),
            kind=request.args.get("format", "xlsx"),
            at=now(),
        )

    def _export_rows(self, keys: Any, recorded: frozenset[int] | None) -> Iterator[list[Any]]:
        """Asks for the keys when the file begins: the transaction that recorded the export ends before. Rows about persons
        who came meanwhile are left out."""
        for batch in database().scalars(keys.execution_options(yield_per=BATCH)).partitions(BATCH):
            for row in self.datamodel.rows(list(batch)):
                if recorded is not None and not recorded.issuperset(self.datamodel.persons_of([row])):
                    continue
                yield [self._cell(row, name) for name in self.list_columns]
            database().expunge_all()  # else the session keeps every row of the file

    def _cell(self, row: Any, name: str) -> Any:
        value = self.datamodel._get_attr_value(row, name)
        formatter = self.formatters_columns.get(name)
        shown = formatter(value) if formatter else value
        return listed(shown) if isinstance(shown, list) else shown

    def post_add_redirect(self) -> WerkzeugResponse:
        return redirect(url_for(f"{self.endpoint}.list"))

    post_edit_redirect = post_delete_redirect = post_add_redirect
