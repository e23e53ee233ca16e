"""Who asks, and may they: the guard on every screen.

`@needs(P.CASE_WORK)` stands on each exposed method. Nobody is sent to the log-in page; a logged-in user without the
permission gets 403, never a redirect that looks like success.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_appbuilder import BaseView
from flask_login import current_user
from werkzeug.wrappers import Response

from rules.actor import Actor
from rules.calendar import local_date
from rules.permissions import Permission
from services import accounts
from services.transaction import AnySession

Method = TypeVar("Method", bound=Callable[..., Any])


def database() -> AnySession:
    """The session of this request."""
    found: AnySession = current_app.extensions["appbuilder"].session
    return found


def now() -> datetime:
    """The moment of this request, in UTC: one for all that it writes. Tests set the clock in the configuration."""
    if "now" not in g:
        clock = current_app.config.get("CLOCK")
        g.now = clock() if clock else datetime.now(UTC)
    moment: datetime = g.now
    return moment


def today() -> date:
    """The day in Taipei."""
    return local_date(now())


def grants_of_request() -> accounts.Grants:
    if "grants" not in g:
        g.grants = accounts.grants(database(), current_user.id)
    granted: accounts.Grants = g.grants
    return granted


def actor() -> Actor:
    """The logged-in user as the services see him."""
    if "actor" not in g:
        g.actor = Actor(
            user_id=current_user.id,
            name=current_user.get_full_name(),
            unit_id=current_user.unit_id,
            permissions=grants_of_request().permissions,
            address=request.remote_addr or "",
        )
    who: Actor = g.actor
    return who


def needs(*permissions: Permission) -> Callable[[Method], Method]:
    """Guard of an exposed method: any one of `permissions` opens it."""

    def guard(method: Method) -> Method:
        @wraps(method)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return refusal(*permissions) or method(*args, **kwargs)

        guarded.needs = permissions  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def public(method: Method) -> Method:
    """Marks an exposed method that needs no log-in, so that the architecture test knows it was meant."""
    method.needs = ()  # type: ignore[attr-defined]
    return method


def refusal(*permissions: Permission) -> Response | None:
    """None when the request may go on."""
    if not current_user.is_authenticated:
        if request.headers.get("X-Requested-With") == "fetch":
            abort(401)
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("LoginView.login", next=wanted))
    if not any(actor().may(permission) for permission in permissions):
        abort(403)
    return None


OPEN_WITH_GIVEN_PASSWORD = frozenset(
    {"PasswordView.change", "LoginView.logout", "LoginView.extend", "LocaleView.index", "static"}
)


def demand_own_password() -> Response | None:
    """Before every request: a password given by an administrator opens nothing but the page that changes it."""
    endpoint = request.endpoint or ""
    if endpoint in OPEN_WITH_GIVEN_PASSWORD or endpoint.endswith(".static"):
        return None
    if not current_user.is_authenticated or not current_user.must_change_password:
        return None
    if request.headers.get("X-Requested-With") == "fetch" or request.path.startswith("/api/"):
        abort(403)
    return redirect(url_for("PasswordView.change"))


class NoHistory:
    """FAB keeps the last addresses, filter values included, in a cookie anybody can read. We keep none."""

    def update_redirect(self) -> None:
        session.pop("page_history", None)

    def get_redirect(self) -> str:
        return url_for("Home.index")


class Screen(NoHistory, BaseView):
    """A custom screen. Its exposed methods carry `needs` or `public`; the architecture test refuses others."""

    base_permissions: list[str] = []

    def render(self, template: str, **values: Any) -> str:
        page: str = self.render_template(template, **values)
        return page


def back_to(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values))
