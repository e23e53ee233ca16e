"""派案: what the decision is made from, that it is stored whole, and that two receptions see each other's cases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.desk import Counter, CounterGroup, Deputy, Post
from models.desk_review import Refusal
from models.desk_rules import MassLayoffOrder, RatioShare
from models.desk_staff import Attendance
from models.notice import Notice
from models.ownership import Departure
from models.visit import Decision, DutyList, Visit, VisitEntry
from reports.debts import debts
from reports.desk_now import counters_now
from rules.actor import Actor
from rules.desk import AttendanceKind, EvidenceKind, NoticeKind
from rules.dispatch import Presence, Rule
from rules.visit_flow import Move, State
from services import desk_watch
from services.dispatch_facts import facts_of
from services.dispatching import dispatch, redispatch_waiting, replay
from services.reception import CheckIn, check_in
from services.transaction import transaction
from services.visit_moves import held, make_move
from tests.factories import AT, make_desk, make_person, make_visit
from tests.races import race
from tests.services.desk_helpers import (
    arrive,
    away,
    business_type,
    clone_officer,
    make_appointment,
    make_evidence,
    make_owner,
    officer,
    unit_of,
)
from tests.views.statements import counted

ActAs = Callable[[str], Actor]
EVERYBODY = range(1, 9)


@pytest.fixture
def by(session: Session, act_as: ActAs) -> Actor:
    make_desk(session)
    return act_as("reception")


def newcomer(session: Session, by: Actor, letter: str = "A", **values) -> Visit:
    """A new case; the centre knows the person by the owner of another business."""
    person = make_person(session)
    make_owner(session, person, 1, "C")
    return arrive(session, by, person, letter, **values)


def old_case(session: Session, by: Actor, number: int, letter: str = "A") -> Visit:
    person = make_person(session)
    make_owner(session, person, number, letter)
    return arrive(session, by, person, letter, new_case=False, note="出示舊案紀錄")


def come_back(session: Session, number: int) -> None:
    for row in session.scalars(
        select(Attendance).where(Attendance.officer_id == officer(session, number).id)
    ):
        session.delete(row)
    session.commit()


# The facts


def test_the_facts_hold_every_counter_with_its_state_queue_and_debt(session, by):
    newcomer(session, by)
    away(session, 2)
    away(session, 3, kind=AttendanceKind.BREAK)
    make_visit(session, officer="counter7", state=State.SERVING)
    visit = make_visit(session, officer=None)
    session.commit()
    facts = facts_of(session, visit, at=AT)
    states = {one.counter: one.presence for one in facts.candidates}
    assert states[2] is Presence.AWAY
    assert states[3] is Presence.BREAK
    assert states[7] is Presence.SERVING
    assert sum(one.queue for one in facts.candidates) == 1
    assert sum(group.debt for group in facts.groups) == 0
    assert any(group.debt < 0 for group in facts.groups)
    assert [group.share for group in facts.groups] == [1860, 240, 310, 190, 0, 0]


def test_a_service_left_open_yesterday_does_not_bring_an_officer_on_leave_to_the_counter(session, by):
    make_visit(session, officer="counter1", state=State.SERVING, at=AT - timedelta(days=1))
    make_visit(session, officer="counter2", state=State.SERVING, at=AT - timedelta(days=1))
    make_visit(session, officer="counter3", state=State.SERVING)
    away(session, 1, 3)
    found = [counter.presence for counter in counters_now(session, by.unit_id, AT)[:3]]
    assert found == [Presence.AWAY, Presence.SERVING, Presence.SERVING]


def test_a_later_ratio_table_counts_from_its_day_and_as_a_whole(session, by):
    general = session.scalars(select(CounterGroup).where(CounterGroup.name == "一般")).one()
    session.add(
        RatioShare(
            unit_id=by.unit_id,
            group_id=general.id,
            year=2026,
            effective_from=date(2026, 11, 20),
            registrations=7,
        )
    )
    visit = make_visit(session, officer=None)
    session.commit()
    assert [group.share for group in facts_of(session, visit, at=AT).groups] == [7, 0, 0, 0, 0, 0]
    before = facts_of(session, visit, at=AT - timedelta(days=1))
    assert next(group.share for group in before.groups) == 1860


def test_an_old_case_goes_to_its_owner_and_counts_as_no_new_one(session, by):
    visit = old_case(session, by, 6)
    assert (visit.officer.username, visit.counted, visit.duty_list_id) == ("counter6", False, None)


def test_an_old_case_without_an_owner_goes_to_whom_the_evidence_names(session, by):
    person = make_person(session)
    make_owner(session, person, 1, "C")
    make_evidence(session, person, EvidenceKind.INTRODUCTION_CARD, number=6)
    visit = arrive(session, by, person)
    assert (visit.new_case, visit.officer.username) == (False, "counter6")


def test_the_owners_deputies_stand_in_in_their_order(session, by):
    away(session, 1, 2)
    assert old_case(session, by, 1).officer.username == "counter3"


def test_without_deputies_the_group_of_an_owner_who_has_no_post_today_takes_the_case(session, by):
    """On a long leave somebody else sits at the counter, or nobody: the group is that of the owner's last post."""
    post = session.scalars(select(Post).where(Post.officer_id == officer(session, 5).id)).one()
    other = Counter(unit_id=by.unit_id, number=9, group_id=post.counter.group_id)
    session.add(other)
    session.flush()
    colleague = clone_officer(session, 9)
    session.add(
        Post(unit_id=by.unit_id, counter_id=other.id, officer_id=colleague.id, starts_on=date(2026, 1, 1))
    )
    post.ends_on = date(2026, 11, 1)
    session.execute(delete(Deputy))
    session.commit()
    visit = old_case(session, by, 5)
    decision = session.scalars(select(Decision)).one()
    assert (visit.officer_id, decision.rule) == (colleague.id, Rule.OWNER_GROUP)


