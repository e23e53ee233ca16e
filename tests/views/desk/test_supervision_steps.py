"""What the supervisor decides, through HTTP: requests, the undispatched, approval, corrections; and who finds the way there."""

from __future__ import annotations

import re
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.appointment import Appointment
from models.desk import Counter, Deputy
from models.desk_staff import Attendance
from models.ownership import ChangeRequest, Owner
from models.person import Person
from models.tally import TallyCorrection, TallySignature
from models.visit import Visit
from reports.tally import sheet
from rules.calendar import local_date
from rules.visit_flow import State
from services import change_requests, tally
from services.transaction import transaction
from tests.conftest import NOW, Clock
from tests.desk_days import Act, arrive, officer_of, serve
from tests.factories import AT, make_desk, make_person, make_referral
from tests.services.desk_helpers import away, make_owner, officer

DAY = "115/11/20"


@pytest.fixture(autouse=True)
def desk(app: Flask) -> None:
    make_desk(db.session)


@pytest.fixture
def wanted(act_as: Act) -> int:
    """A request for another officer than counter 1's."""
    person = make_person(db.session)
    make_referral(db.session, person=person)
    owner = make_owner(db.session, person, 1)
    with transaction(db.session):
        return change_requests.request(
            db.session,
            person_id=person.id,
            business_type_id=owner.business_type_id,
            officer_id=owner.officer_id,
            reason="溝通方式不合",
            complaint=False,
            visit_id=None,
            by=act_as("reception"),
            at=AT,
        ).id


def fresh(table: Any, key: int) -> Any:
    db.session.remove()
    return db.session.get_one(table, key)


def owner_name() -> str:
    db.session.remove()
    return db.session.scalars(select(Owner)).one().officer.username


def test_a_request_is_kept_with_a_note_and_the_officer_stays(wanted: int, as_: Any, csrf: Any) -> None:
    boss = as_("supervisor")
    path = f"/desk/supervision/requests/{wanted}"
    sent = boss.post(path, data=csrf(boss, {"granted": "no", "note": "已說明並由原就服員續辦"}))
    assert sent.status_code == 302, sent.text
    row = fresh(ChangeRequest, wanted)
    assert (row.state, row.decision_note) == ("kept", "已說明並由原就服員續辦")
    assert owner_name() == "counter1"


def test_a_granted_request_gives_the_person_to_the_named_officer(wanted: int, as_: Any, csrf: Any) -> None:
    boss = as_("supervisor")
    path = f"/desk/supervision/requests/{wanted}"
    empty = boss.post(path, data=csrf(boss, {"granted": "yes", "note": "改由別人"}))
    assert empty.status_code == 422 and "改由別人" in empty.text and "error-summary" in empty.text
    sent = boss.post(
        path,
        data=csrf(
            boss, {"granted": "yes", "new_officer_id": officer(db.session, 3).id, "note": "尊重民眾意願"}
        ),
    )
    assert sent.status_code == 302, sent.text
    assert fresh(ChangeRequest, wanted).state == "granted"
    assert owner_name() == "counter3"


@pytest.fixture
def waiting(act_as: Act) -> int:
    """A visit that nobody can take, for nobody is there; then counter 3 comes back."""
    away(db.session, *range(1, 9))
    with transaction(db.session):
        visit = arrive(db.session, act_as, at=AT)
    assert visit.state == State.CHECKED_IN.value
    third = officer(db.session, 3).id
    row = db.session.scalars(select(Attendance).where(Attendance.officer_id == third)).one()
    db.session.delete(row)
    db.session.commit()
    return visit.id


def test_the_supervisor_sends_an_undispatched_visitor_to_a_counter(waiting: int, as_: Any, csrf: Any) -> None:
    boss, third = as_("supervisor"), db.session.scalars(select(Counter.id).where(Counter.number == 3)).one()
    path = f"/desk/supervision/undispatched/{waiting}"
    without = boss.post(path, data=csrf(boss, {"counter_id": third, "reason": ""}))
    assert without.status_code == 422 and "error-summary" in without.text
    sent = boss.post(path, data=csrf(boss, {"counter_id": third, "reason": "請 3 號櫃台協助"}))
    assert sent.status_code == 302, sent.text
    visit = fresh(Visit, waiting)
    assert (visit.state, visit.counter_id, visit.overridden) == (State.WAITING.value, third, True)


def test_the_supervisor_books_an_undispatched_visitor_for_another_day(
    waiting: int, as_: Any, csrf: Any
) -> None:
    boss = as_("supervisor")
    path = f"/desk/supervision/undispatched/{waiting}/book"
    asked = {"day": "115/11/24", "officer_id": officer(db.session, 3).id, "key": str(uuid.uuid4())}
    wrong = boss.post(path, data=csrf(boss, {**asked, "time": "早上"}))
    assert wrong.status_code == 422
    sent = boss.post(path, data=csrf(boss, {**asked, "time": "09:30"}))
    assert sent.status_code == 302, sent.text
    assert fresh(Visit, waiting).state == State.BOOKED.value
    made = db.session.scalars(select(Appointment)).one()
    assert made.officer_id == officer(db.session, 3).id


def signed_day(act_as: Act) -> Visit:
    with transaction(db.session):
        visit = arrive(db.session, act_as, at=AT)
        name = officer_of(db.session, visit)
        counted = sheet(db.session, visit.unit_id, visit.day).of_officer(visit.officer_id or 0)
        tally.confirm(db.session, visit.day, counted, note="", by=act_as(name), at=AT)
        for until in (time(12), time(17)):
            tally.sign(db.session, visit.day, until, by=act_as("reception"), at=AT + timedelta(hours=7))
    return visit


