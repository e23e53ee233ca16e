"""Form fields that many screens share. The rules say what is right or wrong; fields show and hand over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from rules import roc_dates
from rules.errors import Faults, FieldFault, RuleBroken
from views.access import today
from views.texts import sentence


class RocDateField(StringField):
    """A day as typed; `day` is what it means after validation. `past`: it must have come already."""

    def __init__(
        self, label: Any = None, *, past: bool = False, optional: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.past = past
        self.optional = optional
        self.day: date | None = None

    def pre_validate(self, form: Any) -> None:
        typed = (self.data or "").strip()
        if self.optional and not typed:
            return
        try:
            if self.past:
                self.day = roc_dates.parse_past(typed, field=self.name, today=today())
            else:
                self.day = roc_dates.parse(typed, field=self.name)
        except FieldFault as fault:
            raise StopValidation(sentence(fault)) from fault


class CodesField(SelectMultipleField):
    """A code list as boxes to tick. What was ticked stays as typed, for the rules to judge."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, choices=[], **kwargs)

    def offer(self, items: Iterable[tuple[int, str]]) -> None:
        self.choices = [(str(code), text) for code, text in items]


def faults_of(error: RuleBroken, *, field: str) -> Sequence[FieldFault]:
    """The faults by field; a refusal without one is shown at `field`."""
    if isinstance(error, Faults):
        return error.faults
    if isinstance(error, FieldFault):
        return [error]
    return [FieldFault(field, error.template, **error.values)]


def show_faults(form: FlaskForm, faults: Iterable[FieldFault]) -> None:
    """Puts each sentence at its field."""
    for fault in faults:
        if fault.field in form:
            field = form[fault.field]
            field.errors = [*field.errors, sentence(fault)]
