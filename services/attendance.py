"""差勤登錄 (櫃台 rule 十二): leave, trips and training from–to, and stepping away from the counter for a moment.

Each step holds the centre's desk, so that reception sees it at once. Who comes back gets the visits that no counter
could take. Appointments that fall into a leave stay as they are and are listed to be moved
(`reports.attendance.endangered`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from models.desk_staff import Attendance
from rules.actor import Actor
from rules.desk import AttendanceKind
from rules.errors import NotFound, RuleBroken, StaleVersion
from rules.permissions import Permission
from rules.slots import Span
from rules.texts import N_, check_line
from services import desk
from services.attendance_checks import KINDS, NO_ATTENDANCE, NOTE_LIMIT, fill, require_officer
from services.dispatching import redispatch_waiting
from services.transaction import AnySession


def register(
    session: AnySession,
    *,
    officer_id: int,
    kind: AttendanceKind,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    by: Actor,
    at: datetime,
) -> Attendance:
    """One's own; a supervisor's for any officer of the centre. The same times and kind again give the row that there is.

    Raises `FieldFault` at officer_id, kind, starts_at, ends_at or note; no two leaves of an officer overlap.
    """
    desk.hold(session, by.unit_id)
    require_officer(session, officer_id, by)
    row = Attendance(unit_id=by.unit_id, officer_id=officer_id)
    same = session.scalars(
        select(Attendance).where(
            Attendance.officer_id == officer_id,
            Attendance.kind == kind.value,
            Attendance.starts_at == starts_at,
            Attendance.ends_at == ends_at,
        )
    ).first()
    if same is not None:
        return same
    fill(session, row, kind, starts_at, ends_at, note)
    session.add(_stamped(row, by, at))
    session.flush()
    return row


def change(
    session: AnySession,
    attendance_id: int,
    *,
    opened_version: int,
    kind: AttendanceKind,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    by: Actor,
    at: datetime,
) -> Attendance:
    """Raises as `register` does, and `StaleVersion` when somebody saved it since it was opened."""
    desk.hold(session, by.unit_id)
    row = _own(session, attendance_id, by)
    if row.version != opened_version:
        raise StaleVersion(N_("這筆差勤剛被 %(who)s 修改，請看最新內容後再修改。"), who=row.changed_by_name)
    was_away = Span(row.starts_at, row.ends_at).covers(at)
    fill(session, row, kind, starts_at, ends_at, note)
    _stamped(row, by, at)
    session.flush()
    if was_away and not Span(starts_at, ends_at).covers(at):
        redispatch_waiting(session, row.unit_id, by=by, at=at)
    return row


def remove(session: AnySession, attendance_id: int, *, by: Actor, at: datetime) -> None:
    """A leave that was not taken. Raises `NotFound` for a second press and for somebody else's."""
    desk.hold(session, by.unit_id)
    row = _own(session, attendance_id, by)
    was_away = Span(row.starts_at, row.ends_at).covers(at)
    unit_id = row.unit_id
    session.delete(row)
    session.flush()
    if was_away:
        redispatch_waiting(session, unit_id, by=by, at=at)


def presence_changed(session: AnySession, *, by: Actor, at: datetime) -> None:
    """Whole days of absence were registered or taken back: the front desk, if there is one, sees it and dispatches anew."""
    if by.unit_id is not None and desk.serial(session, by.unit_id) is not None:
        redispatch_waiting(session, by.unit_id, by=by, at=at)


def step_away(session: AnySession, *, by: Actor, at: datetime, note: str = "") -> Attendance:
    """暫離, until `back`. Pressed twice it is the same one. Still on duty, but not preferred for new cases."""
    _require_own(by)
    desk.hold(session, by.unit_id)
    running = session.scalars(select(Attendance).where(*_of(by), _covers(at))).all()
    if any(row.kind != AttendanceKind.BREAK.value for row in running):
        raise RuleBroken(N_("您目前已登錄請假、出差或受訓，不必再登錄暫離。"))
    if running:
        return running[0]
    row = Attendance(
        unit_id=by.unit_id,
        officer_id=by.user_id,
        kind=AttendanceKind.BREAK.value,
        starts_at=at,
        ends_at=None,
        note=check_line(note, field="note", limit=NOTE_LIMIT),
    )
    session.add(_stamped(row, by, at))
    session.flush()
    return row


def back(session: AnySession, *, by: Actor, at: datetime) -> int:
    """At the counter again: ends one's break, and cuts a leave short that still runs. Gives how many; 0: nothing ran."""
    _require_own(by)
    desk.hold(session, by.unit_id)
    running = session.scalars(select(Attendance).where(*_of(by), _covers(at))).all()
    for row in running:
        row.ends_at = at
        _stamped(row, by, at)
    session.flush()
    if running:
        redispatch_waiting(session, running[0].unit_id, by=by, at=at)
    return len(running)


def _own(session: AnySession, attendance_id: int, by: Actor) -> Attendance:
    reach: list[ColumnElement[bool]] = [Attendance.unit_id == by.unit_id]
    if not by.may(Permission.DESK_SUPERVISE):
        _require_own(by)
        reach.append(Attendance.officer_id == by.user_id)
    row = session.scalars(
        select(Attendance)
        .where(Attendance.id == attendance_id, Attendance.kind != AttendanceKind.BREAK.value, *reach)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound(NO_ATTENDANCE)
    return row


def _require_own(by: Actor) -> None:
    if not by.may(Permission.ATTENDANCE_WRITE):
        raise NotFound(NO_ATTENDANCE)


def _of(by: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Attendance.unit_id == by.unit_id, Attendance.officer_id == by.user_id


def _covers(at: datetime) -> ColumnElement[bool]:
    return (Attendance.starts_at <= at) & or_(Attendance.ends_at.is_(None), Attendance.ends_at > at)


def _stamped(row: Attendance, by: Actor, at: datetime) -> Attendance:
    row.changed_at, row.changed_by_id, row.changed_by_name = at, by.user_id, by.name
    return row


__all__ = ["KINDS", "NO_ATTENDANCE", "back", "change", "register", "remove", "step_away"]
