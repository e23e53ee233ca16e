"""How values read in generated lists, on screen and in their files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _

from models.codes import CodeItem
from reports.criteria import STATES
from rules import roc_dates
from rules.routing import Basis
from views.texts import listed, translated


def roc(day: date | None) -> str:
    return roc_dates.show(day) if day else ""


def state_text(state: str) -> str:
    return _(STATES[state])


def basis_text(basis: str) -> str:
    return _(Basis(basis).text)


def yes_no(provided: bool) -> str:
    """As in the manual's 是否提供服務."""
    return "Y" if provided else "N"


def label_texts(items: Iterable[CodeItem]) -> str:
    return listed(f"{item.code}.{translated(item.label)}" for item in items)
