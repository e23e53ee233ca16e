"""Who gets in: keys and tokens, never cookies; and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from models.account import Account
from models.api_key import ApiKey
from rules.permissions import Permission as P
from services import api_tokens
from services.transaction import transaction
from tests.conftest import NOW, Clock, application
from tests.databases import Template
from tests.views.api.conftest import Program, issued_key


@pytest.fixture
def referrer(program: Callable[..., Program]) -> Program:
    return program("referrer")


def token_of(program: Program) -> Program:
    token = program.post("/token").json["token"]
    return Program(program.app, {"Authorization": f"Bearer {token}"})


def change(username: str, **values: Any) -> None:
    with transaction(db.session):
        db.session.execute(update(Account).where(Account.username == username).values(**values))


def test_a_cookie_opens_nothing(as_: Callable[[str], FlaskClient]) -> None:
    browser = as_("referrer")
    assert browser.get("/api/v1/referrals").status_code == 401
    response = browser.post("/api/v1/referrals", json={}, headers={"Idempotency-Key": "x" * 20})
    assert response.status_code == 401
    assert response.json["error"]["code"] == "unauthorized"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_needs_no_form_token_and_sets_no_cookie(referrer: Program) -> None:
    response = referrer.post("/postal-code", {"address": "新竹市東區東大路二段60號"})
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "jieli_0123456789abcdef_" + "0" * 64},
        {"X-API-Key": "x"},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic cmVmZXJyZXI6eA=="},
    ],
)
def test_what_is_no_key_opens_nothing(app: Flask, headers: dict[str, str]) -> None:
    assert Program(app, headers).get("/codes").status_code == 401


def test_the_secret_half_of_a_key_is_looked_at(referrer: Program) -> None:
    key = referrer.headers["X-API-Key"]
    forged = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert Program(referrer.app, {"X-API-Key": forged}).get("/codes").status_code == 401


def test_a_token_stands_in_for_its_key_for_fifteen_minutes(referrer: Program, clock: Clock) -> None:
    answer = referrer.post("/token").json
    assert (answer["expires_in"], answer["expires_at"]) == (900, "2026-11-20T10:15:00+08:00")
    bearer = token_of(referrer)
    assert bearer.get("/referrals").status_code == 200
    clock.now = NOW + timedelta(minutes=14, seconds=59)
    assert bearer.get("/referrals").status_code == 200
    clock.now = NOW + timedelta(minutes=15)
    assert bearer.get("/referrals").status_code == 401


def test_a_token_begets_no_token(referrer: Program) -> None:
    """Else a stolen one would live for ever."""
    assert token_of(referrer).post("/token").status_code == 401


def test_a_token_of_another_signature_is_none(referrer: Program) -> None:
    token = referrer.post("/token").json["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    for secret, algorithm in ((current_app.config["SECRET_KEY"], "HS256"), ("", "none")):
        forged = jwt.encode(claims, secret, algorithm=algorithm)
        assert Program(referrer.app, {"Authorization": f"Bearer {forged}"}).get("/codes").status_code == 401


def test_a_token_says_nothing_personal(referrer: Program) -> None:
    token = referrer.post("/token").json["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"aud", "sub", "key", "session", "iat", "exp"}
    assert isinstance(claims["sub"], str)


@pytest.mark.parametrize("values", [{"active": False}, {"must_change_password": True}])
def test_an_account_that_cannot_be_used_ends_key_and_token(referrer: Program, values: dict[str, Any]) -> None:
    bearer = token_of(referrer)
    change("referrer", **values)
    assert referrer.get("/codes").status_code == 401
    assert bearer.get("/codes").status_code == 401


def test_a_new_password_ends_the_tokens(referrer: Program) -> None:
    bearer = token_of(referrer)
    change("referrer", session_version=Account.session_version + 1)
    assert bearer.get("/codes").status_code == 401
    assert token_of(referrer).get("/codes").status_code == 200


def test_revoking_the_key_ends_its_tokens(referrer: Program) -> None:
    bearer = token_of(referrer)
    with transaction(db.session):
        db.session.execute(update(ApiKey).values(revoked_at=NOW))
    assert (referrer.get("/codes").status_code, bearer.get("/codes").status_code) == (401, 401)


def test_a_key_works_to_the_end_of_its_last_day(referrer: Program, clock: Clock) -> None:
    clock.now = NOW + timedelta(days=30)
    assert referrer.get("/codes").status_code == 200
    clock.now = NOW + timedelta(days=31)
    assert referrer.get("/codes").status_code == 401


def test_the_last_use_is_noted_by_the_day(referrer: Program, clock: Clock) -> None:
    def last_used() -> Any:
        return db.session.scalar(select(ApiKey.last_used_on))

    assert last_used() is None
    referrer.get("/codes")
    first = last_used()
    clock.now = NOW + timedelta(days=1)
    referrer.get("/codes")
    assert last_used() - first == timedelta(days=1)


def test_a_key_does_no_more_than_it_was_issued_for(program: Callable[..., Program]) -> None:
    follower = program("referrer", P.REFERRAL_FOLLOW)
    assert follower.get("/referrals").status_code == 200
    assert follower.post("/referrals", {}).status_code == 403
    assert follower.get("/cases").status_code == 403


def test_a_right_the_account_lost_the_key_lost(referrer: Program) -> None:
    with transaction(db.session):
        account = db.session.scalars(select(Account).where(Account.username == "referrer")).one()
        account.roles = []
    assert referrer.get("/referrals").status_code == 403


def test_refusals_speak_the_language_that_was_asked_for(app: Flask) -> None:
    chinese = Program(app, {}).get("/codes").json["error"]["message"]
    same = Program(app, {"Accept-Language": "fr, de;q=0.5"}).get("/codes").json["error"]["message"]
    english = Program(app, {"Accept-Language": "en-GB,en;q=0.9"}).get("/nothing").json["error"]
    assert "憑證" in chinese and same == chinese
    assert english["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/referrals", 405, "method_not_allowed"),
        ("GET", "/referrals/99999999999", 404, "not_found"),
        ("GET", "/referrals/987654321", 404, "not_found"),
    ],
)
def test_every_error_has_one_shape(referrer: Program, method: str, path: str, status: int, code: str) -> None:
    response = referrer._send(method, path)
    assert response.status_code == status
    assert set(response.json["error"]) == {"code", "message", "fields"}
    assert response.json["error"]["code"] == code
    assert ("Allow" in response.headers) == (status == 405)


def test_a_body_that_is_no_json_is_400_and_another_type_415(referrer: Program) -> None:
    headers = {"Idempotency-Key": "a" * 20}
    broken = referrer._send("POST", "/referrals", data=b"{", content_type="application/json", headers=headers)
    assert broken.status_code == 400
    other = referrer._send("POST", "/referrals", data={"name": "x"}, headers=headers)
    assert other.status_code == 415
    assert refused_body(referrer, [1, 2]) == {"body"}


def refused_body(program: Program, body: Any) -> set[str]:
    response = program.post("/postal-code", body)
    assert response.status_code == 422
    return set(response.json["error"]["fields"])


def test_a_body_that_is_too_large_is_413(referrer: Program) -> None:
    response = referrer._send(
        "POST", "/postal-code", data=b" " * (25 * 1024 * 1024), content_type="application/json"
    )
    assert response.status_code == 413
    assert response.json["error"]["code"] == "too_large"


def test_a_crash_answers_with_a_reference_and_nothing_else(
    referrer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("views.api.referrals.listed", fail)
    response = referrer.get("/referrals")
    assert response.status_code == 500
    assert response.json["error"]["reference"] and "secret" not in response.text


def test_a_key_has_its_own_limit(
    sqlite_template: Template, clock: Clock, font_dir: Any, tmp_path: Any
) -> None:
    limits = {"RATELIMIT_ENABLED": True, "API_LIMIT": "3 per minute"}
    for app in application(sqlite_template, clock, font_dir, tmp_path, **limits):
        one, other, nobody = (
            Program(app, {"X-API-Key": issued_key("referrer")}),
            Program(app, {"X-API-Key": issued_key("referrer2")}),
            Program(app, {}),
        )
        statuses = [one.get("/codes").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert "Retry-After" in one.get("/referrals").headers, "one limit for all operations"
        assert other.get("/codes").status_code == 200
        assert [nobody.get("/codes").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_neither_key_nor_token_reaches_the_log(
    referrer: Program, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = referrer.post("/token").json["token"]
    monkeypatch.setattr("views.api.basics.offered_codes", None)  # a crash, which is logged
    assert Program(referrer.app, {"Authorization": f"Bearer {token}"}).get("/codes").status_code == 500
    assert caplog.text
    assert token not in caplog.text and referrer.headers["X-API-Key"] not in caplog.text


def test_the_tokens_key_is_not_the_sessions(app: Flask) -> None:
    assert api_tokens.signing_key(app.config["SECRET_KEY"]) != app.config["SECRET_KEY"].encode()
