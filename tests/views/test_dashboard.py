"""服務概況 through HTTP: the unit's figures, their links, their files."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from app.extensions import db
from services.transaction import transaction
from tests.factories import close_case, make_case, make_person, make_record, make_referral
from tests.views.statements import counted

Open = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 20)


@pytest.fixture
def world(app: Any) -> None:
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏")
        for days in (-2, 5, 60):
            make_case(
                db.session,
                referral=make_referral(db.session, person=person),
                due_date=TODAY + timedelta(days=days),
            )
        closed = make_case(db.session, manager="manager2")
        make_record(db.session, closed, reasons=(5,))
        close_case(db.session, closed)
        make_referral(db.session)
        make_referral(db.session, at=datetime(2026, 11, 16, 4, tzinfo=UTC))
        make_case(db.session, manager="manager3", supervisor="supervisor3")


def numbers(page: str) -> dict[str, tuple[int, str]]:
    """The cards: number and address by label."""
    found = re.findall(
        r'<a class="work-card[^>]*href="([^"]*)">.*?work-label">([^<]*)<.*?work-number">([\d,]+)', page, re.S
    )
    return {label.strip(): (int(number), html.unescape(url)) for url, label, number in found}


def rows_of(browser: FlaskClient, address: str) -> int:
    page = browser.get(address).text
    assert "error-summary" not in page
    return len(re.findall(r"<tr", page.partition("<tbody>")[2].partition("</tbody>")[0]))


def sheet(browser: FlaskClient, address: str) -> list[Any]:
    book: Any = openpyxl.load_workbook(io.BytesIO(browser.get(html.unescape(address)).data))
    return list(book.active.values)


def test_the_cards_tell_the_unit_as_it_stands_today(as_: Open, world: None) -> None:
    assert {
        label: number for label, (number, _url) in numbers(as_("supervisor").get("/dashboard/").text).items()
    } == {
        "待收案": 2,
        "超過 3 個工作天未收案": 1,
        "未結案個案": 3,
        "即將到期": 1,
        "已逾期": 1,
    }


def test_every_number_leads_to_a_list_of_as_many_rows(as_: Open, world: None) -> None:
    browser = as_("supervisor")
    page = browser.get("/dashboard/").text
    linked = [(number, url) for number, url in numbers(page).values()]
    tables = re.findall(r'<td class="number"><a href="([^"]*)">([\d,]+)</a>', page)
    linked += [(int(number), html.unescape(url)) for url, number in tables]
    assert len(linked) >= 12
    for number, url in linked:
        assert rows_of(browser, url) == number, url


def test_a_figures_links_show_in_the_query_row_of_the_list(as_: Open, world: None) -> None:
    browser = as_("supervisor")
    assert "應結案日期迄" not in browser.get("/roster/").text
    page = browser.get("/roster/?state=open&due_to=115/11/19").text
    assert re.search(r'<label for="due_to">應結案日期迄</label>.*?value="115/11/19"', page, re.S)


def test_the_period_can_be_chosen_and_an_unknown_one_is_the_usual(as_: Open, world: None) -> None:
    browser = as_("supervisor")
    assert "115/9/1 至 115/11/20" in browser.get("/dashboard/?months=3").text
    assert "114/12/1 至 115/11/20" in browser.get("/dashboard/?months=12").text
    assert "115/6/1 至 115/11/20" in browser.get("/dashboard/?months=999999999999").text


def test_no_person_is_named(as_: Open, world: None) -> None:
    assert "唐三藏" not in as_("supervisor").get("/dashboard/").text


def test_an_empty_unit_says_so_instead_of_drawing(as_: Open) -> None:
    page = as_("supervisor").get("/dashboard/").text
    assert page.count("還沒有可以畫的資料。") == 7 and '<svg class="plot"' not in page
    assert "目前沒有未結案的個案。" in page and "這段期間沒有服務紀錄。" in page


def test_each_plot_has_its_table_and_its_files(as_: Open, world: None) -> None:
    browser = as_("supervisor")
    page = browser.get("/dashboard/?months=12").text
    assert page.count('<svg class="plot"') == page.count('<details class="panel-table"') == 7
    files = re.findall(r'href="(/dashboard/[a-z]+/export\.xlsx[^"]*)"', page)
    assert len(files) == 7
    for address in files:
        assert len(sheet(browser, address)) > 2


def test_a_file_has_the_table_of_the_screen(as_: Open, world: None) -> None:
    title, head, *rows = sheet(as_("supervisor"), "/dashboard/managers/export.xlsx")
    assert title[0].startswith("誰的個案最多？　王大毛，3 件") and "115/6/1 至 115/11/20" in title[0]
    assert head == ("個管員姓名", "未結案個案", "即將到期", "已逾期")
    assert rows[0] == ("王大毛", 3, 1, 1)


@pytest.mark.parametrize("address", ["/dashboard/nothing/export.xlsx", "/dashboard/managers/export.exe"])
def test_an_unknown_table_or_format_is_not_found(as_: Open, address: str) -> None:
    assert as_("supervisor").get(address).status_code == 404


def test_it_takes_at_most_twelve_statements(as_: Open, world: None) -> None:
    browser = as_("supervisor")
    with counted() as sent:
        assert browser.get("/dashboard/").status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_other_roles_are_refused_and_nobody_is_sent_to_log_in(as_: Open) -> None:
    for address in ("/dashboard/", "/dashboard/managers/export.xlsx"):
        assert as_("").get(address).location.startswith("/login/")
        for role in ("manager", "referrer", "admin", "auditor"):
            assert as_(role).get(address).status_code == 403
