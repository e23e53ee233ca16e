"""What every screen of the front desk asks each two seconds: has anything changed, and is there a notice for me?

One answer costs three statements: who asks, the centre's serial, the unread notices; and the menu's numbers when something
has changed since. It shows no person, so it leaves no
entry in the trail, and it is no activity of the user (`app.static_files`: `X-Live`).
"""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_appbuilder import expose

from models.scopes import DESK_STAFF
from services import desk, notices
from views.access import Screen, actor, database, needs, now
from views.desk.notices import as_json
from views.menu import live_counts


class Pulse(Screen):
    route_base = "/desk/pulse"

    @expose("")
    @needs(*DESK_STAFF)
    def index(self) -> Response:
        """`serial` is read before the notices and before what the screen asks for next: it never runs ahead of them."""
        serial = desk.serial(database(), actor().unit_id)
        unread = notices.unread(database(), actor()) if serial is not None else ()
        changed = serial is not None and request.args.get("since") != str(serial)
        return jsonify(
            {
                "serial": serial,
                "now": now().isoformat(),
                "notices": [as_json(one) for one in unread],
                "counts": live_counts() if changed else {},
            }
        )
