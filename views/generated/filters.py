"""FAB filters made of what the other lists use too: the scopes of `models.scopes`, the criteria of `reports.criteria`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import flash
from flask_appbuilder.fieldwidgets import BS3TextFieldWidget
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, true
from wtforms import Field, SelectField, StringField

from reports.criteria import Criterion, joined
from reports.criteria import search as searched
from rules.actor import Actor
from views.access import actor, database
from views.texts import sentence


class InScope(BaseFilter):
    """For `base_filters`: `["id", InScope, scopes.referrals]`."""

    name = "in scope"

    def apply(self, query: Any, value: Callable[[Actor], ColumnElement[bool]]) -> Any:
        return query.filter(value(actor()))


class ByCriterion(BaseFilter):
    """One criterion as FAB's filter number 0 of its column."""

    name = _l("為")

    def __init__(self, criterion: Criterion, datamodel: Any) -> None:
        super().__init__(criterion.name, datamodel)
        self.criterion = criterion

    def condition(self, value: str) -> tuple[Criterion, ColumnElement[bool]]:
        """What cannot be read finds nothing, and is said."""
        found = searched((replace(self.criterion, path=()),), {self.criterion.name: value})
        for fault in found.faults:
            flash(sentence(fault), "danger")
        return self.criterion, false() if found.faults else and_(true(), *found.conditions)

    def apply(self, query: Any, value: str) -> Any:
        return query.filter(*joined([self.condition(value)]))


class CriterionFilters(Filters):
    """FAB's Filters knows the columns of a table only; this one knows the criteria of its `RowAccess`."""

    def __init__(self, filter_converter: Any, datamodel: Any, *_: Any) -> None:
        self.filter_converter = filter_converter
        self.datamodel = datamodel
        self.search_columns = [criterion.name for criterion in datamodel.criteria]
        self._search_filters = {each.name: [ByCriterion(each, datamodel)] for each in datamodel.criteria}
        self._all_filters = self._search_filters
        self.clear_filters()

    def get_joined_filters(self, filters: Filters) -> Filters:
        both = CriterionFilters(self.filter_converter, self.datamodel)
        both.filters = self.filters + filters.filters
        both.values = self.values + filters.values
        return both

    def apply_all(self, query: Any) -> Any:
        """The criteria together, as a custom list applies them."""
        typed: list[tuple[Criterion, ColumnElement[bool]]] = []
        for each, values in self.get_filters_values():
            if isinstance(each, ByCriterion):
                typed += [each.condition(value) for value in values if value]
            else:
                query = each.apply(query, values)
        return query.filter(*joined(typed))


def search_fields(criteria: Sequence[Criterion]) -> dict[str, Field]:
    """The controls of the query row, for `search_form_extra_fields`."""
    return {criterion.name: _control(criterion) for criterion in criteria}


def _control(criterion: Criterion) -> Field:
    if criterion.choices is None:
        return StringField(_l(criterion.label), widget=BS3TextFieldWidget())
    read = criterion.choices
    return SelectField(
        _l(criterion.label),
        choices=lambda: [("", _l("全選")), *((value, _l(label)) for value, label in read(database()))],
        validate_choice=False,
        render_kw={"class": "form-control"},
    )
