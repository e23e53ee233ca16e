"""Times of day as people type them: `08:30`, `830`, `8點半`; 24 hours."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

from rules.calendar import TAIPEI
from rules.errors import FieldFault
from rules.texts import N_

_SPACED = re.compile(r"(?P<hour>\d{1,2})(?:[:.點時](?P<minute>\d{1,2}|半)?分?)?", re.ASCII)
_COMPACT = re.compile(r"(?P<hour>\d{1,2})(?P<minute>\d{2})", re.ASCII)


def parse_time(text: str, *, field: str) -> time:
    """Raises a fault of `field` for a text that is no time of day."""
    typed = "".join(unicodedata.normalize("NFKC", text).split())
    match = _SPACED.fullmatch(typed) or _COMPACT.fullmatch(typed)
    if match is None:
        raise FieldFault(field, N_("請輸入 24 小時制的時間，例如 08:30 或 1330。"))
    minute = match["minute"] or "0"
    try:
        return time(int(match["hour"]), 30 if minute == "半" else int(minute))
    except ValueError:
        raise FieldFault(field, N_("沒有「%(text)s」這個時間，請檢查。"), text=typed) from None


def moment(day: date, at: time) -> datetime:
    """That time of the day in Taipei."""
    return datetime.combine(day, at, TAIPEI)


def time_text(at: datetime) -> str:
    """`08:30` in Taipei."""
    return f"{at.astimezone(TAIPEI):%H:%M}"


def code(at: datetime) -> str:
    """A slot's begin in an address: `20261120T0830`, in Taipei."""
    return f"{at.astimezone(TAIPEI):%Y%m%dT%H%M}"


def from_code(text: str) -> datetime | None:
    """None for anything else, of an address that somebody broke."""
    if not re.fullmatch(r"\d{8}T\d{4}", text, re.ASCII):
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M").replace(tzinfo=TAIPEI)
    except ValueError:
        return None
