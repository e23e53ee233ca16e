"""Security headers. Everything is served by ourselves; scripts carry a nonce; nobody may frame a page."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_talisman import Talisman

from app.static_files import is_static

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    # FAB's widgets and select2 set style attributes; style sheets stay our own.
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def init_app(app: Flask) -> None:
    Talisman(
        app,
        force_https=False,  # the reverse proxy redirects; the application would not know its public port
        strict_transport_security=app.config["PRODUCTION"],
        strict_transport_security_max_age=31536000,
        session_cookie_secure=app.config["PRODUCTION"],
        content_security_policy=CONTENT_SECURITY_POLICY,
        content_security_policy_nonce_in=["script-src", "style-src"],
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    app.after_request(_keep_nothing)


def _keep_nothing(response: Response) -> Response:
    """Pages hold personal data: no browser or proxy keeps them, and "back" after the log-out shows none."""
    if not is_static(request.endpoint):
        response.headers["Cache-Control"] = "no-store"
    return response
