"""櫃台輪值清冊 on screen, on A4 and as a file: one day with all that is known of it, or a month as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports.counter_roster import Away, Day, roster
from rules import roc_dates
from rules.calendar import add_months
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.texts import N_
from services import desk
from views.access import Screen, actor, database, needs, now, today
from views.generated.export import export_response
from views.texts import listed, sentence, translated

ONE = timedelta(days=1)
HEADINGS = (
    N_("日期"), N_("星期"), N_("櫃台號"), N_("位置"), N_("櫃台群組"), N_("就服員"), N_("職務代理人"), N_("差勤"), N_("接待台輪值"),
)  # fmt: skip
WIDTHS = (12, 6, 8, 14, 14, 12, 24, 24, 30)


class CounterRoster(Screen):
    route_base = "/desk/roster"
    default_view = "index"

    @expose("/")
    @needs(P.COUNTER_ROSTER_READ)
    def index(self) -> str:
        """The day of `day`, today without it."""
        day, fault = _asked()
        found = _found(day, day)
        return self.render(
            "desk/tables/roster_day.html",
            title=_("櫃台輪值清冊"),
            asked=day,
            day=found[0] if found else None,
            fault=fault,
            typed=request.args.get("day", "") if fault else roc_dates.show(day),
            before=_url("index", day - ONE),
            after=_url("index", day + ONE),
            files=_files("day", day),
            away_text=away_text,
        )

    @expose("/month")
    @needs(P.COUNTER_ROSTER_READ)
    def month(self) -> str:
        """The month of `day`."""
        day, fault = _asked()
        first, last = _month(day)
        return self.render(
            "desk/tables/roster_month.html",
            title=_("櫃台輪值清冊"),
            asked=day,
            month=_("%(year)s年%(month)s月", year=first.year - 1911, month=first.month),
            days=_found(first, last),
            fault=fault,
            typed=request.args.get("day", "") if fault else roc_dates.show(day),
            before=_url("month", add_months(first, -1)),
            after=_url("month", add_months(first, 1)),
            files=_files("month", day),
            away_text=away_text,
        )

    @expose("/<string:span>/export.<string:kind>")
    @needs(P.COUNTER_ROSTER_EXPORT)
    def export(self, span: str, kind: str) -> Response:
        """A row for each counter and day. `span`: day or month."""
        if span not in ("day", "month"):
            abort(404)
        day, _fault = _asked()
        first, last = (day, day) if span == "day" else _month(day)
        days = _found(first, last)
        until = "" if first == last else f"–{roc_dates.show(last)}"
        return export_response(
            _("櫃台輪值清冊"),
            [_(heading) for heading in HEADINGS],
            _rows(days),
            kind=kind,
            at=now(),
            widths=WIDTHS,
            heading=f"{_('櫃台輪值清冊')}　{roc_dates.show(first)}{until}",
        )


def away_text(away: Sequence[Away]) -> str:
    return listed(
        f"{translated(each.word)} {each.first}–{each.last}" if each.first else translated(each.word)
        for each in away
    )


def _rows(days: Sequence[Day]) -> Iterator[list[Any]]:
    for day in days:
        shifts = listed(f"{each.starts}–{each.ends} {each.receptionist}" for each in day.shifts)
        for line in day.lines:
            yield [
                roc_dates.show(day.day),
                _(day.weekday),
                line.number,
                line.place,
                translated(line.group),
                line.officer,
                listed(line.deputies),
                away_text(line.away),
                shifts,
            ]


def _found(first: date, last: date) -> list[Day]:
    """Nothing for who belongs to no centre with a front desk."""
    unit_id = actor().unit_id
    if unit_id is None or desk.serial(database(), unit_id) is None:
        return []
    return roster(database(), unit_id, first, last)


def _asked() -> tuple[date, str]:
    """The day of the address; today, and why, for one that is none."""
    typed = request.args.get("day", "").strip()
    if not typed:
        return today(), ""
    try:
        day = roc_dates.parse(typed, field="day")
        if not 1990 <= day.year <= 2200:
            raise FieldFault("day", N_("這個日期超出可以查詢的範圍。"))
        return day, ""
    except FieldFault as fault:
        return today(), sentence(fault)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, add_months(first, 1) - ONE


def _url(view: str, day: date) -> str:
    return url_for(f"CounterRoster.{view}", day=roc_dates.show(day))


def _files(span: str, day: date) -> dict[str, str]:
    if not actor().may(P.COUNTER_ROSTER_EXPORT):
        return {}
    return {
        kind: url_for("CounterRoster.export", span=span, kind=kind, day=roc_dates.show(day))
        for kind in ("xlsx", "ods")
    }
