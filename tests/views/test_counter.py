"""我的櫃台 through the browser: one press per step, nothing lost, nobody else's visitors."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.extensions import db
from models.appointment import Appointment
from models.desk import Post
from models.desk_review import Refusal
from models.desk_staff import Attendance
from models.notice import Notice
from models.trail import TrailEntry
from models.visit import Visit, VisitEntry
from rules.refusals import NEVER_FULL
from rules.visit_flow import State
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_case, make_desk, make_person, make_referral, make_visit

HOME = "/desk/counter/"


@pytest.fixture(autouse=True)
def desk(app):
    return make_desk(db.session)


def waiting(**values) -> int:
    with transaction(db.session):
        return make_visit(db.session, **values).id


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


@pytest.fixture
def press(csrf):
    def post(browser, visit_id, step, **data):
        address = f"{HOME}{visit_id}/{step}" if visit_id else HOME + step
        return browser.post(address, data=csrf(browser, {"submission_key": str(uuid.uuid4()), **data}))

    return post


def steps_taken(visit_id: int) -> list[str]:
    return list(db.session.scalars(select(VisitEntry.move).where(VisitEntry.visit_id == visit_id)))


def sights() -> int:
    return db.session.scalar(
        select(func.count()).select_from(TrailEntry).where(TrailEntry.screen.like("CounterDesk%"))
    )


def test_the_whole_service_is_four_presses(as_, press):
    officer = as_("counter1")
    visit_id = waiting(person=make_person(db.session, name="唐三藏"))
    idle = officer.get(HOME).text
    assert "1 號櫃台" in idle and "A001" in idle and "唐三藏" not in idle
    assert press(officer, visit_id, "call", state="waiting").location == HOME
    called = officer.get(HOME).text
    assert "服務開始" in called and "唐三藏" in called and "已叫號 A001。" in called
    press(officer, visit_id, "start", state="called")
    serving = officer.get(HOME).text
    assert "服務結束" in serving and 'data-clock-since="2026-11-20T02:00:00+00:00"' in serving
    assert "到中心時先至接待台報到，並抽取號碼牌。" in serving
    press(officer, visit_id, "end", state="serving", outcome="consulted", note="說明")
    assert visit(visit_id).state == State.SERVED
    assert "目前沒有等候的民眾" in officer.get(HOME).text


@pytest.mark.parametrize("name", ["reception", "supervisor", "manager", "referrer", "admin", "itstaff"])
def test_only_officers_open_it(as_, press, name):
    visit_id = waiting()
    browser = as_(name)
    assert browser.get(HOME).status_code == 403
    assert press(browser, visit_id, "call").status_code == 403
    assert visit(visit_id).state == State.WAITING


def test_without_a_log_in_it_leads_to_the_log_in(as_):
    assert "/login/" in as_("").get(HOME).location


@pytest.mark.parametrize(
    "step",
    ["call", "pick", "start", "end", "again", "no-show", "acknowledge", "undo", "refuse", "book", "absent"],
)
def test_another_centre_s_visit_is_not_found(as_, press, step):
    visit_id = waiting()
    with transaction(db.session):
        db.session.execute(update(Visit).values(unit_id=8))
    said = {
        "outcome": "other",
        "ground": "unwell",
        "explanation": "x",
        "reason": "x",
        "starts_at": "20261123T0900",
    }
    assert press(as_("counter1"), visit_id, step, **said).status_code == 404


def test_who_books_another_day_has_the_three_sentences_in_sight(as_):
    page = as_("counter1").get(f"{HOME}{waiting(state=State.CALLED, called_at=NOW)}/book").text
    for said in ("下次來中心前先預約", "先至接待台報到，並抽取號碼牌", "聽到櫃台叫號再過來"):
        assert said in page


@pytest.mark.parametrize("page", ["", "/refuse", "/book", "/absent"])
def test_another_centre_s_visitor_is_not_shown(as_, page):
    visit_id = waiting()
    with transaction(db.session):
        db.session.execute(update(Visit).values(unit_id=8))
    assert as_("counter1").get(f"{HOME}{visit_id}{page}").status_code == 404


def test_another_counter_s_visitor_stays_there(as_, press):
    visit_id = waiting(officer="counter2")
    officer = as_("counter1")
    press(officer, visit_id, "call", state="waiting")
    assert "A001 派在 2 號櫃台" in officer.get(HOME).text
    assert visit(visit_id).state == State.WAITING


@pytest.mark.parametrize("values", [{"officer": "counter2"}, {"state": State.SERVED}])
def test_papers_are_opened_for_who_is_awaited_alone(as_, values):
    assert as_("counter1").get(f"{HOME}{waiting(**values)}").status_code == 404


def test_a_double_click_does_one_step_and_says_nothing(as_, press):
    visit_id = waiting()
    officer = as_("counter1")
    for _ in range(2):
        assert press(officer, visit_id, "call", state="waiting").location == HOME
    assert steps_taken(visit_id) == ["call"]
    said = officer.get(HOME).text.replace("flash-warning counter-alarmed", "")
    assert "flash-danger" not in said and "flash-warning" not in said


def test_a_second_tab_learns_who_was_first(as_, press):
    visit_id = waiting()
    officer = as_("counter1")
    press(officer, visit_id, "call", state="waiting")
    with transaction(db.session):
        entry = db.session.scalars(select(VisitEntry)).one()
        db.session.add(
            VisitEntry(
                visit_id=visit_id,
                at=NOW,
                actor_id=entry.actor_id,
                actor_name="王接待",
                move="redirect",
                to_state="waiting",
            )
        )
        db.session.execute(update(Visit).values(state="waiting", version=Visit.version + 1))
    press(officer, visit_id, "start", state="called")
    assert "王接待 剛剛已對這位民眾進行其他作業" in officer.get(HOME).text


def test_a_page_that_is_overtaken_is_told_so_without_a_name(as_, press):
    person = make_person(db.session, name="唐三藏")
    visit_id = waiting(person=person)
    officer = as_("counter1")
    fresh = officer.get(f"{HOME}now").text
    assert "A001" in fresh and "唐三藏" not in fresh
    press(officer, visit_id, "call", state="waiting")
    overtaken = officer.get(f"{HOME}now").text
    assert "李佳蓉 已在其他畫面進行下一步" in overtaken and "唐三藏" not in overtaken
    assert officer.get(f"{HOME}now?visit={visit_id}&state=called&person={person.id}").json == {}


def test_what_updates_by_itself_leaves_no_trail_and_the_page_does(as_, press):
    visit_id = waiting()
    officer = as_("counter1")
    press(officer, visit_id, "call", state="waiting")
    for part in ("now", "queue"):
        officer.get(HOME + part)
    assert sights() == 0
    officer.get(HOME)
    assert sights() == 1


def test_nothing_typed_is_lost_when_the_result_is_missing(as_, press):
    visit_id = waiting(state=State.SERVING)
    answer = press(
        as_("counter1"),
        visit_id,
        "end",
        state="serving",
        note="兩年前在晶片廠",
        starts_at="20261123T0900",
        material="勞保明細",
    )
    assert answer.status_code == 422
    assert "兩年前在晶片廠" in answer.text and "請選擇服務結果。" in answer.text and "勞保明細" in answer.text
    assert visit(visit_id).state == State.SERVING


def test_the_next_appointment_is_one_press(as_, press):
    visit_id = waiting(state=State.SERVING)
    officer = as_("counter1")
    offered = re.search(r'name="starts_at" value="(\d{8}T\d{4})"', officer.get(HOME).text)
    assert offered and offered[1] == "20261127T1000"  # a week later at about this hour
    press(officer, visit_id, "end", state="serving", outcome="referred", starts_at=offered[1])
    booked = db.session.scalars(select(Appointment)).one()
    assert booked.starts_at == NOW + timedelta(days=7) and booked.person_id == visit(visit_id).person_id


@pytest.mark.parametrize(
    "slot", [{"starts_at": "other", "slot": ""}, {"starts_at": "x"}, {"starts_at": "20261121T0900"}]
)
def test_a_slot_that_is_none_keeps_the_service_open(as_, press, slot):
    visit_id = waiting(state=State.SERVING)
    answer = press(as_("counter1"), visit_id, "end", state="serving", outcome="referred", **slot)
    assert answer.status_code == 422 and 'id="starts_at-fault"' in answer.text
    assert visit(visit_id).state == State.SERVING


def test_a_slot_that_somebody_took_is_said_at_the_choice(as_, press):
    first, second = waiting(state=State.SERVING), waiting(queue_from=NOW + timedelta(minutes=1))
    officer = as_("counter1")
    press(officer, first, "end", state="serving", outcome="referred", starts_at="20261123T0900")
    press(officer, second, "call", state="waiting")
    press(officer, second, "start", state="called")
    answer = press(officer, second, "end", state="serving", outcome="referred", starts_at="20261123T0900")
    assert answer.status_code == 409 and "這個時段剛被 李佳蓉 預約走了" in answer.text


def test_inadmissible_grounds_are_shown_and_refused_with_the_rule(as_, press):
    visit_id = waiting()
    officer = as_("counter1")
    form = officer.get(f"{HOME}{visit_id}/refuse").text
    assert "月底案量飽和" in form and 'value="month_end"' not in form
    answer = press(officer, visit_id, "refuse", state="waiting", ground="month_end", explanation="已經滿了")
    assert answer.status_code == 422 and NEVER_FULL in answer.text and "已經滿了" in answer.text
    assert db.session.scalars(select(Refusal)).all() == []


def test_a_refused_visitor_is_gone_from_the_queue(as_, press):
    visit_id = waiting()
    officer = as_("counter1")
    press(officer, visit_id, "refuse", state="waiting", ground="equipment", explanation="電腦當機")
    assert "民眾已改派其他櫃台" in officer.get(HOME).text
    assert visit(visit_id).officer.username != "counter1"


def test_who_goes_needs_a_reason(as_, press):
    visit_id = waiting(state=State.CALLED, called_at=NOW)
    officer = as_("counter1")
    assert press(officer, visit_id, "absent", reason="").status_code == 422
    press(officer, visit_id, "absent", reason="叫號多次未到")
    assert visit(visit_id).state == State.LEFT


def test_another_day_is_booked_from_the_queue(as_, press):
    visit_id = waiting()
    officer = as_("counter1")
    assert "改約他日" in officer.get(f"{HOME}{visit_id}/book").text
    assert press(officer, visit_id, "book").status_code == 422
    press(officer, visit_id, "book", starts_at="20261123T0900")
    assert visit(visit_id).state == State.BOOKED


def test_the_undo_bar_takes_the_step_back_and_goes_after_two_minutes(as_, press, clock):
    visit_id = waiting()
    officer = as_("counter1")
    press(officer, visit_id, "call", state="waiting")
    assert "收回這個步驟" in officer.get(HOME).text
    press(officer, visit_id, "undo")
    assert visit(visit_id).state == State.WAITING and "收回這個步驟" not in officer.get(HOME).text
    press(officer, visit_id, "call", state="waiting")
    clock.now = NOW + timedelta(minutes=2, seconds=1)
    assert "收回這個步驟" not in officer.get(HOME).text
    press(officer, visit_id, "undo")
    assert "超過兩分鐘" in officer.get(HOME).text and visit(visit_id).state == State.CALLED


def test_who_waits_too_long_stands_out(as_, clock):
    waiting()
    clock.now = NOW + timedelta(minutes=31)
    assert "31 分鐘，過久" in as_("counter1").get(HOME).text


def test_who_was_left_behind_yesterday_stands_apart_with_the_two_ways_out(as_):
    forgotten = waiting(at=NOW - timedelta(days=1))
    waiting()
    page = as_("counter1").get(HOME).text
    queue, left_over = page.split('id="queue-title"')[1].split('id="left-over-title"')
    assert page.split('class="ticket-large">')[1].startswith("A001") and "過久" not in page
    assert f"{forgotten}/absent" not in queue and f"{forgotten}/absent" in left_over
    assert f"{forgotten}/book" in left_over and "115/11/19" in left_over
    assert f"{forgotten}/call" not in page


def test_the_queue_says_when_somebody_will_have_waited_too_long(as_):
    waiting()
    page = as_("counter1").get(HOME + "queue").text
    assert f'data-fresh-at="{(NOW + timedelta(minutes=31)).isoformat()}"' in page


def test_a_ring_stays_until_it_is_answered(as_, press):
    visit_id = waiting(sent_at=NOW)
    officer = as_("counter1")
    assert "正從接待台前往您的櫃台" in officer.get(f"{HOME}queue").text
    press(officer, visit_id, "acknowledge")
    assert "正從接待台前往您的櫃台" not in officer.get(f"{HOME}queue").text


def test_stepping_away_and_back(as_, press):
    officer = as_("counter1")
    press(officer, None, "away")
    assert "回座" in officer.get(HOME).text
    press(officer, None, "back")
    assert db.session.scalars(select(Attendance.ends_at)).all() == [NOW]


def test_the_alarm_reaches_the_others(as_, press):
    press(as_("counter1"), None, "emergency")
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 3


def test_the_alarm_leaves_the_page_where_it_is(as_, csrf):
    officer = as_("counter1")
    answer = officer.post(HOME + "emergency", data=csrf(officer, {}), headers={"X-Requested-With": "fetch"})
    assert "請先確保自身安全" in answer.json["message"]
    assert "data-confirm" not in re.search(r'<form class="counter-alarm".*?>', officer.get(HOME).text)[0]


def test_the_case_manager_is_named_and_the_case_is_no_link_for_who_may_not_open_it(as_):
    person = make_person(db.session)
    with transaction(db.session):
        case_id = make_case(db.session, referral=make_referral(db.session, person=person)).id
    visit_id = waiting(person=person)
    page = as_("counter1").get(f"{HOME}{visit_id}").text
    assert "個管員 王大毛" in page and f"服務單 {case_id}" in page and f"/cases/{case_id}" not in page


def test_earlier_services_are_those_of_this_centre(as_):
    person = make_person(db.session)
    waiting(
        person=person,
        state=State.SERVED,
        at=NOW - timedelta(days=30),
        outcome="consulted",
        outcome_note="在這裡",
    )
    waiting(person=person, state=State.SERVED, at=NOW - timedelta(days=29), outcome_note="在別處")
    with transaction(db.session):
        db.session.execute(
            update(Visit).where(Visit.day == (NOW - timedelta(days=29)).date()).values(unit_id=8)
        )
    page = as_("counter1").get(f"{HOME}{waiting(person=person)}").text
    assert "在這裡" in page and "在別處" not in page


def test_a_service_left_open_asks_to_be_ended(as_):
    waiting(state=State.SERVING, at=NOW - timedelta(days=1))
    assert "這是 115/11/19 的服務" in as_("counter1").get(HOME).text


def test_without_a_post_it_says_whom_to_ask(as_):
    with transaction(db.session):
        db.session.execute(update(Post).values(ends_on=(NOW - timedelta(days=1)).date()))
    assert "您今天沒有排定櫃台" in as_("counter1").get(HOME).text


def test_calling_out_of_order_is_offered_for_the_others_and_counted(as_, press):
    waiting()
    second = waiting(queue_from=NOW + timedelta(minutes=1))
    officer = as_("counter1")
    assert officer.get(HOME).text.count("插號") == 1
    press(officer, second, "pick", state="waiting")
    assert visit(second).picked and visit(second).state == State.CALLED
