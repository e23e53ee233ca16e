"""Every route is tried by every role and by nobody: opened or refused as the table says, never anything else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.extensions import db
from models.account import Account
from models.api_key import ApiKey
from rules.permissions import Role
from services.api_keys import SCOPES
from services.transaction import transaction
from tests.access_table import PUBLIC, TABLE, ByKey, allowed
from tests.conftest import NOW

SECRET = "0" * 64
# A member of the cast who has this role and no other.
WITH_ROLE = {
    Role.ADMIN: "admin",
    Role.REFERRER: "referrer",
    Role.SUPERVISOR: "supervisor3",
    Role.CASE_MANAGER: "manager",
    Role.RECEPTION: "reception",
    Role.COUNTER: "counter1",
    Role.IT_STAFF: "itstaff",
    Role.AUDITOR: "auditor",
}
# No such row: who may open the route gets 404, who may not must get 403 before anybody looks for the row.
NOBODYS = {"int": "987654321", "string": "none", "default": "987654321", "path": "none"}


def routes(app: Flask) -> list[tuple[Rule, str, str]]:
    """Each route with its methods and an address whose ids belong to nobody."""
    found = []
    for rule in app.url_map.iter_rules():
        values = {name: NOBODYS.get(_kind(rule, name), "987654321") for name in rule.arguments}
        if "kind" in values and "export" in rule.endpoint:
            values["kind"] = "xlsx"
        if "locale" in values:
            values["locale"] = "zh_Hant_TW"
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(
                rule.endpoint, values, method=min(rule.methods or {"GET"})
            )
        found += [(rule, method, address) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def _kind(rule: Rule, name: str) -> str:
    return (
        type(rule._converters[name])
        .__name__.removesuffix("Converter")
        .lower()
        .replace("unicode", "string")
        .replace("integer", "int")
    )


def ask(browser: FlaskClient, method: str, address: str, csrf: Callable[..., dict[str, Any]]) -> int:
    if method == "GET":
        return browser.get(address).status_code
    return browser.post(address, data=csrf(browser, {})).status_code


def test_the_table_knows_every_route(app: Flask) -> None:
    missing = set()
    for rule in app.url_map.iter_rules():
        try:
            allowed(rule.endpoint)
        except KeyError:
            missing.add(rule.endpoint)
    assert not missing, f"say in tests/access_table.py who may open {sorted(missing)}"


def test_the_table_has_no_dead_lines(app: Flask) -> None:
    from fnmatch import fnmatch

    endpoints = [rule.endpoint for rule in app.url_map.iter_rules()]
    assert not [pattern for pattern, _ in TABLE if not any(fnmatch(each, pattern) for each in endpoints)]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_grants_and_nothing_else(
    role: Role, app: Flask, as_: Any, csrf: Any
) -> None:
    wrong = []
    for rule, method, address in routes(app):
        roles = allowed(rule.endpoint)
        if roles is PUBLIC:
            continue
        # logging out, or changing one's password, would end the walk
        status = ask(as_(WITH_ROLE[role]), method, address, csrf)
        if isinstance(roles, ByKey):
            wrong += [f"{method} {address}: {status}, but a cookie is no key"] if status != 401 else []
            continue
        refused = status == 403
        if refused == (role in roles) or status >= 500 or status == 401:
            wrong.append(
                f"{method} {address} ({rule.endpoint}): {status}, but {role} {'may' if role in roles else 'may not'}"
            )
    assert not wrong, "\n".join(wrong)


def test_nobody_is_sent_to_the_log_in_page(app: Flask, as_: Any, csrf: Any) -> None:
    wrong = []
    for rule, method, address in routes(app):
        if allowed(rule.endpoint) is PUBLIC:
            continue
        browser = as_("")
        response = browser.get(address) if method == "GET" else browser.post(address, data=csrf(browser, {}))
        to_login = response.status_code == 302 and "/login" in response.headers["Location"]
        if not to_login and response.status_code != 401:
            wrong.append(f"{method} {address}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_change_without_the_forms_token_is_refused(app: Flask, as_: Any) -> None:
    """Every POST route, tried by somebody who may use it, from a page that is not ours."""
    wrong = []
    for rule, method, address in routes(app):
        roles = allowed(rule.endpoint)
        if method != "POST" or not roles or isinstance(roles, ByKey):
            continue
        member = WITH_ROLE[next(iter(sorted(roles)))]
        status = as_(member).post(address).status_code
        if status != 400:
            wrong.append(f"{address}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def keys(app: Flask) -> dict[Role, str]:
    """A key of each role for all that a key can be good for, issued or not."""
    found = {}
    with transaction(db.session):
        for role, username in WITH_ROLE.items():
            account = db.session.scalars(select(Account).where(Account.username == username)).one()
            prefix = f"{account.id:016x}"
            db.session.add(
                ApiKey(
                    account_id=account.id,
                    label=role,
                    prefix=prefix,
                    secret_hash=hashlib.sha256(SECRET.encode()).hexdigest(),
                    scopes=[each.name for each in SCOPES],
                    made_at=NOW,
                    made_by_id=account.id,
                    expires_on=NOW.date(),
                )
            )
            found[role] = f"jieli_{prefix}_{SECRET}"
    return found


def test_a_key_opens_what_the_table_grants_its_role_and_nothing_else(
    app: Flask, keys: dict[Role, str]
) -> None:
    wrong = []
    for rule, method, address in routes(app):
        roles = allowed(rule.endpoint)
        if not isinstance(roles, ByKey):
            continue
        sent: dict[str, str] = {"": "", "wrong": f"jieli_{'f' * 16}_{SECRET}", **keys}
        for who, key in sent.items():
            program = app.test_client(use_cookies=False)
            headers = {"X-API-Key": key} if key else {}
            status = program.open(address, method=method, json={}, headers=headers).status_code
            refused = 401 if who not in keys else 403
            expected = status not in {401, 403} if who in roles else status == refused
            if not expected or status >= 500:
                wrong.append(
                    f"{method} {address} ({rule.endpoint}) with the key of {who or 'nobody'}: {status}"
                )
    assert not wrong, "\n".join(wrong)
