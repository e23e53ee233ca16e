"""The steps at a counter that ask for more than a press: 無法接案, an appointment for another day, gone. And what all share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Response, flash, g, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as WerkzeugResponse

from models.scopes import visits
from models.visit import Visit
from reports.counter_post import counter_of
from reports.desk_now import ticket
from reports.my_counter import with_me
from reports.next_times import next_times
from rules.calendar import local_time_text
from rules.clock import code, from_code, time_text
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.refusals import ADMISSIBLE, GROUND_TEXT, INADMISSIBLE
from rules.texts import N_
from rules.visit_flow import OPEN_STATES, State
from services import counter
from services.transaction import transaction
from services.visit_moves import DONE_BY, NO_VISIT
from views import trail
from views.access import Screen, actor, back_to, database, needs, now, today
from views.service_form import posted_key
from views.steps import is_fetched
from views.texts import sentence

NO_SLOT = N_("請選擇預約時段。")
GONE = (N_("叫號多次未到"), N_("改天再來"), N_("不需要辦理了"))


class CounterSteps(Screen):
    """The screen of `views.desk.counter` adds the page and the single presses."""

    @expose("/<int:visit_id>/refuse", methods=["GET", "POST"])
    @needs(P.VISIT_SERVE)
    def refuse(self, visit_id: int) -> WerkzeugResponse:
        def act() -> str:
            decision = counter.refuse(
                database(),
                visit_id,
                ground=request.form.get("ground", ""),
                explanation=request.form.get("explanation", ""),
                expected=expected(),
                by=actor(),
                at=now(),
            )
            if decision.counter_id is None:
                return _("已登記無法接案並通知督導。目前沒有其他櫃台可派，督導會處理。")
            return _("已登記無法接案並通知督導，民眾已改派其他櫃台。")

        return self._ask_and_act(
            visit_id,
            act,
            "desk/counter_refuse.html",
            grounds=[(each.value, GROUND_TEXT[each]) for each in ADMISSIBLE],
            never=[(each.value, GROUND_TEXT[each]) for each in INADMISSIBLE],
            rules=list(dict.fromkeys(INADMISSIBLE.values())),
        )

    @expose("/<int:visit_id>/book", methods=["GET", "POST"])
    @needs(P.VISIT_SERVE)
    def book(self, visit_id: int) -> WerkzeugResponse:
        def act() -> str:
            wanted = chosen_time()
            if wanted is None:
                raise FieldFault("starts_at", NO_SLOT)
            made = counter.book(
                database(),
                visit_id,
                starts_at=wanted.starts_at,
                key=wanted.key,
                material=wanted.material,
                by=actor(),
                at=now(),
            )
            return _("已改約 %(when)s。", when=local_time_text(made.starts_at))

        return self._ask_and_act(visit_id, act, "desk/counter_book.html", **self._times())

    @expose("/<int:visit_id>/absent", methods=["GET", "POST"])
    @needs(P.VISIT_SERVE)
    def absent(self, visit_id: int) -> WerkzeugResponse:
        """Gone without a service; back to the queue is a press of its own."""

        def act() -> str:
            reason = request.form.get("reason", "")
            counter.leave(database(), visit_id, reason=reason, by=actor(), at=now())
            return _("已登記民眾離開。")

        return self._ask_and_act(visit_id, act, "desk/counter_absent.html", reasons=GONE)

    def _ask_and_act(
        self, visit_id: int, act: Callable[[], str], template: str, **values: object
    ) -> WerkzeugResponse:
        g.way_back = url_for("CounterDesk.index")
        if request.method == "GET":
            return self._step(visit_id, template, (), **values)
        try:
            with transaction(database()):
                said = act()
        except FieldFault as fault:
            return self._step(visit_id, template, [fault], **values)
        except RuleBroken as refused:
            return refused_step(refused)
        flash(said, "success")
        return back_to("CounterDesk.index")

    def _step(self, visit_id: int, template: str, faults: Sequence[FieldFault], **values: object) -> Response:
        visit = visible_visit(visit_id)
        page = self.render(
            template,
            layout="partials/fragment.html" if is_fetched() else "base.html",
            visit=visit,
            ticket=ticket(visit.business_type.letter, visit.number),
            typed=request.form,
            state=request.form.get("state", visit.state),
            faults=faults,
            cancel_url=g.way_back,
            now=now(),
            **values,
        )
        return make_response(page, 422 if faults else 200)

    def _times(self) -> dict[str, object]:
        """What the choice of a next appointment needs."""
        return {
            "times": next_times(database(), actor().unit_id or 0, actor().user_id, now()),
            "code": code,
            "time_text": time_text,
            "key": request.form.get("submission_key") or str(uuid.uuid4()),
        }


def visible_visit(visit_id: int) -> Visit:
    """An open visit that is with the officer or at his counter; its person goes into the trail."""
    here = counter_of(database(), actor().unit_id, actor().user_id, today())
    wanted = (
        select(Visit)
        .where(Visit.id == visit_id, visits(actor()), with_me(actor(), here), Visit.state.in_(OPEN_STATES))
        .options(joinedload(Visit.business_type), joinedload(Visit.person), joinedload(Visit.appointment))
    )
    visit = database().scalars(wanted).first()
    if visit is None:
        raise NotFound(NO_VISIT)
    if visit.person_id:
        trail.shown([visit.person_id], ground=trail.VISIT)
    return visit


def refused_step(refused: RuleBroken) -> WerkzeugResponse:
    """Back to the counter as it is now, with the sentence why not. Who pressed twice has been served by the first press."""
    database().rollback()
    if isinstance(refused, NotFound):
        raise refused
    own = isinstance(refused, AlreadyDone) and refused.values.get("who") == actor().name
    if not (own and refused.template == DONE_BY):
        flash(sentence(refused), "warning" if isinstance(refused, AlreadyDone) else "danger")
    return back_to("CounterDesk.index")


def expected() -> State | None:
    """The state that the form was made in."""
    try:
        return State(request.form.get("state", ""))
    except ValueError:
        return None


def chosen_time() -> counter.NextTime | None:
    """The chosen slot; None: no appointment. Raises a fault of `starts_at` for what is no slot."""
    chosen = request.form.get("starts_at", "")
    if chosen == "other":
        chosen = request.form.get("slot", "")
        if not chosen:
            raise FieldFault("starts_at", NO_SLOT)
    if not chosen:
        return None
    starts_at: datetime | None = from_code(chosen)
    if starts_at is None:
        raise FieldFault("starts_at", NO_SLOT)
    return counter.NextTime(starts_at, posted_key(), request.form.get("material", ""))
