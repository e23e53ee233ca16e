"""前台統計: the questions about the front desk, for the months looked back on. Shows no persons."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports import desk_dashboard as reports
from reports.appointment_rate import month_to_date
from reports.dashboard import Period
from reports.desk_now import counters_now
from reports.desk_waits import wait_limit
from reports.months import Month
from reports.tally_month import month_types
from rules.desk import Kind
from rules.permissions import Permission as P
from rules.roc_dates import show
from rules.visit_flow import State
from services.transaction import AnySession
from views.access import Screen, database, needs, now, today
from views.dashboard_panels import Panel
from views.desk import dashboard_panels as panels
from views.desk.supervision import unit
from views.generated.export import export_response

PANELS = ("waits", "counters", "shares", "rates", "hours")


class DeskDashboard(Screen):
    route_base = "/desk/dashboard"
    default_view = "index"

    @expose("/")
    @needs(P.DESK_SUPERVISE)
    def index(self) -> str:
        view = Overview(database(), unit(), _period())
        return self.render(
            "dashboard/index.html",
            title=_("前台統計"),
            period=view.period,
            since=show(view.period.start),
            periods=[(number, url_for("DeskDashboard.index", months=number)) for number in reports.PERIODS],
            cards=view.cards(),
            panels=[getattr(view, name)() for name in PANELS],
            export_endpoint="DeskDashboard.export",
        )

    @expose("/<string:name>/export.<string:kind>")
    @needs(P.DESK_SUPERVISE)
    def export(self, name: str, kind: str) -> Response:
        """One panel's table."""
        if name not in PANELS:
            abort(404)
        panel: Panel = getattr(Overview(database(), unit(), _period()), name)()
        rows = [*panel.rows, panel.total] if panel.total else panel.rows
        return export_response(
            panel.title.rstrip("？?"),
            panel.headings,
            ([cell.value for cell in row] for row in rows),
            kind=kind,
            at=now(),
            widths=[28, *[18] * (len(panel.headings) - 1)],
            heading=f"{panel.title}　{panel.answer}",
        )


class Overview:
    """The panels by name; each asks the database when it is asked for."""

    def __init__(self, session: AnySession, unit_id: int, period: Period) -> None:
        self._session, self._unit, self.period = session, unit_id, period

    def cards(self) -> list[dict[str, Any]]:
        """The front desk at this moment. Each leads to its rows."""
        here = counters_now(self._session, self._unit, now())
        figures = (
            (_("等候中"), sum(len(each.waiting) for each in here), _("人"), _visits(State.WAITING)),
            (_("叫號中"), sum(each.called is not None for each in here), _("人"), _visits(State.CALLED)),
            (_("正在服務"), sum(each.serving is not None for each in here), _("人"), _visits(State.SERVING)),
            (_("在位櫃台"), sum(each.on_duty for each in here), _("台"), url_for("CounterRoster.index")),
            (
                _("不在的櫃台"),
                sum(not each.on_duty for each in here),
                _("台"),
                url_for("CounterRoster.index"),
            ),
        )
        return [
            {"label": label, "count": count, "unit": unit, "url": url, "tone": "neutral"}
            for label, count, unit, url in figures
        ]

    def waits(self) -> Panel:
        found = reports.waits(self._session, self._unit, self.period)
        limit = wait_limit(self._session, self._unit, self.period.today)
        return panels.waits(found, by_day=self.period.months == 1, limit=limit)

    def counters(self) -> Panel:
        return panels.counters(reports.counters(self._session, self._unit, self.period), self._month.key)

    def shares(self) -> Panel:
        """Of the centre's first business type that is job seeking by the ratio table."""
        types = month_types(self._session, self._unit, self._month, self.period.today)
        wanted = next((each for each in types if each.by_ratio and each.kind == Kind.JOB_SEEKING), None)
        return panels.shares(wanted, self._month.key)

    def rates(self) -> Panel:
        return panels.rates(month_to_date(self._session, self._unit, self.period.today))

    def hours(self) -> Panel:
        return panels.hours(*reports.hours(self._session, self._unit, self.period))

    @property
    def _month(self) -> Month:
        return Month(self.period.today.replace(day=1))


def _visits(state: State) -> str:
    """到訪紀錄列表 of the open visits in this state, whatever their day."""
    return url_for("VisitListView.list", _flt_0_state=state.value)


def _period() -> Period:
    wanted = request.args.get("months", "")
    offered = {str(number) for number in reports.PERIODS}
    return Period(int(wanted) if wanted in offered else reports.PERIODS[0], today())
