"""How administration screens show states, days and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext
from markupsafe import Markup

from models.content import FAR_FUTURE
from rules import roc_dates
from rules.calendar import local_time_text
from views.access import now

_CHIP = Markup('<span class="chip chip-{}"><span class="fa-solid {}" aria-hidden="true"></span>{}</span>')


def on_or_off(active: bool) -> Markup:
    return (
        chip("done", "fa-check", pgettext("state", "啟用"))
        if active
        else chip("off", "fa-ban", pgettext("state", "停用"))
    )


def yes_or_blank(fact: bool) -> str:
    return _("是") if fact else "—"


def chip(kind: str, symbol: str, text: str) -> Markup:
    return _CHIP.format(kind, symbol, text)


def local_moment(moment: datetime | None) -> str:
    """`115/11/20 10:05` by the clock of Taipei. A naive moment is UTC, as FAB's own columns are written here."""
    if moment is None:
        return "—"
    return local_time_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def lock_text(until: datetime | None) -> Any:
    if until is None or until <= now():
        return "—"
    return chip("warning", "fa-lock", _("鎖定至 %(time)s", time=local_time_text(until)))


def roc_day(day: date | None) -> str:
    return roc_dates.show(day) if day else "—"


def roc_last_day(day: date | None) -> str:
    return _("不限期") if day is None or day >= FAR_FUTURE else roc_dates.show(day)


def lines(text: str) -> Markup:
    return Markup('<span class="pre">{}</span>').format(text)


def file_size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"
