"""How a front desk table's columns are typed and shown: fields, formatters and criteria, made from its description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import g
from flask_appbuilder.fieldwidgets import BS3TextFieldWidget, Select2Widget
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, StopValidation

from models.account import Account
from models.desk import Counter, CounterGroup
from models.desk_rules import BusinessType
from reports.criteria import Criterion, day, known, whole_number
from reports.session import ReadSession
from rules import national_id, roc_dates
from rules.batch_cells import Cell
from rules.desk_tables import Field, Kept, Sort, Table
from rules.errors import FieldFault
from rules.table_cells import read, show
from rules.texts import N_
from services.desk_choices import PEOPLE, Choices, choices
from views.access import actor, database
from views.administration.shown import on_or_off, roc_day, yes_or_blank
from views.texts import sentence, translated


def choices_of_request() -> Choices:
    if "desk_choices" not in g:
        g.desk_choices = choices(database(), actor().unit_id)
    found: Choices = g.desk_choices
    return found


class TypedField(StringField):
    """A column typed as in the workbook, and read by the same rules."""

    widget = BS3TextFieldWidget()

    def __init__(self, label: Any = None, *, column: Field, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.column = column
        self.value: Any = None

    def process_data(self, value: Any) -> None:
        self.data = show(self.column, value)

    def pre_validate(self, form: Any) -> None:
        try:
            self.value = read(self.column, Cell(text=self.data or ""), {})
        except FieldFault as fault:
            raise StopValidation(sentence(fault)) from fault

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.value)


class ReferenceField(SelectField):
    """A row of the own centre: those in use, and the one that the row has."""

    widget = Select2Widget()

    def __init__(self, label: Any = None, *, column: Field, **kwargs: Any) -> None:
        super().__init__(
            label, coerce=lambda text: int(text) if text else None, choices=self._offered, **kwargs
        )
        self.column = column
        self.kept: int | None = None

    def process_data(self, value: Any) -> None:
        self.kept = value
        super().process_data(value)

    def _offered(self) -> list[tuple[str, str]]:
        found = choices_of_request()
        refers = self.column.refers
        keys = [key for key in found.texts[refers] if key in found.active[refers] or key == self.kept]
        return [
            ("", _("請選擇")),
            *((str(key), reference_text(refers, found.text(refers, key))) for key in keys),
        ]

    def iter_choices(self) -> Any:
        for value, label in self._offered():
            yield value, label, value == ("" if self.data is None else str(self.data)), {}

    def pre_validate(self, form: Any) -> None:
        """Whether the row may be chosen is the service's question (`services.desk_tables`)."""


def form_fields(table: Table) -> dict[str, Any]:
    return {field.column: _control(field) for field in table.fields}


def _control(field: Field) -> Any:
    label, hint = _l(field.heading), _l(field.hint) if field.hint else ""
    if field.sort is Sort.FLAG:
        return BooleanField(label, description=hint, default=field.name != "open")
    if field.sort is Sort.REFERENCE:
        needed = [DataRequired(_l("請從名單中選擇。"))] if field.required else []
        return ReferenceField(label, column=field, description=hint, validators=needed)
    if field.sort is Sort.CHOICE:
        return SelectField(
            label,
            choices=lambda: [("", _("請選擇")), *((value, _(word)) for value, word in field.words.items())],
            description=hint,
            validators=[InputRequired(_l("請從選單中選擇。"))],
            widget=Select2Widget(),
        )
    needed = [InputRequired(_l("請填寫這一欄。"))] if field.required else []
    return TypedField(label, column=field, description=hint, validators=needed)


def reference_text(refers: str, text: str) -> str:
    if refers == "counter":
        return _("%(n)s 號櫃台", n=text)
    if refers == "identity":
        code, _blank, label = text.partition(" ")
        return f"{code} {translated(label)}"
    return text


