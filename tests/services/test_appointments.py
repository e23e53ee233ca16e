"""預約: one person in a slot of an officer, whoever else presses at the same moment."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models.appointment import Appointment
from models.desk import Desk, Post
from models.desk_rules import BusinessType, CentreHoliday
from models.desk_staff import Attendance
from models.ownership import Departure
from reports.appointment_book import book_of
from rules.calendar import TAIPEI
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken, StaleVersion
from services import appointments
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_absence, make_desk, make_person, make_referral
from tests.races import race
from tests.staff import account_id

MONDAY = date(2026, 11, 23)  # 115/11/23; the tests' today is the Friday before
FRIDAY = date(2026, 11, 20)


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TAIPEI)


@pytest.fixture
def centre(session, act_as) -> int:
    make_desk(session)
    return act_as("counter1").unit_id


def known_person(session, name="唐三藏") -> int:
    """Somebody whom the centre has received a referral about."""
    with transaction(session):
        return make_referral(session, person=make_person(session, name=name)).person_id


def business_type(session, letter="A", unit_id=None) -> int:
    return session.scalars(select(BusinessType.id).where(BusinessType.letter == letter)).first()


def book(session, by, *, person_id=None, officer="counter1", starts_at=None, key=None, now=NOW, **values):
    person_id = person_id or known_person(session)
    given = {
        "person_id": person_id,
        "business_type_id": business_type(session),
        "officer_id": account_id(session, officer),
        "starts_at": starts_at or at(9),
        "material": "勞保投保明細",
        "key": key or str(uuid.uuid4()),
        **values,
    }
    with transaction(session):
        return appointments.book(session, **given, by=by, at=now)


def move(session, appointment, by, *, officer="counter1", starts_at=None, key=None, now=NOW, reason=""):
    with transaction(session):
        return appointments.move(
            session,
            appointment.id,
            officer_id=account_id(session, officer),
            starts_at=starts_at or at(10),
            key=key or str(uuid.uuid4()),
            reason=reason,
            by=by,
            at=now,
        )


def refused(session, by, field, **values) -> str:
    with pytest.raises(FieldFault) as error:
        book(session, by, **values)
    assert error.value.field == field
    return str(error.value)


def free(session, centre, officer="counter1", day=MONDAY):
    return [
        slot.starts_at for slot in appointments.free_slots(session, centre, account_id(session, officer), day)
    ]


# booking


def test_a_booked_slot_is_no_longer_free_and_its_neighbours_are(session, act_as, centre):
    booked = book(session, act_as("counter1"))
    assert (booked.day, booked.starts_at, booked.ends_at) == (MONDAY, at(9), at(9, 30))
    assert booked.material == "勞保投保明細"
    found = free(session, centre)
    assert at(9) not in found and at(8, 30) in found and at(9, 30) in found
    assert len(found) == 15
    assert len(free(session, centre, "counter2")) == 16


def test_the_same_form_sent_twice_makes_one_appointment(session, act_as, centre):
    person_id, key = known_person(session), str(uuid.uuid4())
    first = book(session, act_as("counter1"), person_id=person_id, key=key)
    again = book(session, act_as("counter1"), person_id=person_id, key=key)
    assert first.id == again.id
    assert session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_another_form_with_the_key_of_one_that_was_sent_is_refused(session, act_as, centre):
    person_id, key = known_person(session), str(uuid.uuid4())
    book(session, act_as("counter1"), person_id=person_id, key=key)
    with pytest.raises(StaleVersion):
        book(session, act_as("counter1"), person_id=person_id, key=key, starts_at=at(10))
    with pytest.raises(StaleVersion):
        book(session, act_as("counter2"), person_id=person_id, key=key)


def test_the_second_at_a_slot_is_told_who_was_first(session, act_as, centre):
    book(session, act_as("counter1"))
    with pytest.raises(AlreadyDone, match="李佳蓉"):
        book(session, act_as("counter2"))


def test_nobody_is_booked_at_two_counters_at_once(session, act_as, centre):
    person_id = known_person(session)
    book(session, act_as("counter1"), person_id=person_id)
    sentence = refused(session, act_as("counter2"), "person_id", person_id=person_id, officer="counter2")
    assert "09:00" in sentence and "李佳蓉" in sentence
    assert book(session, act_as("counter2"), person_id=person_id, officer="counter2", starts_at=at(9, 30))


def test_of_another_centres_appointment_nothing_is_told(session, act_as, centre):
    """Nobody is in two places at once, yet no centre sees another's visitors."""
    person_id = known_person(session)
    with transaction(session):
        session.add(
            Appointment(
                unit_id=act_as("supervisor3").unit_id,
                officer_id=account_id(session, "manager3"),
                person_id=person_id,
                business_type_id=business_type(session),
                day=MONDAY,
                starts_at=at(9),
                ends_at=at(9, 30),
                made_at=NOW,
                made_by_id=account_id(session, "supervisor3"),
                submission_key=str(uuid.uuid4()),
            )
        )
    sentence = refused(session, act_as("counter1"), "person_id", person_id=person_id)
    assert sentence == "這位民眾這個時段已有其他安排，請改選其他時段。"
    with transaction(session):
        elsewhere_too = session.scalars(select(Appointment)).one()
        elsewhere_too.officer_id = account_id(session, "counter1")
    with pytest.raises(AlreadyDone) as error:
        book(session, act_as("counter1"))
    assert str(error.value) == "這個時段剛被預約走了，請改選其他時段。"


