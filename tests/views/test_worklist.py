"""個管員服務作業: own open cases only, most urgent first, each urgency with its word."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from models.case import Case
from rules.actor import Actor
from rules.service_record import Provided
from services import cases
from services.service_records import record_service
from services.transaction import transaction
from tests.conftest import Clock
from tests.factories import AT, make_case, make_person, make_referral

URL = "/cases/mine/"
TODAY = date(2026, 11, 20)

As = Callable[[str], FlaskClient]
Cast = Callable[[str], Actor]


def case_named(name: str, *, due_in: int = 60, manager: str = "manager") -> Case:
    with transaction(db.session):
        referral = make_referral(db.session, person=make_person(db.session, name=name))
        return make_case(
            db.session, referral=referral, manager=manager, due_date=TODAY + timedelta(days=due_in)
        )


def names(browser: FlaskClient, query: str = "") -> list[str]:
    """The names in the list's order."""
    page = browser.get(URL + query)
    assert page.status_code == 200
    return re.findall(r"個案[甲乙丙丁]", page.text.partition("<tbody>")[2])


def test_the_list_has_the_own_open_cases_most_urgent_first(app: Flask, as_: As, act_as: Cast) -> None:
    case_named("個案甲", due_in=60)
    case_named("個案乙", due_in=-1)
    closed = case_named("個案丙")
    case_named("個案丁", manager="manager2")
    with transaction(db.session):
        cases.close(db.session, closed.id, base_url="", by=act_as("manager"), at=AT)
    assert names(as_("manager")) == ["個案乙", "個案甲"]


def test_the_columns_are_the_manuals(app: Flask, as_: As) -> None:
    case_named("個案甲")
    heads = re.findall(r"<th[^>]*>\s*(?:<a[^>]*>)?([^<\s]+)", as_("manager").get(URL).text)
    expected = [
        "個案服務單號",
        "轉介日期",
        "個案姓名",
        "連絡電話",
        "個案地址",
        "郵遞區號",
        "服務次數",
        "操作",
    ]
    assert [head for head in heads if head in expected] == expected


@pytest.mark.parametrize(
    ("due_in", "word"), [(11, None), (10, "即將到期"), (0, "即將到期"), (-1, "已逾期"), (-400, "已逾期")]
)
def test_the_red_mark_has_its_word(app: Flask, as_: As, due_in: int, word: str | None) -> None:
    case_named("個案甲", due_in=due_in)
    body = as_("manager").get(URL).text.partition("<tbody>")[2]
    assert [each for each in ("即將到期", "已逾期") if each in body] == ([word] if word else [])
    assert ("is-overdue" in body, "is-due-soon" in body) == (word == "已逾期", word == "即將到期")


def test_searching_by_name_number_urgency_and_missing_record(app: Flask, as_: As, act_as: Cast) -> None:
    late, soon, calm = (case_named(f"個案{n}", due_in=due) for n, due in (("甲", -5), ("乙", 5), ("丙", 50)))
    with transaction(db.session):
        record_service(db.session, calm.id, Provided((1,)), submission_key="k", by=act_as("manager"), at=AT)
    browser = as_("manager")
    assert names(browser, f"?number={soon.id}") == ["個案乙"]
    assert names(browser, "?name=案丙") == ["個案丙"]
    assert names(browser, "?urgency=overdue") == ["個案甲"]
    assert names(browser, "?urgency=soon") == ["個案乙"]
    assert names(browser, "?unserved=1") == ["個案甲", "個案乙"]
    assert names(browser, "?urgency=whatever") == [], "a criterion that makes no sense finds nothing"
    assert late.id


def test_sorting_by_each_head_that_offers_it(app: Flask, as_: As) -> None:
    case_named("個案乙", due_in=10)
    case_named("個案甲", due_in=20)
    browser = as_("manager")
    for key in ("number", "referral_date", "due", "name", "postal_code", "services"):
        assert sorted(names(browser, f"?sort={key}")) == ["個案乙", "個案甲"] or key == ""
    assert names(browser, "?sort=due") == ["個案乙", "個案甲"]
    assert names(browser, "?sort=-due") == ["個案甲", "個案乙"]
    assert names(browser, "?sort=-number") == ["個案甲", "個案乙"]
    assert names(browser, "?sort=name") == ["個案乙", "個案甲"], "by code point"


def test_the_services_are_counted(app: Flask, as_: As, act_as: Cast) -> None:
    case = case_named("個案甲")
    with transaction(db.session):
        for key in "abc":
            record_service(
                db.session, case.id, Provided((1,)), submission_key=key, by=act_as("manager"), at=AT
            )
    cells = re.findall(r"<td[^>]*>(.*?)</td>", as_("manager").get(URL).text, flags=re.DOTALL)
    assert [re.sub("<[^>]+>", "", cell).strip() for cell in cells][7] == "3"


def test_nobody_is_sent_to_the_log_in_and_others_are_refused(app: Flask, as_: As, clock: Clock) -> None:
    answer = as_("").get(URL)
    assert answer.status_code == 302 and "/login/" in answer.location
    for role in ("referrer", "admin", "reception", "auditor"):
        assert as_(role).get(URL).status_code == 403
