"""接待台: finding a visitor, the judgement, the check-in, the ticket, with the counters in sight. Spec 2-dispatch §3.

One page in three columns. What is typed is posted and answered by the page itself: a number never stands in an address.
"""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.person import Person
from models.trail import Act
from reports.desk_now import ticket
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_
from services import change_requests, reception, visitors
from services.transaction import transaction
from views import trail
from views.access import actor, back_to, database, needs, now
from views.desk.reception_forms import typed_check_in
from views.desk.reception_live import board, live_appointments, live_transfers
from views.desk.reception_page import person_values, visit_of, visit_values
from views.desk.reception_screen import ReceptionScreen
from views.sealed import seal, unseal
from views.steps import chosen_id

NOBODY = N_("本中心今天沒有這張號碼牌，也沒有這個姓名的民眾；請以身分證字號查詢，或登錄新的民眾。")
NEW_HERE = N_("系統中沒有這個身分證字號，請登錄新的民眾。")


class Reception(ReceptionScreen):
    """`person` or `visit` in the address: who is at hand. `q` and `number`: a search, sealed."""

    route_base = "/desk/reception"
    default_view = "index"

    @expose("/")
    @needs(P.VISIT_RECEIVE)
    def index(self) -> str:
        if request.args.get("q"):
            return self._found(unseal(request.args["q"]))
        if (visit_id := chosen_id("visit")) is not None:
            return self.page(visit_values(visit_of(visit_id)))
        if (person_id := chosen_id("person")) is not None:
            return self.page(person_values(_person(person_id)))
        return self.page({"number": unseal(request.args.get("number", ""))})

    @expose("/find", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def find(self) -> Any:
        text = request.form.get("search", "")
        try:
            with transaction(database()):
                found = visitors.find_person(
                    database(), text, by=actor(), at=now(), screen=request.endpoint or ""
                )
        except NotFound:
            raise
        except RuleBroken as error:
            return self.refuse("find", error)
        if found.visit:
            return back_to("Reception.index", visit=found.visit.id)
        if len(found.persons) == 1:
            return back_to("Reception.index", person=found.persons[0].id)
        if found.number:
            flash(_(NEW_HERE), "info")
            return back_to("Reception.index", number=seal(found.number))
        if found.persons:
            return back_to("Reception.index", q=seal(text))
        return self.refuse("find", FieldFault("search", NOBODY))

    @expose("/register", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def register(self) -> Any:
        """A new visitor: number, name, birthday, and a telephone if there is one."""
        try:
            with transaction(database()):
                made = visitors.register_visitor(
                    database(), request.form, by=actor(), at=now(), screen=request.endpoint or ""
                )
        except NotFound:
            raise
        except RuleBroken as error:
            return self.refuse("register", error)
        if made.person is None:
            return self.refuse("register", made.refusal or NotFound(NOBODY))
        return back_to("Reception.index", person=made.person.id)

    @expose("/check-in", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def check_in(self) -> Any:
        data = typed_check_in()
        try:
            with transaction(database()):
                visit_id = reception.check_in(database(), data, by=actor(), at=now()).id
        except NotFound:
            raise
        except RuleBroken as error:
            form = request.form.get("form", "check")
            person = person_values(_person(data.person_id)) if data.person_id else {}
            return self.refuse(form if form in ("employer", "papers") else "check", error, person)
        return back_to("Reception.index", visit=visit_id)

    @expose("/change-officer", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def change_officer(self) -> Any:
        """接待台 rule 九. What was chosen is a business type with its officer: `type:officer`."""
        person, visit_id = _person(chosen_id("person_id") or 0), chosen_id("visit_id")
        kind, _colon, officer = request.form.get("owner", "").partition(":")
        try:
            with transaction(database()):
                made = change_requests.request(
                    database(),
                    person_id=person.id,
                    business_type_id=int(kind) if kind.isdigit() else 0,
                    officer_id=int(officer) if officer.isdigit() else 0,
                    reason=request.form.get("reason", ""),
                    complaint=bool(request.form.get("complaint")),
                    visit_id=visit_id,
                    by=actor(),
                    at=now(),
                )
                complaint = made.complaint
        except NotFound:
            raise
        except RuleBroken as error:
            card = visit_values(visit_of(visit_id)) if visit_id else person_values(person)
            return self.refuse("change", error, card)
        flash(_("已通知督導立即協助。") if complaint else _("已登錄更換事由，請督導審閱。"), "success")
        way = {"visit": visit_id} if visit_id else {"person": person.id}
        return back_to("Reception.index", **way)

    @expose("/visits/<int:visit_id>/ticket")
    @needs(P.VISIT_RECEIVE)
    def ticket(self, visit_id: int) -> str:
        """The number on 80 mm paper: no name, no ID number."""
        visit = visit_of(visit_id)
        number = ticket(visit.business_type.letter, visit.number)
        return self.render("desk/reception_ticket.html", visit=visit, number=number)

    @expose("/counters")
    @needs(P.VISIT_RECEIVE)
    def counters(self) -> str:
        return self.render("desk/_reception_counters.html", **board(debts="debts" in request.args))

    @expose("/appointments")
    @needs(P.VISIT_RECEIVE)
    def appointments(self) -> str:
        return self.render("desk/_reception_today.html", **live_appointments())

    @expose("/transfers")
    @needs(P.VISIT_RECEIVE)
    def agreed(self) -> str:
        return self.render("desk/_reception_transfers.html", **live_transfers())

    def _found(self, text: str) -> str:
        """Several persons of one name."""
        with transaction(database()):
            found = visitors.find_person(
                database(), text, by=actor(), at=now(), screen=request.endpoint or ""
            )
            persons = found.persons
        trail.shown(
            [person.id for person in persons], act=Act.LIST, ground=trail.VISIT, criteria={"name": text}
        )
        return self.page({"found": persons})


def _person(person_id: int) -> Person:
    return visitors.receivable(database(), person_id, by=actor(), at=now())
