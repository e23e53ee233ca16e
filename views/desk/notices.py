"""The notices of the front desk: in the bar of every page, and as a page of their own for who has no scripts."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import expose

from models.notice import Notice
from models.scopes import DESK_STAFF
from rules.desk import NOTICE_TEXT, URGENT, NoticeKind
from services import notices, rings
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now
from views.desk.words import spoken
from views.texts import translated


class Notices(Screen):
    route_base = "/desk/notices"

    @expose("/")
    @needs(*DESK_STAFF)
    def index(self) -> str:
        return self.render(
            "desk/notices.html", notices=[as_json(one) for one in notices.unread(database(), actor())]
        )

    @expose("/<int:notice_id>/acknowledge", methods=["POST"])
    @needs(*DESK_STAFF)
    def acknowledge(self, notice_id: int) -> Any:
        with transaction(database()):
            rings.acknowledge(database(), notice_id, by=actor(), at=now())
        if request.headers.get("X-Requested-With") == "fetch":
            return "", 204
        return back_to("Notices.index")


def as_json(notice: Notice) -> dict[str, Any]:
    kind = NoticeKind(notice.kind)
    return {
        "id": notice.id,
        "kind": kind.value,
        "word": translated(NOTICE_TEXT[kind]),
        "text": spoken([{"template": notice.template, "values": notice.values}]),
        "at": notice.made_at.isoformat(),
        "rank": URGENT.index(kind) if kind in URGENT else len(URGENT),
    }
