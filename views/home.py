"""首頁: my work today, news, downloads."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.content import Download
from reports.notices import downloads, news
from rules.permissions import Permission as P
from views.access import Screen, actor, database, needs, today
from views.files import file_response, stored_content
from views.menu import counts_of_request


class Home(Screen):
    route_base = ""
    default_view = "index"
    class_permission_name = "Home"

    @expose("/")
    @needs(P.HOME_VIEW)
    def index(self) -> str:
        return self.render(
            "home.html",
            cards=_cards(),
            news=news(database(), today()),
            downloads=downloads(database(), today()),
        )

    @expose("/downloads/<int:download_id>")
    @needs(P.HOME_VIEW)
    def download(self, download_id: int) -> Response:
        found = database().get(Download, download_id)
        if found is None or found.expires_on < today():
            abort(404)
        content = stored_content(found.storage_name, name=found.file_name)
        return file_response(content, found.file_name, found.extension)


def _cards() -> list[dict[str, Any]]:
    """The user's work as numbers that are links; what is not the user's work has no card."""
    counts = counts_of_request()
    cards: tuple[tuple[str, int | None, str, dict[str, Any], str], ...] = (
        (_("待收案"), counts.to_take_in, "Intake.index", {}, "neutral"),
        (_("服務中個案"), counts.my_cases, "Worklist.index", {}, "neutral"),
        (_("即將到期"), counts.due_soon, "Worklist.index", {"urgency": "soon"}, "warning"),
        (_("已逾期"), counts.overdue, "Worklist.index", {"urgency": "overdue"}, "danger"),
        (_("尚無服務紀錄"), counts.without_record, "Worklist.index", {"unserved": "1"}, "neutral"),
        (_("被退回的轉介單"), counts.returned, "ReferralStatus.index", {"state": "returned"}, "warning"),
        (_("我的等候名單"), counts.my_queue, "CounterDesk.index", {}, "neutral"),
        (
            _("待派案的民眾"),
            counts.undispatched,
            "Reception.index" if actor().may(P.VISIT_RECEIVE) else "DeskSupervision.undispatched",
            {},
            "danger",
        ),
        (_("待執行的永久轉案"), counts.to_execute, "Reception.index", {}, "warning"),
        (_("待審閱的拒案"), counts.to_review, "DeskRefusals.index", {}, "warning"),
        (_("待指定收案單位"), counts.unrouted, "Unrouted.index", {}, "warning"),
        (_("待回覆的客服提問"), counts.unanswered, "SupportDesk.index", {"state": "waiting"}, "warning"),
    )
    return [
        {
            "label": label,
            "count": count,
            "url": url_for(endpoint, **query),
            "tone": tone if count else "neutral",
        }
        for label, count, endpoint, query, tone in cards
        if count is not None
    ]
