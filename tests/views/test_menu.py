"""The navigation: what a user may open, each entry once."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from rules.permissions import Role
from services.transaction import transaction
from views.menu import MENU

ATTENDANCE = 'href="/desk/attendance/"'


def test_an_entry_that_two_permissions_open_is_shown_once(app: Flask, as_: Any) -> None:
    for user in ("supervisor", "counter1"):
        assert as_(user).get("/").text.count(ATTENDANCE) == 1, user
    with transaction(db.session):
        account = db.session.scalars(select(Account).where(Account.username == "counter1")).one()
        account.roles.append(db.session.scalars(select(RoleRow).where(RoleRow.name == Role.SUPERVISOR)).one())
    assert as_("counter1").get("/").text.count(ATTENDANCE) == 1
    assert ATTENDANCE not in as_("reception").get("/").text


def test_no_screen_stands_twice_in_a_section() -> None:
    for title, entries in MENU:
        endpoints = [entry.endpoint for entry in entries]
        assert len(endpoints) == len(set(endpoints)), title
