"""Is this process alive and does it reach its database: for the load balancer and the monitoring."""

from __future__ import annotations

from flask import Response
from flask_appbuilder import expose
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from views.access import Screen, database, public


class Health(Screen):
    route_base = ""
    default_view = "healthz"

    @expose("/healthz")
    @public
    def healthz(self) -> Response:
        try:
            database().execute(text("SELECT 1"))
        except SQLAlchemyError:
            return Response("no database\n", 503, mimetype="text/plain")
        return Response("ok\n", mimetype="text/plain")
