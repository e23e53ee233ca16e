"""An officer leaves the centre (櫃台 rule 三, 資訊 rule 二): what the officer had goes to others, with a list of it.

Two steps, each one transaction. `depart`: the post ends, open visits are dispatched anew, appointments go to whoever can
keep the hour; until a successor is named benefit goes to the named officer as no new case, everything else to the deputies.
`handing_over.hand_over`: the persons go to the successors for good, business type by business type. Whoever gets a post
again that begins on the day of the departure or later has come back (`reports.desk_now.CAME_BACK`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from models.account import Account
from models.appointment import Appointment
from models.desk import Deputy, Post
from models.ownership import Departure, Owner, PermanentTransfer
from models.visit import Visit
from reports.desk_now import CAME_BACK, ticket
from reports.succession import estate
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import Kind, NoticeKind
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.roc_dates import show
from rules.texts import N_
from rules.visit_flow import Move, State
from services import desk, dispatching, notices, transfers
from services.handing_over import other_officer, successors_among, with_rights
from services.inherited_appointments import Heirs, pass_on
from services.transaction import AnySession
from services.visit_moves import make_move

NO_OFFICER = N_("找不到這位就服員，可能不在本中心。")
STILL_SERVING = N_("%(officer)s 正在服務 %(ticket)s 號，請先結束服務再辦理離職。")
IN_THE_PAST = N_("離職日期最早是今天；已過的日子是歷史，不能更改。")
ALREADY_LEFT = N_("%(officer)s 已登錄於 %(day)s 離職。")
BENEFIT_MISSING = N_("請指定失業給付舊案由哪位就服員協助（不列新案量）。")
TOLD_DEPARTURE = N_("%(officer)s 自 %(day)s 起離職，請依新的派案對象派案。")
# A visit whose counter has gone begins anew, in its old place in the queue.
UNASSIGNED: Mapping[str, Any] = dict.fromkeys(
    (
        "counter_id",
        "officer_id",
        "group_id",
        "duty_list_id",
        "dispatched_at",
        "sent_at",
        "acknowledged_at",
        "called_at",
    )
)


@dataclass
class Moved:
    """What happened to what the officer had. `stuck`: appointments that nobody could take at their hour."""

    departure: Departure
    visits: list[Visit] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    stuck: list[Appointment] = field(default_factory=list)


def depart(
    session: AnySession,
    officer_id: int,
    *,
    left_on: date,
    benefit_officer_id: int | None,
    successors: Mapping[int, int] | None = None,
    by: Actor,
    at: datetime,
) -> Moved:
    """`left_on`: the first day on which the officer is gone. Raises `NotFound`, `FieldFault`s, `RuleBroken` while serving.

    `successors`: business type → officer, those who are named already. They get the appointments, and the persons by
    `handing_over.hand_over`.
    """
    if not by.may(P.OFFICER_DEPART):
        raise NotFound(NO_OFFICER)
    desk.hold(session, by.unit_id)
    officer = _officer(session, officer_id, by)
    if left_on < local_date(at):
        raise FieldFault("left_on", IN_THE_PAST)
    _refuse_again(session, officer, by)
    owned = estate(session, by.unit_id or 0, officer, left_on)
    takes_effect = left_on <= local_date(at)
    if takes_effect:
        _refuse_serving(owned.visits, officer)
    benefits = any(each.business_type.kind == Kind.BENEFIT for each in owned.owned)
    benefit_officer = other_officer(session, benefit_officer_id, officer, by, "benefit_officer_id")
    if benefits and benefit_officer is None:
        raise FieldFault("benefit_officer_id", BENEFIT_MISSING)
    named = successors_among(session, successors or {}, officer, by)
    departure = _departure(session, officer, left_on, by)
    departure.benefit_officer_id = benefit_officer.id if benefit_officer else None
    departure.changed_at, departure.changed_by_id, departure.changed_by_name = at, by.user_id, by.name
    _end_posts(session, officer, owned.posts, left_on, by=by, at=at)
    session.flush()
    transfers.withdraw_all(session, PermanentTransfer.to_id == officer.id, by=by, at=at)
    moved = Moved(departure)
    hands = with_rights(by)
    if takes_effect:
        for visit in owned.visits:
            _dispatch_anew(session, visit, by=hands, at=at)
            moved.visits.append(visit)
    heirs = Heirs.of(departure, owned.deputies, named)
    for appointment in owned.appointments:
        taken = pass_on(session, appointment, heirs, by=hands, at=at)
        (moved.appointments if taken else moved.stuck).append(taken or appointment)
    for reader in (P.VISIT_RECEIVE, P.DESK_SUPERVISE):
        notices.tell(
            session,
            departure.unit_id,
            NoticeKind.TRANSFER,
            TOLD_DEPARTURE,
            to=reader,
            at=at,
            by=by,
            officer=officer.get_full_name(),
            day=show(left_on),
        )
    return moved


def _dispatch_anew(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> None:
    if visit.state in (State.WAITING, State.CALLED):
        make_move(session, visit, Move.RECALL, by=by, at=at, counted=False, calls=0, **UNASSIGNED)
    dispatching.dispatch(session, visit, by=by, at=at)


def _departure(session: AnySession, officer: Account, left_on: date, by: Actor) -> Departure:
    """A new one, unless the officer left on that very day before, and came back."""
    found = session.scalars(
        select(Departure).where(
            Departure.unit_id == by.unit_id,
            Departure.officer_id == officer.id,
            Departure.left_on == left_on,
        )
    ).first()
    if found is None:
        found = Departure(unit_id=by.unit_id, officer_id=officer.id, left_on=left_on)
        session.add(found)
    found.successor_id = found.handed_over_at = None
    return found


def _end_posts(
    session: AnySession, officer: Account, posts: Sequence[Post], left_on: date, *, by: Actor, at: datetime
) -> None:
    """A post that would begin later never begins; nobody stands in by the one who is gone."""
    for post in posts:
        if post.starts_on >= left_on:
            session.delete(post)
            continue
        post.ends_on = left_on - timedelta(days=1)
        post.changed_at, post.changed_by_id, post.changed_by_name = at, by.user_id, by.name
    stands_in = session.scalars(
        select(Deputy).where(
            Deputy.unit_id == by.unit_id,
            Deputy.deputy_id == officer.id,
            or_(Deputy.ends_on.is_(None), Deputy.ends_on >= left_on),
        )
    )
    for deputy in stands_in:
        if deputy.starts_on >= left_on:
            session.delete(deputy)
        else:
            deputy.ends_on = left_on - timedelta(days=1)


def _officer(session: AnySession, officer_id: int, by: Actor) -> Account:
    found = session.scalars(
        select(Account).where(
            Account.id == officer_id,
            or_(
                Account.id.in_(select(Post.officer_id).where(Post.unit_id == by.unit_id)),
                Account.id.in_(select(Owner.officer_id).where(Owner.unit_id == by.unit_id)),
            ),
        )
    ).first()
    if found is None:
        raise NotFound(NO_OFFICER)
    return found


def _refuse_again(session: AnySession, officer: Account, by: Actor) -> None:
    """Who came back may leave again."""
    left_on = session.scalar(
        select(Departure.left_on)
        .where(Departure.unit_id == by.unit_id, Departure.officer_id == officer.id, ~CAME_BACK)
        .limit(1)
    )
    if left_on is not None:
        raise RuleBroken(ALREADY_LEFT, officer=officer.get_full_name(), day=show(left_on))


def _refuse_serving(visits: Sequence[Visit], officer: Account) -> None:
    for visit in visits:
        if visit.state == State.SERVING:
            number = ticket(visit.business_type.letter, visit.number)
            raise RuleBroken(STILL_SERVING, officer=officer.get_full_name(), ticket=number)
