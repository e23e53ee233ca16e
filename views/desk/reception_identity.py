"""接待台: 登錄身分 of who came without papers, when the papers are there. Spec 2-dispatch §3.

In the steps of a check-in: the number is looked up, whoever is new is registered, then the visit gets its person.
"""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.person import Person
from models.visit import Visit
from reports.desk_now import ticket
from rules.desk import Disability, DisabilityEvidence
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.visit_flow import MOVES, OPEN_STATES, Move, State
from services import reception, visitors
from services.judgement import Picture
from services.people import NO_PERSON
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.desk.reception import NEW_HERE
from views.desk.reception_forms import typed_check_in
from views.desk.reception_judgement import judged, nameless
from views.desk.reception_page import person_values, visit_of
from views.desk.reception_screen import ReceptionScreen
from views.desk.reception_visits import and_back
from views.sealed import seal, unseal
from views.steps import chosen_id


class ReceptionIdentity(ReceptionScreen):
    """`who` in the address: the person it may be. `number`: one that nobody has yet, sealed."""

    route_base = "/desk/reception/visits"

    @expose("/<int:visit_id>/identity")
    @needs(P.VISIT_RECEIVE)
    def show(self, visit_id: int) -> Any:
        visit = visit_of(visit_id)
        if not nameless(visit):
            return back_to("Reception.index", visit=visit.id)
        return self.page(_card(visit, unseal(request.args.get("number", ""))))

    @expose("/<int:visit_id>/identity/find", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def find(self, visit_id: int) -> Any:
        visit, text = visit_of(visit_id), request.form.get("search", "")
        try:
            with transaction(database()):
                found = visitors.find_number(
                    database(), text, by=actor(), at=now(), screen=request.endpoint or ""
                )
        except NotFound:
            raise
        except RuleBroken as error:
            return self.refuse("identity", error, _card(visit))
        if found.persons:
            return _step(visit_id, who=found.persons[0].id)
        flash(_(NEW_HERE), "info")
        return _step(visit_id, number=seal(found.number))

    @expose("/<int:visit_id>/identity/register", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def register(self, visit_id: int) -> Any:
        card = _card(visit_of(visit_id), request.form.get("national_id", ""))
        try:
            with transaction(database()):
                made = visitors.register_visitor(
                    database(), request.form, by=actor(), at=now(), screen=request.endpoint or ""
                )
        except NotFound:
            raise
        except RuleBroken as error:
            return self.refuse("newcomer", error, card)
        if made.person is None:
            return self.refuse("newcomer", made.refusal or NotFound(NO_PERSON), card)
        return _step(visit_id, who=made.person.id)

    @expose("/<int:visit_id>/identity", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def identify(self, visit_id: int) -> Any:
        def act() -> str:
            reception.identify(database(), visit_id, typed_check_in(), by=actor(), at=now())
            return _("已登錄身分。")

        try:
            return and_back(visit_id, act)
        except FieldFault as fault:
            return self.refuse("identify", fault, _card(visit_of(visit_id)))


def _step(visit_id: int, **values: Any) -> Response:
    return back_to("ReceptionIdentity.show", visit_id=visit_id, **values)


def _card(visit: Visit, number: str = "") -> dict[str, Any]:
    """Who it may be, and what follows from it. `judges`: the visit still waits, and is judged by what is known now."""
    values: dict[str, Any] = {
        "identity": visit,
        "identity_number": number,
        "ticket": ticket(visit.business_type.letter, visit.number),
        "judges": State(visit.state) in MOVES[Move.JUDGE].from_states,
    }
    person_id = chosen_id("who") or chosen_id("person_id")
    if person_id is None:
        return values
    values |= person_values(_person(person_id))
    seen = values["picture"]
    return values | {
        "judged": judged(visit) | _known_of(visit, seen),
        "proposal": seen.proposals.get(visit.business_type_id),
        "second": seen.open_visits.get(visit.business_type_id) if State(visit.state) in OPEN_STATES else None,
    }


def _known_of(visit: Visit, seen: Picture) -> dict[str, Any]:
    """What is on record of the person, beside what reception has seen itself."""
    known: dict[str, Any] = {"identities": sorted({*visit.identities, *seen.identities})}
    if visit.disability == Disability.NONE and seen.disability_known:
        known |= {"disability": seen.disability, "evidence": DisabilityEvidence.SYSTEM}
    return known


def _person(person_id: int) -> Person:
    return visitors.receivable(database(), person_id, by=actor(), at=now())
