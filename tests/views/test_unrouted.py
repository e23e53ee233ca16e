"""The administrators' list of referrals without a receiving unit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from models.organisation import Unit
from models.referral import Referral
from services.transaction import transaction
from tests.factories import make_person, make_referral


@pytest.fixture
def referral_id(app) -> int:
    with transaction(db.session):
        person = make_person(
            db.session,
            name="唐三藏",
            national_id="A123456789",
            phone="0987654321",
            address="某縣取經路1號",
            postal_code="98888",
        )
        return make_referral(db.session, person=person, unit=None).id


def unit_id(code: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def test_the_list_says_why_and_shows_nothing_personal(as_, referral_id):
    browser = as_("admin")
    for page in (browser.get("/unrouted/").text, browser.get(f"/unrouted/{referral_id}").text):
        assert "98888" in page and "不在任何服務區域" in page and "高雄市旗山社會福利服務中心" in page
        for personal in ("唐三藏", "A1****6789", "A123456789", "0987654321", "取經路"):
            assert personal not in page


def test_it_works_from_the_list_to_the_units_supervisor(as_, csrf, referral_id):
    browser = as_("admin")
    assert "新竹就業中心" in browser.get(f"/unrouted/{referral_id}").text
    form = csrf(browser, {"unit_id": unit_id("13")})
    assert browser.post(f"/unrouted/{referral_id}/route", data=form).location == "/unrouted/"
    page = browser.get("/unrouted/").text
    assert f"轉介單 {referral_id} 已指定由 新竹就業中心 收案(人工指定分派)" in page
    assert browser.get(f"/unrouted/{referral_id}").status_code == 404
    assert "唐三藏" in as_("supervisor").get("/intake/").text


def test_the_second_press_hears_who_chose_which_unit(as_, csrf, referral_id):
    browser = as_("admin")
    form = csrf(browser, {"unit_id": unit_id("13")})
    browser.post(f"/unrouted/{referral_id}/route", data=form)
    again = browser.post(f"/unrouted/{referral_id}/route", data={**form, "unit_id": unit_id("08")})
    assert again.status_code == 409 and "此轉介單已由 林系統 指定給 新竹就業中心" in again.text
    assert db.session.get_one(Referral, referral_id).receiving_unit.code == "13"


def test_no_choice_is_said_at_the_choice(as_, csrf, referral_id):
    browser = as_("admin")
    answer = browser.post(f"/unrouted/{referral_id}/route", data=csrf(browser, {}))
    assert answer.status_code == 422 and "請從名單中選擇使用中的收案單位" in answer.text


def test_what_has_a_unit_is_not_here(as_, referral_id):
    with transaction(db.session):
        routed = make_referral(db.session).id
    browser = as_("admin")
    assert f"/unrouted/{routed}" not in browser.get("/unrouted/").text
    assert browser.get(f"/unrouted/{routed}").status_code == 404


@pytest.mark.parametrize("who", ["supervisor", "referrer", "auditor"])
def test_only_administrators_get_in(as_, csrf, referral_id, who):
    browser = as_(who)
    assert browser.get("/unrouted/").status_code == 403
    assert browser.get(f"/unrouted/{referral_id}").status_code == 403
    form = csrf(browser, {"unit_id": unit_id("13")})
    assert browser.post(f"/unrouted/{referral_id}/route", data=form).status_code == 403


def test_nobody_is_sent_to_the_log_in(as_, referral_id):
    assert as_("").get("/unrouted/").location.startswith("/login/")
