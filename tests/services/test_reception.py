"""接待台: from the look-up of a visitor to the counter that expects him."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.desk import CounterGroup, Deputy, Desk
from models.desk_staff import Attendance
from models.notice import Notice
from models.organisation import Unit
from models.person import Person
from models.trail import TrailEntry
from models.visit import Decision, DutyList, Visit, VisitEntry
from rules.actor import Actor
from rules.desk import AppointmentState, Basis, Disability, DisabilityEvidence, GroupKind, NoticeKind
from rules.dispatch import Rule
from rules.errors import Faults, FieldFault, NotFound, RuleBroken, StaleVersion, TooMany
from rules.visit_flow import Move, State
from services import dispatching, look_ups, reception
from services.dispatching import redispatch_waiting
from services.reception import CheckIn
from services.transaction import transaction
from tests.factories import AT, fresh_number, make_desk, make_person, make_referral, make_visit
from tests.services.desk_helpers import (
    arrive,
    away,
    counter,
    known_person,
    make_appointment,
    make_owner,
    officer,
)

ActAs = Callable[[str], Actor]
SCREEN = "Reception.find"


@pytest.fixture
def by(session: Session, act_as: ActAs) -> Actor:
    make_desk(session)
    return act_as("reception")


@pytest.fixture
def visitor(session: Session, by: Actor) -> Person:
    person = make_person(session)
    session.commit()
    return known_person(session, person, by)


def find(session: Session, text: str, by: Actor) -> reception.Finding:
    with transaction(session):
        return reception.find_person(session, text, by=by, at=AT, screen=SCREEN)


# Finding


def test_a_number_finds_its_holder_wherever_he_was_before_and_leaves_an_entry_in_the_trail(session, by):
    person = make_person(session)
    session.commit()
    assert find(session, f" {person.national_id.lower()} ", by).persons == (person,)
    entry = session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc())).first()
    assert (entry.act, entry.asked_hash, entry.persons) == ("look_up", person.national_id_hash, 1)


def test_a_number_that_nobody_has_is_handed_back_for_the_registration(session, by):
    number = fresh_number()
    found = find(session, number, by)
    assert (found.persons, found.number) == ((), number)


def test_a_wrong_number_is_refused_at_the_search_box(session, by):
    with pytest.raises(FieldFault) as refused:
        find(session, "A123456780", by)
    assert refused.value.field == "search"


def test_a_name_finds_only_persons_whom_the_centre_knows(session, by):
    known, stranger = make_person(session, name="金剛山"), make_person(session, name="金剛川")
    referred = make_person(session, name="小金剛")
    make_visit(session, person=known)
    make_referral(session, person=stranger, unit="08")
    make_referral(session, person=referred, unit="13")
    session.commit()
    assert set(find(session, "金剛", by).persons) == {known, referred}


def test_a_ticket_of_today_finds_its_visit_and_no_other_days(session, by):
    visit = make_visit(session)
    make_visit(session, at=AT - timedelta(days=1), number=77)
    session.commit()
    assert find(session, f"a{visit.number:03}", by).visit == visit
    assert find(session, str(visit.number), by).visit == visit
    assert find(session, f"B{visit.number:03}", by).visit is None
    assert find(session, "77", by).visit is None


def test_the_reception_may_look_up_more_often_than_the_referral_line_yet_not_without_end(
    session, by, monkeypatch
):
    assert look_ups.FRONT_DESK.by_hand > look_ups.REFERRAL_LINE.by_hand
    monkeypatch.setattr(look_ups, "FRONT_DESK", look_ups.Limits(by_hand=2, asked=100))
    find(session, fresh_number(), by)
    find(session, fresh_number(), by)
    with pytest.raises(TooMany):
        find(session, fresh_number(), by)


def test_only_the_reception_finds(session, by, act_as):
    with pytest.raises(NotFound):
        find(session, "金剛", act_as("counter1"))


# Registering


FORM = {"name": "孫悟空", "birthday": "069/07/07", "phone": ""}


def register(session: Session, by: Actor, **values: str):
    with transaction(session):
        return reception.register_visitor(session, FORM | values, by=by, at=AT, screen=SCREEN)


def test_a_new_visitor_needs_number_name_and_birthday_but_no_address(session, by):
    person = register(session, by, national_id=fresh_number()).person
    assert (person.name, person.birthday, person.phone, person.address) == (
        "孫悟空",
        date(1980, 7, 7),
        "",
        "",
    )
    with pytest.raises(Faults) as refused:
        register(session, by, national_id="", birthday="")
    assert {fault.field for fault in refused.value.faults} == {"national_id", "birthday"}


def test_who_is_registered_already_is_given_back_and_another_name_is_refused(session, by):
    person = make_person(session, name="孫悟空")
    session.commit()
    assert register(session, by, national_id=person.national_id).person == person
    other = register(session, by, national_id=person.national_id, name="豬八戒")
    assert (other.person, bool(other.refusal)) == (None, True)


def test_who_has_just_been_registered_can_be_checked_in(session, by):
    person = register(session, by, national_id=fresh_number()).person
    assert arrive(session, by, person).person == person


# Checking in


def test_a_check_in_judges_draws_a_ticket_and_sends_the_visit_to_a_counter(session, by, visitor):
    visit = arrive(session, by, visitor)
    assert (visit.number, visit.day, visit.state) == (1, date(2026, 11, 20), State.WAITING)
    assert (visit.new_case, visit.basis, visit.counted) == (True, Basis.NOTHING_FOUND, True)
    assert visit.counter.group_id == visit.group_id
    moves = session.scalars(
        select(VisitEntry.move).where(VisitEntry.visit_id == visit.id).order_by(VisitEntry.id)
    ).all()
    assert moves == [Move.CHECK_IN, Move.DISPATCH]


def test_a_second_click_gives_the_same_visit_and_no_second_ticket(session, by, visitor):
    key = str(uuid.uuid4())
    first = arrive(session, by, visitor, submission_key=key)
    assert arrive(session, by, visitor, submission_key=key).id == first.id
    assert session.scalar(select(func.count()).select_from(Visit)) == 1


@pytest.mark.parametrize("what", ["another person", "another business"])
def test_a_form_sent_again_for_something_else_hands_out_nobodys_ticket(session, by, visitor, what):
    other = known_person(session, make_person(session), by) if what == "another person" else visitor
    arrive(session, by, visitor, submission_key="one-form")
    with pytest.raises(StaleVersion, match="A001"):
        arrive(session, by, other, "A" if other is not visitor else "B", submission_key="one-form")
    assert session.scalar(select(func.count()).select_from(Visit)) == 1


def test_who_is_here_already_for_the_same_business_is_not_checked_in_twice(session, by, visitor):
    arrive(session, by, visitor)
    with pytest.raises(RuleBroken, match="A001"):
        arrive(session, by, visitor)
    assert arrive(session, by, visitor, "B").number == 2


def test_who_was_served_this_morning_may_come_again_and_is_an_old_case(session, by, visitor):
    make_visit(session, person=visitor, state=State.SERVED, officer="counter2")
    session.commit()
    visit = arrive(session, by, visitor, at=AT + timedelta(hours=5))
    assert (visit.new_case, visit.basis, visit.officer.username) == (False, Basis.HISTORY, "counter2")


def test_a_person_whom_nobody_looked_up_is_not_checked_in_by_a_guessed_id(session, by):
    stranger = make_person(session)
    session.commit()
    with pytest.raises(NotFound):
        arrive(session, by, stranger)


def test_a_colleagues_look_up_is_not_ones_own(session, by, act_as, visitor):
    other = Actor(act_as("supervisor").user_id, "x", by.unit_id, by.permissions)
    with pytest.raises(NotFound):
        arrive(session, other, visitor)


def test_todays_appointment_is_kept_and_its_hour_decides_the_place_in_the_queue(session, by, visitor):
    booked = make_appointment(session, visitor, 3, at=AT + timedelta(minutes=20))
    visit = arrive(session, by, visitor)
    session.refresh(booked)
    assert (visit.appointment_id, booked.state) == (booked.id, AppointmentState.KEPT)
    assert visit.queue_from == AT + timedelta(minutes=20)
    assert visit.officer.username == "counter3"


def test_who_is_too_late_for_the_appointment_queues_from_the_arrival(session, by, visitor):
    make_appointment(session, visitor, 3, at=AT - timedelta(minutes=30))
    assert arrive(session, by, visitor).queue_from == AT


def test_an_appointment_for_another_business_stays_booked(session, by, visitor):
    booked = make_appointment(session, visitor, 3, "B")
    assert arrive(session, by, visitor, "A").appointment_id is None
    session.refresh(booked)
    assert booked.state == AppointmentState.BOOKED


def test_a_confirmed_disability_needs_its_evidence_and_is_served_by_its_group_alone(session, by, visitor):
    with pytest.raises(FieldFault) as refused:
        arrive(session, by, visitor, disability=Disability.CONFIRMED)
    assert refused.value.field == "disability_evidence"
    visit = arrive(
        session,
        by,
        visitor,
        disability=Disability.CONFIRMED,
        disability_evidence=DisabilityEvidence.HANDBOOK,
    )
    assert visit.counter.number == 4


def test_who_is_only_suspected_of_a_disability_goes_to_the_general_counters_way(session, by, visitor):
    visit = arrive(
        session,
        by,
        visitor,
        disability=Disability.SUSPECTED,
        disability_evidence=DisabilityEvidence.HANDBOOK,
    )
    assert (visit.disability, visit.disability_evidence) == (Disability.SUSPECTED, None)
    decision = session.scalars(select(Decision)).one()
    assert (decision.facts["disability"], decision.facts["suspected"]) == (False, True)


def test_the_disability_counter_is_neither_given_nor_owed_who_is_only_suspected(session, by, visitor):
    """With the general counters away it would be its turn: it has the largest share of the rest."""
    away(session, 1, 2, 3, 5)
    visit = arrive(session, by, visitor, disability=Disability.SUSPECTED)
    assert visit.counter.number == 6
    shares = {
        group: officers for group, _share, officers in session.get_one(DutyList, visit.duty_list_id).content
    }
    disabled = session.scalars(select(CounterGroup).where(CounterGroup.kind == GroupKind.DISABILITY)).one()
    assert disabled.id not in shares and visit.group_id in shares


def test_with_nobody_else_there_the_disability_counter_takes_who_is_only_suspected(session, by, visitor):
    away(session, 1, 2, 3, 5, 6)
    assert arrive(session, by, visitor, disability=Disability.SUSPECTED).counter.number == 4


def test_an_identity_with_a_group_goes_there_first(session, by, visitor):
    assert arrive(session, by, visitor, identities=(4,)).counter.number == 5
    with pytest.raises(FieldFault):
        arrive(session, by, visitor, "B", identities=(99,))


def test_the_phone_check_is_kept_with_whom_was_asked(session, by, visitor):
    asked = officer(session, 6)
    visit = arrive(session, by, visitor, asked_officer_id=asked.id, known=True)
    assert (visit.new_case, visit.basis, visit.asked_officer_id) == (False, Basis.PHONE_CHECK, asked.id)
    assert visit.officer_id == asked.id


def test_an_officer_of_another_centre_cannot_have_been_asked(session, by, visitor, act_as):
    with pytest.raises(FieldFault) as refused:
        arrive(session, by, visitor, asked_officer_id=act_as("manager3").user_id, known=True)
    assert refused.value.field == "asked_officer_id"


def test_an_employer_is_led_to_the_recruitment_section_which_is_told_in_time(session, by):
    visit = arrive(session, by, None, "D", section="廠商徵才", volunteer="志工林女士")
    assert (visit.person_id, visit.visitor, visit.counter.number) == (None, "陳老闆", 8)
    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.EMPLOYER)).one()
    words = notice.template % notice.values
    assert notice.to_id == visit.officer_id
    assert "8 號櫃台" in words
    assert "曾就服員" in words
    assert "陳老闆" not in words


def told_of_employer(session: Session) -> list[int]:
    kind = Notice.kind == NoticeKind.EMPLOYER
    return list(session.scalars(select(Notice.to_id).where(kind).order_by(Notice.id)))


def test_an_employer_who_is_moved_is_announced_to_each_officer_once(session, by):
    visit = arrive(session, by, None, "D", section="廠商徵才")
    first, third = officer(session, 8).id, officer(session, 3).id
    for number in (3, 8, 3):
        with transaction(session):
            there = counter(session, number).id
            reception.override(session, visit.id, counter_id=there, reason="曾就服員開會", by=by, at=AT)
    assert told_of_employer(session) == [first, third]
    moved = session.scalars(select(Notice).where(Notice.to_id == third)).one()
    assert "3 號櫃台" in moved.template % moved.values


def test_an_employer_whom_nobody_could_take_is_announced_when_the_section_is_back(session, by, act_as):
    away(session, 8)
    visit = arrive(session, by, None, "D")
    assert (visit.state, told_of_employer(session)) == (State.CHECKED_IN, [])
    for row in session.scalars(select(Attendance)):
        session.delete(row)
    with transaction(session):
        redispatch_waiting(session, by.unit_id, by=act_as("counter8"), at=AT)
    assert told_of_employer(session) == [officer(session, 8).id]


def test_somebody_without_a_name_or_a_person_is_not_checked_in(session, by):
    with pytest.raises(FieldFault) as refused:
        arrive(session, by, None, "D", visitor=" ")
    assert refused.value.field == "visitor"


def test_a_business_type_of_another_centre_is_unknown(session, by, visitor):
    with pytest.raises(FieldFault) as refused:
        arrive(session, by, visitor, business_type_id=10**6)
    assert refused.value.field == "business_type_id"


def test_only_reception_checks_in(session, by, visitor, act_as):
    with pytest.raises(NotFound):
        arrive(session, act_as("counter1"), visitor)


def test_just_before_and_just_after_midnight_are_two_days_with_ticket_one_each(session, by):
    midnight = AT.replace(hour=16, minute=0)
    late = arrive(session, by, None, "D", at=midnight - timedelta(minutes=1))
    early = arrive(session, by, None, "D", at=midnight + timedelta(minutes=1))
    assert [(one.day, one.number) for one in (late, early)] == [
        (date(2026, 11, 20), 1),
        (date(2026, 11, 21), 1),
    ]


# Correcting, redirecting, choosing


def corrected(session: Session, visit: Visit, by: Actor, **values) -> Visit:
    data = CheckIn(business_type_id=visit.business_type_id, submission_key="", **values)
    with transaction(session):
        return reception.rejudge(session, visit.id, data, by=by, at=AT + timedelta(minutes=3))


def test_a_corrected_judgement_is_dispatched_anew_and_keeps_its_place(session, by, visitor):
    visit = arrive(session, by, visitor)
    assert visit.counter.number != 4
    corrected(
        session,
        visit,
        by,
        disability=Disability.CONFIRMED,
        disability_evidence=DisabilityEvidence.SYSTEM,
    )
    assert (visit.counter.number, visit.state, visit.queue_from) == (4, State.WAITING, AT)
    entry = session.scalars(select(VisitEntry).where(VisitEntry.move == Move.JUDGE)).one()
    assert entry.detail["before"]["disability"] == "none"


def test_what_was_typed_at_a_correction_stands_in_the_reason_alone(session, by, visitor):
    visit = arrive(session, by, visitor)
    corrected(session, visit, by, new_case=False, note="家屬代述曾來辦理")
    entry = session.scalars(select(VisitEntry).where(VisitEntry.move == Move.JUDGE)).one()
    assert (entry.reason, entry.detail["after"]["new_case"]) == ("家屬代述曾來辦理", False)
    assert "家屬代述" not in str(entry.detail), "the retention schedule empties reasons, never details"


def test_a_correction_that_no_counter_can_take_never_stays_silently_where_it_was(session, by, visitor):
    visit = arrive(session, by, visitor)
    away(session, 4)
    corrected(
        session,
        visit,
        by,
        disability=Disability.CONFIRMED,
        disability_evidence=DisabilityEvidence.HANDBOOK,
    )
    assert (visit.state, visit.counter_id, visit.counted) == (State.CHECKED_IN, None, False)


def test_a_correction_that_changes_nothing_makes_no_entry(session, by, visitor):
    visit = arrive(session, by, visitor)
    before = session.scalar(select(func.count()).select_from(VisitEntry))
    corrected(session, visit, by)
    assert session.scalar(select(func.count()).select_from(VisitEntry)) == before


def test_after_too_long_a_wait_the_deputies_of_the_officer_come_first(session, by, visitor):
    make_owner(session, visitor, 1)
    visit = arrive(session, by, visitor, new_case=False, note="本人出示舊案紀錄")
    assert visit.officer.username == "counter1"
    with transaction(session):
        decision = reception.redirect(session, visit.id, by=by, at=AT + timedelta(minutes=40))
    assert (decision.rule, visit.officer.username) == (Rule.DEPUTY, "counter2")
    assert (visit.counted, visit.queue_from) == (False, AT)


def test_a_new_case_that_waits_too_long_goes_to_the_deputies_of_the_officer_it_waits_for(
    session, by, visitor
):
    visit = arrive(session, by, visitor)
    here = visit.officer_id
    day = date(2026, 1, 1)
    with transaction(session):
        session.execute(delete(Deputy))
        for rank, number in enumerate((7, 6), start=1):
            other = officer(session, number).id
            session.add(
                Deputy(unit_id=visit.unit_id, officer_id=here, deputy_id=other, rank=rank, starts_on=day)
            )
    with transaction(session):
        decision = reception.redirect(session, visit.id, by=by, at=AT + timedelta(minutes=40))
    assert (decision.rule, visit.officer.username, visit.counted) == (Rule.DEPUTY, "counter7", True)
    assert dispatching.replay(decision).officer_id == visit.officer_id


def test_when_nobody_else_can_take_a_redirected_visit_it_stays_and_says_so(session, by, visitor):
    visit = arrive(session, by, visitor)
    here = visit.counter.number
    away(session, *(number for number in range(1, 9) if number != here))
    with pytest.raises(RuleBroken, match="沒有其他"), transaction(session):
        reception.redirect(session, visit.id, by=by, at=AT)
    session.refresh(visit)
    assert (visit.counter.number, visit.counted) == (here, True)


def choose(session: Session, visit: Visit, number: int, by: Actor, reason: str = "民眾行動不便") -> Decision:
    chosen = counter(session, number).id
    with transaction(session):
        return reception.override(session, visit.id, counter_id=chosen, reason=reason, by=by, at=AT)


def test_reception_may_choose_another_counter_and_the_choice_counts_there(session, by, visitor):
    visit = arrive(session, by, visitor)
    decision = choose(session, visit, 7, by)
    assert (decision.rule, visit.counter.number, visit.overridden) == (Rule.OVERRIDE, 7, True)
    assert (visit.counted, visit.duty_list_id is not None) == (True, True)
    entry = session.scalars(select(VisitEntry).where(VisitEntry.move == Move.OVERRIDE)).one()
    assert entry.reason == "民眾行動不便"
    assert "民眾行動不便" not in str(decision.reason), (
        "a decision stays for good, a reason about a person does not"
    )


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_choice_without_a_reason_is_refused(session, by, visitor, reason):
    visit = arrive(session, by, visitor)
    with pytest.raises(FieldFault) as refused:
        choose(session, visit, 7, by, reason)
    assert refused.value.field == "reason"


def test_a_counter_where_nobody_is_on_duty_cannot_be_chosen(session, by, visitor):
    visit = arrive(session, by, visitor)
    away(session, 7)
    with pytest.raises(FieldFault) as refused:
        choose(session, visit, 7, by)
    assert refused.value.field == "counter_id"


def test_a_confirmed_disability_leaves_its_group_only_by_the_supervisor(session, by, visitor, act_as):
    visit = arrive(
        session,
        by,
        visitor,
        disability=Disability.CONFIRMED,
        disability_evidence=DisabilityEvidence.HANDBOOK,
    )
    with pytest.raises(FieldFault):
        choose(session, visit, 1, by)
    choose(session, visit, 1, act_as("supervisor"))
    assert visit.counter.number == 1


# Sending, leaving, telling


def sent(session: Session, visit: Visit, by: Actor, at=AT) -> None:
    with transaction(session):
        reception.send(session, visit.id, by=by, at=at)


def test_sending_rings_at_the_counter_by_ticket_and_not_by_name(session, by, visitor):
    visit = arrive(session, by, visitor)
    sent(session, visit, by)
    ring = session.scalars(select(Notice).where(Notice.kind == NoticeKind.RING)).one()
    assert (ring.to_id, visit.sent_at) == (visit.officer_id, AT)
    assert "A001" in ring.template % ring.values
    assert visitor.name not in ring.template % ring.values


def test_the_neighbours_are_shown_once_the_counter_has_not_answered_for_a_minute(session, by, visitor):
    visit = arrive(session, by, visitor, identities=(4,))  # to counter 5
    away(session, 6)
    sent(session, visit, by)
    soon, later = AT + timedelta(seconds=59), AT + timedelta(seconds=60)
    assert reception.neighbours(session, visit, at=soon) == ()
    # Counter 6 is away, so the next one is asked; counter 8 sits on another floor.
    assert [one.number for one in reception.neighbours(session, visit, at=later)] == [4, 7]
    visit.acknowledged_at = soon
    assert reception.neighbours(session, visit, at=later) == ()


def test_nobody_leaves_without_a_stated_reason(session, by, visitor):
    visit = arrive(session, by, visitor)
    with pytest.raises(FieldFault), transaction(session):
        reception.leave(session, visit.id, reason=" ", by=by, at=AT)
    with transaction(session):
        reception.leave(session, visit.id, reason="臨時有事，改天再來", by=by, at=AT)
    assert visit.state == State.LEFT


def test_an_officer_is_told_of_a_long_wait_once_until_he_has_answered(session, by, visitor):
    visit = arrive(session, by, visitor)
    for minutes in (31, 33):
        with transaction(session):
            reception.notify_officer(session, visit.id, by=by, at=AT + timedelta(minutes=minutes))
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.LONG_WAIT)).one()
    assert (told.to_id, told.values["minutes"]) == (visit.officer_id, 31)


def test_waits_over_the_limit_stand_out_with_the_deputies_who_are_on_duty(session, by, visitor):
    make_visit(session, officer="counter1", state=State.SERVING, at=AT - timedelta(minutes=5))
    first = make_visit(session, officer="counter1", at=AT - timedelta(minutes=31))
    second = make_visit(session, officer="counter1", letter="B", at=AT - timedelta(minutes=30))
    session.commit()
    away(session, 2)
    everybody = reception.waits(session, by.unit_id, at=AT)
    assert [(one.visit_id, one.waited, one.over) for one in everybody] == [
        (first.id, 31, True),
        (second.id, 30, False),
    ]
    # 15 minutes of the present service's 20 are left, then one of 20 minutes comes before the second.
    assert [one.estimated for one in everybody] == [15, 35]
    assert [one.number for one in everybody[0].deputies] == [3]
    assert [one.visit_id for one in reception.long_waits(session, by.unit_id, at=AT)] == [first.id]


@pytest.mark.parametrize("step", ["redirect", "send", "leave", "notify_officer", "rejudge", "override"])
def test_a_visit_of_another_centre_does_not_exist(session, by, visitor, act_as, step):
    visit = arrive(session, by, visitor)
    make_desk_of_banqiao(session)
    foreign = Actor(act_as("supervisor3").user_id, "郭美巧", act_as("supervisor3").unit_id, by.permissions)
    arguments = {
        "leave": {"reason": "x"},
        "override": {"reason": "x", "counter_id": 1},
        "rejudge": {"data": CheckIn(1, "")},
    }.get(step, {})
    with pytest.raises(NotFound), transaction(session):
        getattr(reception, step)(session, visit.id, by=foreign, at=AT, **arguments)


def make_desk_of_banqiao(session: Session) -> None:
    session.add(Desk(unit_id=session.scalars(select(Unit.id).where(Unit.code == "08")).one()))
    session.commit()


@pytest.mark.parametrize("step", ["redirect", "send", "notify_officer"])
def test_a_counter_officer_does_not_do_the_receptions_work(session, by, visitor, act_as, step):
    visit = arrive(session, by, visitor)
    with pytest.raises(NotFound), transaction(session):
        getattr(reception, step)(session, visit.id, by=act_as("counter1"), at=AT)
