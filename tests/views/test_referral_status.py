"""轉介狀態查詢 and the page of one referral."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import python_calamine
from flask.testing import FlaskClient

from app.extensions import db
from services.transaction import transaction
from tests.factories import close_case, fresh_number, make_case, make_person, make_record, make_referral

Open = Callable[[str], FlaskClient]
NUMBER = fresh_number("B", "2")
HEADINGS = [
    "轉介單號",
    "轉介日期",
    "姓名",
    "收案單位",
    "收案督導",
    "個管員姓名",
    "連絡電話",
    "分機號碼",
    "服務狀態",
    "服務次數",
]


@pytest.fixture
def sent(app: Any) -> dict[str, int]:
    """By `referrer`: waiting, open with two records, closed; one by another unit."""
    with transaction(db.session):
        waiting = make_referral(
            db.session,
            person=make_person(db.session, name="歐陽志明", national_id=NUMBER),
            referral_date=date(2026, 11, 3),
        )
        open_one = make_referral(
            db.session, person=make_person(db.session, name="王志玲"), referral_date=date(2026, 11, 30)
        )
        case = make_case(db.session, referral=open_one)
        make_record(db.session, case)
        make_record(db.session, case)
        done = make_referral(
            db.session, person=make_person(db.session, name="陳明"), referral_date=date(2026, 9, 1)
        )
        close_case(db.session, make_case(db.session, referral=done))
        foreign = make_referral(db.session, person=make_person(db.session, name="別人"), referrer="referrer2")
        return {
            "waiting": waiting.id,
            "open": open_one.id,
            "closed": done.id,
            "foreign": foreign.id,
            "case": case.id,
        }


def exported(browser: FlaskClient, kind: str = "xlsx", **criteria: object) -> list[list[Any]]:
    answer = browser.get(f"/referrals/status/export.{kind}", query_string=criteria)
    assert answer.status_code == 200
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_index(0)
        .to_python()
    )


def search(browser: FlaskClient, **criteria: object) -> list[str]:
    page = browser.get("/referrals/status/", query_string=criteria)
    assert page.status_code == 200
    return re.findall(r'<a href="/referrals/\d+">(.*?)</a>', page.text)


def test_the_columns_are_those_of_the_manual(as_: Open, sent: dict[str, int]) -> None:
    _title, head, *rows = exported(as_("referrer"))
    assert head == HEADINGS
    unit = "新竹就業中心"
    assert [row[2:] for row in rows] == [
        ["王志玲", unit, "郭玲巧", "王大毛", "03-5343011", "211", "未結案,預計應結案日期: 116/2/28", 2],
        ["歐陽志明", unit, "", "", rows[1][6], "", "待收案", 0],
        ["陳明", unit, "郭玲巧", "王大毛", "03-5343011", "211", "已結案", 0],
    ]
    assert rows[1][6], "before intake the unit's own telephone"


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, ["王志玲", "歐陽志明", "陳明"]),
        ({"name": "志"}, ["王志玲", "歐陽志明"]),
        ({"name": "陽志"}, ["歐陽志明"]),
        ({"name": "志 明"}, []),
        ({"name": "%"}, []),
        ({"national_id": NUMBER.lower()}, ["歐陽志明"]),
        ({"date_from": "115/11/1", "date_to": "115/11/29"}, ["歐陽志明"]),
        ({"state": "closed"}, ["陳明"]),
        ({"name": "別人"}, []),
        ({"sort": "number"}, ["歐陽志明", "王志玲", "陳明"]),
        ({"sort": "-number"}, ["陳明", "王志玲", "歐陽志明"]),
        ({"sort": "person.national_id"}, ["王志玲", "歐陽志明", "陳明"]),
        ({"page": "9"}, []),
        ({"page": "abc"}, ["王志玲", "歐陽志明", "陳明"]),
    ],
)
def test_searching(as_: Open, sent: dict[str, int], criteria: dict[str, str], found: list[str]) -> None:
    assert search(as_("referrer"), **criteria) == found


def test_a_wrong_number_is_said_and_masked_nowhere_it_is_not_needed(as_: Open, sent: dict[str, int]) -> None:
    page = as_("referrer").get("/referrals/status/?national_id=A123456788").text
    assert "身分證字號檢查碼錯誤" in page and 'value="A123456788"' in page
    title = exported(as_("referrer"), national_id=NUMBER)[0][0]
    assert NUMBER not in title and NUMBER[-4:] in title


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_file_equals_the_screen(as_: Open, sent: dict[str, int], kind: str) -> None:
    browser = as_("referrer")
    assert [row[2] for row in exported(browser, kind, name="志")[2:]] == search(browser, name="志")


def test_a_row_opens_the_referral_with_its_history_and_its_reply_form(
    as_: Open, sent: dict[str, int]
) -> None:
    page = as_("referrer").get(f"/referrals/{sent['open']}").text
    assert "未結案,預計應結案日期: 116/2/28" in page and "送出轉介單" in page
    assert f'href="/cases/{sent["case"]}/reply-form"' in page
    assert "reply-form" not in as_("referrer").get(f"/referrals/{sent['waiting']}").text


def test_the_national_id_is_shown_masked(as_: Open, sent: dict[str, int]) -> None:
    page = as_("referrer").get(f"/referrals/{sent['waiting']}").text
    assert NUMBER not in page and f"{NUMBER[:2]}****{NUMBER[-4:]}" in page


def test_a_referral_of_another_unit_does_not_exist(as_: Open, sent: dict[str, int]) -> None:
    assert as_("referrer").get(f"/referrals/{sent['foreign']}").status_code == 404
    assert as_("referrer2").get(f"/referrals/{sent['foreign']}").status_code == 200
    assert as_("supervisor").get(f"/referrals/{sent['foreign']}").status_code == 200, "sent to her unit"
    assert as_("supervisor3").get(f"/referrals/{sent['foreign']}").status_code == 404
    assert as_("manager2").get(f"/referrals/{sent['open']}").status_code == 404, "not her case"


def test_who_may_not_is_refused(as_: Open, sent: dict[str, int]) -> None:
    for address in ("/referrals/status/", "/referrals/status/export.ods", f"/referrals/{sent['open']}"):
        assert as_("").get(address).location.startswith("/login/")
        assert as_("admin").get(address).status_code == 403
        assert as_("reception").get(address).status_code == 403
    assert as_("manager").get("/referrals/status/").status_code == 403


def test_a_searched_national_id_is_not_readable_in_the_address(
    as_: Open, csrf: Any, sent: dict[str, int]
) -> None:
    browser = as_("referrer")
    answer = browser.post("/referrals/status/search", data=csrf(browser, {"national_id": NUMBER, "name": ""}))
    address = answer.headers["Location"]
    assert answer.status_code == 302 and NUMBER not in address
    assert "歐陽志明" in browser.get(address).text


def test_a_sealed_text_that_was_altered_finds_nothing(as_: Open, sent: dict[str, int]) -> None:
    page = as_("referrer").get("/referrals/status/?national_id=~AAAA")
    assert page.status_code == 200 and "歐陽志明" not in page.text