def test_what_has_begun_cannot_be_booked(session, act_as, centre):
    refused(session, act_as("counter1"), "starts_at", starts_at=at(10, day=FRIDAY))  # it is ten o'clock
    assert book(session, act_as("counter1"), starts_at=at(10, 30, day=FRIDAY))


def test_a_time_that_is_no_slot_cannot_be_booked(session, act_as, centre):
    for wrong in (at(9, 10), at(12), at(17), at(7, 30)):
        refused(session, act_as("counter1"), "starts_at", starts_at=wrong)


def test_nothing_is_booked_further_ahead_than_half_a_year(session, act_as, centre):
    refused(session, act_as("counter1"), "starts_at", starts_at=at(9, day=date(2027, 11, 22)))


def test_a_weekend_a_public_holiday_and_the_centres_own_one_are_closed(session, act_as, centre):
    with transaction(session):
        session.add(CentreHoliday(unit_id=centre, day=MONDAY, name="員工訓練"))
    for closed in (date(2026, 11, 21), date(2027, 1, 1), MONDAY):
        assert free(session, centre, day=closed) == []
        refused(session, act_as("counter1"), "starts_at", starts_at=at(9, day=closed))
    assert book_of(session, centre, MONDAY).why_closed == "員工訓練"


def test_a_saturday_that_the_centre_opens_can_be_booked(session, act_as, centre):
    saturday = date(2026, 11, 21)
    with transaction(session):
        session.add(CentreHoliday(unit_id=centre, day=saturday, name="徵才活動", open=True))
    assert len(free(session, centre, day=saturday)) == 16
    assert book(session, act_as("counter1"), starts_at=at(9, day=saturday))


def test_without_a_post_on_the_day_nothing_can_be_booked(session, act_as, centre):
    with transaction(session):
        post = session.scalars(select(Post).where(Post.officer_id == account_id(session, "counter1"))).one()
        post.ends_on = FRIDAY
    assert free(session, centre) == []
    assert "李佳蓉" in refused(session, act_as("counter1"), "officer_id")
    refused(session, act_as("counter1"), "officer_id", officer="manager3")


def test_who_has_left_the_centre_is_booked_no_more(session, act_as, centre):
    officer = account_id(session, "counter1")
    with transaction(session):
        session.add(Departure(unit_id=centre, officer_id=officer, left_on=MONDAY))
    assert free(session, centre) == []
    refused(session, act_as("counter2"), "officer_id")
    ahead = appointments.next_free(session, centre, officer, NOW, 40)
    assert {slot.starts_at.date() for slot in ahead} == {FRIDAY}


