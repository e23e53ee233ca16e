"""未結束服務: what is open now by officer, with one press to notify; what stayed open over night, explained and signed.

櫃台 rule 十一, 資訊 rules 三 and 四. Who stands in for the IT staff may look as well: the service asks the table of deputies.
"""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports import unended as reports
from rules.errors import FieldFault, NotFound
from rules.permissions import Permission as P
from rules.visit_flow import STATE_TEXT
from services import unended
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now, today
from views.desk.supervision import unit
from views.steps import is_fetched


class Unended(Screen):
    route_base = "/desk/unended"
    default_view = "index"

    @expose("/")
    @needs(P.UNENDED_CHECK, P.VISIT_SERVE, P.VISIT_RECEIVE)
    def index(self) -> str:
        """For the IT staff, the supervisor and the deputies; an officer who is none of them sees his own."""
        if not unended.may_check(database(), actor(), today()):
            if actor().may(P.VISIT_SERVE):
                return self.mine()
            raise NotFound(unended.NO_VISIT)
        if is_fetched():
            return self.render("desk/_unended_now.html", **_open_now())
        return self._index()

    @expose("/<int:officer_id>/notify", methods=["POST"])
    @needs(P.UNENDED_CHECK, P.VISIT_SERVE, P.VISIT_RECEIVE)
    def notify(self, officer_id: int) -> Any:
        g.way_back = url_for("Unended.index")
        with transaction(database()):
            told = unended.notify(database(), officer_id, by=actor(), at=now())
        flash(_("已通知 %(who)s 與求職督導。", who=told.officer), "success")
        return back_to("Unended.index")

    @expose("/mine")
    @needs(P.VISIT_SERVE)
    def mine(self) -> str:
        return self._mine()

    @expose("/<int:visit_id>/explain", methods=["POST"])
    @needs(P.VISIT_SERVE, P.DESK_SUPERVISE)
    def explain(self, visit_id: int) -> Any:
        """By an officer on his own page; by the supervisor, in place of one who has left, on the page of all."""
        page = self._mine if actor().may(P.VISIT_SERVE) else self._index
        here = "Unended.mine" if actor().may(P.VISIT_SERVE) else "Unended.index"
        g.way_back = url_for(here)
        try:
            with transaction(database()):
                unended.explain(
                    database(), visit_id, request.form.get("explanation", ""), by=actor(), at=now()
                )
        except FieldFault as fault:
            return page(visit_id, fault), 422
        flash(_("說明已送出，待求職督導核章。"), "success")
        return back_to(here)

    @expose("/<int:visit_id>/sign", methods=["POST"])
    @needs(P.DESK_SUPERVISE)
    def sign(self, visit_id: int) -> Any:
        g.way_back = url_for("Unended.index")
        with transaction(database()):
            unended.sign(database(), visit_id, by=actor(), at=now())
        flash(_("已核章。"), "success")
        return back_to("Unended.index")

    def _index(self, wrong_id: int = 0, fault: FieldFault | None = None) -> str:
        overnight = reports.to_explain(database(), unit(), today())
        supervises, whom = actor().may(P.DESK_SUPERVISE), {visit.officer_id for visit in overnight}
        return self.render(
            "desk/unended.html",
            title=_("未結束服務"),
            overnight=overnight,
            signed=reports.explained(database(), unit()),
            may_sign=supervises,
            gone=reports.cannot_explain(database(), unit(), whom, today()) if supervises else (),
            **_open_now(),
            **_typed(wrong_id, fault),
        )

    def _mine(self, wrong_id: int = 0, fault: FieldFault | None = None) -> str:
        me = actor().user_id
        found = reports.open_now(database(), unit())
        return self.render(
            "desk/unended_mine.html",
            title=_("我的未結束服務"),
            open=next((each.visits for each in found if each.officer_id == me), ()),
            overnight=reports.to_explain(database(), unit(), today(), officer_id=me),
            me=me,
            state_texts=STATE_TEXT,
            today=today(),
            **_typed(wrong_id, fault),
        )


def _open_now() -> dict[str, Any]:
    return {
        "officers": reports.open_now(database(), unit()),
        "state_texts": STATE_TEXT,
        "today": today(),
    }


def _typed(wrong_id: int, fault: FieldFault | None) -> dict[str, Any]:
    """What a refused explanation said, and what was wrong with it."""
    return {
        "wrong_id": wrong_id,
        "faults": [FieldFault(f"explanation-{wrong_id}", fault.template, **fault.values)] if fault else [],
        "page_faults": int(fault is not None),
        "typed": request.form,
    }
