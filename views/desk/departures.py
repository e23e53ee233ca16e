"""就服員離職: one guided action, and the list of what went to whom, for both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from models.account import Account
from models.appointment import Appointment
from models.ownership import Departure, OwnerChange
from reports import succession as reports
from reports.desk_now import departed
from reports.handed_over import HANDED_OVER
from reports.staff import people_with
from rules import roc_dates
from rules.desk import AppointmentState, Kind
from rules.errors import FieldFault, NotFound
from rules.permissions import Permission as P
from services import handing_over, succession
from services.ownership import Cause
from services.transaction import transaction
from views import trail
from views.access import Screen, actor, back_to, database, needs, now, today
from views.lists import ListScreen
from views.steps import chosen_id
from views.texts import translator


class OfficerDepartures(Screen):
    """Who sits or sat at the counters; each can leave, and what is left can be handed over."""

    route_base = "/desk/departures"
    default_view = "index"
    class_permission_name = "Officer"

    @expose("/")
    @needs(P.OFFICER_DEPART)
    def index(self) -> str:
        unit_id = actor().unit_id or 0
        return self.render("desk/departures.html", rows=reports.officers(database(), unit_id, today()))

    @expose("/<int:officer_id>", methods=["GET", "POST"])
    @needs(P.OFFICER_DEPART)
    def depart(self, officer_id: int) -> Any:
        g.way_back = url_for("OfficerDepartures.index")
        if request.method == "GET":
            return self._plan(officer_id)
        successors = _successors()
        try:
            with transaction(database()):
                moved = succession.depart(
                    database(),
                    officer_id,
                    left_on=roc_dates.parse(request.form.get("left_on", ""), field="left_on"),
                    benefit_officer_id=chosen_id("benefit_officer_id"),
                    successors=successors,
                    by=actor(),
                    at=now(),
                )
                departure_id = moved.departure.id
                if successors:
                    handing_over.hand_over(
                        database(), departure_id, successors=successors, by=actor(), at=now()
                    )
        except FieldFault as fault:
            return self._plan(officer_id, fault), 422
        flash(_("已登錄離職，相關到訪、預約與民眾已依下列清單移轉。"), "success")
        return back_to("OfficerDepartures.done", departure_id=departure_id)

    @expose("/done/<int:departure_id>")
    @needs(P.OFFICER_DEPART)
    def done(self, departure_id: int) -> str:
        """What went where, what is still to be done, and who takes over the rest."""
        return self._done(self._departure(departure_id))

    @expose("/done/<int:departure_id>/hand-over", methods=["POST"])
    @needs(P.OFFICER_DEPART)
    def hand_over(self, departure_id: int) -> Any:
        g.way_back = url_for("OfficerDepartures.done", departure_id=departure_id)
        try:
            with transaction(database()):
                went = handing_over.hand_over(
                    database(), departure_id, successors=_successors(), by=actor(), at=now()
                )
        except FieldFault as fault:
            return self._done(self._departure(departure_id), fault), 422
        flash(_("已移轉 %(n)s 位民眾。", n=sum(went.values())), "success")
        return back_to("OfficerDepartures.done", departure_id=departure_id)

    def _departure(self, departure_id: int) -> Departure:
        found = (
            database()
            .scalars(
                select(Departure).where(Departure.id == departure_id, Departure.unit_id == actor().unit_id)
            )
            .first()
        )
        if found is None:
            raise NotFound(handing_over.NO_DEPARTURE)
        return found

    def _plan(self, officer_id: int, fault: FieldFault | None = None) -> str:
        officer = next(
            (
                row.officer
                for row in reports.officers(database(), actor().unit_id or 0, today())
                if row.officer.id == officer_id
            ),
            None,
        )
        if officer is None:
            raise NotFound(succession.NO_OFFICER)
        estate = reports.estate(database(), actor().unit_id or 0, officer, today())
        self._note(estate)
        return self.render(
            "desk/depart.html",
            estate=estate,
            others=self._others(officer),
            benefit=any(each.business_type.kind == Kind.BENEFIT for each in estate.owned),
            typed=request.form,
            faults=[fault] if fault else [],
        )

    def _done(self, departure: Departure, fault: FieldFault | None = None) -> str:
        officer = departure.officer
        estate = reports.estate(database(), departure.unit_id, officer, departure.left_on)
        moved = (
            database()
            .scalars(
                select(Appointment)
                .where(
                    Appointment.unit_id == departure.unit_id,
                    Appointment.officer_id == officer.id,
                    Appointment.day >= departure.left_on,
                    Appointment.state == AppointmentState.MOVED,
                )
                .order_by(Appointment.starts_at)
                .options(joinedload(Appointment.person))
            )
            .all()
        )
        wanted = select(Appointment).where(Appointment.id.in_([each.moved_to_id for each in moved]))
        went = {each.id: each for each in database().scalars(wanted.options(joinedload(Appointment.officer)))}
        self._note(estate)
        trail.shown({each.person_id for each in moved}, ground=trail.VISIT)
        return self.render(
            "desk/departed.html",
            departure=departure,
            estate=estate,
            moved=[(each, went.get(each.moved_to_id or 0)) for each in moved],
            others=self._others(officer),
            back=officer.id not in departed(database(), departure.unit_id, date.max),
            may_seat=actor().may(P.DESK_TABLE_WRITE),
            typed=request.form,
            faults=[fault] if fault else [],
        )

    def _note(self, estate: reports.Estate) -> None:
        # Of the visits only the tickets are shown.
        trail.shown({each.person_id for each in estate.appointments}, ground=trail.VISIT)

    def _others(self, officer: Account) -> Sequence[Account]:
        unit_id = actor().unit_id or 0
        gone = departed(database(), unit_id, date.max) | {officer.id}
        staff = people_with(database(), unit_id, P.VISIT_SERVE)
        return [account for account in staff if account.id not in gone]


class HandedOver(ListScreen):
    """移轉名冊 of the whole centre, for who sees departures through."""

    route_base = "/desk/handed-over"
    needed = P.OFFICER_DEPART
    class_permission_name = "Officer"
    title = _l("移轉名冊")
    empty_text = _l("沒有因就服員離職而移轉的民眾。")
    listing = HANDED_OVER
    ground = trail.VISIT

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (OwnerChange.unit_id == actor().unit_id, OwnerChange.cause == Cause.DEPARTURE.value)

    def context(self) -> Callable[[str], str]:
        return translator()


class HandedOverToMe(HandedOver):
    """The same for the officer who came by them."""

    route_base = "/desk/handed-over-to-me"
    needed = P.VISIT_SERVE
    class_permission_name = "Visit"
    title = _l("移轉給我的民眾")

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (*super().scope(), OwnerChange.to_id == actor().user_id)


def _successors() -> dict[int, int]:
    """`successor-<business type>` of the form; what was left empty waits."""
    chosen: dict[int, int] = {}
    for name in request.form:
        kind = name.removeprefix("successor-")
        officer_id = chosen_id(name)
        if officer_id and kind != name and kind.isascii() and kind.isdigit() and len(kind) < 10:
            chosen[int(kind)] = officer_id
    return chosen
