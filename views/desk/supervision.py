"""前台督導: what waits for the supervisor of the front desk, and the visits that no counter could take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports import desk_review
from reports.appointment_rate import month_to_date
from reports.desk_now import counters_now
from reports.forgotten import forgotten
from reports.months import Month
from reports.overtime import undecided
from reports.unended import to_explain
from rules.calendar import local_time_text
from rules.clock import moment, parse_time
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.roc_dates import parse, show
from rules.visit_flow import STATE_TEXT
from services import counter, guiding, notices
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now, today
from views.desk.notices import as_json
from views.desk.words import spoken
from views.steps import chosen_id, is_fetched

AT_FIELD = {"starts_at": "day"}  # a moment is typed as a day and a time


def unit() -> int:
    """The centre of the reader; who belongs to none has no front desk."""
    unit_id = actor().unit_id
    if unit_id is None:
        abort(404)
    return unit_id


class DeskSupervision(Screen):
    route_base = "/desk/supervision"
    default_view = "index"

    @expose("/")
    @needs(P.DESK_SUPERVISE)
    def index(self) -> str:
        """Everything that waits, as numbers that are links; it updates by itself."""
        template = "desk/_supervision_cards.html" if is_fetched() else "desk/supervision.html"
        return self.render(
            template,
            title=_("前台督導"),
            cards=_cards(),
            notices=[as_json(one) for one in notices.unread(database(), actor())],
            rates=month_to_date(database(), unit(), today()),
        )

    @expose("/undispatched")
    @needs(P.DESK_SUPERVISE)
    def undispatched(self) -> str:
        return self._undispatched()

    @expose("/undispatched/<int:visit_id>", methods=["POST"])
    @needs(P.DESK_SUPERVISE)
    def override(self, visit_id: int) -> Any:
        """To the counter that the supervisor chose."""
        g.way_back = url_for("DeskSupervision.undispatched")
        try:
            with transaction(database()):
                guiding.override(
                    database(),
                    visit_id,
                    counter_id=chosen_id("counter_id") or 0,
                    reason=request.form.get("reason", ""),
                    by=actor(),
                    at=now(),
                )
        except FieldFault as fault:
            return self._undispatched(visit_id, [fault]), 422
        flash(_("已派至指定的櫃台。"), "success")
        return back_to("DeskSupervision.undispatched")

    @expose("/undispatched/<int:visit_id>/book", methods=["POST"])
    @needs(P.DESK_SUPERVISE)
    def book(self, visit_id: int) -> Any:
        """Another day, with the officer whom the supervisor names."""
        g.way_back = url_for("DeskSupervision.undispatched")
        try:
            with transaction(database()):
                made = counter.book(
                    database(),
                    visit_id,
                    starts_at=_moment(),
                    officer_id=chosen_id("officer_id"),
                    key=request.form.get("key", "") or str(uuid.uuid4()),
                    by=actor(),
                    at=now(),
                )
                when = local_time_text(made.starts_at)
        except FieldFault as fault:
            return self._undispatched(visit_id, [fault]), 422
        flash(_("已預約 %(when)s，請告知民眾當天先至接待台報到。", when=when), "success")
        return back_to("DeskSupervision.undispatched")

    @expose("/undispatched/<int:visit_id>/leave", methods=["POST"])
    @needs(P.DESK_SUPERVISE)
    def leave(self, visit_id: int) -> Any:
        """Whom an earlier day left behind, with what became of the visitor."""
        g.way_back = url_for("DeskSupervision.undispatched")
        try:
            with transaction(database()):
                reason = request.form.get("reason", "")
                guiding.leave(database(), visit_id, reason=reason, by=actor(), at=now())
        except FieldFault as fault:
            return self._undispatched(visit_id, [fault]), 422
        flash(_("已登記民眾離開。"), "success")
        return back_to("DeskSupervision.undispatched")

    def _undispatched(self, wrong_id: int = 0, faults: Sequence[FieldFault] = ()) -> str:
        here = [each for each in counters_now(database(), unit(), now()) if each.officer_id]
        return self.render(
            "desk/_undispatched.html" if is_fetched() else "desk/undispatched.html",
            title=_("待派案的民眾"),
            visits=desk_review.undispatched(database(), unit(), today()),
            left_over=forgotten(database(), unit(), today()),
            states=STATE_TEXT,
            counters=here,
            wrong_id=wrong_id,
            # With the field's id in the form of that visit.
            faults=[
                FieldFault(f"{AT_FIELD.get(one.field, one.field)}-{wrong_id}", one.template, **one.values)
                for one in faults
            ],
            page_faults=len(faults),
            typed=request.form,
            new_key=lambda: str(uuid.uuid4()),
            spoken=spoken,
        )


def _moment() -> datetime:
    """`day` and `time` as typed, in Taipei. Raises `FieldFault` at either."""
    day = parse(request.form.get("day", ""), field="day")
    return moment(day, parse_time(request.form.get("time", ""), field="time"))


def _cards() -> Sequence[Mapping[str, Any]]:
    session, unit_id, day = database(), unit(), today()
    waiting = len(desk_review.undispatched(session, unit_id, day))
    behind = len(forgotten(session, unit_id, day))
    open_requests, complaints = desk_review.requests_waiting(session, unit_id)
    unended = to_explain(session, unit_id, day)
    late = undecided(session, unit_id, day)
    oldest = Month(late[0].day.replace(day=1)) if late else None
    days = desk_review.unapproved_days(session, unit_id, day)
    cards = (
        (
            _("待派案的民眾"),
            waiting,
            url_for("DeskSupervision.undispatched"),
            "danger",
            _("另有前幾天留下 %(n)s 位", n=behind) if behind else "",
        ),
        (
            _("待審閱的拒案"),
            desk_review.refusals_waiting(session, unit_id),
            url_for("DeskRefusals.index", judgement="waiting"),
            "warning",
            "",
        ),
        (
            _("更換就服員申請"),
            open_requests,
            url_for("DeskRequests.index", state="open"),
            "danger" if complaints else "warning",
            _("其中陳情投訴 %(n)s 件", n=complaints) if complaints else "",
        ),
        (
            _("未結束服務待核章"),
            len(unended),
            url_for("Unended.index"),
            "warning",
            _("已說明 %(n)s 件", n=sum(each.explanation is not None for each in unended)) if unended else "",
        ),
        (
            _("待核的加班時數"),
            len(late),
            url_for("DeskOvertime.index", month=oldest.key if oldest else None),
            "warning",
            _("最早 %(day)s", day=show(late[0].day)) if late else "",
        ),
        (
            _("待簽核的派案量表"),
            len(days),
            url_for("Tally.day", day=show(days[0])) if days else url_for("Tally.day"),
            "warning",
            _("最早 %(day)s", day=show(days[0])) if days else "",
        ),
    )
    return [
        {"label": label, "count": count, "url": url, "tone": tone if count else "neutral", "note": note}
        for label, count, url, tone, note in cards
    ]