def test_benefit_cases_of_one_who_left_go_to_whom_the_supervisor_named_and_count_as_no_new_ones(session, by):
    session.add(
        Departure(
            unit_id=by.unit_id,
            officer_id=officer(session, 1).id,
            left_on=date(2026, 11, 1),
            benefit_officer_id=officer(session, 6).id,
        )
    )
    session.commit()
    benefit = old_case(session, by, 1, "B")
    assert (benefit.officer.username, benefit.counted) == ("counter6", False)
    assert old_case(session, by, 1, "A").officer.username == "counter2"


def test_a_departed_officers_cases_go_to_the_successor_once_one_is_named(session, by):
    session.add(
        Departure(
            unit_id=by.unit_id,
            officer_id=officer(session, 1).id,
            left_on=date(2026, 11, 1),
            successor_id=officer(session, 5).id,
        )
    )
    session.commit()
    assert old_case(session, by, 1, "A").officer.username == "counter5"


def test_todays_appointment_leads_to_its_officer(session, by):
    person = make_person(session)
    make_appointment(session, person, 6)
    assert arrive(session, by, person).officer.username == "counter6"


def test_a_mass_layoff_opens_the_benefit_cases_to_all_while_it_is_in_force(session, by):
    order = {"unit_id": by.unit_id, "reason": "大量解僱"}
    session.add(MassLayoffOrder(starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 21), **order))
    visit = make_visit(session, officer=None, letter="B")
    session.commit()
    days = {day: facts_of(session, visit, at=AT + timedelta(days=day)).mass_layoff for day in (-1, 0, 1, 2)}
    assert days == {-1: False, 0: True, 1: True, 2: False}


def test_new_benefit_claimants_go_around_evenly_but_not_to_disability_and_case_management(session, by):
    numbers = [newcomer(session, by, "B").counter.number for _ in range(10)]
    assert {number: numbers.count(number) for number in (1, 2, 3, 5, 6)} == dict.fromkeys((1, 2, 3, 5, 6), 2)


def test_an_officer_who_refused_is_not_asked_again(session, by, act_as):
    visit = newcomer(session, by)
    first = visit.officer
    with transaction(session):
        visit = held(session, visit.id, by=by)
        session.add(
            Refusal(
                unit_id=visit.unit_id,
                visit_id=visit.id,
                counter_id=visit.counter_id,
                officer_id=first.id,
                business_type_id=visit.business_type_id,
                refused_at=AT,
                ground="urgent",
                explanation="處理上級交辦緊急業務",
            )
        )
        make_move(session, visit, Move.REFUSE, by=act_as(first.username), at=AT, reason="上級交辦")
        decision = dispatch(session, visit, by=act_as(first.username), at=AT)
    assert visit.officer_id != first.id
    assert next(one for one in decision.passed if one["officer_id"] == first.id)["why"]["template"]
    owed = debts(session, by.unit_id, visit.business_type_id, date(2026, 11, 20))
    # The case has moved, and the count with it: who refused has taken nothing.
    assert owed.officer(visit.group_id, visit.officer_id) < 0
    assert min(owed.officers.values()) == owed.officer(visit.group_id, visit.officer_id)


# What is stored


def test_a_decision_is_stored_whole_and_made_again_it_is_the_same(session, by):
    for letter in "ABAB":
        newcomer(session, by, letter)
    session.expire_all()
    for decision in session.scalars(select(Decision)):
        again = replay(decision)
        assert (again.counter_id, again.officer_id, again.rule) == (
            decision.counter_id,
            decision.officer_id,
            decision.rule,
        )
        words = again.to_json()
        assert (words["reason"], words["passed"]) == (decision.reason, decision.passed)
        assert len(decision.passed) == 7


def test_the_same_people_on_duty_make_one_list_and_other_people_another(session, by):
    for _ in range(3):
        newcomer(session, by)
    assert session.scalar(select(func.count()).select_from(DutyList)) == 1
    away(session, 2)
    newcomer(session, by)
    assert session.scalar(select(func.count()).select_from(DutyList)) == 2


def test_who_is_away_earns_nothing(session, by):
    away(session, 2)
    for _ in range(6):
        newcomer(session, by)
    owed = debts(session, by.unit_id, business_type(session).id, date(2026, 11, 20))
    assert all(officer_id != officer(session, 2).id for _, officer_id in owed.officers)


