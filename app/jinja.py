"""What every template can use: the shell around the page, and how dates, names and numbers are shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask, request, url_for
from flask_babel import get_locale
from flask_login import current_user

from models.scopes import DESK_STAFF
from rules import national_id, roc_dates
from rules.calendar import local_time_text
from rules.clock import time_text
from rules.due_dates import urgency
from rules.permissions import Permission as P
from views.access import grants_of_request, now, today
from views.audit.person import trail_url
from views.menu import menu
from views.texts import listed, translated

WARN_SECONDS = 120


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        roc=lambda day: roc_dates.show(day) if day else "",
        roc_birthday=roc_dates.show_birthday,
        roc_moment=lambda moment: local_time_text(moment) if moment else "",
        roc_clock=time_text,
        masked_id=national_id.mask,
        translated=translated,
        listed=listed,
    )
    app.jinja_env.globals.update(urgency_of=lambda due: urgency(due, today()), trail_url=trail_url)
    app.context_processor(lambda: {"shell": _shell(app), "support_url": _support_url()})


def _shell(app: Flask) -> SimpleNamespace:
    languages = {code: each["name"] for code, each in app.config["LANGUAGES"].items()}
    common: dict[str, Any] = {
        "today_roc": roc_dates.show(today()),
        "idle_seconds": int(app.permanent_session_lifetime.total_seconds()),
        "warn_seconds": WARN_SECONDS,
        "account_url": url_for("AccountView.edit"),
        "locale": str(get_locale()),
        "languages": languages,
    }
    if not current_user or not current_user.is_authenticated:
        return SimpleNamespace(**common, unit_name="", user_name="", roles_text="", menu=[])
    return SimpleNamespace(
        **common,
        unit_name=current_user.unit.name if current_user.unit else "",
        user_name=current_user.get_full_name(),
        roles_text=listed(grants_of_request().roles),
        menu=menu(),
        now=now().isoformat(),
        pulse_url=_pulse_url(),
    )


def _pulse_url() -> str:
    """For who works at a front desk: where every page asks what is new there."""
    may = current_user.unit_id and not current_user.must_change_password
    return url_for("Pulse.index") if may and grants_of_request().permissions.intersection(DESK_STAFF) else ""


def _support_url() -> str | None:
    """線上客服, which notes down the page that the question is about; not on the pages where questions are read."""
    if not current_user or not current_user.is_authenticated or current_user.must_change_password:
        return None
    if (request.endpoint or "").startswith("Support") or P.SUPPORT_ASK not in grants_of_request().permissions:
        return None
    return url_for("Support.new", page=request.path)
