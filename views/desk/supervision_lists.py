"""The supervisor's lists of the front desk: refusals to review (櫃台 rule 九), requests for another officer (接待台 rule 九)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from models import scopes
from models.account import Account
from models.desk_review import Refusal
from models.ownership import ChangeRequest
from reports import desk_review as reports
from reports.columns import Column
from reports.desk_now import posts_of
from rules.errors import Faults, FieldFault, NotFound
from rules.permissions import Permission as P
from rules.refusals import GROUND_TEXT, Ground
from services import desk_review
from services.transaction import transaction
from views import trail
from views.access import actor, back_to, database, needs, now, today
from views.desk.supervision import unit
from views.lists import ListScreen
from views.steps import chosen_id
from views.texts import translator

YES_NO = {"yes": True, "no": False}


class DeskRefusals(ListScreen):
    route_base = "/desk/supervision/refusals"
    needed = P.DESK_SUPERVISE
    title = _l("無法接案說明")
    empty_text = _l("沒有符合條件的拒(推)案。")
    listing = reports.REFUSALS
    criteria = reports.REFUSAL_CRITERIA
    ground = trail.VISIT  # the officer's explanation is about somebody
    link_column = "refused_at"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.centre_rows(actor(), Refusal.unit_id),)

    def row_url(self, row: Any) -> str:
        return url_for("DeskRefusals.show", refusal_id=row.key)

    def context(self) -> Callable[[str], str]:
        return translator()

    def chip(self, column: Column, row: Any) -> str:
        if column.key != "adequate":
            return ""
        return "waiting" if row.adequate is None else "done" if row.adequate else "warning"

    def choices(self) -> Mapping[str, Any]:
        seen = select(Refusal.officer_id).where(*self.scope())
        officers = database().scalars(select(Account).where(Account.id.in_(seen)).order_by(Account.id))
        return {**super().choices(), "officer": [(str(each.id), each.get_full_name()) for each in officers]}

    @expose("/<int:refusal_id>", methods=["GET", "POST"])
    @needs(P.DESK_SUPERVISE)
    def show(self, refusal_id: int) -> Any:
        g.way_back = url_for("DeskRefusals.index", judgement="waiting")
        if request.method == "GET":
            return self._page(refusal_id)
        try:
            with transaction(database()):
                desk_review.review_refusal(
                    database(),
                    refusal_id,
                    adequate=YES_NO.get(request.form.get("adequate", "")),
                    remark=request.form.get("remark", ""),
                    by=actor(),
                    at=now(),
                )
        except Faults as refused:
            return self._page(refusal_id, refused.faults), 422
        except FieldFault as fault:
            return self._page(refusal_id, [fault]), 422
        flash(_("已審閱這筆無法接案說明。"), "success")
        return back_to("DeskRefusals.index", judgement="waiting")

    def _page(self, refusal_id: int, faults: Sequence[FieldFault] = ()) -> str:
        row = database().scalars(select(Refusal).where(Refusal.id == refusal_id, *self.scope())).first()
        if row is None:
            raise NotFound(desk_review.NOT_FOUND)
        if row.visit.person_id:
            trail.shown([row.visit.person_id], ground=trail.VISIT)
        return self.render(
            "desk/refusal.html",
            title=_("無法接案說明"),
            refusal=row,
            ground=GROUND_TEXT[Ground(row.ground)],
            faults=faults,
            page_faults=len(faults),
            typed=request.form,
        )


class DeskRequests(ListScreen):
    route_base = "/desk/supervision/requests"
    needed = P.DESK_SUPERVISE
    title = _l("更換就服員申請")
    empty_text = _l("沒有符合條件的申請。")
    listing = reports.CHANGE_REQUESTS
    criteria = reports.REQUEST_CRITERIA
    ground = trail.VISIT
    link_column = "made_at"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.centre_rows(actor(), ChangeRequest.unit_id),)

    def row_url(self, row: Any) -> str:
        return url_for("DeskRequests.show", request_id=row.key)

    def context(self) -> Callable[[str], str]:
        return translator()

    def chip(self, column: Column, row: Any) -> str:
        if column.key == "complaint" and row.complaint:
            return "overdue"
        return (
            {"open": "waiting", "kept": "off", "granted": "done"}[row.state] if column.key == "state" else ""
        )

    @expose("/<int:request_id>", methods=["GET", "POST"])
    @needs(P.DESK_SUPERVISE)
    def show(self, request_id: int) -> Any:
        g.way_back = url_for("DeskRequests.index", state="open")
        if request.method == "GET":
            return self._page(request_id)
        try:
            with transaction(database()):
                row = desk_review.decide_request(
                    database(),
                    request_id,
                    granted=YES_NO.get(request.form.get("granted", "")),
                    new_officer_id=chosen_id("new_officer_id"),
                    note=request.form.get("note", ""),
                    by=actor(),
                    at=now(),
                )
                granted = row.state == "granted"
        except Faults as refused:
            return self._page(request_id, refused.faults), 422
        except FieldFault as fault:
            return self._page(request_id, [fault]), 422
        flash(_("已同意更換，並通知兩位就服員。") if granted else _("已決定維持原就服員。"), "success")
        return back_to("DeskRequests.index", state="open")

    def _page(self, request_id: int, faults: Sequence[FieldFault] = ()) -> str:
        row = (
            database()
            .scalars(select(ChangeRequest).where(ChangeRequest.id == request_id, *self.scope()))
            .first()
        )
        if row is None:
            raise NotFound(desk_review.NOT_FOUND)
        trail.shown([row.person_id], ground=trail.VISIT)
        posts = posts_of(database(), unit(), today())
        successor = database().get(Account, row.new_officer_id) if row.new_officer_id else None
        return self.render(
            "desk/change_request.html",
            title=_("更換就服員申請"),
            wanted=row,
            state=reports.REQUESTS[row.state],
            successor=successor,
            officers=[(post.officer, post.counter) for post in posts if post.officer_id != row.officer_id],
            faults=faults,
            page_faults=len(faults),
            typed=request.form,
        )
