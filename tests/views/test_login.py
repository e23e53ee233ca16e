"""Logging in and out through HTTP, with the CAPTCHA and the limits that other tests switch off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from models.account import Account, CaptchaChallenge
from services import accounts, passwords
from services.transaction import transaction
from tests.conftest import NOW
from tests.databases import PASSWORD
from views.login import REFUSED

Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]


def page_token(browser: FlaskClient) -> str:
    page = browser.get("/login/").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def answer_of(browser: FlaskClient) -> str:
    """What the picture shows; the browser asks for it as a page does."""
    assert browser.get("/login/captcha.png").status_code == 200
    with browser.session_transaction() as kept:
        token = kept["captcha"]
    challenge = db.session.get(CaptchaChallenge, token)
    assert challenge is not None
    digits = challenge.answer
    db.session.remove()
    return digits


def log_in(
    browser: FlaskClient,
    username: str = "manager",
    password: str = PASSWORD,
    digits: str | None = None,
    address: str = "/login/",
) -> TestResponse:
    token = page_token(browser)
    typed = answer_of(browser) if digits is None else digits
    return browser.post(
        address, data={"csrf_token": token, "username": username, "password": password, "captcha": typed}
    )


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200


@pytest.fixture
def browser(guarded: Flask) -> FlaskClient:
    return guarded.test_client()


def account_of(username: str = "manager") -> Account:
    return db.session.scalars(
        select(Account).where(Account.username == username).execution_options(populate_existing=True)
    ).one()


def test_account_password_and_captcha_open_the_home_page(browser: FlaskClient) -> None:
    answer = log_in(browser)
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_in(browser)


def test_a_wrong_captcha_refuses_the_right_password(browser: FlaskClient) -> None:
    assert log_in(browser, digits="x").status_code == 200
    assert not is_in(browser)


def test_a_wrong_captcha_is_no_failure_of_the_account(browser: FlaskClient) -> None:
    for _ in range(6):
        log_in(browser, digits="x")
    assert account_of().login_attempts == 0


def test_a_captcha_opens_one_try_only(browser: FlaskClient) -> None:
    digits = answer_of(browser)
    with browser.session_transaction() as kept:
        used = kept["captcha"]
    log_in(browser, password="wrong", digits=digits)
    with browser.session_transaction() as kept:
        kept["captcha"] = used
    assert log_in(browser, digits=digits).status_code == 200
    assert not is_in(browser)


def test_the_session_of_nobody_gets_no_captcha_for_nothing(browser: FlaskClient) -> None:
    token = page_token(browser)
    with browser.session_transaction() as kept:
        kept.pop("captcha", None)
    data = {"csrf_token": token, "username": "manager", "password": PASSWORD, "captcha": ""}
    assert browser.post("/login/", data=data).status_code == 200
    assert not is_in(browser)


def test_wrong_unknown_disabled_and_locked_read_the_same(browser: FlaskClient) -> None:
    with transaction(db.session):
        accounts.disable(account_of("manager2"), by=None)
        account_of("manager3").locked_until = NOW.replace(hour=3)
    refusals = [
        log_in(browser, password="wrong"),
        log_in(browser, username="nobody"),
        log_in(browser, username="manager2"),
        log_in(browser, username="manager3"),
        log_in(browser, digits="x"),
    ]
    assert {answer.status_code for answer in refusals} == {200}
    messages = [re.findall(r'class="flash-text">(.*?)</div>', answer.text, re.S) for answer in refusals]
    assert len(messages[0]) == 1 and str(REFUSED) in messages[0][0]
    assert all(message == messages[0] for message in messages)


def test_five_failures_lock_the_right_password_out(browser: FlaskClient) -> None:
    for _ in range(5):
        log_in(browser, password="wrong")
    log_in(browser)
    assert not is_in(browser)


@pytest.mark.parametrize("username", ["manager\0", "' OR 1=1 --", "中文", "x" * 129])
def test_strange_names_are_refused_and_nothing_breaks(browser: FlaskClient, username: str) -> None:
    assert log_in(browser, username=username).status_code == 200
    assert not is_in(browser)


def test_what_was_typed_stays_but_the_password(browser: FlaskClient) -> None:
    page = log_in(browser, password="wrong-password").text
    assert 'value="manager"' in page
    assert "wrong-password" not in page


def test_the_session_known_before_is_not_the_one_after(browser: FlaskClient) -> None:
    browser.get("/login/")
    with browser.session_transaction() as kept:
        kept["planted"] = "by somebody else"
        before = kept["csrf_token"]
    log_in(browser)
    with browser.session_transaction() as kept:
        assert "planted" not in kept
        assert kept.get("csrf_token") != before


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "http://evil.example/",
        "\\\\evil",
        "javascript:alert(1)",
        "/\t/evil",
    ],
)
def test_no_other_place_is_opened_after_the_log_in(browser: FlaskClient, target: str) -> None:
    answer = log_in(browser, address=f"/login/?next={target}")
    assert (answer.status_code, answer.location) == (302, "/")


def test_the_wanted_page_is_opened_after_the_log_in(browser: FlaskClient) -> None:
    assert log_in(browser, address="/login/?next=/account/?x=1").location == "/account/?x=1"


def test_pages_make_no_challenge_until_the_picture_is_asked_for(browser: FlaskClient) -> None:
    for _ in range(10):
        browser.get("/login/")
    assert db.session.scalar(select(func.count()).select_from(CaptchaChallenge)) == 0


def test_a_reload_of_the_picture_keeps_its_challenge(browser: FlaskClient) -> None:
    first = answer_of(browser)
    assert answer_of(browser) == first
    assert db.session.scalar(select(func.count()).select_from(CaptchaChallenge)) == 1


def test_a_new_picture_replaces_its_challenge(browser: FlaskClient) -> None:
    answer_of(browser)
    browser.get("/login/captcha.png?new=1")
    assert db.session.scalar(select(func.count()).select_from(CaptchaChallenge)) == 1


def test_the_picture_of_a_used_challenge_is_a_new_one(browser: FlaskClient) -> None:
    log_in(browser, digits="x")
    assert browser.get("/login/captcha.png").status_code == 200


def test_the_challenge_is_spoken(browser: FlaskClient) -> None:
    answer_of(browser)
    spoken = browser.get("/login/captcha.wav")
    assert (spoken.mimetype, spoken.data[:4]) == ("audio/wav", b"RIFF")


def test_log_ins_from_one_address_are_limited(browser: FlaskClient) -> None:
    guess = {"csrf_token": page_token(browser), "username": "manager", "password": "x", "captcha": "x"}
    answers = [browser.post("/login/", data=guess).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_another_address_has_a_limit_of_its_own(browser: FlaskClient) -> None:
    guess = {"csrf_token": page_token(browser), "username": "manager", "password": "x", "captcha": "x"}
    for _ in range(30):
        browser.post("/login/", data=guess)
    assert browser.post("/login/", data=guess).status_code == 429
    assert browser.post("/login/", data=guess, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200


def test_pictures_for_one_address_are_limited(browser: FlaskClient) -> None:
    answers = [browser.get("/login/captcha.wav").status_code for _ in range(121)]
    assert answers[119] == 404 and answers[120] == 429
    assert browser.get("/login/captcha.png").status_code == 429


def test_other_pages_have_no_such_limit(as_: Callable[[str], FlaskClient]) -> None:
    browser = as_("manager")
    assert {browser.get("/").status_code for _ in range(125)} == {200}


def test_a_get_logs_nobody_out(as_: Callable[[str], FlaskClient]) -> None:
    browser = as_("manager")
    assert browser.get("/logout/").status_code == 405
    assert is_in(browser)


def test_a_post_without_token_logs_nobody_out(as_: Callable[[str], FlaskClient]) -> None:
    browser = as_("manager")
    assert browser.post("/logout/").status_code == 400
    assert is_in(browser)


def test_logging_out_ends_the_session(as_: Callable[[str], FlaskClient], csrf: Csrf) -> None:
    browser = as_("manager")
    browser.post("/logout/", data=csrf(browser, {}))
    assert not is_in(browser)


def test_a_session_ends_after_twenty_idle_minutes(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(browser)
    began = int(time.time())
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: began + 20 * 60 - 5)
    assert is_in(browser)  # and this request renews it
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: began + 2 * 20 * 60 - 10)
    assert is_in(browser)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: began + 3 * 20 * 60)
    assert not is_in(browser)


def test_a_disabled_user_is_out_at_his_next_click(as_: Callable[[str], FlaskClient]) -> None:
    browser = as_("manager")
    assert is_in(browser)
    with transaction(db.session):
        accounts.disable(account_of(), by=None)
    assert not is_in(browser)


def given(as_: Callable[[str], FlaskClient], username: str) -> FlaskClient:
    """A browser of a user whose password an administrator gave."""
    with transaction(db.session):
        passwords.give_password(db.session, account_of(username), at=NOW)
    return as_(username)


def test_a_given_password_opens_nothing_but_its_change(app: Flask, as_: Callable[[str], FlaskClient]) -> None:
    """Every page without parameters: generated ones, custom ones and those of Flask-Admin."""
    browser = given(as_, "admin")
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    opened = {rule.endpoint for rule in rules if browser.get(rule.rule).status_code == 200}
    assert len(rules) > 20
    assert opened == {"PasswordView.change"}


def test_a_given_password_opens_no_script_request(as_: Callable[[str], FlaskClient]) -> None:
    browser = given(as_, "admin")
    assert browser.get("/users/list/", headers={"X-Requested-With": "fetch"}).status_code == 403


def test_a_user_with_a_given_password_may_log_out(as_: Callable[[str], FlaskClient], csrf: Csrf) -> None:
    browser = given(as_, "manager")
    assert browser.post("/logout/", data=csrf(browser, {})).location == "/login/"
    assert browser.get("/").location.startswith("/login/")
