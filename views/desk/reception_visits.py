"""接待台: what is done with a visit after the check-in, each one press (接待台 rules 六, 十三, 十四)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from services import counter, reception
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.desk.reception_forms import typed_check_in
from views.desk.reception_live import status_values
from views.desk.reception_page import visit_of, visit_values
from views.desk.reception_screen import ReceptionScreen
from views.steps import chosen_id
from views.texts import sentence


class ReceptionVisits(ReceptionScreen):
    """`stay` in a form: it was pressed beside the live counters, and the page goes back to who is at hand."""

    route_base = "/desk/reception/visits"

    @expose("/<int:visit_id>/status")
    @needs(P.VISIT_RECEIVE)
    def status(self, visit_id: int) -> str:
        """The live part of the card: ticket and counter, no person."""
        return self.render("desk/_reception_status.html", **status_values(visit_of(visit_id)))

    @expose("/<int:visit_id>/send", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def send(self, visit_id: int) -> Response:
        def act() -> str:
            reception.send(database(), visit_id, by=actor(), at=now())
            return _("已通知櫃台，請引導民眾前往。")

        return and_back(visit_id, act)

    @expose("/<int:visit_id>/undo", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def undo(self, visit_id: int) -> Response:
        """The sending taken back within two minutes; the bell at the counter falls silent."""

        def act() -> str:
            counter.undo(database(), visit_id, by=actor(), at=now())
            return _("已收回上一個步驟。")

        return and_back(visit_id, act)

    @expose("/<int:visit_id>/notify", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def notify(self, visit_id: int) -> Response:
        def act() -> str:
            reception.notify_officer(database(), visit_id, by=actor(), at=now())
            return _("已通知就服員，請告知民眾預估等候時間。")

        return and_back(visit_id, act)

    @expose("/<int:visit_id>/redirect", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def redirect(self, visit_id: int) -> Response:
        def act() -> str:
            reception.redirect(database(), visit_id, by=actor(), at=now())
            return _("已改由 %(counter)s 號櫃台服務。", counter=_counter(visit_id))

        return and_back(visit_id, act)

    @expose("/<int:visit_id>/override", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def override(self, visit_id: int) -> Any:
        """接待台改派: to the counter that reception chose, with the reason."""

        def act() -> str:
            reception.override(
                database(),
                visit_id,
                counter_id=chosen_id("counter_id") or 0,
                reason=request.form.get("reason", ""),
                by=actor(),
                at=now(),
            )
            return _("已改派 %(counter)s 號櫃台，並列入派案量表。", counter=_counter(visit_id))

        return self._or_refuse("override", visit_id, act)

    @expose("/<int:visit_id>/leave", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def leave(self, visit_id: int) -> Any:
        def act() -> str:
            reason = request.form.get("reason", "")
            reception.leave(database(), visit_id, reason=reason, by=actor(), at=now())
            return _("已記錄民眾離開及原因。")

        return self._or_refuse("leave", visit_id, act)

    @expose("/<int:visit_id>/judge", methods=["POST"])
    @needs(P.VISIT_RECEIVE)
    def judge(self, visit_id: int) -> Any:
        """The judgement corrected, and the visit dispatched anew."""

        def act() -> str:
            reception.rejudge(database(), visit_id, typed_check_in(), by=actor(), at=now())
            return _("已更正判別，並依更正後的判別派案。")

        return self._or_refuse("judge", visit_id, act)

    def _or_refuse(self, form: str, visit_id: int, act: Callable[[], str]) -> Any:
        """What was typed comes back with the sentence at its field."""
        try:
            return and_back(visit_id, act)
        except FieldFault as fault:
            return self.refuse(form, fault, visit_values(visit_of(visit_id)))


def _counter(visit_id: int) -> int:
    counter = visit_of(visit_id).counter
    return counter.number if counter else 0


def and_back(visit_id: int, act: Callable[[], str]) -> Response:
    """Do it and show how things stand; who was too late reads why. Raises `FieldFault` and `NotFound`."""
    try:
        with transaction(database()):
            done = act()
        flash(done, "success")
    except (FieldFault, NotFound):
        raise
    except RuleBroken as refusal:
        flash(sentence(refusal), "warning")
    stay = request.form.get("stay", "")
    return (
        back_to("Reception.index", **_at_hand(stay)) if stay else back_to("Reception.index", visit=visit_id)
    )


def _at_hand(text: str) -> dict[str, int]:
    """`person:12` or `visit:34`; anything else is nobody."""
    kind, _colon, key = text.partition(":")
    return {kind: int(key)} if kind in ("person", "visit") and key.isdigit() and len(key) < 10 else {}
