"""The base of the generated screens over the front desk's tables: one description, one centre, one door for changes."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import scopes
from rules.desk_tables import Kept, Sort, Table
from rules.permissions import Permission as P
from rules.roc_dates import show
from services import desk, desk_tables, table_changes
from services.desk_choices import choices
from services.desk_tables import MODELS
from views.access import actor, database, now, today
from views.desk.tables.fields import choices_of_request, criteria, form_fields, formatters
from views.generated.base import GeneratedView
from views.generated.filters import InScope, search_fields
from views.generated.interface import RowAccess
from views.texts import listed


class DeskTableView(GeneratedView):
    """A subclass names its `table` and its route; columns, forms, criteria and words come from the description."""

    table: Table
    class_permission_name = "DeskTable"
    workbook_permission = P.DESK_TABLE_WRITE
    list_template = "desk/tables/list.html"
    exportable = True
    order_by: tuple[str, str] = ("id", "asc")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        table, model = cls.table, MODELS[cls.table.name]
        searched = criteria(table, model)
        relations = tuple(field.name for field in table.fields if field.sort is Sort.REFERENCE)
        cls.datamodel = cls.access(model, relations, searched)
        cls.list_title = cls.show_title = _l(table.title)
        cls.add_title = _l("新增:%(what)s", what=_l(table.title))
        cls.edit_title = _l("修改:%(what)s", what=_l(table.title))
        cls.base_filters = [["id", InScope, partial(scopes.centre_rows, unit_id=model.unit_id)]]
        cls.base_order = cls.order_by
        cls.list_columns = [field.name for field in table.fields]
        cls.show_columns = [*cls.list_columns, "changed_by_name"]
        cls.order_columns = [field.name for field in table.fields if field.sort in (Sort.DAY, Sort.NUMBER)]
        cls.add_columns = [field.column for field in table.fields]
        cls.edit_columns = [field.column for field in table.fields if field.sort is not Sort.NATIONAL_ID]
        cls.add_form_extra_fields = form_fields(table)
        cls.edit_form_extra_fields = form_fields(table)
        cls.search_columns = [each.name for each in searched]
        cls.search_form_extra_fields = search_fields(searched)
        cls.formatters_columns = formatters(table)
        cls.label_columns = (
            {field.column: _l(field.heading) for field in table.fields}
            | {field.name: _l(field.heading) for field in table.fields}
            | {each.name: _l(each.label) for each in searched}
            | {"changed_by_name": _l("最後修改者")}
        )
        if table.kept is Kept.ACTIVE:
            cls.exclude_route_methods = {"delete"}

    @classmethod
    def access(cls, model: Any, relations: tuple[str, ...], searched: Any) -> RowAccess:
        return RowAccess(model, joined=relations, criteria=searched)

    def render_template(self, template: str, **values: Any) -> str:
        table = self.table
        links = {}
        if actor().may(self.workbook_permission):
            links["workbook_url"] = url_for("TableWorkbook.index", name=table.name)
        if table.name == "ratio_share" and actor().may(P.DESK_SUPERVISE):
            links["what_if_url"] = url_for("WhatIf.index")
        if actor().may(P.DESK_TABLE_READ):
            links["changes_url"] = url_for("TableChanges.index", table=table.name)
        page: str = super().render_template(template, table=table, notes=self.notes(), **links, **values)
        return page

    def notes(self) -> list[str]:
        """What the table lacks as it stands."""
        if self.table.name != "ratio_share":
            return []
        return [
            _(
                "%(day)s 生效的比例表還缺：%(groups)s;缺的群組不會派到求職新案。",
                day=show(day),
                groups=listed(names),
            )
            for day, names in desk_tables.missing_shares(database(), actor().unit_id, today())
        ]

    def _saved(self, form: Any, item: Any, *, adding: bool) -> bool:
        """Steps at a centre's front desk follow each other, and so do changes of what they go by."""
        desk.hold(database(), actor().unit_id)
        g.pop("desk_choices", None)
        return super()._saved(form, item, adding=adding)

    def pre_add(self, item: Any) -> None:
        self._checked(item)

    def pre_update(self, item: Any) -> None:
        self._checked(item)

    def _checked(self, item: Any) -> None:
        with database().no_autoflush:
            g.row_before = table_changes.stored(database(), item)
            desk_tables.prepare(item, by=actor(), at=now())
            desk_tables.check(database(), item, g.row_before, choices_of_request(), at=now())

    def post_add(self, item: Any) -> None:
        self._record(item, table_changes.values(item))
        desk_tables.changed(database(), self.table, by=actor(), at=now())

    post_update = post_add

    def pre_delete(self, item: Any) -> None:
        desk.hold(database(), actor().unit_id)
        desk_tables.check_removal(item, at=now())
        g.row_before = table_changes.stored(database(), item)
        self._record(item, None)

    def _record(self, item: Any, after: dict[str, Any] | None) -> None:
        who = actor()
        assert who.unit_id is not None
        entry = table_changes.entry(
            self.table,
            item.id,
            g.pop("row_before", None),
            after,
            choices=choices(database(), who.unit_id),
            unit_id=who.unit_id,
            source=table_changes.SCREEN,
            by=who,
            at=now(),
        )
        if entry is not None:
            database().add(entry)
