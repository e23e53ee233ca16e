"""News, bulletin and downloads: what readers see on which day, and what administrators see of the rest."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import current_app
from flask.testing import FlaskClient

from app.extensions import db
from models.content import FAR_FUTURE, Bulletin, Download, News
from reports.notices import Publication, publication
from services.transaction import transaction

As = Callable[[str], FlaskClient]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


def add(*rows: Any) -> None:
    with transaction(db.session):
        db.session.add_all(rows)


def a_file(title: str, expires_on: date = FAR_FUTURE) -> Download:
    store = current_app.extensions["file_store"]
    name = store.save(b"%PDF-1.7\n%%EOF")
    made = Download(
        title=title,
        file_name=f"{title}.pdf",
        extension="pdf",
        size=14,
        storage_name=name,
        expires_on=expires_on,
    )
    add(made)
    return made


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [
        (TODAY, TODAY, Publication.SHOWN),
        (TODAY - DAY, TODAY, Publication.SHOWN),
        (TODAY - DAY, TODAY - DAY, Publication.EXPIRED),
        (TODAY + DAY, FAR_FUTURE, Publication.UPCOMING),
        (date.min, FAR_FUTURE, Publication.SHOWN),
    ],
)
def test_both_days_belong_to_the_period(first: date, last: date, state: Publication) -> None:
    assert publication((first, last), TODAY) is state


def test_250_rare_characters_are_250(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    data = {"text": "𠮷" * 250, "shown_from": "115/11/20", "shown_until": ""}
    assert browser.post("/news/add", data=csrf(browser, data)).status_code == 302
    page = browser.post("/news/add", data=csrf(browser, data | {"text": "𠮷" * 251}))
    assert "最多250個字，目前有251個字" in page.text and "𠮷" * 251 in page.text


def test_a_line_end_counts_once(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    data = {"text": "字\r\n" * 124 + "字字", "shown_from": "115/11/20", "shown_until": ""}
    assert browser.post("/news/add", data=csrf(browser, data)).status_code == 302


def test_the_form_cuts_nothing_off_and_counts(as_: As) -> None:
    page = as_("admin").get("/news/add").text
    assert 'data-limit="250"' in page and "maxlength" not in page.partition("<textarea")[2].partition(">")[0]


def test_a_file_without_end_shows_the_last_day_there_is(as_: As) -> None:
    a_file("轉介整批上傳範本")
    a_file("BIGBear", date(2026, 12, 31))
    page = as_("referrer").get("/").text
    shown = re.findall(r'<a href="/downloads/\d+">([^<]+)</a>.*?<time[^>]*>([^<]+)</time>', page, re.S)
    assert sorted(shown) == [("BIGBear", "115/12/31"), ("轉介整批上傳範本", "8088/12/31")]


def test_an_expired_file_is_gone_from_home_and_address_but_not_for_who_publishes(as_: As) -> None:
    made = a_file("小熊維尼", TODAY - DAY)
    for username in ("referrer", "admin"):
        browser = as_(username)
        assert "小熊維尼" not in browser.get("/").text
        assert browser.get(f"/downloads/{made.id}").status_code == 404
    assert as_("admin").get(f"/download-files/{made.id}/file").data.startswith(b"%PDF")
    assert as_("referrer").get(f"/download-files/{made.id}/file").status_code == 403


def test_the_newest_comes_first(as_: As) -> None:
    add(
        News(text="舊的", shown_from=TODAY - DAY),
        News(text="新的", shown_from=TODAY),
        News(text="更新", shown_from=TODAY),
    )
    page = as_("manager").get("/").text
    assert page.index("更新") < page.index("新的") < page.index("舊的")


def test_where_nothing_is_published_the_page_says_so(as_: As) -> None:
    page = as_("manager").get("/").text
    assert "目前沒有消息" in page and "目前沒有可下載的檔案" in page
    assert "目前沒有公告" in as_("").get("/login/").text


def listed(browser: FlaskClient, path: str, state: str = "") -> list[tuple[str, str]]:
    page = browser.get(path, query_string={"_flt_0_days": state} if state else {}).text
    return re.findall(
        r'class="chip [^>]*>.*?</span>([^<]+)</span></td>\s*<td[^>]*>(?:<span[^>]*>)?([^<]+)<', page
    )


@pytest.mark.parametrize(("kind", "path"), [(News, "/news/list/"), (Bulletin, "/bulletins/list/")])
def test_an_administrator_sees_what_is_shown_when(as_: As, kind: Any, path: str) -> None:
    add(
        kind(text="下週", shown_from=TODAY + DAY),
        kind(text="現在", shown_from=TODAY, shown_until=TODAY),
        kind(text="上週", shown_from=TODAY - DAY * 9, shown_until=TODAY - DAY),
    )
    browser = as_("admin")
    rows = [("尚未開始", "下週"), ("顯示中", "現在"), ("已過期", "上週")]
    assert listed(browser, path) == rows
    for row, state in zip(rows, ("upcoming", "shown", "expired"), strict=True):
        assert listed(browser, path, state) == [row]
    assert listed(browser, path, "nothing") == []


def test_an_administrator_sees_which_files_have_expired(as_: As) -> None:
    a_file("甲", TODAY)
    a_file("乙", TODAY - DAY)
    browser = as_("admin")
    assert listed(browser, "/download-files/list/", "expired") == [("已過期", "乙")]
    assert listed(browser, "/download-files/list/", "shown") == [("顯示中", "甲")]


def test_a_notice_is_previewed_before_its_day(as_: As) -> None:
    add(News(text="第一行\n<b>第二行</b>", shown_from=TODAY + DAY))
    row = db.session.query(News).one().id
    preview = (
        as_("admin").get(f"/news/show/{row}").text.partition('id="preview"')[2].partition("</section>")[0]
    )
    assert "115/11/21" in preview and "第一行\n&lt;b&gt;第二行" in preview


def test_a_file_that_was_lost_is_said_and_is_no_crash(as_: As) -> None:
    made = a_file("範本")
    with transaction(db.session):
        db.session.get_one(Download, made.id).storage_name = str(uuid.uuid4())
    answer = as_("manager").get(f"/downloads/{made.id}")
    assert answer.status_code == 404 and "範本.pdf" in answer.text
