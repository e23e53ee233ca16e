"""櫃台輪值清冊: who sits where on each day, deputies in order, who is away, who receives."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.desk import Counter, Post
from models.desk_rules import CentreHoliday
from models.desk_staff import Attendance
from reports.counter_roster import Away, Day, roster
from tests.factories import make_absence, make_desk

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def days(session: Session) -> dict[date, Day]:
    unit_id = make_desk(session).unit_id
    return {each.day: each for each in roster(session, unit_id, FRIDAY, MONDAY)}


def officer(session: Session, name: str) -> int:
    return session.scalars(select(Account.id).where(Account.username == name)).one()


def test_each_counter_has_its_officer_and_the_deputies_in_their_order(session: Session) -> None:
    line = days(session)[FRIDAY].lines[0]
    assert (line.number, line.group, line.officer, line.deputies) == (
        1,
        "一般",
        "李佳蓉",
        ("黃志偉", "吳淑芬"),
    )


def test_a_post_that_ends_is_empty_from_the_next_day_on(session: Session) -> None:
    make_desk(session)
    post = session.scalars(select(Post).join(Counter).where(Counter.number == 1)).one()
    post.ends_on = FRIDAY
    session.flush()
    found = days(session)
    assert found[FRIDAY].lines[0].officer == "李佳蓉"
    assert (found[MONDAY].lines[0].officer, found[MONDAY].lines[0].deputies) == ("", ())


def test_leave_is_for_the_day_and_a_trip_for_its_hours_and_a_break_is_nothing(session: Session) -> None:
    unit_id = make_desk(session).unit_id
    make_absence(session, "counter1", FRIDAY, FRIDAY)
    for kind, first, last in (("trip", 5, 7), ("break", 1, 2)):
        session.add(
            Attendance(
                unit_id=unit_id,
                officer_id=officer(session, "counter2"),
                kind=kind,
                starts_at=datetime(2026, 11, 20, first, tzinfo=UTC),
                ends_at=datetime(2026, 11, 20, last, tzinfo=UTC),
            )
        )
    session.flush()
    found = days(session)
    assert found[FRIDAY].lines[0].away == (Away("請假"),)
    assert found[FRIDAY].lines[1].away == (Away("出差", "13:00", "15:00"),)
    assert not found[MONDAY].lines[0].away


def test_the_weekend_is_closed_and_the_centres_own_days_say_otherwise(session: Session) -> None:
    unit_id = make_desk(session).unit_id
    session.add(CentreHoliday(unit_id=unit_id, day=date(2026, 11, 21), name="徵才活動", open=True))
    session.add(CentreHoliday(unit_id=unit_id, day=MONDAY, name="消毒", open=False))
    session.flush()
    found = days(session)
    assert [found[day].closed for day in sorted(found)] == [False, False, True, True]
    assert found[MONDAY].holiday == "消毒"


def test_the_reception_shifts_are_in_the_order_of_the_day(session: Session) -> None:
    assert [(each.starts, each.ends) for each in days(session)[FRIDAY].shifts] == [
        ("08:00", "12:00"),
        ("13:00", "17:00"),
    ]