def test_a_signed_day_is_approved_and_then_only_corrected(
    act_as: Act, as_: Any, csrf: Any, clock: Clock
) -> None:
    visit = signed_day(act_as)
    line = {
        "day": DAY,
        "counter_id": visit.counter_id,
        "business_type_id": visit.business_type_id,
        "new_case": "1",
        "difference": "-1",
    }
    clock.now = NOW + timedelta(hours=8)
    boss = as_("supervisor")
    sent = boss.post("/desk/tally/approve", data=csrf(boss, {"day": DAY}))
    assert sent.status_code == 302, sent.text
    assert db.session.scalars(select(TallySignature.role)).all().count("supervisor") == 1
    boss.post("/desk/tally/correct", data=csrf(boss, line))
    assert db.session.scalars(select(TallyCorrection)).all() == []  # without a reason there is none
    boss.post("/desk/tally/correct", data=csrf(boss, {**line, "reason": "誤判為新案"}))
    row = db.session.scalars(select(TallyCorrection)).one()
    assert (row.difference, row.reason) == (-1, "誤判為新案")
    assert "誤判為新案" in boss.get(f"/desk/tally/?day={DAY}").text


def test_a_deputy_of_the_it_staff_finds_the_open_services_in_the_menu_while_it_lasts(
    act_as: Act, as_: Any
) -> None:
    assert 'href="/desk/unended/"' not in as_("counter8").get("/").text
    deputy = act_as("counter8")
    today = local_date(NOW)
    db.session.add(
        Deputy(
            unit_id=deputy.unit_id,
            officer_id=act_as("itstaff").user_id,
            deputy_id=deputy.user_id,
            rank=1,
            starts_on=today,
            ends_on=today,
        )
    )
    db.session.commit()
    assert 'href="/desk/unended/"' in as_("counter8").get("/").text
    assert 'href="/desk/unended/"' not in as_("counter7").get("/").text


def test_each_card_of_the_dashboard_leads_to_as_many_rows_as_it_says(act_as: Act, as_: Any) -> None:
    with transaction(db.session):
        visits = [arrive(db.session, act_as, at=AT) for _ in range(4)]
        serve(db.session, act_as, visits[0], at=AT, minutes=None)
    boss = as_("supervisor")
    page = boss.get("/desk/dashboard/").text
    cards = re.findall(
        r'href="([^"]*visit-list[^"]*)">\s*<span class="work-label">([^<]*)</span>\s*'
        r'<span class="work-number">(\d+)',
        page,
    )
    assert {label: int(number) for _url, label, number in cards} == {"等候中": 3, "叫號中": 0, "正在服務": 1}
    for url, _label, number in cards:
        listed = boss.get(url.replace("&amp;", "&")).text
        assert len(re.findall(r'href="/desk/visit-list/show/\d+', listed)) == int(number)


def test_the_person_of_a_request_is_shown_by_name_to_the_supervisor_only(wanted: int, as_: Any) -> None:
    name = db.session.scalars(select(Person)).one().name
    assert name in as_("supervisor").get(f"/desk/supervision/requests/{wanted}").text
    assert as_("supervisor3").get(f"/desk/supervision/requests/{wanted}").status_code == 404


def test_for_an_officer_who_is_gone_the_supervisor_explains_and_the_page_says_for_whom(
    act_as: Act, as_: Any, csrf: Any, clock: Clock
) -> None:
    with transaction(db.session):
        visit = serve(db.session, act_as, arrive(db.session, act_as, at=AT), at=AT, minutes=None)
    name, visit_id = officer_of(db.session, visit), visit.id
    officer_name, boss_name = act_as(name).name, act_as("supervisor").name
    clock.now = NOW + timedelta(days=3)
    boss = as_("supervisor")
    path = f"/desk/unended/{visit_id}/explain"
    assert path not in boss.get("/desk/unended/").text
    with transaction(db.session):
        db.session.get_one(Account, visit.officer_id).active = False
    assert path in boss.get("/desk/unended/").text
    empty = boss.post(path, data=csrf(boss, {"explanation": " "}))
    assert empty.status_code == 422 and f'href="#explanation-{visit_id}"' in empty.text
    boss.post(path, data=csrf(boss, {"explanation": "離職前漏按"}))
    page = boss.get("/desk/unended/").text
    assert f"{boss_name} 代 {officer_name} 說明" in page and "離職前漏按" in page
    boss.post(f"/desk/unended/{visit_id}/sign", data=csrf(boss, {}))
    page = boss.get("/desk/unended/").text
    assert f"{boss_name} 代 {officer_name} 說明" in page and path not in page


def test_the_card_of_undecided_overtime_leads_to_the_month_of_the_oldest(
    act_as: Act, as_: Any, clock: Clock
) -> None:
    late = AT.replace(hour=8, minute=50)  # 16:50 in Taipei
    with transaction(db.session):
        serve(db.session, act_as, arrive(db.session, act_as, at=late), at=late, minutes=30)
    clock.now = NOW + timedelta(days=12)  # 2 December
    page = as_("supervisor").get("/desk/supervision/").text
    card = re.search(r'href="(/desk/supervision/overtime/[^"]*)">(.*?)</a>', page, re.DOTALL)
    assert card is not None
    assert "最早 115/11/20" in card[2] and re.search(r'work-number">1<', card[2])
    assert "核定" in as_("supervisor").get(card[1]).text
