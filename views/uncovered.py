"""請假或離職者的個案: open cases whose case manager is not there, today or on the days asked for, to be transferred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, true

from models.case import Case
from models.scopes import unit_cases
from reports.absence import Days, not_there, whereabouts
from reports.columns import Column
from reports.criteria import NAME, Criterion, day, of_case, whole_number
from reports.supervision import UNCOVERED, Absences
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.texts import N_
from views import trail
from views.access import actor, database, today
from views.lists import ListScreen
from views.texts import translator
from views.transfer import present_managers


def _readable(text: str) -> ColumnElement[bool]:
    """The days widen or narrow the scope itself; here it is only seen whether they can be read."""
    day(text)
    return true()


class Uncovered(ListScreen):
    route_base = "/cases/uncovered"
    needed = P.ABSENCE_WRITE
    title = _l("請假或離職者的個案")
    empty_text = _l("目前沒有這樣的個案：每一件未結案個案的個管員都在職、沒有請假。")
    template = "transfer/uncovered.html"
    listing = UNCOVERED
    ground = trail.UNIT_CASE
    link_column = "name"
    criteria = (
        of_case(NAME),
        Criterion(
            "manager", N_("個管員"), lambda text: Case.case_manager_id == whole_number(text), kind="choice"
        ),
        Criterion("absent_from", N_("請假日期起"), _readable, kind="date", hint=N_("空白表示今天")),
        Criterion("absent_to", N_("請假日期迄"), _readable, kind="date", hint=N_("例:112/9/30")),
    )

    def scope(self) -> Sequence[ColumnElement[bool]]:
        away = not_there(actor().unit_id, _days())
        return (unit_cases(actor()), Case.closed_on.is_(None), Case.case_manager_id.in_(away))

    def row_url(self, row: Any) -> str:
        return url_for("CaseHistory.show", case_id=row.key)

    def choices(self) -> dict[str, Any]:
        return {"manager": present_managers(database(), *self.scope())}

    def batch_context(self, batch: Sequence[Any]) -> Absences:
        managers = {row.reason for row in batch}
        g.absences = Absences(whereabouts(database(), managers, _days()), actor().unit_id, translator())
        return g.absences

    def chip(self, column: Column, row: Any) -> str:
        if column.key != "reason":
            return ""
        return "warning" if g.absences.has_left(row.reason) else "away"


def _days() -> Days:
    """As asked for; without an end the first day alone, without anything today. The wrong way round means the same."""
    first = _day("absent_from") or today()
    return Days(*sorted((first, _day("absent_to") or first)))


def _day(name: str) -> Any:
    try:
        return day(request.args.get(name, "").strip())
    except FieldFault:
        return None
