"""What every answer tells the browser, and what no template may contain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from tests.databases import PASSWORD, SqliteTemplate
from tests.production import PRODUCTION

Login = Callable[[str], FlaskClient]
ROOT = Path(__file__).resolve().parents[2] / "app"
PAGES = ("/", "/login/", "/account/", "/no/such/page")


def policy(answer: TestResponse) -> dict[str, list[str]]:
    directives = (
        part.split() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()
    )
    return {name: values for name, *values in directives}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_security_headers(as_: Login, path: str) -> None:
    answer = as_("" if path == "/login/" else "supervisor").get(path)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    rules = policy(answer)
    assert rules["default-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["object-src"] == ["'none'"]
    assert rules["form-action"] == rules["base-uri"] == ["'self'"]


@pytest.mark.parametrize("directive", ["script-src", "style-src"])
def test_scripts_and_styles_need_the_nonce_of_their_answer(as_: Login, directive: str) -> None:
    browser = as_("supervisor")
    first, second = browser.get("/"), browser.get("/")
    ours, nonce = policy(first)[directive]
    assert ours == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{20,}'", nonce)
    assert nonce != policy(second)[directive][1]
    scripts = re.findall(r"<script\b[^>]*>", first.text)
    assert scripts
    assert all(nonce[1:-1].removeprefix("nonce-") in tag for tag in scripts)


def test_session_cookies_stay_with_the_browser_and_the_site(app: Flask) -> None:
    cookie = app.test_client().get("/login/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_in_production_the_cookie_and_the_site_are_for_https_only(sqlite_template: SqliteTemplate) -> None:
    url = sqlite_template.fresh()
    app = create_app(**PRODUCTION, JIELI_INSTANCE=str(sqlite_template.instance), SQLALCHEMY_DATABASE_URI=url)
    answer = app.test_client().get("/login/", base_url="https://jieli.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_after_the_log_out_nothing_is_left_to_go_back_to(
    app: Flask, as_: Login, csrf: Callable[[FlaskClient, dict[str, str]], dict[str, str]]
) -> None:
    browser = as_("")
    form = {"username": "supervisor", "password": PASSWORD}
    assert browser.post("/login/", data=csrf(browser, form)).status_code == 302
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    browser.post("/logout/", data=csrf(browser, {}))
    assert browser.get("/").status_code == 302


def test_no_file_brings_a_session_s_cookie(as_: Login) -> None:
    """A cache would hand it to others, and one that comes late would undo a log-out."""
    browser = as_("supervisor")
    assert "session=" in browser.get("/").headers["Set-Cookie"]
    for address in ("/static/css/shell.css", "/static/appbuilder/css/bootstrap.min.css"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers, address


def test_a_style_sheet_is_kept_until_it_changes(app: Flask, as_: Login) -> None:
    page = as_("").get("/login/").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert addresses
    assert all("?v=" in address for address in addresses)
    versioned = app.test_client().get(addresses[0])
    assert versioned.cache_control.max_age == 365 * 24 * 3600
    bare = app.test_client().get(addresses[0].partition("?")[0])
    assert bare.cache_control.no_cache
    again = app.test_client().get(addresses[0], headers={"If-None-Match": bare.headers["ETag"]})
    assert again.status_code == 304
    versioned.close(), bare.close(), again.close()


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield (
            str(path.relative_to(ROOT)),
            re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL),
        )


def test_no_template_has_an_inline_handler_or_a_script_address() -> None:
    pattern = re.compile(r"<[a-z][^>]*\s(on[a-z]+)\s*=|(javascript:)", re.IGNORECASE)
    assert not [(name, found.group()) for name, text in templates() for found in pattern.finditer(text)]


def test_every_script_and_style_element_has_a_nonce() -> None:
    data_only = re.compile(r'type="application/json"')
    wrong = [
        (name, tag)
        for name, text in templates()
        for tag in re.findall(r"<(?:script|style)\b(?:\{\{.*?\}\}|[^>])*>", text)
        if "nonce" not in tag and not data_only.search(tag)
    ]
    assert not wrong


def test_no_page_asks_another_host() -> None:
    """Addresses that a browser would fetch; the names of XML's vocabularies are none."""
    wrong = []
    for path in sorted(ROOT.rglob("*")):
        if path.suffix not in {".html", ".css", ".js", ".svg"}:
            continue
        text = re.sub(
            r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        text = re.sub(r"(?m)(?:^|\s)//.*$", "", text).replace("http://www.w3.org/", "")
        wrong += [(path.name, found) for found in re.findall(r"(?:https?:|[\"'(]\s*)//[\w.-]+", text)]
    assert not wrong
