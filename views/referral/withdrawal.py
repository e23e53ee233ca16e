"""撤回: the referring unit takes a referral back that no centre has taken in. A step over the referral's page."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.referral import Referral
from models.scopes import sent_referrals
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.referral_flow import Move, State
from services import referral_moves
from services.timeline import refusal
from services.transaction import transaction
from views import trail
from views.access import Screen, actor, back_to, database, needs, now
from views.referral_detail import referral_within
from views.steps import is_fetched


class ReferralWithdrawal(Screen):
    route_base = "/referrals"
    default_view = "withdraw"
    class_permission_name = "Referral"

    @expose("/<int:referral_id>/withdraw", methods=["GET", "POST"])
    @needs(P.REFERRAL_SUBMIT)
    def withdraw(self, referral_id: int) -> Any:
        g.way_back = url_for("ReferralDetail.show", referral_id=referral_id)
        if request.method == "GET":
            return self._ask(referral_id)
        try:
            with transaction(database()):
                referral_moves.withdraw(
                    database(),
                    referral_id,
                    reason=request.form.get("reason", ""),
                    base_url=current_app.config["PUBLIC_URL"],
                    by=actor(),
                    at=now(),
                )
        except FieldFault as fault:
            return self._ask(referral_id, fault), 422
        flash(_("轉介單 %(number)s 已撤回。", number=referral_id), "success")
        return back_to("ReferralDetail.show", referral_id=referral_id)

    def _ask(self, referral_id: int, fault: FieldFault | None = None) -> str:
        referral = referral_within(Referral.id == referral_id, sent_referrals(actor()), ground=trail.SENT)
        if referral.state != State.SUBMITTED:
            raise refusal(database(), referral_id, Move.WITHDRAW)
        return self.render(
            "referral/withdraw.html",
            layout="partials/fragment.html" if is_fetched() else "base.html",
            referral=referral,
            reason=request.form.get("reason", ""),
            faults=[fault] if fault else [],
            cancel_url=g.way_back,
        )
