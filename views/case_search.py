"""個管員查詢作業: the case manager's own cases, closed ones included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models import scopes
from reports.referral_lists import CASE_CRITERIA, CASE_QUERY, Reader
from rules.permissions import Permission as P
from views import trail
from views.access import actor, today
from views.lists import ListScreen


class CaseSearch(ListScreen):
    route_base = "/cases/search"
    listing = CASE_QUERY
    criteria = CASE_CRITERIA
    needed = P.CASE_WORK
    ground = trail.OWN_CASE
    title = _l("個管員查詢作業")
    empty_text = _l("查無個案。可以放寬查詢條件;派給您的個案會出現在這裡,結案後也仍可查詢。")
    link_column = "name"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.own_cases(actor()),)

    def row_url(self, row: Any) -> str:
        return url_for("CaseHistory.show", case_id=row.key)

    def context(self) -> Reader:
        return Reader(today(), gettext)
