"""收案督導-收案/派案: what waits for the unit, a look at each person, and the choice of a case manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as WerkzeugResponse

from models.referral import Referral
from models.scopes import received_referrals
from reports.criteria import NAME, REFERRAL_NUMBER
from reports.supervision import INTAKE
from reports.workload import Workload, case_managers
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.referral_flow import State
from rules.texts import N_
from services import intake
from services.transaction import transaction
from views import trail
from views.access import actor, database, needs, now, today
from views.intake_moves import IntakeMoves
from views.referral_detail import reveal
from views.steps import chosen_id

NOBODY_CHOSEN = N_("請選擇個管員。")


class Intake(IntakeMoves):
    route_base = "/intake"
    needed = P.REFERRAL_TAKE_IN
    ground = trail.RECEIVED
    title = _l("收案督導-收案/派案")
    empty_text = _l("目前沒有符合條件的待收案轉介單。轉介單位送出後,轉介單會出現在這裡。")
    template = "intake/list.html"
    listing = INTAKE
    link_column = "name"
    criteria = (NAME, REFERRAL_NUMBER)

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (received_referrals(actor()), Referral.state == State.SUBMITTED)

    def row_url(self, row: Any) -> str:
        return self.step_url("show", row.key)

    @expose("/<int:referral_id>")
    @needs(P.REFERRAL_TAKE_IN)
    def show(self, referral_id: int) -> Response:
        return self.step("intake/show.html", referral=self._received(referral_id))

    @expose("/<int:referral_id>/reveal", methods=["POST"])
    @needs(P.PERSON_REVEAL)
    def reveal(self, referral_id: int) -> Response:
        referral = self._received(referral_id)
        number = reveal(referral, ground=trail.RECEIVED)
        return self.step("intake/show.html", referral=referral, national_id=number)

    @expose("/<int:referral_id>/assign")
    @needs(P.REFERRAL_TAKE_IN)
    def assign(self, referral_id: int) -> Response:
        """指派個管員."""
        return self._choose(self._waiting(referral_id))

    @expose("/<int:referral_id>/confirm")
    @needs(P.REFERRAL_TAKE_IN)
    def confirm(self, referral_id: int) -> Response:
        """轉介單確認."""
        referral = self._waiting(referral_id)
        wanted = chosen_id("case_manager_id")
        chosen = next((each for each in self._staff() if each.account_id == wanted), None)
        if chosen is None:
            return self._choose(referral, FieldFault("case_manager_id", NOBODY_CHOSEN))
        return self.step("intake/confirm.html", referral=referral, chosen=chosen, supervisor=actor().name)

    @expose("/<int:referral_id>/take-in", methods=["POST"])
    @needs(P.REFERRAL_TAKE_IN)
    def take_in(self, referral_id: int) -> WerkzeugResponse:
        """確定派案."""
        self.show_way_back()
        try:
            with transaction(database()):
                case = intake.take_in(
                    database(),
                    referral_id,
                    case_manager_id=chosen_id("case_manager_id") or 0,
                    by=actor(),
                    at=now(),
                    base_url=current_app.config["PUBLIC_URL"],
                )
                number, who = case.id, case.case_manager.get_full_name()
        except FieldFault as fault:
            return self._choose(self._waiting(referral_id), fault)
        sentence = _("轉介單 %(referral)s 已收案,派給 %(who)s,個案服務單號 %(case)s。")
        flash(sentence % {"referral": referral_id, "who": who, "case": number}, "success")
        return self.to_list()

    def _choose(self, referral: Referral, fault: FieldFault | None = None) -> Response:
        return self.step(
            "intake/assign.html",
            status=422 if fault else 200,
            referral=referral,
            staff=self._staff(),
            chosen_id=chosen_id("case_manager_id"),
            faults=[fault] if fault else [],
        )

    def _staff(self) -> Sequence[Workload]:
        return case_managers(database(), actor().unit_id, today())
