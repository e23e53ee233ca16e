"""Form fields of generated screens: they read a column and write it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_appbuilder.fieldwidgets import BS3TextFieldWidget

from rules import roc_dates
from views.fields import RocDateField


class RocDayField(RocDateField):
    """A date column typed and shown as a ROC date. `empty`: the day that an empty field means; it is shown as empty."""

    widget = BS3TextFieldWidget()

    def __init__(self, label: Any = None, *, empty: date | None = None, **kwargs: Any) -> None:
        super().__init__(label, optional=empty is not None, **kwargs)
        self.empty = empty

    def process_data(self, value: date | None) -> None:
        self.data = "" if value is None or value == self.empty else roc_dates.show(value)

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.day or self.empty)