@pytest.mark.parametrize("left_on", [date(2026, 3, 2), FRIDAY, MONDAY, date(2026, 11, 25)])
def test_who_came_back_is_booked_again(session, act_as, centre, left_on):
    """Left long ago, today, on the day, or is to leave later: a post that begins on that day or after makes it past."""
    officer, later = account_id(session, "counter1"), date(2026, 11, 30)
    with transaction(session):
        session.add(Departure(unit_id=centre, officer_id=officer, left_on=left_on))
        post = session.scalars(select(Post).where(Post.officer_id == officer)).one()
        post.ends_on = left_on - timedelta(days=1)
        session.add(Post(unit_id=centre, officer_id=officer, counter_id=post.counter_id, starts_on=left_on))
    assert len(free(session, centre)) == len(free(session, centre, day=later)) == 16
    assert book(session, act_as("counter2")).officer_id == officer
    assert book(session, act_as("counter2"), starts_at=at(9, day=later)).officer_id == officer


def test_who_came_back_is_not_booked_in_between(session, act_as, centre):
    officer, back = account_id(session, "counter1"), date(2026, 11, 30)
    with transaction(session):
        session.add(Departure(unit_id=centre, officer_id=officer, left_on=FRIDAY))
        post = session.scalars(select(Post).where(Post.officer_id == officer)).one()
        post.ends_on = FRIDAY - timedelta(days=1)
        session.add(Post(unit_id=centre, officer_id=officer, counter_id=post.counter_id, starts_on=back))
    assert free(session, centre) == []
    refused(session, act_as("counter2"), "officer_id")
    assert len(free(session, centre, day=back)) == 16


def test_a_leave_and_a_supervisors_absence_take_their_slots_and_a_break_none(session, act_as, centre):
    officer = account_id(session, "counter1")
    with transaction(session):
        for kind, start, end in (("leave", at(9), at(10)), ("break", at(13), None)):
            session.add(
                Attendance(unit_id=centre, officer_id=officer, kind=kind, starts_at=start, ends_at=end)
            )
        make_absence(session, "counter2", MONDAY, MONDAY)
    found = free(session, centre)
    assert at(9) not in found and at(9, 30) not in found and len(found) == 14
    assert "請假" in refused(session, act_as("counter1"), "starts_at")
    assert free(session, centre, "counter2") == []
    refused(session, act_as("counter2"), "starts_at", officer="counter2")


def test_slots_are_as_long_as_the_centre_says(session, act_as, centre):
    with transaction(session):
        session.get_one(Desk, centre).slot_minutes = 60
    assert [slot.hour for slot in free(session, centre)] == [8, 9, 10, 11, 13, 14, 15, 16]
    assert book(session, act_as("counter1")).ends_at == at(10)


def test_a_longer_slot_that_reaches_into_a_booked_one_is_taken(session, act_as, centre):
    book(session, act_as("counter1"), starts_at=at(9, 30))
    with transaction(session):
        session.get_one(Desk, centre).slot_minutes = 60
    assert at(9) not in free(session, centre)
    with pytest.raises(AlreadyDone):
        book(session, act_as("counter1"), starts_at=at(9))


def test_whom_the_centre_does_not_know_it_cannot_book(session, act_as, centre):
    with transaction(session):
        stranger = make_person(session).id
        elsewhere = make_referral(session, unit="08").person_id
    refused(session, act_as("counter1"), "person_id", person_id=stranger)
    refused(session, act_as("counter1"), "person_id", person_id=elsewhere)


def test_a_business_type_that_is_not_the_centres_or_no_longer_offered_is_refused(session, act_as, centre):
    with transaction(session):
        session.get_one(BusinessType, business_type(session, "C")).active = False
    for wrong in (business_type(session, "C"), 999_999):
        refused(session, act_as("counter1"), "business_type_id", business_type_id=wrong)


def test_reception_reads_the_book_and_does_not_write_it(session, act_as, centre):
    with pytest.raises(NotFound):
        book(session, act_as("reception"))


# next free, today


def test_the_next_free_slots_begin_later_and_go_on_over_the_weekend(session, act_as, centre):
    book(session, act_as("counter1"), starts_at=at(8))
    officer = account_id(session, "counter1")
    found = appointments.next_free(session, centre, officer, at(16, day=FRIDAY), 3)
    assert [slot.starts_at for slot in found] == [at(16, 30, day=FRIDAY), at(8, 30), at(9)]


def test_the_next_free_slot_after_a_long_leave_is_found(session, act_as, centre):
    with transaction(session):
        make_absence(session, "counter1", FRIDAY, date(2027, 1, 29))
    found = appointments.next_free(session, centre, account_id(session, "counter1"), NOW, 1)
    assert [slot.starts_at for slot in found] == [at(8, day=date(2027, 2, 1))]