def formatters(table: Table) -> dict[str, Callable[[Any], Any]]:
    """By the name that lists show: of a reference the relation."""
    found: dict[str, Callable[[Any], Any]] = {}
    for field in table.fields:
        if field.sort is Sort.REFERENCE:
            found[field.name] = _relation(field.refers)
        elif field.sort is not Sort.TEXT and field.sort is not Sort.NUMBER:
            found[field.name] = _formatter(field)
    return found


def _relation(refers: str) -> Callable[[Any], str]:
    if refers == "counter":
        return lambda row: reference_text(refers, str(row.number)) if row else "—"
    if refers == "identity":
        return lambda row: f"{row.code} {translated(row.label)}"
    return lambda row: str(row) if row else "—"


def _formatter(field: Field) -> Callable[[Any], Any]:
    if field.sort is Sort.FLAG:
        return on_or_off if field.name == "active" else yes_or_blank
    if field.sort is Sort.DAY:
        return last_day if field.name == "ends_on" else roc_day
    if field.sort is Sort.CHOICE:
        return lambda value: _(field.words.get(value, value))
    if field.sort is Sort.NATIONAL_ID:
        return national_id.mask
    return lambda value: show(field, value)


def last_day(value: date | None) -> str:
    return roc_dates.show(value) if value else _("不限期")


def _groups(session: ReadSession) -> list[tuple[str, str]]:
    return _named(session, CounterGroup)


def _types(session: ReadSession) -> list[tuple[str, str]]:
    return _named(session, BusinessType)


def _named(session: ReadSession, model: Any) -> list[tuple[str, str]]:
    found = (
        select(model.id, model.name)
        .where(model.unit_id == actor().unit_id)
        .order_by(model.position, model.id)
    )
    return [(str(key), name) for key, name in session.execute(found)]


_OFFERED = {"group": _groups, "business_type": _types}


def criteria(table: Table, model: Any) -> tuple[Criterion, ...]:
    """By people's names, by what a reference or a choice is, by a day on which the row holds."""
    found = [each for field in table.fields if (each := _criterion(field, model))]
    if table.kept is Kept.PERIOD:
        found.append(
            Criterion("on", N_("在這一天有效"), lambda text: _in_force(model, day(text)), kind="date")
        )
    if table.kept is Kept.DAY or table.adds_only:
        column = model.day if table.kept is Kept.DAY else model.recorded_on
        found += [
            Criterion(
                "from", N_("日期起"), lambda text: column >= day(text), kind="date", hint=N_("例:115/11/20")
            ),
            Criterion(
                "to", N_("日期迄"), lambda text: column <= day(text), kind="date", hint=N_("例:115/11/20")
            ),
        ]
    return tuple(found)


def _criterion(field: Field, model: Any) -> Criterion | None:
    column = getattr(model, field.column)
    if field.refers in PEOPLE:
        relation = getattr(model, field.name)
        return Criterion(
            field.name, field.heading, lambda text: relation.has(Account.name.contains(text, autoescape=True))
        )
    if field.refers == "counter":
        counter = getattr(model, field.name)
        return Criterion(
            field.name, N_("櫃台號"), lambda text: counter.has(Counter.number == whole_number(text))
        )
    if field.refers in _OFFERED:
        offered = _OFFERED[field.refers]
        return Criterion(
            field.name,
            field.heading,
            lambda text: column == whole_number(text),
            kind="choice",
            choices=offered,
        )
    if field.sort is Sort.CHOICE:
        words: Mapping[str, str] = field.words
        return Criterion(
            field.name,
            field.heading,
            lambda text: column == known(text, words),
            kind="choice",
            choices=lambda _session: [(str(value), word) for value, word in words.items()],
        )
    if field.name == "name":
        return Criterion(field.name, field.heading, lambda text: column.contains(text, autoescape=True))
    return None


def _in_force(model: Any, on: date) -> Any:
    return (model.starts_on <= on) & (model.ends_on.is_(None) | (model.ends_on >= on))
