"""預約簿 on the screen: who sees what, one form from a free slot to an appointment, moved and cancelled in a press."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app.extensions import db
from models.appointment import Appointment
from models.desk_rules import BusinessType, CentreHoliday
from models.person import Person
from models.trail import TrailEntry
from rules.calendar import TAIPEI
from rules.clock import code
from rules.desk import AttendanceKind
from services import appointments, attendance
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_referral
from tests.staff import account_id
from tests.views.statements import counted

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TAIPEI)


@pytest.fixture
def centre(app, act_as) -> int:
    make_desk(db.session)
    return act_as("counter1").unit_id


def known_person(name="唐三藏") -> int:
    with transaction(db.session):
        return make_referral(db.session, person=make_person(db.session, name=name)).person_id


def kind_id() -> int:
    return db.session.scalars(select(BusinessType.id).where(BusinessType.letter == "A")).one()


def book(by, *, person_id=None, starts_at=None, officer=None, name="唐三藏") -> int:
    person_id = person_id or known_person(name)
    with transaction(db.session):
        return appointments.book(
            db.session,
            person_id=person_id,
            business_type_id=kind_id(),
            officer_id=officer or by.user_id,
            starts_at=starts_at or at(9),
            material="離職證明",
            key=str(uuid.uuid4()),
            by=by,
            at=NOW,
        ).id


def form_url(officer="counter1", starts_at=None) -> str:
    return f"/desk/appointments/new/{account_id(db.session, officer)}/{code(starts_at or at(9))}"


def submit(browser, csrf, url, **values):
    form = {"submission_key": str(uuid.uuid4()), "business_type_id": str(kind_id()), "material": "", **values}
    return browser.post(url, data=csrf(browser, form))


def all_booked() -> list[Appointment]:
    db.session.remove()
    return list(db.session.scalars(select(Appointment).order_by(Appointment.id)))


def seen_on(screen: str) -> list[tuple[str, int]]:
    found = select(TrailEntry).where(TrailEntry.screen == screen).order_by(TrailEntry.id)
    return [(entry.act, entry.persons) for entry in db.session.scalars(found)]


# the day


def test_an_officer_finds_the_own_column_first_and_free_slots_to_press(as_, act_as, centre):
    book(act_as("counter2"), starts_at=at(10))
    page = as_("counter3").get("/desk/appointments/?day=115/11/23").text
    heads = re.findall(r'<th scope="col"[^>]*>\s*([^<\s]+)\s*<small>', page)
    assert heads[:3] == ["吳淑芬", "李佳蓉", "黃志偉"]
    assert "115/11/23（一）" in page and "唐三藏" in page
    assert page.count('class="book-slot"') == 8 * 16 - 1


def test_slots_that_have_begun_can_no_longer_be_pressed(as_, centre):
    page = as_("counter1").get("/desk/appointments/").text
    assert f"{code(at(10, day=FRIDAY))}" not in re.findall(r'href="[^"]*/(\d+T\d+)"', page)
    assert page.count('class="book-slot"') == 8 * 11  # from half past ten on


def test_the_days_before_and_after_leave_the_weekend_out(as_, centre):
    page = as_("counter1").get("/desk/appointments/?day=2026-11-20").text
    assert "day=2026-11-23" in page and "day=2026-11-19" in page and "day=2026-11-21" not in page


def test_a_closed_day_says_why_and_still_shows_who_was_booked(as_, act_as, centre):
    book(act_as("counter1"))
    with transaction(db.session):
        db.session.add(CentreHoliday(unit_id=centre, day=MONDAY, name="颱風停班"))
    page = as_("counter1").get("/desk/appointments/?day=115/11/23").text
    assert "颱風停班" in page and "唐三藏" in page and 'class="book-slot"' not in page


@pytest.mark.parametrize("day", ["民國前1911/1/1", "8088/12/31"])
def test_the_book_opens_at_either_end_of_the_calendar(as_, centre, day):
    assert as_("counter1").get("/desk/appointments/", query_string={"day": day}).status_code == 200


def test_a_date_that_cannot_be_read_is_told_and_kept(as_, centre):
    page = as_("counter1").get("/desk/appointments/?day=明天").text
    assert "看不懂日期" in page and 'value="明天"' in page


def test_reception_reads_without_a_slot_to_press(as_, act_as, centre):
    book(act_as("counter1"))
    page = as_("reception").get("/desk/appointments/?day=115/11/23").text
    assert "唐三藏" in page and 'class="book-slot"' not in page
    assert as_("reception").get(form_url()).status_code == 403


def test_another_centre_sees_none_of_it(as_, act_as, centre):
    number = book(act_as("counter1"))
    make_desk(db.session, "08")
    assert "唐三藏" not in as_("supervisor3").get("/desk/appointments/?day=115/11/23").text
    assert as_("supervisor3").get(f"/desk/appointments/{number}").status_code == 404
    assert as_("supervisor3").get(f"/desk/appointments/?moving={number}").status_code == 404
    assert as_("supervisor3").get(form_url()).status_code == 404


def test_a_fuller_book_costs_no_more_statements(as_, act_as, centre):
    book(act_as("counter1"))
    browser = as_("counter1")
    url = "/desk/appointments/?day=115/11/23"
    browser.get(url)
    with counted() as few:
        browser.get(url)
    for n, hour in enumerate((10, 11, 13, 14, 15), start=2):
        book(act_as(f"counter{n}"), starts_at=at(hour), name="孫悟空")
    browser.get(url)
    with counted() as many:
        browser.get(url)
    assert len(many) == len(few)


# the trail


def test_the_book_names_its_persons_in_the_trail_and_an_open_page_only_new_ones(as_, act_as, centre):
    book(act_as("counter1"))
    browser = as_("counter1")
    browser.get("/desk/appointments/?day=115/11/23")
    for _again in range(3):
        assert "唐三藏" in browser.get("/desk/appointments/grid?day=115/11/23").text
    assert seen_on("AppointmentBook.index") == [("list", 1)]
    assert seen_on("AppointmentBook.grid") == []
    book(act_as("counter2"), name="孫悟空")
    for _again in range(2):
        assert "孫悟空" in browser.get("/desk/appointments/grid?day=115/11/23").text
    assert seen_on("AppointmentBook.grid") == [("list", 1)]


def test_whoever_opens_the_part_without_the_page_is_recorded_too(as_, act_as, centre):
    book(act_as("counter1"))
    as_("reception").get("/desk/appointments/grid?day=115/11/23")
    assert seen_on("AppointmentBook.grid") == [("list", 1)]


# a new one


def test_an_id_number_books_in_one_press(as_, csrf, centre):
    person = known_person()
    number = db.session.get_one(Person, person).national_id
    answer = submit(as_("counter1"), csrf, form_url(), who=number.lower(), material="勞保明細")
    assert answer.status_code == 302
    (made,) = all_booked()
    assert (made.person_id, made.starts_at, made.material) == (person, at(9), "勞保明細")
    shown = as_("counter1").get(answer.location).text
    assert "唐三藏" in shown and number not in shown


def test_of_several_with_the_name_one_is_chosen_and_nothing_typed_is_lost(as_, csrf, centre):
    one, other = known_person("王小明"), known_person("王小明")
    browser = as_("counter1")
    page = submit(browser, csrf, form_url(), who="小明", material="勞保明細")
    assert page.status_code == 422 and all_booked() == []
    assert page.text.count('name="person_id"') == 2 and "請從查到的民眾中選擇一位" in page.text
    assert "勞保明細" in page.text and f'value="{kind_id()}" selected' in page.text
    assert submit(browser, csrf, form_url(), who="小明", person_id=str(other)).status_code == 302
    assert [made.person_id for made in all_booked()] == [other]
    assert one != other


def test_searching_shows_whom_it_found_and_books_nothing(as_, csrf, centre):
    known_person("王小明")
    page = submit(as_("counter1"), csrf, form_url(), who="王", find="1")
    assert page.status_code == 200 and "王小明" in page.text and all_booked() == []
    assert seen_on("AppointmentForm.new") == [("view", 1)]


def test_whom_the_centre_does_not_know_is_not_found_even_by_the_right_number(as_, csrf, centre):
    with transaction(db.session):
        stranger = make_person(db.session, name="白龍馬")
        number, person_id = stranger.national_id, stranger.id
    page = submit(as_("counter1"), csrf, form_url(), who=number)
    assert page.status_code == 422 and "白龍馬" not in page.text and "接待台報到" in page.text
    page = submit(as_("counter1"), csrf, form_url(), who="白", person_id=str(person_id))
    assert page.status_code == 422 and all_booked() == []


def test_without_a_business_type_the_form_comes_back_with_the_person_chosen(as_, csrf, centre):
    person = known_person()
    page = submit(as_("counter1"), csrf, form_url(), who="唐三藏", business_type_id="")
    assert page.status_code == 422 and "請選擇業務類型" in page.text
    assert f'value="{person}" checked' in page.text


def test_who_comes_second_to_a_slot_is_told_and_keeps_the_form(as_, act_as, csrf, centre):
    book(act_as("counter2"), officer=account_id(db.session, "counter1"))
    known_person("孫悟空")
    page = submit(as_("counter1"), csrf, form_url(), who="孫悟空", material="勞保明細")
    assert page.status_code == 409
    assert "黃志偉" in page.text and "勞保明細" in page.text and len(all_booked()) == 1


def test_the_form_sent_twice_books_once(as_, csrf, centre):
    known_person()
    key, browser = str(uuid.uuid4()), as_("counter1")
    answers = [submit(browser, csrf, form_url(), who="唐三藏", submission_key=key) for _again in range(2)]
    assert len({answer.location for answer in answers}) == 1 and len(all_booked()) == 1


@pytest.mark.parametrize("begin", ["20261301T0900", "x"])
def test_an_address_that_names_no_time_is_not_found(as_, centre, begin):
    assert as_("counter1").get(f"/desk/appointments/new/1/{begin}").status_code == 404


# moving and cancelling


def move(browser, csrf, number, officer, starts_at):
    slot = f"{account_id(db.session, officer)}@{code(starts_at)}"
    form = {"submission_key": str(uuid.uuid4()), "slot": slot}
    return browser.post(f"/desk/appointments/{number}/move", data=csrf(browser, form))


def test_moving_leads_through_the_book_to_the_pressed_slot(as_, act_as, csrf, centre):
    number = book(act_as("counter1"))
    browser = as_("counter1")
    page = browser.get(f"/desk/appointments/?day=115/11/24&moving={number}").text
    assert "請點選新的時段" in page and page.count('name="slot"') == 8 * 16
    answer = move(browser, csrf, number, "counter2", at(14, day=MONDAY + timedelta(days=1)))
    old, new = all_booked()
    assert answer.location.endswith(f"/desk/appointments/{new.id}")
    assert (old.state, old.moved_to_id) == ("moved", new.id)
    assert new.starts_at == at(14, day=MONDAY + timedelta(days=1))
    assert f"/desk/appointments/{new.id}" in browser.get(f"/desk/appointments/{old.id}").text


def test_the_next_free_slots_are_offered_beside_the_appointment(as_, act_as, csrf, centre):
    number = book(act_as("counter1"))
    book(act_as("counter1"), starts_at=at(9, 30), name="孫悟空")
    offered = re.findall(
        r'name="slot"[^>]*value="\d+@(\w+)"|value="\d+@(\w+)"',
        as_("counter1").get(f"/desk/appointments/{number}").text,
    )
    assert [first or second for first, second in offered][:2] == [code(at(10)), code(at(10, 30))]


def test_moving_to_a_slot_that_is_taken_says_so_and_moves_nothing(as_, act_as, csrf, centre):
    number = book(act_as("counter1"))
    book(act_as("counter2"), starts_at=at(10), name="孫悟空")
    assert move(as_("counter1"), csrf, number, "counter2", at(10)).status_code == 409
    assert [made.state for made in all_booked()] == ["booked", "booked"]


def test_cancelling_without_a_reason_comes_back_and_with_one_frees_the_slot(as_, act_as, csrf, centre):
    number = book(act_as("counter1"))
    browser, url = as_("counter1"), f"/desk/appointments/{number}/cancel"
    page = browser.post(url, data=csrf(browser, {"reason": " "}))
    assert page.status_code == 422 and "請填寫取消的原因" in page.text
    assert browser.post(url, data=csrf(browser, {"reason": "民眾來電取消"})).status_code == 302
    assert [(made.state, made.ended_reason) for made in all_booked()] == [("cancelled", "民眾來電取消")]
    assert "唐三藏" not in browser.get("/desk/appointments/?day=115/11/23").text


def test_a_missed_appointment_offers_no_step(as_, act_as, centre, clock):
    number = book(act_as("counter1"))
    clock.now = at(9, 10)
    page = as_("counter1").get(f"/desk/appointments/{number}").text
    assert "未報到" in page and "/cancel" not in page and 'name="slot"' not in page


def test_reception_neither_moves_nor_cancels(as_, act_as, csrf, centre):
    number = book(act_as("counter1"))
    browser = as_("reception")
    assert "/cancel" not in browser.get(f"/desk/appointments/{number}").text
    assert move(browser, csrf, number, "counter2", at(10)).status_code == 403
    assert browser.post(f"/desk/appointments/{number}/cancel", data=csrf(browser, {})).status_code == 403


def test_an_appointment_in_a_leave_is_marked_and_offered_to_be_moved(as_, act_as, centre):
    by = act_as("counter1")
    number = book(by)
    with transaction(db.session):
        attendance.register(
            db.session,
            officer_id=by.user_id,
            kind=AttendanceKind.LEAVE,
            starts_at=at(8),
            ends_at=at(12),
            note="",
            by=by,
            at=NOW,
        )
    for who, told in (("counter1", True), ("counter2", False), ("supervisor", True), ("reception", True)):
        page = as_(who).get("/desk/appointments/").text
        assert ("有 1 筆預約落在就服員不在的時間" in page) is told, who
    assert f"moving={number}" in as_("counter1").get("/desk/appointments/").text


# the list of a day


def test_the_list_is_todays_unless_a_day_or_a_name_is_asked_for(as_, act_as, centre):
    book(act_as("counter1"), starts_at=at(15, day=FRIDAY), name="孫悟空")
    book(act_as("counter1"), name="豬八戒")
    browser = as_("reception")
    today = browser.get("/desk/appointments/list/").text
    assert "孫悟空" in today and "豬八戒" not in today
    monday = browser.get("/desk/appointments/list/?day=115/11/23").text
    assert "豬八戒" in monday and "孫悟空" not in monday
    assert "豬八戒" in browser.get("/desk/appointments/list/?name=八戒").text


def test_the_file_has_the_rows_of_the_list_and_the_trail_says_so(as_, act_as, centre):
    book(act_as("counter1"), starts_at=at(15, day=FRIDAY), name="孫悟空")
    book(act_as("counter2"), name="豬八戒")
    answer = as_("counter2").get("/desk/appointments/list/export.xlsx?day=115/11/23")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[1][:4] == ("日期", "時間", "就服員", "姓名")
    assert rows[2] == ("115/11/23", "09:00", "黃志偉", "豬八戒", "69/7/7", "一般求職", "離職證明", "已預約")
    assert len(rows) == 3
    assert seen_on("AppointmentList.export") == [("export", 1)]
    assert as_("counter2").get("/desk/appointments/list/export.ods").status_code == 200
