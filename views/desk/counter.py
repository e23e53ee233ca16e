"""我的櫃台: the visitor at hand, the one big button of the moment, the queue below. Spec 2-dispatch §5.

A step is one press and leads back here. What updates by itself carries tickets alone; the person at hand is on the page
itself, which is in the trail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, flash, jsonify, make_response, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from models.visit import Visit
from reports.counter_visitor import visitor
from reports.desk_now import ticket
from reports.my_counter import changed_by, counter_page, last_step, my_day
from rules.clock import time_text
from rules.desk import ATTENDANCE_TEXT, BASIS_TEXT, OUTCOME_TEXT, AttendanceKind, Basis, Outcome
from rules.errors import AlreadyDone, FieldFault, RuleBroken
from rules.permissions import Permission as P
from rules.visit_flow import STATE_TEXT, State
from services import attendance, counter
from services.appointment_slots import TAKEN_BY, TAKEN_NOW
from services.transaction import transaction
from views import trail
from views.access import actor, back_to, database, needs, now, today
from views.desk.counter_steps import CounterSteps, chosen_time, expected, refused_step, visible_visit
from views.desk.words import UNDO_TEXT, spoken
from views.steps import chosen_id, is_fetched

# Faults of the next appointment are shown at its choice.
AT_NEXT_TIME = ("starts_at", "officer_id", "person_id", "business_type_id")


class CounterDesk(CounterSteps):
    route_base = "/desk/counter"
    default_view = "index"
    class_permission_name = "Visit"

    @expose("/")
    @needs(P.VISIT_SERVE)
    def index(self) -> str:
        return self._page()

    @expose("/now")
    @needs(P.VISIT_SERVE)
    def now(self) -> Response | str:
        """What stands above the visitor at hand, or the next one; told which visit, person and state the page shows."""
        page = counter_page(database(), actor(), now())
        shown = (chosen_id("visit"), chosen_id("person"), request.args.get("state", ""))
        here = page.at_hand
        current = (here.id, here.person_id, here.state) if here else (None, None, "")
        if shown == current and page.at_hand:
            return jsonify({})  # nothing to put in the place of what is there
        who = "" if shown == current else changed_by(database(), actor(), shown[0] or current[0] or 0)
        return self.render(
            "desk/_counter_now.html", page=page, changed=shown != current, who=who, time_text=time_text
        )

    @expose("/queue")
    @needs(P.VISIT_SERVE)
    def queue(self) -> str:
        page = counter_page(database(), actor(), now())
        return self.render("desk/_counter_queue.html", page=page, may_pick=may_pick(), time_text=time_text)

    @expose("/<int:visit_id>")
    @needs(P.VISIT_SERVE)
    def prepare(self, visit_id: int) -> str:
        """調閱資料: the visitor's papers before the call (接待台 rule 八)."""
        visit = visible_visit(visit_id)
        return self.render("desk/counter_prepare.html", title=_("調閱資料"), **self._visitor(visit))

    @expose("/<int:visit_id>/call", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def call(self, visit_id: int) -> WerkzeugResponse:
        return self._press(counter.call, visit_id, expected=expected())

    @expose("/<int:visit_id>/pick", methods=["POST"])
    @needs(P.VISIT_PICK)
    def pick(self, visit_id: int) -> WerkzeugResponse:
        """Out of order, which is counted."""
        return self._press(counter.call, visit_id, expected=expected())

    @expose("/<int:visit_id>/again", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def again(self, visit_id: int) -> WerkzeugResponse:
        return self._press(counter.call_again, visit_id, said=_("已再叫一次。"))

    @expose("/<int:visit_id>/acknowledge", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def acknowledge(self, visit_id: int) -> WerkzeugResponse:
        return self._press(counter.acknowledge, visit_id, said=_("已回覆接待台：知道了。"))

    @expose("/<int:visit_id>/no-show", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def no_show(self, visit_id: int) -> WerkzeugResponse:
        return self._press(counter.no_show, visit_id, left=False, said=_("已排回等候隊伍的最後面。"))

    @expose("/<int:visit_id>/start", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def start(self, visit_id: int) -> WerkzeugResponse:
        return self._press(counter.start, visit_id, expected=expected())

    @expose("/<int:visit_id>/undo", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def undo(self, visit_id: int) -> WerkzeugResponse:
        return self._press(counter.undo, visit_id, said=_("已收回上一個步驟。"))

    @expose("/<int:visit_id>/end", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def end(self, visit_id: int) -> WerkzeugResponse:
        """Nothing typed is lost: a refusal comes back with the form as it was."""
        try:
            with transaction(database()):
                counter.end(
                    database(),
                    visit_id,
                    outcome=request.form.get("outcome", ""),
                    note=request.form.get("note", ""),
                    next_time=chosen_time(),
                    expected=expected(),
                    by=actor(),
                    at=now(),
                )
        except FieldFault as fault:
            field = "starts_at" if fault.field in AT_NEXT_TIME else fault.field
            return make_response(self._page([FieldFault(field, fault.template, **fault.values)]), 422)
        except AlreadyDone as late:
            if late.template not in (TAKEN_BY, TAKEN_NOW):
                return refused_step(late)
            return make_response(self._page([FieldFault("starts_at", late.template, **late.values)]), 409)
        except RuleBroken as refused:
            return refused_step(refused)
        return back_to("CounterDesk.index")

    @expose("/away", methods=["POST"])
    @needs(P.ATTENDANCE_WRITE)
    def away(self) -> WerkzeugResponse:
        return self._press(attendance.step_away, said=_("已登錄暫離，接待台看得到；回座時請按「回座」。"))

    @expose("/back", methods=["POST"])
    @needs(P.ATTENDANCE_WRITE)
    def back(self) -> WerkzeugResponse:
        return self._press(attendance.back, said=_("歡迎回座，可以繼續接案。"))

    @expose("/emergency", methods=["POST"])
    @needs(P.VISIT_SERVE)
    def emergency(self) -> WerkzeugResponse:
        """One press. Where scripts run the page stays, with what was typed on it."""
        with transaction(database()):
            counter.emergency(database(), by=actor(), at=now())
        said = _("已通知接待台、督導和鄰近櫃台，請先確保自身安全。")
        if is_fetched():
            return jsonify({"message": said})
        flash(said, "warning")
        return back_to("CounterDesk.index")

    def _press(self, act: Callable[..., Any], *args: Any, said: str = "", **values: Any) -> WerkzeugResponse:
        try:
            with transaction(database()):
                act(database(), *args, by=actor(), at=now(), **values)
        except RuleBroken as refused:
            return refused_step(refused)
        if said:
            flash(said, "success")
        return back_to("CounterDesk.index")

    def _page(self, faults: Sequence[FieldFault] = ()) -> str:
        page = counter_page(database(), actor(), now())
        at_hand = page.at_hand
        values: dict[str, Any] = {"time_text": time_text}
        if at_hand:
            if at_hand.person_id:
                trail.shown([at_hand.person_id], ground=trail.VISIT)
            values |= self._visitor(at_hand)
            if at_hand.state == State.SERVING:
                values |= self._times()
        return self.render(
            "desk/counter.html",
            title=_("我的櫃台"),
            page=page,
            faults=faults,
            page_faults=len(faults),
            typed=request.form,
            last=last_step(database(), actor(), now()),
            day=my_day(database(), actor(), today()),
            today=today(),
            may_pick=may_pick(),
            outcomes=[(each.value, OUTCOME_TEXT[each]) for each in Outcome],
            away_text=ATTENDANCE_TEXT[AttendanceKind(page.away.kind)] if page.away else "",
            undo_texts=UNDO_TEXT,
            **values,
        )

    @staticmethod
    def _visitor(visit: Visit) -> dict[str, Any]:
        known = visitor(database(), actor(), visit)
        return {
            "visitor": known,
            "reason": spoken(known.reason),
            "ticket": ticket(visit.business_type.letter, visit.number),
            "state_text": STATE_TEXT[State(visit.state)],
            "basis_text": BASIS_TEXT[Basis(visit.basis)],
            "phone_text": spoken([asdict(known.phone_check.words)]) if known.phone_check else "",
            "outcome_texts": OUTCOME_TEXT,
        }


def may_pick() -> bool:
    return actor().may(P.VISIT_PICK)
