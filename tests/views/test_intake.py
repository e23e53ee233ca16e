"""The supervisor's screen for 收案/派案."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from app.extensions import db
from models.account import Account
from models.case import Case
from models.referral import Referral
from models.trail import TrailEntry
from services.transaction import transaction
from tests.factories import make_person, make_referral
from tests.staff import account_id, make_supervisors


@pytest.fixture
def referral_id(app) -> int:
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏", national_id="A123456789")
        return make_referral(db.session, person=person, identities=(1, 9)).id


def headings(page: str) -> list[str]:
    from html.parser import HTMLParser

    class Heads(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []
            self.inside = False

        def handle_starttag(self, tag, attrs):
            if tag == "th":
                self.inside = True
                self.found.append("")

        def handle_endtag(self, tag):
            if tag == "th":
                self.inside = False

        def handle_data(self, data):
            if self.inside:
                self.found[-1] += data.strip()

    parser = Heads()
    parser.feed(page)
    return parser.found


def test_the_list_has_the_columns_of_the_manual(as_, referral_id):
    page = as_("supervisor").get("/intake/").text
    assert headings(page) == [
        "全選本頁", "轉介單號", "轉介日期", "個案姓名", "個案地址", "郵遞區號", "轉介單位", "轉介人員", "轉介人員分機", "操作",
    ]  # fmt: skip
    assert "唐三藏" in page and "新竹市東區東大路二段60號" in page
    assert "07-6617464分機3333" in page


def test_it_works_from_the_list_to_the_case(as_, csrf, referral_id):
    browser, worker = as_("supervisor"), account_id(db.session, "manager")
    choice = browser.get(f"/intake/{referral_id}/assign").text
    assert "指派個管員" in choice and "王大毛" in choice and "陳思妤" in choice
    assert "張以恩" not in choice and "李佳蓉" not in choice
    check = browser.get(f"/intake/{referral_id}/confirm?case_manager_id={worker}").text
    for row in (
        "轉介單號",
        "姓名",
        "個案地址",
        "郵遞區號",
        "轉介機關",
        "轉介單位",
        "轉介人員",
        "收案人員",
        "確定派案",
    ):
        assert row in check
    form = csrf(browser, {"case_manager_id": worker})
    assert browser.post(f"/intake/{referral_id}/take-in", data=form).location == "/intake/"
    page = browser.get("/intake/").text
    assert f"轉介單 {referral_id} 已收案,派給 王大毛" in page
    assert f"/intake/{referral_id}" not in page


def test_the_detail_shows_the_manuals_rows_and_the_id_masked(as_, referral_id):
    page = as_("supervisor").get(f"/intake/{referral_id}").text
    for row in (
        "個案姓名", "個案身分證", "個案生日", "個案連絡電話", "個案家中電話", "個案其他電話", "個案居住地址",
        "個案郵遞區號", "個案簡述", "工作期待", "個案身分別",
    ):  # fmt: skip
        assert row in page
    assert "A1****6789" in page and "A123456789" not in page
    assert "069/07/07" in page
    assert "獨力負擔家計者、更生保護人" in page


def test_the_full_id_is_shown_on_demand_and_each_time_logged(as_, csrf, referral_id):
    browser = as_("supervisor")
    shown = browser.post(f"/intake/{referral_id}/reveal", data=csrf(browser, {}))
    assert "A123456789" in shown.text
    trail = db.session.scalars(select(TrailEntry).where(TrailEntry.act == "reveal")).one()
    assert (trail.actor_id, trail.ground) == (account_id(db.session, "supervisor"), "送到本單位的轉介單")
    assert browser.get(f"/intake/{referral_id}/reveal").status_code == 405


def test_a_step_for_a_script_is_the_step_alone(as_, referral_id):
    answer = as_("supervisor").get(f"/intake/{referral_id}/assign", headers={"X-Requested-With": "fetch"})
    assert "指派個管員" in answer.text
    assert "<html" not in answer.text


def test_nobody_chosen_is_said_at_the_choice(as_, csrf, referral_id):
    browser = as_("supervisor")
    asked = browser.get(f"/intake/{referral_id}/confirm")
    assert asked.status_code == 422 and "請選擇個管員" in asked.text
    foreign = csrf(browser, {"case_manager_id": account_id(db.session, "manager3")})
    sent = browser.post(f"/intake/{referral_id}/take-in", data=foreign)
    assert sent.status_code == 422 and "不在本單位" in sent.text


def test_the_second_press_gets_409_with_who_was_first_and_a_way_back(as_, csrf, referral_id):
    browser = as_("supervisor")
    form = csrf(
        browser, {"case_manager_id": account_id(db.session, "manager"), "back": "page=1&sort=-number"}
    )
    assert (
        browser.post(f"/intake/{referral_id}/take-in", data=form).location == "/intake/?page=1&sort=-number"
    )
    again = browser.post(f"/intake/{referral_id}/take-in", data=form)
    assert again.status_code == 409
    assert "此轉介單已由 郭玲巧 收案" in again.text
    assert 'href="/intake/?page=1&amp;sort=-number"' in again.text
    assert browser.get(f"/intake/{referral_id}/assign").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize("back", ["_external=1&_scheme=javascript", "next=https://evil.example", "%00&page"])
def test_the_way_back_leads_to_the_list_and_nowhere_else(as_, csrf, referral_id, back):
    browser = as_("supervisor")
    form = csrf(browser, {"case_manager_id": account_id(db.session, "manager"), "back": back})
    assert browser.post(f"/intake/{referral_id}/take-in", data=form).location == "/intake/"


STEPS = ("", "/{id}", "/{id}/assign", "/{id}/confirm?case_manager_id=1")


@pytest.mark.parametrize("step", STEPS)
def test_nobody_is_sent_to_the_log_in(as_, referral_id, step):
    answer = as_("").get("/intake" + (step.format(id=referral_id) or "/"))
    assert answer.status_code == 302 and answer.location.startswith("/login/")


@pytest.mark.parametrize("who", ["manager", "referrer", "admin", "auditor", "reception"])
@pytest.mark.parametrize("step", STEPS)
def test_a_role_without_the_permission_gets_403(as_, referral_id, who, step):
    assert as_(who).get("/intake" + (step.format(id=referral_id) or "/")).status_code == 403


def test_for_another_units_supervisor_the_referral_does_not_exist(as_, csrf, referral_id):
    browser = as_("supervisor3")
    assert "唐三藏" not in browser.get("/intake/").text
    for step in STEPS[1:]:
        assert browser.get("/intake" + step.format(id=referral_id)).status_code == 404
    form = csrf(browser, {"case_manager_id": account_id(db.session, "manager3")})
    for act in ("take-in", "reveal"):
        assert browser.post(f"/intake/{referral_id}/{act}", data=form).status_code == 404
    assert db.session.get_one(Referral, referral_id).state == "submitted"


def test_a_post_without_token_does_nothing(as_, referral_id):
    data = {"case_manager_id": account_id(db.session, "manager")}
    assert as_("supervisor").post(f"/intake/{referral_id}/take-in", data=data).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_the_list_has_no_file(as_, referral_id):
    assert as_("supervisor").get("/intake/export.xlsx").status_code == 404


def test_it_finds_by_name_and_number(as_, referral_id):
    with transaction(db.session):
        other = make_referral(db.session, person=make_person(db.session, name="孫悟空")).id
    browser = as_("supervisor")
    by_name = browser.get("/intake/?name=三藏").text
    assert "唐三藏" in by_name and "孫悟空" not in by_name
    by_number = browser.get(f"/intake/?number={other}").text
    assert "孫悟空" in by_number and "唐三藏" not in by_number


def test_eight_browsers_at_once_make_one_case_of_each_referral(both, csrf, act_as):
    with transaction(db.session):
        referrals = [make_referral(db.session).id for _ in range(50)]
        supervisors = make_supervisors(db.session, like=act_as("supervisor"), number=8)
        worker = account_id(db.session, "manager")
    browsers = []
    for supervisor in supervisors:
        browser = both.test_client()
        account = db.session.get_one(Account, supervisor.user_id)
        with browser.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = account.get_id(), True
        browsers.append((supervisor.name, browser, csrf(browser, {"case_manager_id": worker})))
    db.session.remove()
    start, answers = threading.Barrier(8), []

    def press(name, browser, form):
        with both.app_context():
            start.wait()
            for referral_id in referrals:
                answer = browser.post(f"/intake/{referral_id}/take-in", data=form)
                answers.append((referral_id, name, answer.status_code, answer.text))

    threads = [threading.Thread(target=press, args=each) for each in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(status for *_, status, _ in answers) == {302: 50, 409: 350}
    winners = {referral_id: name for referral_id, name, status, _ in answers if status == 302}
    assert all(
        f"此轉介單已由 {winners[referral_id]} 收案" in text
        for referral_id, _, status, text in answers
        if status == 409
    )
    assert Counter(db.session.scalars(select(Case.referral_id))) == Counter(referrals)
