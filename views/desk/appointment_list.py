"""預約名單: what the counters prepare a day by, on paper or as a file; and where an appointment is looked for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models import scopes
from models.appointment import Appointment
from reports import appointment_list
from reports.columns import Column
from rules.desk import AppointmentState
from rules.permissions import Permission as P
from views import trail
from views.access import actor, database, today
from views.lists import ListScreen
from views.texts import translator

CHIPS = {
    AppointmentState.BOOKED: "waiting",
    AppointmentState.KEPT: "done",
    AppointmentState.CANCELLED: "off",
    AppointmentState.MOVED: "off",
}


class AppointmentList(ListScreen):
    """Without a day and without a name it is today's; a name is looked for on all days."""

    route_base = "/desk/appointments/list"
    class_permission_name = "Appointment"
    listing = appointment_list.LISTING
    criteria = appointment_list.CRITERIA
    needed = P.APPOINTMENT_READ
    ground = trail.APPOINTED
    title = _l("預約名單")
    empty_text = _l("這一天沒有預約。從預約簿點選空的時段就可以登錄。")
    template = "desk/appointment_list.html"
    link_column = "name"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        own = scopes.appointments(actor())
        asked = any(request.args.get(name, "").strip() for name in ("day", "name"))
        return (own,) if asked else (own, Appointment.day == today())

    def row_url(self, row: Any) -> str:
        return url_for("AppointmentBook.show", appointment_id=row.key)

    def context(self) -> Callable[[str], str]:
        return translator()

    def chip(self, column: Column, row: Any) -> str:
        return CHIPS[AppointmentState(row.state)] if column.key == "state" else ""

    def choices(self) -> Mapping[str, Any]:
        return {**super().choices(), "officer": appointment_list.officers(database(), actor())}
