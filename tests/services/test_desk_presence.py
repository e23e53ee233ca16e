"""Who is there, what still rings, and what stays of a step, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk import Post
from models.notice import Notice
from models.staff import Absence
from models.visit import Visit
from reports.desk_now import counters_now
from reports.figures import work_counts
from reports.my_counter import counter_page
from rules.actor import Actor
from rules.desk import AttendanceKind, Disability, DisabilityEvidence, NoticeKind
from rules.dispatch import Presence
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.refusals import Ground
from rules.visit_flow import State
from services import attendance, counter, reception
from services.confirmation import CheckIn
from services.dispatch_facts import facts_of
from services.transaction import transaction
from tests.factories import AT, make_desk, make_person, make_visit
from tests.services.desk_helpers import arrive, away, known_person, officer, unit_of

Who = Callable[[str], Actor]
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def desk(session: Session) -> None:
    make_desk(session)


def rings(session: Session, kind: NoticeKind) -> int:
    open_ones = select(Notice).where(Notice.kind == kind, Notice.acknowledged_at.is_(None))
    return len(session.scalars(open_ones).all())


def test_who_changes_counters_with_a_service_open_is_serving_at_the_new_one(session: Session) -> None:
    with transaction(session):
        make_visit(session, state=State.SERVING)
        here, there = (
            session.scalars(select(Post).where(Post.officer_id == officer(session, n).id)).one()
            for n in (1, 2)
        )
        here.ends_on = there.ends_on = TODAY - timedelta(days=1)
        session.add(
            Post(
                unit_id=here.unit_id,
                counter_id=there.counter_id,
                officer_id=here.officer_id,
                starts_on=TODAY,
            )
        )
    one, two = counters_now(session, unit_of(session), AT)[:2]
    assert (one.presence, two.presence) == (Presence.SERVING, Presence.SERVING)


def test_an_absence_registered_by_the_supervisor_frees_nobody_and_its_end_dispatches_who_waits(
    session: Session, act_as: Who
) -> None:
    """The disability counter is absent: nobody takes the visit until the absence is taken back."""
    absence = Absence(account_id=officer(session, 4).id, starts_on=TODAY, ends_on=TODAY)
    session.add(absence)
    session.commit()
    person = known_person(session, make_person(session), act_as("reception"))
    visit = arrive(
        session,
        act_as("reception"),
        person,
        disability=Disability.CONFIRMED,
        disability_evidence=DisabilityEvidence.HANDBOOK,
    )
    assert (visit.state, rings(session, NoticeKind.UNDISPATCHED)) == (State.CHECKED_IN, 1)
    with transaction(session):
        session.delete(session.get_one(Absence, absence.id))
        attendance.presence_changed(session, by=act_as("supervisor"), at=AT)
    session.refresh(visit)
    assert (visit.state, visit.officer_id) == (State.WAITING, officer(session, 4).id)
    assert rings(session, NoticeKind.UNDISPATCHED) == 0


def test_a_centre_without_a_front_desk_has_nobody_to_tell(session: Session, act_as: Who) -> None:
    with transaction(session):
        attendance.presence_changed(session, by=act_as("supervisor3"), at=AT)


@pytest.mark.parametrize("way", ["call", "refuse", "override", "leave"])
def test_a_ring_ends_with_what_it_was_about(session: Session, act_as: Who, way: str) -> None:
    one, desk = act_as("counter1"), act_as("reception")
    with transaction(session):
        visit = make_visit(session)
    with transaction(session):
        reception.send(session, visit.id, by=desk, at=AT)
        reception.notify_officer(session, visit.id, by=desk, at=AT)
    assert (rings(session, NoticeKind.RING), rings(session, NoticeKind.LONG_WAIT)) == (1, 1)
    with transaction(session):
        if way == "call":
            counter.call(session, visit.id, by=one, at=AT)
        elif way == "refuse":
            counter.refuse(
                session, visit.id, ground=Ground.URGENT_ORDER, explanation="署交辦急件", by=one, at=AT
            )
        elif way == "override":
            third = next(each for each in counters_now(session, visit.unit_id, AT) if each.number == 3)
            reception.override(
                session, visit.id, counter_id=third.counter_id, reason="民眾聽不清楚", by=desk, at=AT
            )
        else:
            reception.leave(session, visit.id, reason="臨時有事", by=desk, at=AT)
    assert (rings(session, NoticeKind.RING), rings(session, NoticeKind.LONG_WAIT)) == (0, 0)


def test_an_override_stays_counted_when_the_chosen_officer_refuses(session: Session, act_as: Who) -> None:
    desk = act_as("reception")
    with transaction(session):
        visit = make_visit(session)
    with transaction(session):
        third = next(each for each in counters_now(session, visit.unit_id, AT) if each.number == 3)
        reception.override(
            session, visit.id, counter_id=third.counter_id, reason="民眾指定語言", by=desk, at=AT
        )
        counter.refuse(
            session,
            visit.id,
            ground=Ground.URGENT_ORDER,
            explanation="署交辦急件",
            by=act_as("counter3"),
            at=AT,
        )
    session.refresh(visit)
    assert visit.officer_id != act_as("counter3").user_id
    assert visit.overridden


def test_another_day_is_not_today(session: Session, act_as: Who) -> None:
    with transaction(session):
        visit = make_visit(session)
    with pytest.raises(FieldFault) as refused, transaction(session):
        counter.book(
            session, visit.id, starts_at=AT + timedelta(hours=4), key="k", by=act_as("counter1"), at=AT
        )
    assert refused.value.field == "starts_at"
    assert session.get_one(Visit, visit.id).state == State.WAITING


def test_whoever_was_left_waiting_yesterday_holds_up_nobody_today(session: Session, act_as: Who) -> None:
    with transaction(session):
        make_visit(session, at=AT - timedelta(days=1))
        today = make_visit(session)
    with transaction(session):
        counter.call(session, today.id, by=act_as("counter1"), at=AT)
    session.refresh(today)
    assert not today.picked


YESTERDAY = AT - timedelta(days=1)


def test_who_was_left_behind_yesterday_keeps_no_counter_busy_today(session: Session, act_as: Who) -> None:
    with transaction(session):
        waiting = make_visit(session, at=YESTERDAY)
        called = make_visit(
            session, officer="counter2", state=State.CALLED, at=YESTERDAY, called_at=YESTERDAY
        )
        newcomer = make_visit(session, officer=None)
    one, two = counters_now(session, unit_of(session), AT)[:2]
    assert (one.waiting, two.called, two.presence) == ((), None, Presence.FREE)
    assert {visit.visit_id for visit in (*one.visits, *two.visits)} == {waiting.id, called.id}
    facts = facts_of(session, newcomer, at=AT)
    assert {(each.queue, each.wait_minutes) for each in facts.candidates} == {(0, 0)}
    assert reception.waits(session, unit_of(session), at=AT) == []


def test_who_was_left_behind_yesterday_is_nobodys_next(session: Session, act_as: Who) -> None:
    who = act_as("counter1")
    with transaction(session):
        waiting = make_visit(session, at=YESTERDAY)
        called = make_visit(session, state=State.CALLED, at=YESTERDAY, called_at=YESTERDAY, calls=1)
        today = make_visit(session)
    page = counter_page(session, who, AT)
    assert (page.at_hand, [each.visit_id for each in page.queue]) == (None, [today.id])
    assert [each.visit_id for each in page.left_over] == [waiting.id, called.id]
    assert work_counts(session, who, TODAY).my_queue == 1
    with transaction(session):
        counter.call(session, today.id, by=who, at=AT)
    assert counter_page(session, who, AT).at_hand == session.get_one(Visit, today.id)
    with transaction(session):
        counter.leave(session, waiting.id, reason="叫號多次未到", by=who, at=AT)
    assert [each.visit_id for each in counter_page(session, who, AT).left_over] == [called.id]


def test_who_is_called_after_midnight_is_at_hand(session: Session, act_as: Who) -> None:
    """Whatever the ticket's day, a call of today is about somebody who is here."""
    with transaction(session):
        late = make_visit(session, at=YESTERDAY)
        counter.call(session, late.id, by=act_as("counter1"), at=AT)
    page = counter_page(session, act_as("counter1"), AT)
    assert (page.at_hand and page.at_hand.id, page.left_over) == (late.id, ())


def test_a_service_left_open_yesterday_still_keeps_its_officer(session: Session, act_as: Who) -> None:
    with transaction(session):
        make_visit(session, state=State.SERVING, at=YESTERDAY)
        today = make_visit(session)
    with pytest.raises(RuleBroken), transaction(session):
        counter.call(session, today.id, by=act_as("counter1"), at=AT)


def test_only_reception_corrects_a_judgement_even_when_nothing_changes(session: Session, act_as: Who) -> None:
    person = known_person(session, make_person(session), act_as("reception"))
    visit = arrive(session, act_as("reception"), person)
    same = CheckIn(business_type_id=visit.business_type_id, submission_key="x", person_id=person.id)
    with pytest.raises(NotFound), transaction(session):
        reception.rejudge(session, visit.id, same, by=act_as("counter1"), at=AT)


def test_a_leave_counts_as_away_and_a_break_as_on_duty(session: Session) -> None:
    away(session, 1)
    away(session, 2, kind=AttendanceKind.BREAK)
    one, two = counters_now(session, unit_of(session), AT)[:2]
    assert (one.presence, one.on_duty) == (Presence.AWAY, False)
    assert (two.presence, two.on_duty) == (Presence.BREAK, True)
