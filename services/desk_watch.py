"""What the front desk is told by the clock: open services before closing and in the morning, the appointment rate twice a month;
and whose leave is over gets the visitors that no counter could take.

Idempotent: what was told today is found in the notices and in the outbox, so that running again, or twice at once, tells nothing
twice. Nothing is ever closed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.account import Account
from models.desk import Desk
from models.desk_rules import CentreHoliday
from models.desk_staff import Attendance
from models.notice import Notice
from models.outbox import Mail
from reports.appointment_rate import month_to_date
from reports.desk_mails import Letter, rate_below, services_open, stayed_open
from reports.office_days import office_days
from reports.staff import people_with
from reports.unended import OfficerOpen, OpenVisit, open_now, to_explain
from rules.actor import Actor
from rules.calendar import day_begins, local_date
from rules.desk import AttendanceKind, NoticeKind
from rules.desk_days import evening_due, morning_due, review_of
from rules.permissions import Permission
from rules.roc_dates import show
from rules.slots import opens
from rules.texts import N_
from services import desk, outbox
from services.dispatching import redispatch_waiting, undispatched
from services.notices import tell
from services.transaction import AnySession
from services.unended import tell_both

OVERNIGHT = N_("您 %(day)s 的 %(tickets)s 到隔天仍未點選「服務結束」，請說明當日情形，由督導核章。")


def centres(session: AnySession) -> Sequence[int]:
    return session.scalars(select(Desk.unit_id).order_by(Desk.unit_id)).all()


def run(session: AnySession, unit_id: int, *, at: datetime, base_url: str) -> int:
    """Everything that is due now at a centre; gives how many officers and supervisors were told.

    A transaction for each centre: it may hold the desk, and nobody waits for the clock of the others.
    """
    works, told = working_days(session, unit_id, local_date(at)), 0
    if not works(local_date(at)):
        return 0
    welcome_back(session, unit_id, at=at)
    if evening_due(at):
        told += warn_before_closing(session, unit_id, at=at, base_url=base_url)
    if morning_due(at):
        told += ask_for_explanations(session, unit_id, at=at, base_url=base_url)
        told += review_rates(session, unit_id, works, at=at, base_url=base_url)
    return told


def welcome_back(session: AnySession, unit_id: int, *, at: datetime) -> int:
    """A leave that ends by the clock brings an officer on duty as much as pressing 回到櫃台 does, and the entries are his:
    he gets what nobody could take meanwhile. Gives how many visits found a counter.
    """
    if not undispatched(session, unit_id, at=at):
        return 0
    back = session.scalars(
        select(Account)
        .join(Attendance, Attendance.officer_id == Account.id)
        .where(
            Attendance.unit_id == unit_id,
            Attendance.kind != AttendanceKind.BREAK.value,
            Attendance.ends_at > day_begins(local_date(at)),
            Attendance.ends_at <= at,
            Account.active.is_(True),
            Account.unit_id == unit_id,
        )
        .order_by(Attendance.ends_at.desc(), Attendance.id.desc())
        .limit(1)
    ).first()
    if back is None:
        return 0
    by = Actor(back.id, back.get_full_name(), unit_id, frozenset({Permission.VISIT_SERVE}))
    return len(redispatch_waiting(session, unit_id, by=by, at=at))


def working_days(session: AnySession, unit_id: int, day: date) -> Callable[[date], bool]:
    """Whether the centre works on a day around this one, its own holidays included."""
    days = office_days(day - timedelta(days=31), day + timedelta(days=31))
    rows = session.scalars(select(CentreHoliday).where(CentreHoliday.unit_id == unit_id))
    exceptions = {row.day: row.open for row in rows}
    return lambda asked: opens(asked, days, exceptions)


def warn_before_closing(session: AnySession, unit_id: int, *, at: datetime, base_url: str) -> int:
    """Each officer with something open, once a day; the supervisors get one mail about all of them."""
    if not _not_warned(session, unit_id, at):
        return 0
    desk.hold(session, unit_id)
    fresh = _not_warned(session, unit_id, at)
    for each in fresh:
        tell_both(session, unit_id, each, by=None, at=at)
    if fresh:
        letter = services_open(_lines(fresh), base_url=base_url)
        _mail(session, unit_id, f"unended-evening:{local_date(at)}", letter, at)
    return len(fresh)


def _not_warned(session: AnySession, unit_id: int, at: datetime) -> list[OfficerOpen]:
    known = _told_today(session, unit_id, at)
    return [each for each in open_now(session, unit_id) if each.officer_id not in known]


def ask_for_explanations(session: AnySession, unit_id: int, *, at: datetime, base_url: str) -> int:
    """Each officer whose services stayed open over night and who has not explained them, once a day."""
    if not _not_asked(session, unit_id, at):
        return 0
    desk.hold(session, unit_id)
    waiting = _not_asked(session, unit_id, at)
    for officer_id, found in waiting.items():
        tell(
            session,
            unit_id,
            NoticeKind.UNENDED,
            OVERNIGHT,
            to=officer_id,
            at=at,
            by=None,
            day=show(found[0].day),
            tickets=_tickets(found),
        )
    if waiting:
        lines = [f"{found[0].officer}　{_tickets(found)}" for found in waiting.values()]
        _mail(
            session, unit_id, f"unended-morning:{local_date(at)}", stayed_open(lines, base_url=base_url), at
        )
    return len(waiting)


def _not_asked(session: AnySession, unit_id: int, at: datetime) -> dict[int, list[OpenVisit]]:
    known = _told_today(session, unit_id, at)
    waiting: dict[int, list[OpenVisit]] = {}
    for visit in to_explain(session, unit_id, local_date(at)):
        if visit.explanation is None and visit.officer_id not in known:
            waiting.setdefault(visit.officer_id, []).append(visit)
    return waiting


def review_rates(
    session: AnySession, unit_id: int, works: Callable[[date], bool], *, at: datetime, base_url: str
) -> int:
    """資訊 rule 一: on the 15th and 25th, or the next working day; mail only when a target is missed."""
    day = local_date(at)
    review = review_of(day, works)
    below = [rate for rate in month_to_date(session, unit_id, day) if rate.below] if review else []
    if not below:
        return 0
    letter = rate_below(below, day=day, base_url=base_url)
    return _mail(session, unit_id, f"appointment-rate:{review}", letter, at)


def _told_today(session: AnySession, unit_id: int, at: datetime) -> frozenset[int]:
    """Officers to whom the clock has written today, since the last of the two hours."""
    since = day_begins(local_date(at))
    rows = session.execute(
        select(Notice.to_id, Notice.made_at).where(
            Notice.unit_id == unit_id,
            Notice.kind == NoticeKind.UNENDED.value,
            Notice.made_by_id.is_(None),
            Notice.to_id.is_not(None),
            Notice.made_at >= since,
        )
    )
    return frozenset(row.to_id for row in rows if evening_due(row.made_at) == evening_due(at))


def _mail(session: AnySession, unit_id: int, occasion: str, letter: Letter, at: datetime) -> int:
    """To each supervisor once for the occasion; gives how many had not got it yet."""
    supervisors = people_with(session, unit_id, Permission.DESK_SUPERVISE)
    keys = {reader.id: f"{occasion}:{unit_id}:{reader.id}" for reader in supervisors}
    known = set(session.scalars(select(Mail.key).where(Mail.key.in_(keys.values()))))
    fresh = [reader for reader in supervisors if keys[reader.id] not in known]
    for reader in fresh:
        outbox.queue(
            session,
            key=keys[reader.id],
            to=reader.email,
            subject=letter.subject,
            body=letter.body,
            at=at,
        )
    return len(fresh)


def _lines(found: Iterable[OfficerOpen]) -> list[str]:
    return [f"{each.officer}　{_tickets(each.visits)}" for each in found]


def _tickets(found: Sequence[OpenVisit]) -> str:
    """The first five."""
    return "、".join(visit.ticket for visit in found[:5]) + ("…" if len(found) > 5 else "")
