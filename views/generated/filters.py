"""FAB filters made of what the other lists use too: the scopes of `models.scopes`, the criteria of `reports.criteria`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import flash
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, and_, false, true
from wtforms import Field, StringField

from reports.criteria import Choices, Criterion, joined
from reports.criteria import search as searched
from rules.actor import Actor
from services.transaction import AnySession
from views.access import actor, database
from views.texts import sentence, translated


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


class ChoiceField(Field):
    """A drop-down list. WTForms' own takes longer for one option than the database for a row, and units are hundreds."""

    def __init__(self, label: Any, choices: Callable[[AnySession], Choices], **rest: Any) -> None:
        super().__init__(label, **rest)
        self._choices = choices

    def widget(self, field: Field, **_attributes: object) -> Markup:
        """`lists.js` selects what is active."""
        offered = (
            ("", _("全選")),
            *((value, translated(label)) for value, label in self._choices(database())),
        )
        options = "".join(
            f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in offered
        )
        return Markup(f'<select class="form-control" id="{field.id}" name="{field.name}">{options}</select>')  # noqa: S704


def search_fields(criteria: Sequence[Criterion]) -> dict[str, Field]:
    """The controls of the query row, for `search_form_extra_fields`."""
    return {criterion.name: _control(criterion) for criterion in criteria}


def _control(criterion: Criterion) -> Field:
    if criterion.choices is None:
        hint = {"placeholder": _l(criterion.hint)} if criterion.hint else {}
        return StringField(_l(criterion.label), render_kw={"class": "form-control", **hint})
    return ChoiceField(_l(criterion.label), criterion.choices)
