"""差勤登錄 on the screen: my own, everybody's for the supervisor, and what is in the way of a new leave."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from models.desk_rules import BusinessType
from models.desk_staff import Attendance
from rules.calendar import TAIPEI
from services import appointments
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_absence, make_desk, make_person, make_referral
from tests.staff import account_id

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
URL = "/desk/attendance/"
LEAVE = {
    "kind": "leave",
    "starts_day": "115/11/23",
    "starts_time": "0800",
    "ends_day": "115/11/23",
    "ends_time": "12:00",
    "note": "特休",
}


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TAIPEI)


@pytest.fixture(autouse=True)
def centre(app) -> None:
    make_desk(db.session)


def register(browser, csrf, **values):
    return browser.post(f"{URL}register", data=csrf(browser, {**LEAVE, **values}))


def rows() -> list[Attendance]:
    db.session.remove()
    return list(db.session.scalars(select(Attendance).order_by(Attendance.id)))


def test_an_officer_registers_with_roc_dates_and_sees_it_in_the_months_list(as_, csrf):
    browser = as_("counter1")
    answer = register(browser, csrf)
    assert answer.status_code == 302
    (row,) = rows()
    assert (row.kind, row.starts_at, row.ends_at, row.note) == ("leave", at(8), at(12), "特休")
    page = browser.get(answer.location).text
    assert "已登錄請假" in page and "115/11/23 08:00" in page and "特休" in page


def test_all_faults_are_told_at_once_and_nothing_typed_is_lost(as_, csrf):
    page = register(
        as_("counter1"), csrf, kind="", starts_day="115/2/30", starts_time="25:00", ends_time="", note="家事"
    )
    assert page.status_code == 422 and rows() == []
    assert set(re.findall(r'<a href="#(\w+)">', page.text)) == {
        "kind",
        "starts_day",
        "starts_time",
        "ends_time",
    }
    assert 'value="115/2/30"' in page.text and 'value="家事"' in page.text
    assert "有 4 個地方需要修正" in page.text


def test_an_overlap_names_the_time_that_is_registered(as_, csrf):
    browser = as_("counter1")
    register(browser, csrf)
    page = register(browser, csrf, kind="trip", starts_time="11:00", ends_time="15:00")
    assert page.status_code == 422 and "115/11/23 08:00 至 115/11/23 12:00 已登錄差勤" in page.text
    assert len(rows()) == 1


def test_an_officer_sees_and_reaches_only_the_own_ones(as_, csrf):
    register(as_("counter2"), csrf, note="喝喜酒")
    (row,) = rows()
    browser = as_("counter1")
    page = browser.get(f"{URL}?month=2026-11-01").text
    assert "喝喜酒" not in page and 'name="officer_id"' not in page
    assert browser.get(f"{URL}{row.id}").status_code == 404
    assert browser.post(f"{URL}{row.id}", data=csrf(browser, LEAVE)).status_code == 404
    assert browser.post(f"{URL}{row.id}/remove", data=csrf(browser, {})).status_code == 404
    other = str(account_id(db.session, "counter3"))
    assert register(browser, csrf, officer_id=other).status_code == 404
    assert len(rows()) == 1


def test_a_supervisor_registers_for_an_officer_and_sees_everybodys(as_, csrf):
    register(as_("counter2"), csrf, note="喝喜酒")
    browser = as_("supervisor")
    officer = account_id(db.session, "counter5")
    answer = register(browser, csrf, kind="training", officer_id=str(officer), note="研習")
    assert answer.status_code == 302 and rows()[1].officer_id == officer
    page = browser.get(answer.location).text
    assert "喝喜酒" in page and "研習" in page and "高美蘭" in page
    assert register(browser, csrf).status_code == 422  # nobody chosen


def test_another_centres_supervisor_sees_none_of_it(as_, csrf):
    register(as_("counter2"), csrf, note="喝喜酒")
    (row,) = rows()
    make_desk(db.session, "08")
    browser = as_("supervisor3")
    assert "喝喜酒" not in browser.get(f"{URL}?month=2026-11-01").text
    assert browser.get(f"{URL}{row.id}").status_code == 404


def test_a_leave_is_changed_in_the_form_it_was_registered_with(as_, csrf):
    browser = as_("counter1")
    register(browser, csrf)
    (row,) = rows()
    page = browser.get(f"{URL}{row.id}").text
    assert 'value="115/11/23"' in page and 'value="08:00"' in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    form = {**LEAVE, "ends_time": "17:00", "version": version}
    assert browser.post(f"{URL}{row.id}", data=csrf(browser, form)).status_code == 302
    assert [each.ends_at for each in rows()] == [at(17)]
    answer = browser.post(f"{URL}{row.id}", data=csrf(browser, {**form, "ends_time": "15:00"}))
    assert "剛被 李佳蓉 修改" in browser.get(answer.location).text
    assert [each.ends_at for each in rows()] == [at(17)]


def test_a_leave_is_removed_by_one_confirmed_press(as_, csrf):
    browser = as_("counter1")
    register(browser, csrf)
    (row,) = rows()
    page = browser.get(f"{URL}?month=2026-11-01").text
    assert f"{URL}{row.id}/remove" in page and "要刪除 115/11/23 08:00 的差勤嗎？" in page
    assert browser.post(f"{URL}{row.id}/remove", data=csrf(browser, {})).status_code == 302
    assert rows() == []


def test_stepping_away_and_coming_back_change_the_one_button(as_, csrf, clock):
    browser = as_("counter1")
    page = browser.get(URL).text
    assert f"{URL}away" in page and f"{URL}back" not in page
    browser.post(f"{URL}away", data=csrf(browser, {}))
    page = browser.get(URL).text
    assert f"{URL}away" not in page and f"{URL}back" in page and "自 115/11/20 10:00 起" in page
    assert "李佳蓉" in as_("supervisor").get(f"{URL}presence").text
    clock.now = NOW + timedelta(minutes=3)
    browser.post(f"{URL}back", data=csrf(browser, {}))
    assert [(each.kind, each.ends_at) for each in rows()] == [("break", clock.now)]
    assert "李佳蓉" not in as_("supervisor").get(f"{URL}presence").text


def test_a_supervisors_whole_days_are_shown_as_days_and_kept_elsewhere(as_):
    with transaction(db.session):
        make_absence(db.session, "counter1", MONDAY, date(2026, 11, 24))
    page = as_("counter1").get(f"{URL}?month=2026-11-01").text
    assert "請假(督導登錄)" in page and "115/11/24（整天）" in page and "/remove" not in page


def test_an_appointment_in_a_new_leave_is_warned_of_and_offered_to_be_moved(as_, act_as, csrf):
    by = act_as("counter1")
    with transaction(db.session):
        person_id = make_referral(db.session, person=make_person(db.session, name="孫悟空")).person_id
    with transaction(db.session):
        number = appointments.book(
            db.session,
            person_id=person_id,
            business_type_id=db.session.scalars(select(BusinessType.id)).first(),
            officer_id=by.user_id,
            starts_at=at(9),
            material="",
            key=str(uuid.uuid4()),
            by=by,
            at=NOW,
        ).id
    browser = as_("counter1")
    page = browser.get(register(browser, csrf).location).text
    assert "有 1 筆預約落在就服員不在的時間" in page
    assert "孫悟空" in page and f"moving={number}" in page
    assert "孫悟空" not in as_("counter2").get(URL).text


def test_a_month_that_cannot_be_read_is_this_one(as_):
    assert "民國 115 年 11 月" in as_("counter1").get(f"{URL}?month=x").text


def test_reception_has_no_attendance_to_register(as_, csrf):
    assert as_("reception").get(URL).status_code == 403
    assert register(as_("reception"), csrf).status_code == 403