def test_today_for_names_the_booked_ones_of_the_local_day_in_order(session, act_as, centre):
    person_id, by = known_person(session), act_as("counter1")
    book(session, by, person_id=person_id, starts_at=at(9))
    late = book(session, by, person_id=person_id, starts_at=at(15, day=FRIDAY))
    early = book(session, by, person_id=person_id, starts_at=at(11, day=FRIDAY), officer="counter2")
    found = appointments.today_for(session, centre, person_id, NOW)
    assert [each.id for each in found] == [early.id, late.id]
    just_before_midnight = at(23, 59, day=FRIDAY)
    assert len(appointments.today_for(session, centre, person_id, just_before_midnight)) == 2
    assert (
        len(appointments.today_for(session, centre, person_id, at(0, 1, day=FRIDAY + timedelta(days=1)))) == 0
    )


# moving, cancelling, keeping


def test_moving_makes_a_new_row_to_which_the_old_one_leads(session, act_as, centre):
    old = book(session, act_as("counter1"))
    new = move(session, old, act_as("counter2"), officer="counter2", reason="就服員受訓")
    session.expire_all()
    assert (old.state, old.moved_to_id, old.ended_reason) == ("moved", new.id, "就服員受訓")
    assert (new.state, new.person_id, new.material) == ("booked", old.person_id, "勞保投保明細")
    assert at(9) in free(session, centre)
    assert [each.id for each in appointments.of_day(session, centre, MONDAY)] == [new.id]


def test_moving_by_half_a_slots_length_is_no_clash_with_oneself(session, act_as, centre):
    old = book(session, act_as("counter1"), starts_at=at(9, 30))
    with transaction(session):
        session.get_one(Desk, centre).slot_minutes = 60
    assert move(session, old, act_as("counter1"), starts_at=at(9)).starts_at == at(9)


def test_the_same_move_sent_twice_moves_once(session, act_as, centre):
    old, key = book(session, act_as("counter1")), str(uuid.uuid4())
    first = move(session, old, act_as("counter1"), key=key)
    assert move(session, old, act_as("counter1"), key=key).id == first.id
    assert session.scalar(select(func.count()).select_from(Appointment)) == 2


def test_a_move_to_a_taken_slot_leaves_the_old_appointment_as_it_was(session, act_as, centre):
    book(session, act_as("counter1"), starts_at=at(10))
    old = book(session, act_as("counter1"))
    with pytest.raises(AlreadyDone):
        move(session, old, act_as("counter1"), starts_at=at(10))
    session.expire_all()
    assert (old.state, old.moved_to_id, old.ended_reason) == ("booked", None, "")


def test_a_cancelled_slot_is_free_for_somebody_else(session, act_as, centre):
    old = book(session, act_as("counter1"))
    with transaction(session):
        appointments.cancel(session, old.id, reason="民眾來電取消", by=act_as("counter1"), at=NOW)
    assert (old.state, old.ended_reason) == ("cancelled", "民眾來電取消")
    assert book(session, act_as("counter2")).starts_at == at(9)


def test_cancelling_needs_a_reason(session, act_as, centre):
    old = book(session, act_as("counter1"))
    with pytest.raises(FieldFault) as error, transaction(session):
        appointments.cancel(session, old.id, reason=" ", by=act_as("counter1"), at=NOW)
    assert error.value.field == "reason"
    session.expire_all()
    assert old.state == "booked"


def test_a_missed_appointment_stays_booked_and_past(session, act_as, centre):
    old = book(session, act_as("counter1"))
    with pytest.raises(RuleBroken), transaction(session):
        appointments.cancel(session, old.id, reason="未到", by=act_as("counter1"), at=at(9, 1))
    with pytest.raises(RuleBroken):
        move(session, old, act_as("counter1"), now=at(9, 1))
    session.expire_all()
    assert old.state == "booked"


