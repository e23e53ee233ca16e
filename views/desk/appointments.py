"""預約簿: a day with officers as columns and slots as rows; an empty slot opens the form, a taken one the appointment."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, g, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as WerkzeugResponse

from models import scopes
from models.account import Account
from models.appointment import Appointment
from models.trail import Act
from reports.appointment_book import Day, book_of
from reports.appointments import next_free, open_days
from reports.endangered import endangered
from rules import roc_dates
from rules.calendar import local_date
from rules.clock import code, from_code, time_text
from rules.desk import APPOINTMENT_TEXT, AppointmentState
from rules.errors import FieldFault, NotFound
from rules.permissions import Permission as P
from services import appointments
from services.appointments import NO_APPOINTMENT
from services.transaction import transaction
from views import trail
from views.access import Screen, actor, database, needs, now, today
from views.access import back_to as redirect_to
from views.service_form import posted_key

SUGGESTED = 6
FRIDAY = 5


class AppointmentBook(Screen):
    """`moving` in the address: an appointment for which a new slot is being chosen."""

    route_base = "/desk/appointments"
    default_view = "index"
    class_permission_name = "Appointment"

    @expose("/")
    @needs(P.APPOINTMENT_READ)
    def index(self) -> str:
        faults: list[FieldFault] = []
        try:
            day = self._day()
        except FieldFault as fault:
            day, faults = today(), [fault]
        moving = self._moving()
        endangered_now = self._endangered()
        book = self._book(day)
        named = book.persons | {each.person_id for each, _why in endangered_now}
        trail.shown(named | ({moving.person_id} if moving else set()), act=Act.LIST, ground=trail.APPOINTED)
        return self.render(
            "desk/appointments.html",
            faults=faults,
            typed=request.args.get("day", "") if faults else roc_dates.show(day),
            endangered=endangered_now,
            previous=self._open_day(day, -1),
            following=self._open_day(day, +1),
            today=today(),
            **self._grid_values(book, moving),
        )

    @expose("/grid")
    @needs(P.APPOINTMENT_READ)
    def grid(self) -> str:
        """The table alone, for the page that has it open and keeps it up to date."""
        book = self._book(self._day())
        trail.shown_live(book.persons, ground=trail.APPOINTED)
        return self.render("desk/_appointment_grid.html", **self._grid_values(book, self._moving()))

    @expose("/<int:appointment_id>")
    @needs(P.APPOINTMENT_READ)
    def show(self, appointment_id: int) -> Response:
        return self._show(self._found(appointment_id))

    @expose("/<int:appointment_id>/move", methods=["POST"])
    @needs(P.APPOINTMENT_WRITE)
    def move(self, appointment_id: int) -> WerkzeugResponse:
        """`slot`: officer and begin, as the pressed button of the book says them."""
        old = self._found(appointment_id)
        officer, _sep, begin = request.form.get("slot", "").partition("@")
        starts_at = from_code(begin)
        if starts_at is None or not officer.isascii() or not officer.isdigit():
            raise NotFound(NO_APPOINTMENT)
        g.way_back = url_for("AppointmentBook.index", day=local_date(starts_at), moving=old.id)
        with transaction(database()):
            new = appointments.move(
                database(),
                old.id,
                officer_id=int(officer),
                starts_at=starts_at,
                key=posted_key(),
                by=actor(),
                at=now(),
            )
            number, when, who = new.id, new.starts_at, new.officer.get_full_name()
        said = _("已改期到 %(day)s %(time)s，%(who)s。請告知民眾新的時間。")
        flash(
            said % {"day": roc_dates.show(local_date(when)), "time": time_text(when), "who": who}, "success"
        )
        return redirect_to("AppointmentBook.show", appointment_id=number)

    @expose("/<int:appointment_id>/cancel", methods=["POST"])
    @needs(P.APPOINTMENT_WRITE)
    def cancel(self, appointment_id: int) -> Any:
        g.way_back = url_for("AppointmentBook.show", appointment_id=appointment_id)
        try:
            with transaction(database()):
                cancelled = appointments.cancel(
                    database(), appointment_id, reason=request.form.get("reason", ""), by=actor(), at=now()
                )
                day = cancelled.day
        except FieldFault as fault:
            return self._show(self._found(appointment_id), [fault])
        flash(_("預約已取消，這個時段可以再預約。"), "success")
        return redirect_to("AppointmentBook.index", day=day)

    def _show(self, appointment: Appointment, faults: list[FieldFault] | None = None) -> Response:
        trail.shown([appointment.person_id], ground=trail.APPOINTED)
        coming = (
            appointment.state == AppointmentState.BOOKED.value
            and appointment.starts_at > now()
            and actor().may(P.APPOINTMENT_WRITE)
        )
        former = select(Appointment).where(Appointment.moved_to_id == appointment.id)
        page = self.render(
            "desk/appointment.html",
            appointment=appointment,
            state=APPOINTMENT_TEXT[AppointmentState(appointment.state)],
            missed=appointment.state == AppointmentState.BOOKED.value and appointment.starts_at <= now(),
            maker=database().get_one(Account, appointment.made_by_id).get_full_name(),
            former=database().scalars(former).first(),
            following=database().get(Appointment, appointment.moved_to_id or 0),
            coming=coming,
            suggested=self._suggested(appointment) if coming else (),
            key=str(uuid.uuid4()),
            faults=faults or [],
            typed=request.form.get("reason", ""),
            page_faults=len(faults or []),
            code=code,
            time=time_text,
        )
        return make_response(page, 422 if faults else 200)

    def _suggested(self, appointment: Appointment) -> list[Any]:
        """The officer's next free slots after the one that is booked now."""
        return next_free(
            database(), appointment.unit_id, appointment.officer_id, appointment.starts_at, SUGGESTED
        )

    def _book(self, day: date) -> Day:
        return book_of(database(), actor().unit_id or 0, day, first=actor().user_id)

    def _grid_values(self, book: Day, moving: Appointment | None) -> dict[str, Any]:
        return {
            "book": book,
            "moving": moving,
            "may_write": actor().may(P.APPOINTMENT_WRITE),
            "at": now(),
            "own_id": actor().user_id,
            "code": code,
            "time": time_text,
            "key": str(uuid.uuid4()) if moving else "",
        }

    def _endangered(self) -> list[Any]:
        """An officer's own, a supervisor's and reception's whole centre."""
        own = not (actor().may(P.DESK_SUPERVISE) or actor().may(P.VISIT_RECEIVE))
        return endangered(database(), actor().unit_id, now(), officer_id=actor().user_id if own else None)

    def _moving(self) -> Appointment | None:
        wanted = request.args.get("moving", "")
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
            return None
        found = self._found(int(wanted))
        return found if found.state == AppointmentState.BOOKED.value else None

    def _found(self, appointment_id: int) -> Appointment:
        wanted = select(Appointment).where(Appointment.id == appointment_id, scopes.appointments(actor()))
        found = database().scalars(wanted).first()
        if found is None:
            raise NotFound(NO_APPOINTMENT)
        return found

    def _day(self) -> date:
        typed = request.args.get("day", "").strip()
        day = roc_dates.parse(typed, field="day") if typed else today()
        return min(
            max(day, date.min + timedelta(days=7)), date.max - timedelta(days=8)
        )  # the book turns its pages

    def _open_day(self, day: date, step: int) -> date:
        """The next day in this direction on which the centre works, or a holiday in the week, which says why it is empty."""
        days = [day + step * timedelta(days=n) for n in range(1, 8)]
        works = open_days(database(), actor().unit_id or 0, min(days), max(days))
        return next(each for each in days if each.isoweekday() <= FRIDAY or each in works)
