"""Static files: kept by the browser for a year under an address that changes with the file.

A file asked for without its version (a script imports another by its bare name) is kept too, and asked after each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

YEAR = 365 * 24 * 3600


def is_static(endpoint: str | None) -> bool:
    return endpoint == "static" or (endpoint or "").endswith(".static")


class PageSessions(SecureCookieSessionInterface):
    """Only pages send the session's cookie. With a file it could be kept by a cache for others, and one that arrives
    late would put back the session from before a log-out or a change of the language. A request that a page makes by
    itself (`X-Live`) is no activity of the user: it must not put off the log-out of who has gone away."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        by_itself = is_static(request.endpoint) or "X-Live" in request.headers
        return not by_itself and super().should_set_cookie(app, session)


def init_app(app: Flask) -> None:
    app.session_interface = PageSessions()

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if is_static(endpoint) and (version := _version(app, endpoint, values.get("filename", ""))):
            values["v"] = version

    @app.after_request
    def keep(response: Response) -> Response:
        if is_static(request.endpoint) and response.status_code == 200 and "v" in request.args:
            response.cache_control.no_cache = None
            response.cache_control.public = True
            response.cache_control.max_age = YEAR
            response.cache_control.immutable = True
        return response


def _version(app: Flask, endpoint: str, filename: str) -> str:
    """Of a file; a folder, to which a template adds a name, has none."""
    owner = app if endpoint == "static" else app.blueprints[endpoint.removesuffix(".static")]
    path = Path(owner.static_folder or "") / filename
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns:x}" if path.is_file() else ""
