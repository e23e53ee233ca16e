"""What the lists of the API share: the screens' criteria over ISO values, one page, its entry in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from models.trail import Act
from reports.criteria import Criterion, search
from reports.pages import Listing, Page, fetch
from rules import roc_dates
from rules.errors import Faults
from views.access import database
from views.trail import shown

PAGING = frozenset({"page", "size"})


def listed(
    listing: Listing,
    criteria: Sequence[Criterion],
    query: Mapping[str, Any],
    *scope: ColumnElement[bool],
    ground: str,
) -> Page:
    asked = {name: value for name, value in query.items() if name not in PAGING}
    found = search(criteria, {name: _typed(value) for name, value in asked.items()})
    if found.faults:
        raise Faults(found.faults)
    where = (*scope, *found.conditions)
    page = fetch(database(), listing, where, number=query["page"], size=query["size"])
    shown((row.person_id for row in page.rows), act=Act.API, ground=ground, criteria=query)
    return page


def _typed(value: Any) -> str:
    """As somebody at the screen would have typed it."""
    return roc_dates.show(value) if isinstance(value, date) else str(value)
