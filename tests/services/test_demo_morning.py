"""The demo centre's morning: every kind of visitor, told by the services, once."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from models.appointment import Appointment
from models.desk_review import Refusal
from models.notice import Notice
from models.ownership import ChangeRequest, PermanentTransfer
from models.tally import TallySignature
from models.visit import Decision, Visit
from rules.calendar import local_date
from rules.desk import NoticeKind
from rules.dispatch import Rule
from rules.visit_flow import State
from services.demo import desk_morning
from services.dispatching import replay
from services.transaction import transaction

FRIDAY = datetime(2026, 11, 20, 2, 40, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 21, 16, 20, tzinfo=UTC)  # Sunday, 00:20 in Taipei


def told(at: datetime) -> list[Visit]:
    """Today's visits of the story."""
    with transaction(db.session):
        assert desk_morning.seed(db.session, at=at) > 0
    return list(db.session.scalars(select(Visit).where(Visit.day == local_date(at)).order_by(Visit.number)))


def test_a_weekday_morning_has_visitors_in_every_state(app: Flask) -> None:
    today = told(FRIDAY)
    states = Tally(State(visit.state) for visit in today)
    assert set(states) == set(State)
    assert 25 <= len(today) <= 40
    assert db.session.scalars(select(Refusal)).one().visit_id in {visit.id for visit in today}
    assert any(visit.overridden for visit in today)
    assert any(visit.person_id is None and visit.section for visit in today)
    waiting = [FRIDAY - visit.queue_from for visit in today if visit.state == State.WAITING]
    assert timedelta(minutes=30) < max(waiting) < timedelta(minutes=60)
    assert {visit.new_case for visit in today} == {True, False}


def test_what_goes_on_besides_is_there_to_be_worked_on(app: Flask) -> None:
    today = local_date(FRIDAY)
    told(FRIDAY)
    assert db.session.scalars(select(PermanentTransfer)).one().state == "accepted"
    assert db.session.scalars(select(ChangeRequest)).one().state == "open"
    assert db.session.scalars(select(Appointment).where(Appointment.day > today)).first()
    yesterday = db.session.scalars(
        select(TallySignature).where(TallySignature.day == today - timedelta(days=1))
    ).all()
    assert sorted(signature.role for signature in yesterday) == ["reception", "reception", "supervisor"]
    unread = db.session.scalars(select(Notice).where(Notice.acknowledged_at.is_(None))).all()
    assert {NoticeKind.REFUSAL, NoticeKind.UNDISPATCHED, NoticeKind.RING} <= {
        notice.kind for notice in unread
    }
    assert all(local_date(notice.made_at) == today for notice in unread)


def test_each_decision_of_the_story_can_be_made_again(app: Flask) -> None:
    told(FRIDAY)
    decisions = db.session.scalars(select(Decision).where(Decision.rule != Rule.OVERRIDE)).all()
    wrong = [one.id for one in decisions if replay(one).counter_id != one.counter_id]
    assert len(decisions) > 50 and not wrong


@pytest.mark.parametrize("at", [AFTER_MIDNIGHT], ids=["Sunday after midnight"])
def test_at_night_and_on_a_weekend_the_story_is_still_of_today(app: Flask, at: datetime) -> None:
    today = told(at)
    assert {local_date(visit.checked_in_at) for visit in today} == {local_date(at)}
    assert max(visit.checked_in_at for visit in today) <= at
    assert {State.WAITING, State.SERVING, State.SERVED} <= {State(visit.state) for visit in today}


def test_a_second_run_adds_nothing(app: Flask) -> None:
    told(FRIDAY)
    before = len(db.session.scalars(select(Visit.id)).all())
    with transaction(db.session):
        assert desk_morning.seed(db.session, at=FRIDAY + timedelta(hours=3)) == 0
    assert len(db.session.scalars(select(Visit.id)).all()) == before
