"""督導轉案: the unit's open cases, each of which can go to another case manager of the unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as WerkzeugResponse

from models.account import Account
from models.case import Case
from models.referral import Referral
from models.scopes import unit_cases
from reports.criteria import NAME, Criterion, of_case, whole_number
from reports.session import ReadSession
from reports.supervision import TRANSFERS
from reports.workload import Workload, case_managers
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.referral_flow import Move
from rules.texts import N_
from services import transfer
from services.timeline import refusal
from services.transaction import transaction
from views import trail
from views.access import actor, database, needs, now, today
from views.referral_detail import referral_within, reveal
from views.steps import StepsScreen, chosen_id, not_found

NOBODY_CHOSEN = N_("請選擇接續服務的個管員。")


class Transfer(StepsScreen):
    route_base = "/transfers"
    id_name = "case_id"
    needed = P.CASE_TRANSFER
    ground = trail.UNIT_CASE
    title = _l("督導轉案")
    empty_text = _l("沒有符合條件的服務中個案。收案並派案後,個案會出現在這裡。")
    template = "transfer/list.html"
    listing = TRANSFERS
    link_column = "name"
    criteria = (
        of_case(NAME),
        Criterion("number", N_("編號"), lambda text: Case.id == whole_number(text)),
        Criterion(
            "manager", N_("個管員"), lambda text: Case.case_manager_id == whole_number(text), kind="choice"
        ),
    )

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (unit_cases(actor()), Case.closed_on.is_(None))

    def row_url(self, row: Any) -> str:
        return self.step_url("show", row.key)

    @expose("/<int:case_id>")
    @needs(P.CASE_TRANSFER)
    def show(self, case_id: int) -> Response:
        case = self._case(case_id)
        return self.step("transfer/show.html", case=case, referral=self._referral(case))

    @expose("/<int:case_id>/reveal", methods=["POST"])
    @needs(P.PERSON_REVEAL)
    def reveal(self, case_id: int) -> Response:
        case = self._case(case_id)
        referral = self._referral(case)
        number = reveal(referral, ground=trail.UNIT_CASE)
        return self.step("transfer/show.html", case=case, referral=referral, national_id=number)

    @expose("/<int:case_id>/assign")
    @needs(P.CASE_TRANSFER)
    def assign(self, case_id: int) -> Response:
        """指派個管員."""
        return self._choose(self._open_case(case_id))

    @expose("/<int:case_id>/confirm")
    @needs(P.CASE_TRANSFER)
    def confirm(self, case_id: int) -> Response:
        case = self._open_case(case_id)
        wanted = chosen_id("to_id")
        taker = next((each for each in self._staff(case) if each.account_id == wanted), None)
        if taker is None:
            return self._choose(case, FieldFault("to_id", NOBODY_CHOSEN))
        return self.step("transfer/confirm.html", case=case, taker=taker, from_id=chosen_id("from_id"))

    @expose("/<int:case_id>/transfer", methods=["POST"])
    @needs(P.CASE_TRANSFER)
    def transfer(self, case_id: int) -> WerkzeugResponse:
        self.show_way_back()
        try:
            with transaction(database()):
                case = transfer.transfer(
                    database(),
                    case_id,
                    from_id=chosen_id("from_id") or 0,
                    to_id=chosen_id("to_id") or 0,
                    by=actor(),
                    at=now(),
                    base_url=current_app.config["PUBLIC_URL"],
                )
                who = case.case_manager.get_full_name()
        except FieldFault as fault:
            return self._choose(self._open_case(case_id), fault)
        flash(_("案件編號 %(case)s 已轉給 %(who)s。") % {"case": case_id, "who": who}, "success")
        return self.to_list()

    def choices(self) -> dict[str, Any]:
        """Who has cases here, those who have left included: theirs are to be transferred."""
        return {"manager": present_managers(database(), *self.scope())}

    def _choose(self, case: Case, fault: FieldFault | None = None) -> Response:
        return self.step(
            "transfer/assign.html",
            status=422 if fault else 200,
            case=case,
            staff=self._staff(case),
            chosen_id=chosen_id("to_id"),
            faults=[fault] if fault else [],
        )

    def _staff(self, case: Case) -> Sequence[Workload]:
        everybody = case_managers(database(), actor().unit_id, today())
        return [each for each in everybody if each.account_id != case.case_manager_id]

    def _case(self, case_id: int) -> Case:
        self.show_way_back()
        person = joinedload(Case.referral).joinedload(Referral.person)
        wanted = select(Case).where(Case.id == case_id, unit_cases(actor()))
        case = database().scalar(wanted.options(person, joinedload(Case.case_manager)))
        if case is None:
            raise not_found()
        trail.shown([case.referral.person_id], ground=trail.UNIT_CASE)
        return case

    def _open_case(self, case_id: int) -> Case:
        case = self._case(case_id)
        if case.closed_on is not None:
            raise refusal(database(), case.referral_id, Move.TRANSFER)
        return case

    def _referral(self, case: Case) -> Referral:
        return referral_within(Referral.id == case.referral_id, ground=trail.UNIT_CASE)


def present_managers(session: ReadSession, *scope: ColumnElement[bool]) -> list[tuple[str, str]]:
    holders = select(Case.case_manager_id).where(*scope)
    found = session.execute(
        select(Account.id, Account.name).where(Account.id.in_(holders)).order_by(Account.id)
    )
    return [(str(account_id), name) for account_id, name in found]
