"""叫號螢幕: the full-screen page of a hall, opened by an address with a key; and where that address is made.

The page asks for its state every two seconds. While nothing has happened that is one statement.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, g, jsonify, make_response, render_template, request, url_for
from flask_appbuilder import AppBuilder, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.desk import Desk
from reports import board as reports
from rules import roc_dates
from rules.errors import FieldFault
from rules.permissions import Permission as P
from services import board
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now, public, today
from views.texts import sentence

WRONG_KEYS = "30 per minute"
WEEKDAYS = (_l("星期一"), _l("星期二"), _l("星期三"), _l("星期四"), _l("星期五"), _l("星期六"), _l("星期日"))


class Board(Screen):
    route_base = "/board"

    @expose("/<string:key>")
    @public
    def show(self, key: str) -> str:
        found = _opened() or abort(404)
        return render_template("desk/board.html", unit=found.unit, state=_state(found), key=key)

    @expose("/<string:key>/state")
    @public
    def state(self, key: str) -> Response:
        """`since` is the mark of what the page shows; with the same mark there is nothing to tell but the time."""
        found = _opened() or abort(404)
        if request.args.get("since") == _mark(found):
            return jsonify({"mark": _mark(found), "now": now().isoformat()})
        return jsonify(_state(found))


class BoardKey(Screen):
    route_base = "/desk/board"
    default_view = "index"
    class_permission_name = "Board"

    @expose("/")
    @needs(P.BOARD_WRITE)
    def index(self) -> str:
        return self._page()

    @expose("/open", methods=["POST"])
    @needs(P.BOARD_WRITE)
    def open(self) -> Response:
        """An answer and no redirect: the key is put neither into the session's cookie nor into another address."""
        with transaction(database()):
            key = board.open_board(database(), by=actor())
        return make_response(self._page(address=url_for("Board.show", key=key, _external=True)))

    @expose("/close", methods=["POST"])
    @needs(P.BOARD_WRITE)
    def close(self) -> Any:
        with transaction(database()):
            board.close_board(database(), by=actor())
        flash(_("叫號螢幕的網址已停用，螢幕上會顯示網址失效。"), "success")
        return back_to("BoardKey.index")

    @expose("/notice", methods=["POST"])
    @needs(P.BOARD_WRITE)
    def notice(self) -> Any:
        typed = request.form.get("notice", "")
        try:
            with transaction(database()):
                board.write_notice(database(), typed, by=actor())
        except FieldFault as fault:
            database().rollback()
            return self._page(typed=typed, fault=sentence(fault)), 422
        flash(_("螢幕下方的文字已更新。"), "success")
        return back_to("BoardKey.index")

    def _page(self, **values: Any) -> str:
        found = database().get(Desk, actor().unit_id) if actor().unit_id else None
        return self.render("desk/board_key.html", desk=found, **values)


def limit_wrong_keys(appbuilder: AppBuilder, views: dict[str, Any]) -> None:
    """Counts wrong keys alone: the boards of an office share its network address with whoever tries keys."""
    limited = appbuilder.sm.limiter.shared_limit(
        WRONG_KEYS, scope="board", exempt_when=lambda: _opened() is not None
    )
    for endpoint in ("Board.show", "Board.state"):
        views[endpoint] = limited(views[endpoint])


def _opened() -> Desk | None:
    """The desk whose board the key in the address opens."""
    if "board" not in g:
        g.board = board.desk_of(database(), (request.view_args or {}).get("key", ""))
    found: Desk | None = g.board
    return found


def _mark(desk: Desk) -> str:
    """Changes with every step at the desk, and at midnight."""
    return f"{desk.serial}-{today():%m%d}"


def _state(desk: Desk) -> dict[str, Any]:
    session, unit_id, day = database(), desk.unit_id, today()
    return {
        "mark": _mark(desk),
        "now": now().isoformat(),
        "date": f"{roc_dates.show(day)} {WEEKDAYS[day.weekday()]}",
        "notice": desk.notice,
        "calls": [
            {
                "key": f"{call.visit_id}-{call.called_at.timestamp():.3f}",
                "ticket": call.ticket,
                "counter": call.counter,
                "place": call.place,
                "at": call.called_at.isoformat(),
                "state": call.state.value,
            }
            for call in reports.last_calls(session, unit_id, day)
        ],
        "queues": [
            {"name": queue.business_type, "waiting": queue.waiting}
            for queue in reports.queues(session, unit_id, day)
        ],
    }