# Nobody on duty


def undispatched_notices(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == NoticeKind.UNDISPATCHED)))


def test_whom_no_counter_can_take_waits_and_the_supervisor_is_told_once(session, by):
    away(session, *EVERYBODY)
    visit = newcomer(session, by)
    assert (visit.state, visit.counter_id, visit.counted) == (State.CHECKED_IN, None, False)
    decision = session.scalars(select(Decision)).one()
    assert (decision.rule, decision.counter_id) == (Rule.NOBODY, None)
    assert decision.reason
    with transaction(session):
        dispatch(session, held(session, visit.id, by=by), by=by, at=AT)
    assert [notice.to_permission for notice in undispatched_notices(session)] == ["DESK_SUPERVISE"]


def test_who_comes_on_duty_gets_the_undispatched_oldest_first(session, by, act_as):
    away(session, *EVERYBODY)
    later = newcomer(session, by, at=AT + timedelta(minutes=5))
    first = newcomer(session, by, at=AT)
    come_back(session, 1)
    with transaction(session):
        made = redispatch_waiting(session, by.unit_id, by=act_as("counter1"), at=AT + timedelta(hours=1))
    assert [decision.visit_id for decision in made] == [first.id, later.id]
    assert {first.state, later.state} == {State.WAITING}
    assert first.queue_from == AT


def test_a_leave_that_ends_by_the_clock_brings_the_undispatched_to_a_counter(session, by):
    away(session, *EVERYBODY)
    visit = newcomer(session, by)
    leave = session.scalars(select(Attendance).where(Attendance.officer_id == officer(session, 2).id)).one()
    leave.ends_at = AT + timedelta(minutes=30)
    session.commit()

    def watch(at) -> str:
        with transaction(session):
            desk_watch.run(session, by.unit_id, at=at, base_url="https://jieli.example")
        return visit.state

    assert watch(AT + timedelta(minutes=29)) == State.CHECKED_IN
    assert watch(AT + timedelta(minutes=30)) == State.WAITING
    assert visit.officer.username == "counter2"
    entry = session.scalars(select(VisitEntry).where(VisitEntry.move == Move.DISPATCH)).one()
    assert entry.actor_id == visit.officer_id, "the entry is his who came back"


def test_who_still_finds_no_counter_stays_without_another_decision(session, by, act_as):
    away(session, *EVERYBODY)
    visit = newcomer(session, by)
    with transaction(session):
        assert redispatch_waiting(session, by.unit_id, by=act_as("counter1"), at=AT) == []
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert visit.state == State.CHECKED_IN


def test_who_was_left_undispatched_yesterday_is_not_sent_to_a_counter_today(session, by, act_as):
    away(session, *EVERYBODY)
    newcomer(session, by)
    come_back(session, 1)
    with transaction(session):
        made = redispatch_waiting(session, by.unit_id, by=act_as("counter1"), at=AT + timedelta(days=1))
    assert made == []


# At the same moment, and at length


def test_two_receptions_at_once_draw_different_tickets_and_see_each_others_cases(
    both: Flask, session: Session, by: Actor
) -> None:
    persons = [make_person(session) for _ in range(8)]
    for person in persons:
        make_owner(session, person, 1, "C")
    session.commit()
    benefit = business_type(session, "B").id
    ready = threading.Lock()
    seen: list[int] = []

    def press(own: Session, lane: int, person_id: int) -> None:
        data = CheckIn(benefit, f"key-{person_id}", person_id)
        with transaction(own):
            visit_id = check_in(own, data, by=by, at=AT).id
        with ready:
            seen.append(visit_id)

    presses = [(index % 2, person.id) for index, person in enumerate(persons)]
    outcomes = race(both, presses, press, lanes=2)
    assert [error for _, error in outcomes] == [None] * 8
    session.rollback()
    rows = session.scalars(select(Visit).where(Visit.id.in_(seen))).all()
    assert sorted(visit.number for visit in rows) == list(range(1, 9))
    # Had one reception not seen the other's cases, a counter of the five would have been given a third one.
    cases = [visit.officer_id for visit in rows]
    assert max(cases.count(one) for one in cases) == 2


def test_a_dispatch_asks_the_database_as_often_for_thirty_counters_as_for_eight(session, by):
    def statements() -> int:
        person = make_person(session)
        make_owner(session, person, 1, "C")
        session.expunge_all()
        with counted() as sent:
            arrive(session, by, session.merge(person, load=True))
        return len(sent)

    def settled() -> int:
        """Once the duty list of these people is written and known."""
        statements()
        statements()
        return statements()

    few = settled()
    group = session.scalars(select(CounterGroup).where(CounterGroup.name == "一般")).one()
    for number in range(20, 42):
        account = clone_officer(session, number)
        place = Counter(unit_id=unit_of(session), number=number, group_id=group.id)
        session.add(place)
        session.flush()
        session.add(
            Post(
                unit_id=unit_of(session),
                counter_id=place.id,
                officer_id=account.id,
                starts_on=date(2026, 1, 1),
            )
        )
    session.commit()
    assert settled() == few
