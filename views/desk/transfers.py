"""永久轉案: proposed by an officer at the counter, answered by the other, executed at reception."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from models.ownership import PermanentTransfer
from models.scopes import visits
from models.visit import Visit
from rules.errors import FieldFault, NotFound
from rules.permissions import Permission as P
from services import transfers
from services.transaction import transaction
from services.visit_moves import NO_VISIT
from views import trail
from views.access import Screen, actor, back_to, database, needs, now
from views.steps import chosen_id, is_fetched

SHOWN = 50


class PermanentTransfers(Screen):
    """`next` of a form leads back to where it was opened: the counter, or reception."""

    route_base = "/desk/transfers"
    default_view = "index"
    class_permission_name = "Visit"

    @expose("/")
    @needs(P.VISIT_SERVE, P.VISIT_RECEIVE, P.DESK_SUPERVISE)
    def index(self) -> str:
        found = (
            database()
            .scalars(
                select(PermanentTransfer)
                .where(transfers.visible(actor()))
                .order_by(PermanentTransfer.state.in_(transfers.OPEN).desc(), PermanentTransfer.id.desc())
                .limit(SHOWN)
                .options(*transfers.WITH_NAMES)
            )
            .all()
        )
        note = trail.shown_live if is_fetched() else trail.shown
        note({each.person_id for each in found}, ground=trail.VISIT)
        return self.render(
            "desk/_transfers.html" if is_fetched() else "desk/transfers.html",
            transfers=found,
            states=transfers.STATE_TEXT,
            open=transfers.OPEN,
            may_execute=actor().may(P.VISIT_RECEIVE),
            may_withdraw=actor().may(P.DESK_SUPERVISE),
        )

    @expose("/propose/<int:visit_id>", methods=["GET", "POST"])
    @needs(P.VISIT_SERVE)
    def propose(self, visit_id: int) -> Any:
        """The person of a visit that the actor owns, to another officer."""
        visit = database().scalars(select(Visit).where(Visit.id == visit_id, visits(actor()))).first()
        if visit is None or visit.person_id is None:
            raise NotFound(NO_VISIT)
        g.way_back = url_for("CounterDesk.index")
        transfers.owned(database(), visit.person_id, visit.business_type_id, by=actor())
        if request.method == "GET":
            return self._ask(visit)
        try:
            with transaction(database()):
                made = transfers.propose(
                    database(),
                    person_id=visit.person_id,
                    business_type_id=visit.business_type_id,
                    to_id=chosen_id("to_id"),
                    reason=request.form.get("reason", ""),
                    consent=bool(request.form.get("consent")),
                    visit_id=visit_id,
                    by=actor(),
                    at=now(),
                )
                other = made.to_officer.get_full_name()
        except FieldFault as fault:
            return self._ask(visit, fault), 422
        flash(_("已向 %(other)s 提出永久轉案，督導已收到通知。", other=other), "success")
        return back_to("CounterDesk.index")

    @expose("/<int:transfer_id>/answer", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def answer(self, transfer_id: int) -> Any:
        g.way_back = url_for("PermanentTransfers.index")
        agreed = request.form.get("answer") == "agree"
        try:
            with transaction(database()):
                transfers.answer(
                    database(),
                    transfer_id,
                    agreed=agreed,
                    note=request.form.get("note", ""),
                    by=actor(),
                    at=now(),
                )
        except FieldFault:
            flash(_("請說明不同意的原因。"), "danger")
            return back_to("PermanentTransfers.index")
        flash(_("已同意，接待台會當場執行永久轉案。") if agreed else _("已回覆不同意。"), "success")
        return back_to("PermanentTransfers.index")

    @expose("/<int:transfer_id>/withdraw", methods=["POST"])
    @needs(P.VISIT_SERVE, P.DESK_SUPERVISE)
    def withdraw(self, transfer_id: int) -> Response:
        g.way_back = url_for("PermanentTransfers.index")
        with transaction(database()):
            transfers.withdraw(database(), transfer_id, by=actor(), at=now())
        flash(_("已撤回轉案。"), "success")
        return back_to("PermanentTransfers.index")

    @expose("/<int:transfer_id>/execute", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def execute(self, transfer_id: int) -> Response:
        g.way_back = url_for("PermanentTransfers.index")
        with transaction(database()):
            done = transfers.execute(database(), transfer_id, by=actor(), at=now())
            name, other = done.person.name, done.to_officer.get_full_name()
        flash(_("已執行永久轉案：%(name)s 之後由 %(other)s 服務。", name=name, other=other), "success")
        if request.form.get("from") != "reception":
            return back_to("PermanentTransfers.index")
        return back_to("Reception.index", visit=chosen_id("visit"), person=chosen_id("person"))

    def _ask(self, visit: Visit, fault: FieldFault | None = None) -> str:
        trail.shown([visit.person_id or 0], ground=trail.VISIT)
        return self.render(
            "desk/transfer_propose.html",
            layout="partials/fragment.html" if is_fetched() else "base.html",
            visit=visit,
            officers=transfers.officers_beside(database(), actor()),
            typed=request.form,
            faults=[fault] if fault else [],
            cancel_url=g.way_back,
        )
