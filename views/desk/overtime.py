"""加班(補休)時數: services that went on past the working hours, and what the supervisor grants for them (櫃台 rule 四)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports.months import Month, months_until
from reports.overtime import LateService, late_services
from rules.calendar import TAIPEI
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.roc_dates import show
from services import desk_review
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now, today
from views.desk.supervision import unit
from views.desk.tally import MONTHS_OFFERED, asked_month
from views.generated.export import export_response


class DeskOvertime(Screen):
    route_base = "/desk/supervision/overtime"
    default_view = "index"

    @expose("/")
    @needs(P.DESK_SUPERVISE)
    def index(self) -> str:
        return self._page(asked_month())

    @expose("/<int:visit_id>", methods=["POST"])
    @needs(P.DESK_SUPERVISE)
    def grant(self, visit_id: int) -> Any:
        month = asked_month()
        g.way_back = url_for("DeskOvertime.index", month=month.key)
        text = request.form.get("minutes", "")
        try:
            with transaction(database()):
                desk_review.grant_overtime(
                    database(),
                    visit_id,
                    minutes=int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None,
                    note=request.form.get("note", ""),
                    by=actor(),
                    at=now(),
                )
        except FieldFault as fault:
            return self._page(month, visit_id, fault), 422
        flash(_("已核定時數。"), "success")
        return back_to("DeskOvertime.index", month=month.key)

    @expose("/export.<string:kind>")
    @needs(P.DESK_SUPERVISE)
    def export(self, kind: str) -> Response:
        month = asked_month()
        headings = [
            _("就服員"),
            _("櫃台"),
            _("日期"),
            _("號碼"),
            _("業務類型"),
            _("服務開始"),
            _("服務結束"),
            _("超過分鐘"),
            _("核給分鐘"),
            _("備註"),
        ]
        return export_response(
            _("延長服務清單"),
            headings,
            _rows(late_services(database(), unit(), month)),
            kind=kind,
            at=now(),
            widths=[12, 6, 12, 8, 16, 10, 10, 10, 10, 30],
            heading=_("延長服務清單　%(month)s 月", month=month.text),
        )

    def _page(self, month: Month, wrong_id: int = 0, fault: FieldFault | None = None) -> str:
        return self.render(
            "desk/overtime.html",
            title=_("延長服務清單"),
            month=month,
            months=[(each.text, each.key) for each in reversed(months_until(today(), MONTHS_OFFERED))],
            services=late_services(database(), unit(), month),
            faults=[FieldFault(f"minutes-{wrong_id}", fault.template, **fault.values)] if fault else [],
            page_faults=int(fault is not None),
            wrong_id=wrong_id,
            typed=request.form,
        )


def _rows(found: Any) -> Iterator[list[Any]]:
    each: LateService
    for each in found:
        yield [
            each.officer,
            each.number,
            show(each.day),
            each.ticket,
            each.business_type,
            f"{each.started_at.astimezone(TAIPEI):%H:%M}",
            f"{each.ended_at.astimezone(TAIPEI):%H:%M}",
            each.minutes,
            each.decision.minutes if each.decision else "",
            each.decision.note if each.decision else "",
        ]
