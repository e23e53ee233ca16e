"""A new appointment in one step: whom, for what, and what the visitor brings; the slot came from the book."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, g, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from models.account import Account
from models.desk_rules import BusinessType
from models.person import Person
from reports.appointments import known_persons
from rules import roc_dates
from rules.calendar import local_date
from rules.clock import code, from_code, time_text
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken, StaleVersion
from rules.permissions import Permission as P
from rules.texts import N_
from services import appointments
from services.appointments import NO_APPOINTMENT
from services.transaction import transaction
from views import trail
from views.access import Screen, actor, back_to, database, needs, now
from views.service_form import posted_key
from views.steps import chosen_id

NOBODY = N_(
    "本中心沒有這位民眾的資料。只能預約來過本中心、或轉介到本中心的民眾；第一次來的民眾請先到接待台報到。"
)
WHICH = N_("請從查到的民眾中選擇一位。")


class AppointmentForm(Screen):
    route_base = "/desk/appointments/new"
    default_view = "new"
    class_permission_name = "Appointment"

    @expose("/<int:officer_id>/<string:begin>", methods=["GET", "POST"])
    @needs(P.APPOINTMENT_WRITE)
    def new(self, officer_id: int, begin: str) -> Any:
        officer, starts_at = self._officer(officer_id), from_code(begin)
        if starts_at is None:
            raise NotFound(NO_APPOINTMENT)
        g.way_back = url_for("AppointmentBook.index", day=local_date(starts_at))
        if request.method == "GET":
            return self._form(officer, starts_at, key=str(uuid.uuid4()))
        key, people = posted_key(), self._people()
        person_id = self._chosen(people)
        try:
            if "find" in request.form or person_id is None:
                raise FieldFault("who", WHICH if people else NOBODY)
            with transaction(database()):
                made = appointments.book(
                    database(),
                    person_id=person_id,
                    business_type_id=chosen_id("business_type_id") or 0,
                    officer_id=officer_id,
                    starts_at=starts_at,
                    material=request.form.get("material", ""),
                    key=key,
                    by=actor(),
                    at=now(),
                )
                number, name = made.id, made.person.name
        except FieldFault as fault:
            found_some = bool(people) and "find" in request.form
            faults = [] if found_some else [fault]
            return self._form(officer, starts_at, key=key, people=people, chosen=person_id, faults=faults)
        except (AlreadyDone, StaleVersion) as refused:
            return self._form(
                officer,
                starts_at,
                key=str(uuid.uuid4()),
                people=people,
                chosen=person_id,
                faults=[refused],
                status=409,
            )
        said = _("已預約 %(name)s，%(day)s %(time)s，%(who)s。")
        when = {"day": roc_dates.show(local_date(starts_at)), "time": time_text(starts_at)}
        flash(said % {"name": name, "who": officer.get_full_name(), **when}, "success")
        return back_to("AppointmentBook.show", appointment_id=number)

    def _people(self) -> Sequence[Person]:
        """Whom the typed number or name means; the chosen one too, whatever stands in the field now."""
        return known_persons(
            database(), actor(), request.form.get("who", ""), also=chosen_id("person_id"), at_most=20
        )

    @staticmethod
    def _chosen(people: Sequence[Person]) -> int | None:
        """The ticked one, or the only one that the number or name can mean."""
        ticked = chosen_id("person_id")
        if ticked is not None:
            return ticked if any(person.id == ticked for person in people) else None
        return people[0].id if len(people) == 1 else None

    @staticmethod
    def _officer(officer_id: int) -> Account:
        wanted = select(Account).where(Account.id == officer_id, Account.unit_id == actor().unit_id)
        found = database().scalars(wanted).first()
        if found is None:
            raise NotFound(NO_APPOINTMENT)
        return found

    def _form(
        self,
        officer: Account,
        starts_at: datetime,
        *,
        key: str,
        people: Sequence[Person] = (),
        chosen: int | None = None,
        faults: Sequence[RuleBroken] = (),
        status: int = 422,
    ) -> Response:
        if people:
            trail.shown([person.id for person in people], ground=trail.APPOINTED)
        types = select(BusinessType).where(
            BusinessType.unit_id == actor().unit_id, BusinessType.active.is_(True)
        )
        page = self.render(
            "desk/appointment_new.html",
            officer=officer,
            starts_at=starts_at,
            day=local_date(starts_at),
            begin=code(starts_at),
            time=time_text,
            types=database().scalars(types.order_by(BusinessType.position)).all(),
            people=people,
            chosen=chosen,
            typed=request.form,
            key=key,
            faults=[fault for fault in faults if isinstance(fault, FieldFault)],
            refusals=[fault for fault in faults if not isinstance(fault, FieldFault)],
            page_faults=len(faults),
        )
        return make_response(page, status if faults else 200)
