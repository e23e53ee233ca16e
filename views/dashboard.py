"""服務概況: the supervisor's questions about the unit, answered for the months looked back on. Shows no persons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from flask import Response, abort, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports import dashboard
from reports.dashboard import PERIODS, Period
from reports.office_days import office_days
from rules.actor import Actor
from rules.office_days import OfficeDays, last_overdue_date
from rules.permissions import Permission as P
from rules.referral_flow import State
from rules.roc_dates import show
from services.transaction import AnySession
from views import dashboard_panels as panels
from views.access import Screen, actor, database, needs, now, today
from views.dashboard_panels import Panel, roster
from views.generated.export import export_response

USUAL_PERIOD = 6


class Dashboard(Screen):
    route_base = "/dashboard"
    default_view = "index"

    @expose("/")
    @needs(P.DASHBOARD_READ)
    def index(self) -> str:
        view = Overview(database(), actor(), _period())
        return self.render(
            "dashboard/index.html",
            title=_("服務概況"),
            period=view.period,
            since=show(view.period.start),
            periods=[(number, url_for("Dashboard.index", months=number)) for number in PERIODS],
            cards=view.cards(),
            panels=[getattr(view, name) for name in PANELS],
        )

    @expose("/<string:name>/export.<string:kind>")
    @needs(P.DASHBOARD_READ)
    def export(self, name: str, kind: str) -> Response:
        """One panel's table."""
        if name not in PANELS:
            abort(404)
        view = Overview(database(), actor(), _period())
        panel: Panel = getattr(view, name)
        rows = [*panel.rows, panel.total] if panel.total else panel.rows
        return export_response(
            panel.title.rstrip("？?"),
            panel.headings,
            ([cell.value for cell in row] for row in rows),
            kind=kind,
            at=now(),
            widths=[36, *[14] * (len(panel.headings) - 1)],
            heading=f"{panel.title}　{panel.answer}　{_range(view.period)}",
        )


class Overview:
    """The panels by name; each asks the database when it is asked for, and what two of them need is asked once."""

    def __init__(self, session: AnySession, actor: Actor, period: Period) -> None:
        self._session, self._actor, self.period = session, actor, period

    def cards(self) -> Sequence[dict[str, Any]]:
        """The state of today as numbers that are links."""
        day, loads = self.period.today, self._loads
        waiting = dashboard.waiting(self._session, self._actor, day, self._days)
        late = {"state": State.SUBMITTED.value, "waiting_to": last_overdue_date(day, self._days)}
        soon = dashboard.due_range(2, day)
        overdue = {"state": State.OPEN.value, "due_to": dashboard.due_range(1, day)[1]}
        cards = (
            (_("待收案"), waiting.number, url_for("Intake.index"), "neutral"),
            (_("超過 3 個工作天未收案"), waiting.late, roster(**late), "danger"),
            (
                _("未結案個案"),
                sum(load.open_cases for load in loads),
                roster(state=State.OPEN.value),
                "neutral",
            ),
            (
                _("即將到期"),
                sum(load.due_soon for load in loads),
                roster(state=State.OPEN.value, due_from=soon[0], due_to=soon[1]),
                "warning",
            ),
            (_("已逾期"), sum(load.overdue for load in loads), roster(**overdue), "danger"),
        )
        return [
            {"label": label, "count": count, "url": url, "tone": tone if count else "neutral"}
            for label, count, url, tone in cards
        ]

    @property
    def managers(self) -> Panel:
        return panels.managers(self._loads, self.period.today)

    @property
    def deadlines(self) -> Panel:
        return panels.deadlines(self._loads, self.period.today)

    @property
    def intake(self) -> Panel:
        figures = dashboard.intake(self._session, self._actor, self.period, self._days)
        return panels.intake(figures, self.period)

    @property
    def contact(self) -> Panel:
        return panels.contact(dashboard.first_contact(self._session, self._actor, self.period))

    @property
    def durations(self) -> Panel:
        return panels.durations(self._closings)

    @property
    def closed(self) -> Panel:
        return panels.closed(self._closings)

    @property
    def reasons(self) -> Panel:
        return panels.why_not(dashboard.reasons(self._session, self._actor, self.period), self.period)

    @cached_property
    def _loads(self) -> Sequence[dashboard.ManagerLoad]:
        return dashboard.loads(self._session, self._actor, self.period.today)

    @cached_property
    def _closings(self) -> dashboard.Closings:
        return dashboard.closings(self._session, self._actor, self.period)

    @cached_property
    def _days(self) -> OfficeDays:
        return office_days(self.period.start, self.period.today)


PANELS = ("managers", "deadlines", "intake", "contact", "closed", "durations", "reasons")


def _period() -> Period:
    wanted = request.args.get("months", "")
    return Period(int(wanted) if wanted in {str(number) for number in PERIODS} else USUAL_PERIOD, today())


def _range(period: Period) -> str:
    return _("%(first)s 至 %(last)s", first=show(period.start), last=show(period.today))
