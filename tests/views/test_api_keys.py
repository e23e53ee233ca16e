"""介接金鑰: issuing, showing once, revoking."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.api_key import ApiKey

Clients = Callable[[str], FlaskClient]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def typed() -> dict[str, Any]:
    account = db.session.scalars(select(Account).where(Account.username == "referrer")).one()
    return {
        "account_id": str(account.id),
        "label": "高雄市社會局個案管理系統",
        "scopes": ["REFERRAL_SUBMIT", "REFERRAL_FOLLOW"],
        "expires_on": "116/11/19",
    }


def issue(browser: FlaskClient, csrf: Csrf, typed: dict[str, Any]) -> str:
    response = browser.post("/api-keys/issue", data=csrf(browser, typed))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    found = re.search(r"jieli_[0-9a-f]{16}_[0-9a-f]{64}", response.text)
    assert found
    return found[0]


def test_an_issued_key_is_shown_once_and_opens_the_api(
    as_: Clients, csrf: Csrf, typed: dict[str, Any]
) -> None:
    admin = as_("admin")
    key = issue(admin, csrf, typed)
    assert as_("").get("/api/v1/referrals", headers={"X-API-Key": key}).status_code == 200
    pages = admin.get("/api-keys/list/").text + admin.get("/api-keys/show/1").text
    assert "高雄市社會局個案管理系統" in pages
    assert key not in pages and key.rpartition("_")[2] not in pages
    assert "115/11/20" in pages, "the last use"


def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(
    as_: Clients, csrf: Csrf, typed: dict[str, Any]
) -> None:
    admin = as_("admin")
    wrong = {**typed, "scopes": ["ROSTER_READ"], "expires_on": "118/1/1"}
    response = admin.post("/api-keys/issue", data=csrf(admin, wrong))
    assert response.status_code == 422
    assert "這個帳號沒有所選的權限" in response.text and "一年之內" in response.text
    assert "高雄市社會局個案管理系統" in response.text
    assert db.session.scalar(select(ApiKey.id)) is None


def test_a_revoked_key_opens_nothing(as_: Clients, csrf: Csrf, typed: dict[str, Any]) -> None:
    admin = as_("admin")
    key = issue(admin, csrf, typed)
    assert admin.post("/api-keys/1/revoke", data=csrf(admin, {})).status_code == 302
    assert "已撤銷" in admin.get("/api-keys/show/1").text
    assert as_("").get("/api/v1/referrals", headers={"X-API-Key": key}).status_code == 401
    admin.post("/api-keys/1/revoke", data=csrf(admin, {}))
    assert "先前已經撤銷" in admin.get("/api-keys/show/1").text


def test_only_accounts_that_may_use_the_api_are_offered(as_: Clients) -> None:
    page = as_("admin").get("/api-keys/issue").text
    assert "(referrer)" in page and "(supervisor)" in page
    assert "(admin)" not in page and "(reception)" not in page
