"""差勤登錄 (櫃台 rule 十二): my own leave, trips and training, stepping away; for supervisors everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, g, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from models.account import Account
from models.desk_staff import Attendance
from reports import attendance as reports
from reports.endangered import endangered
from reports.staff import people_with
from rules.calendar import add_months, local_date
from rules.clock import time_text
from rules.desk import ATTENDANCE_TEXT, AttendanceKind
from rules.errors import Faults, FieldFault, NotFound, StaleVersion
from rules.permissions import Permission as P
from services import attendance
from services.transaction import transaction
from views import trail
from views.access import Screen, actor, back_to, database, needs, now, today
from views.desk import attendance_form as form
from views.fields import faults_of
from views.steps import chosen_id
from views.texts import sentence


class AttendanceScreen(Screen):
    route_base = "/desk/attendance"
    default_view = "index"
    class_permission_name = "Attendance"

    @expose("/")
    @needs(P.ATTENDANCE_WRITE, P.DESK_SUPERVISE)
    def index(self) -> Response:
        return self._index({})

    @expose("/presence")
    @needs(P.ATTENDANCE_WRITE, P.DESK_SUPERVISE)
    def presence(self) -> str:
        """Who is away at this moment: the part of the page that keeps itself up to date."""
        return self.render("desk/_presence.html", **self._presence(self._staff()))

    @expose("/register", methods=["POST"])
    @needs(P.ATTENDANCE_WRITE, P.DESK_SUPERVISE)
    def register(self) -> Any:
        officer_id = chosen_id("officer_id") or actor().user_id
        try:
            with transaction(database()):
                made = attendance.register(
                    database(), officer_id=officer_id, **form.posted_span(), by=actor(), at=now()
                )
                kind, starts_at = made.kind, made.starts_at
        except (Faults, FieldFault) as refused:
            return self._index(request.form, faults_of(refused, field="kind"))
        return self._done(_("已登錄%(kind)s。接待台已可看到。") % {"kind": self._word(kind)}, starts_at)

    @expose("/<int:attendance_id>", methods=["GET", "POST"])
    @needs(P.ATTENDANCE_WRITE, P.DESK_SUPERVISE)
    def edit(self, attendance_id: int) -> Any:
        row = self._found(attendance_id)
        g.way_back = url_for("AttendanceScreen.index")
        if request.method == "GET":
            return self._edit(row, form.as_typed(row))
        try:
            with transaction(database()):
                attendance.change(
                    database(),
                    attendance_id,
                    opened_version=chosen_id("version") or 0,
                    **form.posted_span(),
                    by=actor(),
                    at=now(),
                )
        except (Faults, FieldFault) as refused:
            return self._edit(self._found(attendance_id), request.form, faults_of(refused, field="kind"))
        except StaleVersion as refused:
            flash(sentence(refused), "warning")
            return back_to("AttendanceScreen.edit", attendance_id=attendance_id)
        return self._done(_("差勤已修改。"), self._found(attendance_id).starts_at)

    @expose("/<int:attendance_id>/remove", methods=["POST"])
    @needs(P.ATTENDANCE_WRITE, P.DESK_SUPERVISE)
    def remove(self, attendance_id: int) -> Any:
        g.way_back = url_for("AttendanceScreen.index")
        with transaction(database()):
            attendance.remove(database(), attendance_id, by=actor(), at=now())
        flash(_("差勤已刪除。"), "success")
        return back_to("AttendanceScreen.index")

    @expose("/away", methods=["POST"])
    @needs(P.ATTENDANCE_WRITE)
    def away(self) -> Any:
        g.way_back = url_for("AttendanceScreen.index")
        with transaction(database()):
            attendance.step_away(database(), by=actor(), at=now(), note=request.form.get("note", ""))
        flash(_("已登錄暫離。回到櫃台時請按「我回來了」。"), "success")
        return self._return()

    @expose("/back", methods=["POST"])
    @needs(P.ATTENDANCE_WRITE)
    def back(self) -> Any:
        g.way_back = url_for("AttendanceScreen.index")
        with transaction(database()):
            ended = attendance.back(database(), by=actor(), at=now())
        flash(_("歡迎回來，接待台已可看到您在櫃台。") if ended else _("您原本就在櫃台。"), "success")
        return self._return()

    def _done(self, said: str, starts_at: datetime) -> Any:
        """With a word about the appointments that are in the way now; the page lists them."""
        flash(said, "success")
        if left := self._endangered():
            flash(_("有 %(n)s 筆預約落在就服員不在的時間，請改期並通知民眾。", n=len(left)), "warning")
        return back_to("AttendanceScreen.index", month=local_date(starts_at).replace(day=1))

    @staticmethod
    def _return() -> Any:
        """To the counter, when the button was pressed there."""
        return back_to(
            "CounterDesk.index" if request.form.get("next") == "counter" else "AttendanceScreen.index"
        )

    def _index(self, typed: Any, faults: Sequence[FieldFault] = ()) -> Response:
        month = form.month_of(request.args.get("month", ""))
        last = add_months(month, 1) - timedelta(days=1)
        whose = None if actor().may(P.DESK_SUPERVISE) else [actor().user_id]
        found = reports.away(database(), actor().unit_id, month, last, officers=whose)
        left = self._endangered()
        trail.shown({each.person_id for each, _why in left}, ground=trail.APPOINTED)
        staff = self._staff()
        names = {account.id: account.get_full_name() for account in staff}
        rows = sorted(
            (
                each
                for spans in found.values()
                for each in spans
                if not each.on_break and each.officer_id in names
            ),
            key=lambda each: (each.span.starts_at, each.officer_id),
        )
        page = self.render(
            "desk/attendance.html",
            month=month,
            previous=add_months(month, -1),
            following=add_months(month, 1),
            rows=rows,
            names=names,
            staff=staff if actor().may(P.DESK_SUPERVISE) else (),
            endangered=left,
            **self._form_values(typed or form.fresh(), faults),
            **self._presence(staff),
        )
        return make_response(page, 422 if faults else 200)

    def _edit(self, row: Attendance, typed: Any, faults: Sequence[FieldFault] = ()) -> Response:
        page = self.render("desk/attendance_edit.html", row=row, staff=(), **self._form_values(typed, faults))
        return make_response(page, 422 if faults else 200)

    @staticmethod
    def _form_values(typed: Any, faults: Sequence[FieldFault]) -> dict[str, Any]:
        return {
            "typed": typed,
            "faults": faults,
            "page_faults": len(faults),
            "kinds": [(kind.value, ATTENDANCE_TEXT[kind]) for kind in attendance.KINDS],
            "may_appoint": actor().may(P.APPOINTMENT_WRITE),
        }

    def _presence(self, staff: Sequence[Account]) -> dict[str, Any]:
        """One's own state, and for a supervisor who of the centre is away now."""
        found = reports.away(database(), actor().unit_id, today(), today())
        states = {officer: reports.now_of(spans, now()) for officer, spans in found.items()}
        own = actor().may(P.ATTENDANCE_WRITE)
        return {
            "serves": own,
            "mine": states.get(actor().user_id) if own else None,
            "gone": [
                (account.get_full_name(), states[account.id]) for account in staff if states.get(account.id)
            ],
            "at_work": len(staff) - sum(1 for account in staff if states.get(account.id)),
            "time": time_text,
            "may_supervise": actor().may(P.DESK_SUPERVISE),
        }

    @staticmethod
    def _staff() -> Sequence[Account]:
        """Who serves at the counters of the centre."""
        return people_with(database(), actor().unit_id or 0, P.VISIT_SERVE)

    @staticmethod
    def _endangered() -> list[Any]:
        own = None if actor().may(P.DESK_SUPERVISE) else actor().user_id
        return endangered(database(), actor().unit_id, now(), officer_id=own)

    @staticmethod
    def _found(attendance_id: int) -> Attendance:
        wanted = select(Attendance).where(
            Attendance.id == attendance_id,
            Attendance.unit_id == actor().unit_id,
            Attendance.kind != AttendanceKind.BREAK.value,
        )
        if not actor().may(P.DESK_SUPERVISE):
            wanted = wanted.where(Attendance.officer_id == actor().user_id)
        found = database().scalars(wanted).first()
        if found is None:
            raise NotFound(attendance.NO_ATTENDANCE)
        return found

    @staticmethod
    def _word(kind: str) -> str:
        return _(ATTENDANCE_TEXT[AttendanceKind(kind)])
