"""The code lists of Flask-Admin: guarded, never deleted, and offered where they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from models.account import Account
from models.codes import RefusalReason

Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]
As = Callable[[str], FlaskClient]
REASONS = "/codes/refusal-reasons/"
UPDATE = REASONS + "ajax/update/"


def reason(code: int) -> RefusalReason | None:
    db.session.expire_all()
    return db.session.get(RefusalReason, code)


def pages(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0].startswith("codes")]
    return [rule.rule for rule in rules if not rule.arguments]


def test_nobody_is_sent_to_the_log_in_page(app: Flask, as_: As, csrf: Csrf) -> None:
    browser = as_("")
    assert len(pages(app)) > 20
    for page in pages(app):
        answer = browser.get(page)
        if answer.status_code == 405:
            answer = browser.post(page, data=csrf(browser, {}))
        assert answer.status_code == 302 and answer.location.startswith("/login/"), page


@pytest.mark.parametrize("username", ["referrer", "supervisor", "manager", "auditor", "reception", "itstaff"])
def test_other_roles_get_403_from_every_page(app: Flask, as_: As, csrf: Csrf, username: str) -> None:
    browser = as_(username)
    for page in pages(app):
        answer = browser.get(page)
        if answer.status_code == 405:
            answer = browser.post(page, data=csrf(browser, {}))
        assert answer.status_code == 403, page


def test_the_lists_are_shown_in_our_shell(as_: As) -> None:
    page = as_("admin").get(REASONS).text
    assert '<html lang="zh-Hant-TW">' in page and "無法聯繫3次以上" in page and "onclick" not in page


def test_a_new_reason_gets_the_next_number_and_appears(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    assert 'value="6"' in browser.get(REASONS + "new/").text
    data = csrf(browser, {"code": "6", "label": "遷居國外", "active": "y"})
    assert browser.post(REASONS + "new/", data=data).status_code == 302
    found = reason(6)
    assert found and (found.label, found.active) == ("遷居國外", True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "1"}, "不能重複使用"),
        ({"code": "0"}, "1到999"),
        ({"code": "x"}, "代碼"),
        ({"label": ""}, "請輸入名稱"),
        ({"label": "規劃復學，無需就業服務"}, "已是這個名稱"),
    ],
)
def test_a_faulty_code_is_refused_at_its_field(
    as_: As, csrf: Csrf, typed: dict[str, str], sentence: str
) -> None:
    browser = as_("admin")
    data = {"code": "6", "label": "遷居國外", "active": "y"} | typed
    page = browser.post(REASONS + "new/", data=csrf(browser, data))
    assert page.status_code == 200 and sentence in page.text and "error-summary" in page.text
    assert reason(6) is None


def test_a_label_changes_and_its_number_stays(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    data = csrf(browser, {"code": "9", "label": "改名", "active": "y"})
    assert browser.post(REASONS + "edit/?id=5", data=data).status_code == 302
    found = reason(5)
    assert found and found.label == "改名" and reason(9) is None


def test_a_label_is_edited_in_place(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    answer = browser.post(UPDATE, data=csrf(browser, {"code": "5", "label": " 改名 ", "active": "0"}))
    assert answer.json == {"message": "已儲存。", "label": "改名", "active": False}
    found = reason(5)
    assert found and not found.active


def test_a_refusal_in_place_says_why(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    headers = {"X-Requested-With": "fetch"}
    answer = browser.post(
        UPDATE, data=csrf(browser, {"code": "5", "label": "", "active": "1"}), headers=headers
    )
    assert (answer.status_code, answer.json["message"]) == (422, "請輸入名稱。")  # type: ignore[index]


@pytest.mark.parametrize("code", ["99", "", "x", "99999999999999999999", "1 OR 1=1"])
def test_a_code_that_is_none_answers_404(as_: As, csrf: Csrf, code: str) -> None:
    browser = as_("admin")
    assert (
        browser.post(UPDATE, data=csrf(browser, {"code": code, "label": "x", "active": "1"})).status_code
        == 404
    )


@pytest.mark.parametrize("path", ["new/", "edit/?id=5", "ajax/update/", "delete/"])
def test_nothing_changes_without_the_token(as_: As, path: str) -> None:
    data = {"code": "5", "label": "改名", "active": "1", "id": "5"}
    assert as_("admin").post(REASONS + path, data=data).status_code == 400
    found = reason(5)
    assert found and found.label != "改名"


def test_no_code_is_deleted(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    browser.post(REASONS + "delete/", data=csrf(browser, {"id": "5"}))
    browser.post(REASONS + "action/", data=csrf(browser, {"action": "delete", "rowid": "5"}))
    assert reason(5) is not None


@pytest.mark.parametrize("page", ["-1", "1000", "99999999999999999999"])
def test_a_page_that_cannot_be_is_an_empty_one_or_the_first(both: Flask, page: str) -> None:
    browser = both.test_client()
    admin = db.session.query(Account).filter_by(username="admin").one()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = admin.get_id(), True
    assert browser.get(f"{REASONS}?page={page}").status_code == 200
