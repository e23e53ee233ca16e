"""退回 and 改派其他中心: what a supervisor does with a referral that the own unit does not take in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response, current_app, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from models.referral import Referral
from models.scopes import received_referrals
from rules.errors import Faults, FieldFault, NotFound
from rules.permissions import Permission as P
from rules.referral_flow import Move, State
from services import referral_moves, routing
from services.timeline import refusal
from services.transaction import transaction
from views import trail
from views.access import actor, database, needs, now
from views.referral_detail import referral_within
from views.steps import StepsScreen, chosen_id


class IntakeMoves(StepsScreen):
    """The part of the intake screen beside 收案. Each step asks (GET) and acts (POST) at one address."""

    @expose("/<int:referral_id>/return", methods=["GET", "POST"])
    @needs(P.REFERRAL_TAKE_IN)
    def send_back(self, referral_id: int) -> WerkzeugResponse:
        """退回."""

        def act() -> str:
            referral_moves.return_(
                database(),
                referral_id,
                reason=request.form.get("reason", ""),
                base_url=current_app.config["PUBLIC_URL"],
                by=actor(),
                at=now(),
            )
            return _("轉介單 %(number)s 已退回,並已通知轉介單位。", number=referral_id)

        def ask(faults: Sequence[FieldFault]) -> Response:
            referral = self._waiting(referral_id, Move.RETURN)
            return self._ask("intake/return.html", referral, faults)

        return self._act(act, ask)

    @expose("/<int:referral_id>/reroute", methods=["GET", "POST"])
    @needs(P.REFERRAL_TAKE_IN)
    def reroute(self, referral_id: int) -> WerkzeugResponse:
        """改派其他中心."""

        def act() -> str:
            referral = referral_moves.reroute(
                database(),
                referral_id,
                unit_id=chosen_id("unit_id") or 0,
                reason=request.form.get("reason", ""),
                base_url=current_app.config["PUBLIC_URL"],
                by=actor(),
                at=now(),
            )
            unit = referral.receiving_unit.name if referral.receiving_unit else ""
            return _(
                "轉介單 %(number)s 已改派至 %(unit)s,並已通知該單位督導與轉介單位。",
                number=referral_id,
                unit=unit,
            )

        def ask(faults: Sequence[FieldFault]) -> Response:
            referral = self._waiting(referral_id, Move.REROUTE)
            by_rule = routing.trial(database(), referral.person.postal_code).unit
            hint = by_rule if by_rule and by_rule.id != referral.receiving_unit_id else None
            units = [
                unit for unit in routing.receiving_units(database()) if unit.id != referral.receiving_unit_id
            ]
            return self._ask(
                "intake/reroute.html",
                referral,
                faults,
                units=units,
                by_rule=hint,
                chosen_id=chosen_id("unit_id") or (hint.id if hint else None),
            )

        return self._act(act, ask)

    def _act(
        self, act: Callable[[], str], ask: Callable[[Sequence[FieldFault]], Response]
    ) -> WerkzeugResponse:
        self.show_way_back()
        if request.method == "GET":
            return ask(())
        try:
            with transaction(database()):
                said = act()
        except FieldFault as fault:
            return ask([fault])
        except Faults as refused:
            return ask(refused.faults)
        flash(said, "success")
        return self.to_list()

    def _ask(
        self, template: str, referral: Referral, faults: Sequence[FieldFault], **values: object
    ) -> Response:
        return self.step(
            template,
            status=422 if faults else 200,
            referral=referral,
            faults=faults,
            reason=request.form.get("reason", ""),
            **values,
        )

    def _received(self, referral_id: int) -> Referral:
        self.show_way_back()
        scope = received_referrals(actor())
        try:
            return referral_within(Referral.id == referral_id, scope, ground=trail.RECEIVED)
        except NotFound as gone:
            raise referral_moves.passed_on(database(), referral_id, actor()) from gone

    def _waiting(self, referral_id: int, move: Move = Move.TAKE_IN) -> Referral:
        """Still to be taken in; else who was first, before anything is chosen in vain."""
        referral = self._received(referral_id)
        if referral.state != State.SUBMITTED:
            raise refusal(database(), referral_id, move)
        return referral
