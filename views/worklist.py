"""個管員服務作業: my open cases, the red mark on those that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models.case import Case
from models.scopes import own_cases
from reports.criteria import NAME, Criterion, chosen, of_case, whole_number
from reports.worklist import WORKLIST
from rules.due_dates import SOON_DAYS, Urgency, urgency
from rules.permissions import Permission as P
from rules.texts import N_
from views import trail
from views.access import actor, today
from views.lists import ListScreen


def _urgent(text: str) -> ColumnElement[bool]:
    """As the numbers beside the menu count: soon is not overdue yet."""
    soon = Case.due_date.between(today(), today() + timedelta(days=SOON_DAYS))
    choices: dict[str, ColumnElement[bool]] = {Urgency.SOON: soon, Urgency.OVERDUE: Case.due_date < today()}
    found: ColumnElement[bool] = chosen(text, choices)
    return found


class Worklist(ListScreen):
    route_base = "/cases/mine"
    needed = P.CASE_WORK
    ground = trail.OWN_CASE
    title = _l("個管員案件")
    empty_text = _l("沒有符合條件的個案。督導派案後,個案會出現在這裡。")
    template = "case/worklist.html"
    listing = WORKLIST
    criteria = (
        Criterion("number", N_("個案服務單號"), lambda text: Case.id == whole_number(text)),
        of_case(NAME),
        Criterion(
            "urgency",
            N_("到期情形"),
            _urgent,
            kind="choice",
            choices=lambda _session: [(each, each.word) for each in (Urgency.SOON, Urgency.OVERDUE)],
        ),
        Criterion("unserved", N_("尚無服務紀錄"), lambda _text: ~Case.service_records.any(), kind="flag"),
    )

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (own_cases(actor()), Case.closed_on.is_(None))

    def row_url(self, row: Any) -> str:
        return url_for("CaseHistory.show", case_id=row.key)

    def row_class(self, row: Any) -> str:
        return _ROW_CLASSES[urgency(row.due, today())]


_ROW_CLASSES = {Urgency.NONE: "", Urgency.SOON: "is-due-soon", Urgency.OVERDUE: "is-overdue"}
