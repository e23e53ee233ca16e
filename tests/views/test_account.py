"""管理我的帳號 and 變更我的密碼."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app.extensions import db
from models.account import Account
from tests.databases import PASSWORD

Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]
As = Callable[[str], FlaskClient]
OWN = {"name": "王大毛", "email": "new@demo.example", "phone": "03-5343011", "extension": "99"}
NEW = "Second-pass-22"


def account_of(username: str = "manager") -> Account:
    return db.session.scalars(
        select(Account).where(Account.username == username).execution_options(populate_existing=True)
    ).one()


def test_the_own_data_can_be_changed(as_: As, csrf: Csrf) -> None:
    browser = as_("manager")
    assert browser.post("/account/", data=csrf(browser, OWN)).status_code == 302
    assert "已儲存您的帳號資料" in browser.get("/account/").text
    assert (account_of().email, account_of().extension) == ("new@demo.example", "99")


def test_fields_that_are_not_on_the_form_change_nothing(as_: As, csrf: Csrf) -> None:
    browser, before = as_("manager"), account_of()
    kept = (before.unit_id, before.username, before.session_version, before.password)
    stuffed = {
        "roles": "1",
        "unit_id": "1",
        "username": "root",
        "active": "",
        "password": "x",
        "version": "77",
    }
    browser.post("/account/", data=csrf(browser, OWN | stuffed))
    after = account_of()
    assert (after.unit_id, after.username, after.session_version, after.password) == kept
    assert [role.name for role in after.roles] == ["個管員"] and after.active and after.version != 77


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "no-address", "這不是電子信箱地址"),
        ("email", "admin@demo.jieli.example", "已由其他帳號使用"),
        ("name", "", "請輸入中文名字"),
        ("name", "王\0毛", "無法顯示的字元"),
    ],
)
def test_a_refusal_names_the_field_and_loses_nothing(
    as_: As, csrf: Csrf, field: str, typed: str, sentence: str
) -> None:
    browser = as_("manager")
    page = browser.post("/account/", data=csrf(browser, OWN | {field: typed}))
    assert page.status_code == 200
    assert sentence in page.text and f'href="#{field}"' in page.text and 'value="03-5343011"' in page.text
    db.session.rollback()
    assert account_of().email == "manager@demo.jieli.example"


def test_the_page_needs_a_log_in(as_: As) -> None:
    assert as_("").get("/account/").location == "/login/?next=/account/"


def test_the_password_is_changed_and_this_browser_stays_in(as_: As, csrf: Csrf) -> None:
    browser, elsewhere = as_("manager"), as_("manager")
    data = csrf(browser, {"old_password": PASSWORD, "password": NEW, "repeated": NEW})
    assert browser.post("/account/password/", data=data).location == "/"
    assert check_password_hash(account_of().password, NEW)
    assert browser.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old_password": "wrong"}, "舊密碼不正確"),
        ({"repeated": "Another-pass-1"}, "兩次輸入的新密碼不同"),
        ({"password": "short", "repeated": "short"}, "12"),
        ({"password": PASSWORD, "repeated": PASSWORD}, "最近三次"),
        ({"password": "Manager-2026-x", "repeated": "Manager-2026-x"}, "不可包含帳號"),
    ],
)
def test_a_refused_password_changes_nothing(
    as_: As, csrf: Csrf, typed: dict[str, str], sentence: str
) -> None:
    browser = as_("manager")
    data = {"old_password": PASSWORD, "password": NEW, "repeated": NEW} | typed
    page = browser.post("/account/password/", data=csrf(browser, data))
    assert page.status_code == 200 and sentence in page.text
    assert not any(f'value="{secret}"' in page.text for secret in data.values())
    assert check_password_hash(account_of().password, PASSWORD)


def test_a_password_is_not_changed_without_the_token(as_: As) -> None:
    data = {"old_password": PASSWORD, "password": NEW, "repeated": NEW}
    assert as_("manager").post("/account/password/", data=data).status_code == 400
    assert check_password_hash(account_of().password, PASSWORD)
