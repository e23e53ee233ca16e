"""個管員查詢作業: own cases, closed ones included."""

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
NUMBER = fresh_number("C", "1")
HEADINGS = [
    "轉介單號",
    "轉介日期",
    "姓名",
    "轉介單位",
    "轉介人員",
    "連絡電話",
    "分機號碼",
    "服務狀態",
    "服務次數",
    "結案日期",
]


@pytest.fixture
def cases(app: Any) -> None:
    """Of `manager`: an open and a closed one; one of her colleague."""
    with transaction(db.session):
        first = make_referral(
            db.session,
            person=make_person(db.session, name="林一", national_id=NUMBER),
            referral_date=date(2026, 11, 2),
        )
        make_record(db.session, make_case(db.session, referral=first))
        second = make_referral(
            db.session,
            person=make_person(db.session, name="張二二"),
            referrer="referrer2",
            referral_date=date(2026, 9, 1),
        )
        close_case(db.session, make_case(db.session, referral=second), on=date(2026, 10, 25))
        third = make_referral(db.session, person=make_person(db.session, name="同事的"))
        make_case(db.session, referral=third, manager="manager2")


def search(browser: FlaskClient, **criteria: object) -> list[str]:
    page = browser.get("/cases/search/", query_string=criteria)
    assert page.status_code == 200
    return re.findall(r'<a href="/cases/\d+">(.*?)</a>', page.text)


def exported(browser: FlaskClient, kind: str = "xlsx") -> list[list[Any]]:
    answer = browser.get(f"/cases/search/export.{kind}")
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_index(0)
        .to_python()
    )


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_columns_are_those_of_the_manual(as_: Open, cases: None, kind: str) -> None:
    _title, head, *rows = exported(as_("manager"), kind)
    assert head == HEADINGS
    assert [row[1:] for row in rows] == [
        [
            "115/9/1",
            "張二二",
            "新竹市政府社會處社會福利中心",
            "何明德",
            "03-5352386",
            "205",
            "已結案",
            0,
            "115/10/25",
        ],
        [
            "115/11/2",
            "林一",
            "高雄市旗山社會福利服務中心",
            "葉淑花",
            "07-6617464",
            "3333",
            "未結案,預計應結案日期: 116/2/2",
            1,
            "",
        ],
    ]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, ["張二二", "林一"]),
        ({"name": "二二"}, ["張二二"]),
        ({"name": "同事"}, []),
        ({"national_id": NUMBER}, ["林一"]),
        ({"date_from": "115/10/1"}, ["林一"]),
        ({"date_to": "115/10/1"}, ["張二二"]),
        ({"state": "closed"}, ["張二二"]),
        ({"sort": "closed_on"}, None),
        ({"date_from": "明天"}, []),
    ],
)
def test_searching(as_: Open, cases: None, criteria: dict[str, str], found: list[str] | None) -> None:
    names = search(as_("manager"), **criteria)
    assert sorted(names) == ["張二二", "林一"] if found is None else names == found


def test_a_transferred_case_is_found_by_its_new_case_manager_only(as_: Open, cases: None) -> None:
    assert search(as_("manager2")) == ["同事的"]
    assert search(as_("manager3")) == []


def test_who_may_not_is_refused(as_: Open) -> None:
    for address in ("/cases/search/", "/cases/search/export.xlsx"):
        assert as_("").get(address).location.startswith("/login/")
        assert as_("referrer").get(address).status_code == 403
        assert as_("admin").get(address).status_code == 403
