"""Notices that pile up: what is urgent stays in sight, what nobody needs any more lapses, what asks for a deed stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notice import Notice
from rules.actor import Actor
from rules.desk import LISTED_DAYS, NoticeKind
from rules.permissions import Permission as P
from services import notices
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk

Act = Callable[[str], Actor]
DAY = timedelta(days=1)
WEEK = LISTED_DAYS * DAY


@pytest.fixture
def unit_id(session: Session) -> int:
    return make_desk(session).unit_id


def tell(session: Session, unit_id: int, kind: NoticeKind, *, at: datetime = NOW) -> int:
    with transaction(session):
        notice = notices.tell(session, unit_id, kind, "通知", to=P.VISIT_RECEIVE, at=at, by=None)
        session.flush()
        return notice.id


def lapsed(session: Session, at: datetime) -> int:
    with transaction(session):
        return notices.lapse(session, at=at)


def test_a_call_for_help_is_seen_whatever_has_piled_up(session: Session, unit_id: int, act_as: Act) -> None:
    older = [tell(session, unit_id, NoticeKind.TALLY) for _ in range(notices.SHOWN)]
    urgent = [
        tell(session, unit_id, kind) for kind in (NoticeKind.COMPLAINT, NoticeKind.RING, NoticeKind.EMERGENCY)
    ]
    newest = tell(session, unit_id, NoticeKind.UNENDED)
    shown = [notice.id for notice in notices.unread(session, act_as("reception"))]
    assert shown[:4] == [*reversed(urgent), newest]
    assert shown[4:] == list(reversed(older))[: notices.SHOWN - 4]


def test_of_two_calls_for_help_the_newer_is_shown_first(session: Session, unit_id: int, act_as: Act) -> None:
    first, second = (tell(session, unit_id, NoticeKind.EMERGENCY) for _ in range(2))
    shown = [notice.id for notice in notices.unread(session, act_as("reception"))]
    assert shown == [second, first]


@pytest.mark.parametrize("kind", [NoticeKind.RING, NoticeKind.LONG_WAIT, NoticeKind.EMPLOYER])
def test_what_is_about_a_visitor_who_was_there_lapses_with_the_day(
    session: Session, unit_id: int, act_as: Act, kind: NoticeKind
) -> None:
    tell(session, unit_id, kind)
    assert lapsed(session, NOW + timedelta(hours=13)) == 0  # 23:00 of the same day
    assert lapsed(session, NOW + timedelta(hours=14)) == 1
    assert notices.unread(session, act_as("reception")) == []


@pytest.mark.parametrize("kind", [NoticeKind.REFUSAL, NoticeKind.UNENDED, NoticeKind.TALLY])
def test_what_has_a_list_of_its_own_lapses_after_a_week(
    session: Session, unit_id: int, kind: NoticeKind
) -> None:
    tell(session, unit_id, kind)
    assert lapsed(session, NOW + WEEK) == 0
    assert lapsed(session, NOW + WEEK + DAY) == 1


@pytest.mark.parametrize(
    "kind",
    [
        NoticeKind.EMERGENCY,
        NoticeKind.COMPLAINT,
        NoticeKind.CHANGE_REQUEST,
        NoticeKind.UNDISPATCHED,
        NoticeKind.TRANSFER,
    ],
)
def test_what_asks_for_a_deed_stays_until_it_is_answered(
    session: Session, unit_id: int, act_as: Act, kind: NoticeKind
) -> None:
    waiting = tell(session, unit_id, kind)
    assert lapsed(session, NOW + 60 * DAY) == 0
    assert [notice.id for notice in notices.unread(session, act_as("reception"))] == [waiting]


def test_nobody_is_said_to_have_acknowledged_what_lapsed(session: Session, unit_id: int, act_as: Act) -> None:
    answered = tell(session, unit_id, NoticeKind.RING)
    left = tell(session, unit_id, NoticeKind.RING)
    reception = act_as("reception")
    with transaction(session):
        notices.acknowledge(session, answered, by=reception, at=NOW)
    assert lapsed(session, NOW + DAY) == 1
    rows = session.execute(select(Notice.id, Notice.acknowledged_at, Notice.acknowledged_by_id))
    assert {tuple(row) for row in rows} == {
        (answered, NOW, reception.user_id),
        (left, NOW + DAY, None),
    }
