"""差勤: registered once, without overlaps, by oneself or the supervisor; who comes back gets what was waiting."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from models.desk import Desk
from models.desk_rules import BusinessType, CentreHoliday
from models.desk_staff import Attendance
from models.visit import Visit
from reports import attendance as reports
from reports.endangered import endangered
from rules.calendar import TAIPEI
from rules.desk import AttendanceKind
from rules.errors import FieldFault, NotFound, RuleBroken, StaleVersion
from services import appointments, attendance
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_absence, make_desk, make_person, make_referral, make_visit
from tests.races import race
from tests.staff import account_id

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
LEAVE, TRIP = AttendanceKind.LEAVE, AttendanceKind.TRIP


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TAIPEI)


@pytest.fixture
def centre(session, act_as) -> int:
    make_desk(session)
    return act_as("counter1").unit_id


def register(session, by, *, officer=None, kind=LEAVE, starts_at=None, ends_at=None, note="", now=NOW):
    officer_id = account_id(session, officer) if officer else by.user_id
    with transaction(session):
        return attendance.register(
            session,
            officer_id=officer_id,
            kind=kind,
            starts_at=starts_at or at(8),
            ends_at=ends_at or at(17),
            note=note,
            by=by,
            at=now,
        )


def change(session, row, by, *, starts_at=None, ends_at=None, now=NOW, opened_version=None):
    with transaction(session):
        return attendance.change(
            session,
            row.id,
            opened_version=opened_version or row.version,
            kind=LEAVE,
            starts_at=starts_at or row.starts_at,
            ends_at=ends_at or row.ends_at,
            note="",
            by=by,
            at=now,
        )


def all_rows(session):
    session.expire_all()
    return session.scalars(select(Attendance).order_by(Attendance.id)).all()


def serial(session, centre) -> int:
    session.expire_all()
    return session.get_one(Desk, centre).serial


# leave, trips, training


def test_an_officer_registers_and_the_screens_are_told_to_look_again(session, act_as, centre):
    before = serial(session, centre)
    row = register(session, act_as("counter1"), note="  特休 ")
    assert (row.officer_id, row.kind, row.note) == (act_as("counter1").user_id, "leave", "特休")
    assert (row.changed_by_name, row.changed_at) == ("李佳蓉", NOW)
    assert serial(session, centre) == before + 1


def test_pressed_twice_it_is_registered_once(session, act_as, centre):
    first = register(session, act_as("counter1"))
    assert register(session, act_as("counter1")).id == first.id
    assert len(all_rows(session)) == 1


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [(13, 15, False), (8, 10, True), (10, 11, False), (7, 18, False), (12, 13, True), (12, 14, False)],
)
def test_no_two_leaves_of_an_officer_overlap_and_they_may_follow_each_other(
    session, act_as, centre, first, last, fits
):
    by = act_as("counter1")
    register(session, by, starts_at=at(10), ends_at=at(12))
    register(session, by, starts_at=at(13), ends_at=at(14))
    register(session, act_as("counter2"), starts_at=at(8), ends_at=at(17))  # somebody else's is none of it
    if fits:
        assert register(session, by, kind=TRIP, starts_at=at(first), ends_at=at(last))
        return
    with pytest.raises(FieldFault) as error:
        register(session, by, kind=TRIP, starts_at=at(first), ends_at=at(last))
    assert error.value.field == "starts_at"
    assert len(all_rows(session)) == 3


def test_an_end_before_the_start_and_a_break_are_refused(session, act_as, centre):
    for values, field in (
        ({"starts_at": at(12), "ends_at": at(12)}, "ends_at"),
        ({"kind": AttendanceKind.BREAK}, "kind"),
        ({"note": "長" * 101}, "note"),
    ):
        with pytest.raises(FieldFault) as error:
            register(session, act_as("counter1"), **values)
        assert error.value.field == field


def test_a_supervisor_registers_for_the_staff_of_the_centre_alone(session, act_as, centre):
    row = register(session, act_as("supervisor"), officer="counter2")
    assert (row.officer_id, row.changed_by_name) == (account_id(session, "counter2"), "郭玲巧")
    for stranger in ("manager3", "reception"):
        with pytest.raises(FieldFault) as error:
            register(session, act_as("supervisor"), officer=stranger)
        assert error.value.field == "officer_id"


def test_an_officer_neither_registers_nor_changes_nor_removes_anothers(session, act_as, centre):
    row = register(session, act_as("counter2"))
    with pytest.raises(NotFound):
        register(session, act_as("counter1"), officer="counter3")
    with pytest.raises(NotFound):
        change(session, row, act_as("counter1"), ends_at=at(12))
    with pytest.raises(NotFound), transaction(session):
        attendance.remove(session, row.id, by=act_as("counter1"), at=NOW)
    assert [each.ends_at for each in all_rows(session)] == [at(17)]


def test_a_change_of_a_row_that_was_saved_meanwhile_names_who_saved_it(session, act_as, centre):
    row = register(session, act_as("counter1"))
    opened = row.version
    change(session, row, act_as("supervisor"), ends_at=at(12))
    with pytest.raises(StaleVersion, match="郭玲巧"):
        change(session, row, act_as("counter1"), ends_at=at(15), opened_version=opened)
    assert [each.ends_at for each in all_rows(session)] == [at(12)]


def test_a_row_may_keep_its_own_time_when_it_is_changed(session, act_as, centre):
    row = register(session, act_as("counter1"))
    assert change(session, row, act_as("counter1"), ends_at=at(16)).ends_at == at(16)


def test_a_removed_leave_is_gone_and_a_second_press_finds_nothing(session, act_as, centre):
    row = register(session, act_as("counter1"))
    with transaction(session):
        attendance.remove(session, row.id, by=act_as("counter1"), at=NOW)
    assert all_rows(session) == []
    with pytest.raises(NotFound), transaction(session):
        attendance.remove(session, row.id, by=act_as("counter1"), at=NOW)


def test_of_two_tabs_with_overlapping_leaves_one_is_refused(both, session, act_as, centre):
    by = act_as("counter1")

    def press(own, lane):
        with transaction(own):
            attendance.register(
                own,
                officer_id=by.user_id,
                kind=LEAVE,
                starts_at=at(8 + lane),
                ends_at=at(12),
                note="",
                by=by,
                at=NOW,
            )

    outcomes = race(both, [(lane,) for lane in range(4)], press, lanes=4)
    errors = [error for _, error in outcomes if error is not None]
    assert len(errors) == 3 and all(isinstance(error, FieldFault) for error in errors)
    assert len(all_rows(session)) == 1


# away for a moment, and back


def step_away(session, by, now=NOW):
    with transaction(session):
        return attendance.step_away(session, by=by, at=now)


def come_back(session, by, now):
    with transaction(session):
        return attendance.back(session, by=by, at=now)


def test_a_break_lasts_until_its_officer_is_back(session, act_as, centre):
    by = act_as("counter1")
    row = step_away(session, by)
    assert (row.kind, row.ends_at) == ("break", None)
    assert step_away(session, by, NOW + timedelta(minutes=1)).id == row.id
    assert come_back(session, by, NOW + timedelta(minutes=5)) == 1
    assert [each.ends_at for each in all_rows(session)] == [NOW + timedelta(minutes=5)]
    assert come_back(session, by, NOW + timedelta(minutes=6)) == 0


def test_who_is_on_leave_need_not_step_away_and_cuts_the_leave_short_by_coming_back(session, act_as, centre):
    by = act_as("counter1")
    register(session, by, starts_at=at(8, day=FRIDAY), ends_at=at(17, day=FRIDAY))
    with pytest.raises(RuleBroken, match="請假"):
        step_away(session, by)
    assert come_back(session, by, NOW) == 1
    assert [each.ends_at for each in all_rows(session)] == [NOW]


def test_a_leave_that_is_still_to_come_is_untouched_by_coming_back(session, act_as, centre):
    register(session, act_as("counter1"))
    assert come_back(session, act_as("counter1"), NOW) == 0
    assert [each.ends_at for each in all_rows(session)] == [at(17)]


@pytest.mark.parametrize("way", ["back", "shortened", "removed"])
def test_whoever_comes_on_duty_gets_the_visit_that_nobody_could_take(session, act_as, centre, way):
    by = act_as("counter8")  # alone in the recruitment section
    row = register(session, by, starts_at=at(8, day=FRIDAY), ends_at=at(17, day=FRIDAY))
    with transaction(session):
        visit_id = make_visit(session, officer=None, letter="D").id
    if way == "back":
        come_back(session, by, NOW)
    elif way == "shortened":
        change(session, row, by, ends_at=NOW)
    else:
        with transaction(session):
            attendance.remove(session, row.id, by=by, at=NOW)
    session.expire_all()
    visit = session.get_one(Visit, visit_id)
    assert (visit.state, visit.officer_id) == ("waiting", by.user_id)


# what the reports say


def book(session, by, starts_at):
    with transaction(session):
        person_id = make_referral(session, person=make_person(session)).person_id
    with transaction(session):
        return appointments.book(
            session,
            person_id=person_id,
            business_type_id=session.scalars(select(BusinessType.id)).first(),
            officer_id=by.user_id,
            starts_at=starts_at,
            material="",
            key=str(uuid.uuid4()),
            by=by,
            at=NOW,
        )


def test_an_appointment_that_falls_into_a_new_leave_stays_and_is_listed_to_be_moved(session, act_as, centre):
    by = act_as("counter1")
    inside, outside = book(session, by, at(9)), book(session, by, at(13))
    others = book(session, act_as("counter2"), at(9))
    register(session, by, starts_at=at(8), ends_at=at(12))
    found = endangered(session, centre, NOW)
    assert [(appointment.id, why) for appointment, why in found] == [(inside.id, "請假")]
    assert {each.state for each in (inside, outside, others)} == {"booked"}
    assert endangered(session, centre, NOW, officer_id=account_id(session, "counter2")) == []
    assert endangered(session, centre, at(9, 1)) == []  # it has passed
    with transaction(session):
        make_absence(session, "counter2", MONDAY, MONDAY)
    assert [each.id for each, _why in endangered(session, centre, NOW)] == [inside.id, others.id]


def test_a_moved_appointment_is_no_longer_listed(session, act_as, centre):
    by = act_as("counter1")
    old = book(session, by, at(9))
    register(session, by, starts_at=at(8), ends_at=at(12))
    with transaction(session):
        appointments.move(
            session,
            old.id,
            officer_id=by.user_id,
            starts_at=at(13),
            key=str(uuid.uuid4()),
            by=by,
            at=NOW,
        )
    assert endangered(session, centre, NOW) == []


def test_an_appointment_on_a_day_that_was_closed_later_is_listed_too(session, act_as, centre):
    booked = book(session, act_as("counter1"), at(9))
    with transaction(session):
        session.add(CentreHoliday(unit_id=centre, day=MONDAY, name="颱風停班"))
    assert [(each.id, why) for each, why in endangered(session, centre, NOW)] == [(booked.id, "中心不上班")]


def test_a_break_endangers_nothing(session, act_as, centre):
    by = act_as("counter1")
    book(session, by, at(15, day=FRIDAY))
    step_away(session, by)
    assert endangered(session, centre, NOW) == []


def test_the_month_names_every_day_that_a_leave_or_an_absence_touches(session, act_as, centre):
    by, other = act_as("counter1"), account_id(session, "counter2")
    register(session, by, starts_at=at(13, day=FRIDAY), ends_at=at(12))
    step_away(session, act_as("counter3"))
    with transaction(session):
        make_absence(session, "counter2", date(2026, 11, 30), date(2026, 12, 2))
        make_absence(session, "supervisor3", MONDAY, MONDAY)  # of another centre
    found = reports.month(session, centre, FRIDAY)
    weekend = [date(2026, 11, 21), date(2026, 11, 22)]
    assert sorted(found) == sorted(
        [(by.user_id, day) for day in (FRIDAY, *weekend, MONDAY)] + [(other, date(2026, 11, 30))]
    )


def test_a_leave_until_midnight_does_not_touch_the_next_day(session, act_as, centre):
    register(session, act_as("counter1"), starts_at=at(8), ends_at=at(0, day=date(2026, 11, 24)))
    assert [day for _officer, day in reports.month(session, centre, FRIDAY)] == [MONDAY]


def test_a_leave_weighs_more_than_the_break_in_it(session, act_as, centre):
    by = act_as("counter1")
    step_away(session, by)
    register(session, by, starts_at=NOW, ends_at=at(17, day=FRIDAY))
    spans = reports.away(session, centre, FRIDAY, FRIDAY)[by.user_id]
    assert reports.now_of(spans, NOW).kind == "請假"
    assert reports.now_of(spans, at(17, day=FRIDAY)).kind == "暫離"
