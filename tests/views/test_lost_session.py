"""A form that is sent after its session has ended: nothing typed is lost, and nothing is done for a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

TYPED = {
    "provided": "Y",
    "services": "1",
    "remark": "下週再聯絡<b>",
    "csrf_token": "of a session that is over",
}
OURS = {"Origin": "http://localhost"}


@pytest.mark.parametrize("username", ["", "manager"], ids=["logged out", "logged in again"])
def test_what_was_typed_stands_on_the_page_to_be_sent_again(as_: Any, username: str) -> None:
    answer = as_(username).post("/cases/1/records/new?provided=Y", data=TYPED, headers=OURS)
    assert answer.status_code == 400
    assert 'name="remark" value="下週再聯絡&lt;b&gt;"' in answer.text
    assert 'action="/cases/1/records/new?provided=Y"' in answer.text
    assert "of a session that is over" not in answer.text


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "http://evil.example"}, {"Referer": "http://evil.example/localhost"}]
)
def test_a_form_from_a_foreign_page_is_not_offered_for_sending(as_: Any, origin: dict[str, str]) -> None:
    answer = as_("manager").post("/cases/1/records/new", data=TYPED, headers=origin)
    assert answer.status_code == 400 and "下週再聯絡" not in answer.text


def test_a_password_never_comes_back_on_a_page(as_: Any) -> None:
    typed = {"old_password": "Old-secret-2026", "password": "New-secret-2026", "csrf_token": "x"}
    answer = as_("manager").post("/account/password/", data=typed, headers=OURS)
    assert answer.status_code == 400 and "secret" not in answer.text


def test_a_request_in_the_background_is_told_to_log_in(as_: Any) -> None:
    fetch = {**OURS, "X-Requested-With": "fetch"}
    answer = as_("").post("/referrals/new/draft", data=TYPED, headers=fetch)
    assert (answer.status_code, answer.json["code"]) == (401, "csrf")


def test_the_new_sessions_token_is_for_those_who_are_logged_in(as_: Any) -> None:
    browser: FlaskClient = as_("manager")
    assert browser.get("/session/token").json["token"]
    assert as_("").get("/session/token", headers={"X-Requested-With": "fetch"}).status_code == 401
