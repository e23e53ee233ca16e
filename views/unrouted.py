"""待指定收案單位: referrals that no rule could route, and the choice of a unit by hand. Shows no personal data."""

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

from models.referral import Referral
from reports.criteria import DATE_FROM, DATE_TO, REFERRAL_NUMBER, Criterion
from reports.supervision import UNROUTED, Counties, why_unrouted
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.referral_flow import State
from rules.texts import N_
from services import postal, routing, unrouted
from services.transaction import transaction
from views.access import actor, database, needs, now
from views.steps import StepsScreen, chosen_id, not_found

POSTAL_CODE = Criterion(
    "postal_code", N_("郵遞區號"), lambda text: Referral.postal_code.startswith(text, autoescape=True)
)


class Unrouted(StepsScreen):
    route_base = "/unrouted"
    needed = P.REFERRAL_ROUTE
    title = _l("待指定收案單位")
    empty_text = _l("沒有待指定的轉介單,每一張都有收案單位。")
    template = "unrouted/list.html"
    listing = UNROUTED
    criteria = (REFERRAL_NUMBER, POSTAL_CODE, DATE_FROM, DATE_TO)

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (Referral.receiving_unit_id.is_(None), Referral.state == State.SUBMITTED)

    def row_url(self, row: Any) -> str:
        return self.step_url("choose", row.key)

    def batch_context(self, batch: Sequence[Any]) -> Counties:
        return _counties(*(row.postal_code for row in batch))

    @expose("/<int:referral_id>")
    @needs(P.REFERRAL_ROUTE)
    def choose(self, referral_id: int) -> Response:
        return self._choose(self._unrouted(referral_id))

    @expose("/<int:referral_id>/route", methods=["POST"])
    @needs(P.REFERRAL_ROUTE)
    def route(self, referral_id: int) -> WerkzeugResponse:
        """人工指定分派."""
        self.show_way_back()
        try:
            with transaction(database()):
                unit = unrouted.route_by_hand(
                    database(),
                    referral_id,
                    chosen_id("unit_id") or 0,
                    by=actor(),
                    at=now(),
                    base_url=current_app.config["PUBLIC_URL"],
                )
                name = unit.name
        except FieldFault as fault:
            return self._choose(self._unrouted(referral_id), fault)
        sentence = _("轉介單 %(referral)s 已指定由 %(unit)s 收案(人工指定分派),並已通知該單位督導。")
        flash(sentence % {"referral": referral_id, "unit": name}, "success")
        return self.to_list()

    def _choose(self, referral: Referral, fault: FieldFault | None = None) -> Response:
        by_rule = routing.trial(database(), referral.postal_code).unit
        return self.step(
            "unrouted/choose.html",
            status=422 if fault else 200,
            referral=referral,
            why=why_unrouted(referral.postal_code, _counties(referral.postal_code)),
            by_rule=by_rule,
            units=routing.receiving_units(database()),
            chosen_id=chosen_id("unit_id") or (by_rule.id if by_rule else None),
            faults=[fault] if fault else [],
        )

    def _unrouted(self, referral_id: int) -> Referral:
        self.show_way_back()
        wanted = select(Referral).where(Referral.id == referral_id, *self.scope())
        referral = database().scalar(wanted.options(joinedload(Referral.referring_unit)))
        if referral is None:
            raise not_found()
        return referral


def _counties(*codes: str) -> Counties:
    directory = postal.directory(database())
    return Counties({code: directory.county_of_code(code) for code in codes}, _)
