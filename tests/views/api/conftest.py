"""A program in the place of a browser: no cookies, a key, JSON."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from models.account import Account
from rules.actor import Actor
from rules.calendar import local_date
from rules.permissions import Permission
from services import api_keys
from services.accounts import grants
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import fresh_number


def issued_key(username: str, *scopes: Permission, days: int = 30) -> str:
    """The key's text. Without `scopes`: for all that the account may."""
    account = db.session.scalars(select(Account).where(Account.username == username)).one()
    chosen = scopes or api_keys.possible_scopes(grants(db.session, account.id).permissions)
    admin = db.session.scalars(select(Account).where(Account.username == "admin")).one()
    by = Actor(admin.id, admin.name, admin.unit_id, grants(db.session, admin.id).permissions)
    with transaction(db.session):
        issued = api_keys.issue(
            db.session,
            account_id=account.id,
            label=f"系統 {username}",
            scopes=[each.name for each in chosen],
            expires_on=local_date(NOW) + timedelta(days=days),
            by=by,
            at=NOW,
        )
    return issued.text


@dataclass
class Program:
    app: Flask
    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> TestResponse:
        """`key`: the Idempotency-Key; without one, a fresh one."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **more.pop("headers", {})}
        return self._send("POST", path, json=body, headers=headers, **more)

    def _send(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {**self.headers, **more.pop("headers", {})}
        more = {name: value for name, value in more.items() if value is not None}
        return self.app.test_client(use_cookies=False).open(
            f"/api/v1{path}", method=method, headers=headers, **more
        )


@pytest.fixture
def program(app: Flask) -> Callable[..., Program]:
    """`program("referrer")` calls with a key of this account; `program("")` with none."""

    def make(username: str, *scopes: Permission) -> Program:
        return Program(app, {"X-API-Key": issued_key(username, *scopes)} if username else {})

    return make


@pytest.fixture
def form() -> Callable[..., dict[str, Any]]:
    """A referral that is filed as it stands; each of another person."""

    def make(**values: Any) -> dict[str, Any]:
        return {
            "name": "唐三藏",
            "national_id": fresh_number(),
            "birthday": "1980-07-07",
            "phone": "0912345678",
            "address": "新竹市東區東大路二段60號",
            "indicators": [1, 2],
            "identities": [6],
            "brief": "曾任餐飲內場三年,目前待業。",
            "expectation": "希望找白天班的工作。",
            "consent": True,
            **values,
        }

    return make
