"""What may stand in a leave, a trip or a training, and for whom it may be registered. The caller holds the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from models.account import Account
from models.desk_staff import Attendance
from reports.staff import holds
from rules.actor import Actor
from rules.calendar import local_time_text
from rules.desk import AttendanceKind
from rules.errors import FieldFault, NotFound
from rules.permissions import Permission
from rules.texts import N_, check_line
from services.transaction import AnySession

NOTE_LIMIT = 100
KINDS = (AttendanceKind.LEAVE, AttendanceKind.TRIP, AttendanceKind.TRAINING)

NO_ATTENDANCE = N_("找不到這筆差勤，可能已刪除，或不在您可查看的範圍。")


def fill(
    session: AnySession,
    row: Attendance,
    kind: AttendanceKind,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
) -> None:
    """Checks and takes over what was typed."""
    if kind not in KINDS:
        raise FieldFault("kind", N_("請選擇請假、出差或受訓。"))
    if ends_at <= starts_at:
        raise FieldFault("ends_at", N_("結束時間要在開始時間之後。"))
    tidied = check_line(note, field="note", limit=NOTE_LIMIT)
    other = session.scalars(
        select(Attendance)
        .where(
            Attendance.officer_id == row.officer_id,
            Attendance.id != (row.id or 0),
            Attendance.kind != AttendanceKind.BREAK.value,
            Attendance.starts_at < ends_at,
            or_(Attendance.ends_at.is_(None), Attendance.ends_at > starts_at),
        )
        .order_by(Attendance.starts_at)
        .limit(1)
    ).first()
    if other is not None:
        raise FieldFault(
            "starts_at",
            N_("%(first)s 至 %(last)s 已登錄差勤，時間不能重疊；要改時間請修改那一筆。"),
            first=local_time_text(other.starts_at),
            last=local_time_text(other.ends_at) if other.ends_at else "",
        )
    row.kind, row.starts_at, row.ends_at, row.note = kind.value, starts_at, ends_at, tidied


def require_officer(session: AnySession, officer_id: int, by: Actor) -> None:
    """Oneself, or for a supervisor anybody of the centre who serves at a counter."""
    if officer_id == by.user_id and by.may(Permission.ATTENDANCE_WRITE):
        return
    if not by.may(Permission.DESK_SUPERVISE):
        raise NotFound(NO_ATTENDANCE)
    theirs = select(Account.id).where(
        Account.id == officer_id,
        Account.unit_id == by.unit_id,
        Account.active.is_(True),
        holds(Permission.VISIT_SERVE),
    )
    if session.scalar(theirs) is None:
        raise FieldFault("officer_id", N_("這位人員不是本中心的櫃台同仁，請從名單中重新選擇。"))