def test_check_in_keeps_an_appointment_once_and_on_its_day(session, act_as, centre):
    booked = book(session, act_as("counter1"))

    def keep(moment: datetime) -> Appointment | None:
        with transaction(session):
            return appointments.keep(
                session,
                person_id=booked.person_id,
                business_type_id=booked.business_type_id,
                by=act_as("reception"),
                at=moment,
            )

    assert keep(NOW) is None
    assert keep(at(9, 20)) is booked
    assert booked.state == "kept"
    assert at(9) not in free(session, centre)
    assert keep(at(9, 21)) is None
    with pytest.raises(AlreadyDone), transaction(session):
        appointments.cancel(session, booked.id, reason="誤登", by=act_as("counter1"), at=at(8))


def test_another_centres_appointment_does_not_exist(session, act_as, centre):
    booked = book(session, act_as("counter1"))
    make_desk(session, "08")
    for step in (
        lambda by: appointments.cancel(session, booked.id, reason="誤登", by=by, at=NOW),
        lambda by: appointments.move(
            session,
            booked.id,
            officer_id=by.user_id,
            starts_at=at(10),
            key=str(uuid.uuid4()),
            by=by,
            at=NOW,
        ),
    ):
        with pytest.raises(NotFound), transaction(session):
            step(act_as("supervisor3"))


# two at once


def test_of_eight_officers_at_one_slot_one_books_and_seven_are_told(both, session, act_as, centre):
    people = [known_person(session) for _ in range(8)]
    officers = [act_as(f"counter{n}") for n in range(1, 9)]
    kind, officer = business_type(session), account_id(session, "counter1")

    def press(own, by, person_id):
        with transaction(own):
            appointments.book(
                own,
                person_id=person_id,
                business_type_id=kind,
                officer_id=officer,
                starts_at=at(9),
                material="",
                key=str(uuid.uuid4()),
                by=by,
                at=NOW,
            )

    outcomes = race(both, list(zip(officers, people, strict=True)), press, lanes=8)
    winners = [args for args, error in outcomes if error is None]
    losers = [error for _, error in outcomes if error is not None]
    assert len(winners) == 1
    assert all(isinstance(error, AlreadyDone) for error in losers)
    assert all(winners[0][0].name in str(error) for error in losers)
    session.expire_all()
    assert session.scalars(select(Appointment.person_id)).all() == [winners[0][1]]


def test_one_form_in_eight_tabs_makes_one_appointment(both, session, act_as, centre):
    person_id, key = known_person(session), str(uuid.uuid4())
    by, kind = act_as("counter1"), business_type(session)

    def press(own, _lane):
        with transaction(own):
            appointments.book(
                own,
                person_id=person_id,
                business_type_id=kind,
                officer_id=by.user_id,
                starts_at=at(9),
                material="",
                key=key,
                by=by,
                at=NOW,
            )

    outcomes = race(both, [(lane,) for lane in range(8)], press, lanes=8)
    assert [error for _, error in outcomes if error is not None] == []
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_the_database_itself_refuses_a_second_one_in_the_slot(session, act_as, centre):
    first = book(session, act_as("counter1"))
    values = {
        column.key: getattr(first, column.key)
        for column in Appointment.__table__.columns
        if column.key not in ("id", "submission_key", "person_id")
    }
    person_id = known_person(session)
    with pytest.raises(IntegrityError), transaction(session):
        session.add(Appointment(**values, person_id=person_id, submission_key=str(uuid.uuid4())))


# the book of a day


def test_the_book_shows_the_own_column_first_and_the_others_by_counter(session, act_as, centre):
    book(session, act_as("counter2"), officer="counter2")
    found = book_of(session, centre, MONDAY, first=account_id(session, "counter3"))
    assert [column.counters for column in found.columns] == [(3,), (1,), (2,), (4,), (5,), (6,), (7,), (8,)]
    assert [len(column.appointments) for column in found.columns] == [0, 0, 1, 0, 0, 0, 0, 0]
    assert found.open and len(found.slots) == 16


def test_who_has_no_counter_any_more_but_is_still_booked_keeps_a_column(session, act_as, centre):
    book(session, act_as("counter1"))
    with transaction(session):
        post = session.scalars(select(Post).where(Post.officer_id == account_id(session, "counter1"))).one()
        post.ends_on = FRIDAY
    column = book_of(session, centre, MONDAY).columns[-1]
    assert (column.officer, column.counters, len(column.appointments)) == ("李佳蓉", (), 1)
