"""The form of a leave, a trip or a training: what was typed, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request

from models.desk_staff import Attendance
from rules import roc_dates
from rules.calendar import local_date
from rules.clock import moment, parse_time, time_text
from rules.desk import AttendanceKind
from rules.errors import FieldFault
from rules.gather import Gather
from rules.texts import N_
from views.access import today


def fresh() -> dict[str, str]:
    """A whole working day: today's."""
    day = roc_dates.show(today())
    return {"starts_day": day, "starts_time": "08:00", "ends_day": day, "ends_time": "17:00"}


def as_typed(row: Attendance) -> dict[str, str]:
    typed = {
        "kind": row.kind,
        "starts_day": roc_dates.show(local_date(row.starts_at)),
        "starts_time": time_text(row.starts_at),
        "note": row.note,
        "version": str(row.version),
    }
    if row.ends_at is not None:
        typed |= {"ends_day": roc_dates.show(local_date(row.ends_at)), "ends_time": time_text(row.ends_at)}
    return typed


def posted_span() -> dict[str, Any]:
    """What the services take: kind, starts_at, ends_at, note. Raises `Faults`: all that is wrong, at once."""
    typed: Mapping[str, str] = request.form
    faults = Gather()
    with faults:
        kind = _kind(typed.get("kind", ""))
    with faults:
        starts_day = roc_dates.parse(typed.get("starts_day", ""), field="starts_day")
    with faults:
        starts_time = parse_time(typed.get("starts_time", ""), field="starts_time")
    with faults:
        ends_day = roc_dates.parse(typed.get("ends_day", ""), field="ends_day")
    with faults:
        ends_time = parse_time(typed.get("ends_time", ""), field="ends_time")
    faults.raise_any()
    return {
        "kind": kind,
        "starts_at": moment(starts_day, starts_time),
        "ends_at": moment(ends_day, ends_time),
        "note": typed.get("note", ""),
    }


def month_of(text: str) -> date:
    """The first of the month that the address names; this month's for anything else."""
    try:
        return date.fromisoformat(text).replace(day=1)
    except ValueError:
        return today().replace(day=1)


def _kind(text: str) -> AttendanceKind:
    try:
        return AttendanceKind(text)
    except ValueError:
        raise FieldFault("kind", N_("請選擇請假、出差或受訓。")) from None
