"""`flask user`, `flask roles`, `flask person`, `flask jobs`: what they do, print and answer with."""

from __future__ import annotations

import re
from io import BytesIO

import click
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import PermissionView, Role
from sqlalchemy import func, select

from app.cli.jobs import jobs
from app.extensions import db
from models.account import Account
from services import passwords
from tests.conftest import NOW

NEW = ("user", "create", "first.admin", "--name", "林一", "--email", "one@demo.example", "--role", "管理者")


def run(app: Flask, *arguments: str, typed: str | bytes = "") -> Result:
    data = typed.encode() if isinstance(typed, str) else typed
    result = app.test_cli_runner().invoke(args=list(arguments), input=BytesIO(data))
    db.session.rollback()
    return result


def account_of(username: str) -> Account:
    return db.session.scalars(
        select(Account).where(Account.username == username).execution_options(populate_existing=True)
    ).one()


def test_a_created_user_logs_in_with_the_printed_password_and_must_change_it(app: Flask) -> None:
    result = run(app, *NEW, "--unit", "新竹就業中心")
    printed = re.fullmatch(r"first\.admin: (\S+)\n", result.output)
    assert result.exit_code == 0 and printed
    account = account_of("first.admin")
    assert passwords.password_fits(account, printed[1]) and account.must_change_password
    assert account.unit and account.unit.code == "13" and [role.name for role in account.roles] == ["管理者"]


def test_a_unit_may_be_named_by_its_code(app: Flask) -> None:
    assert run(app, *NEW, "--unit", "13").exit_code == 0
    unit = account_of("first.admin").unit
    assert unit and unit.name == "新竹就業中心"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--unit", "火星就業中心"), "no unit is called 火星就業中心"),
        (("--email", "manager@demo.jieli.example"), "exists already"),
        (("--role", "國王"), "國王"),
    ],
)
def test_a_faulty_user_is_not_created(app: Flask, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(app, *NEW, *arguments)
    assert result.exit_code != 0 and sentence in result.output
    assert db.session.scalar(select(func.count()).where(Account.username == "first.admin")) == 0


def test_a_disabled_user_is_out(app: Flask, as_: object) -> None:
    browser: FlaskClient = as_("manager")  # type: ignore[operator]
    assert browser.get("/").status_code == 200
    assert run(app, "user", "disable", "manager").exit_code == 0
    assert not account_of("manager").active
    assert browser.get("/").status_code == 302


def test_an_unlocked_user_may_try_again(app: Flask) -> None:
    account = account_of("manager")
    account.locked_until, account.login_attempts = NOW, 5
    db.session.commit()
    assert run(app, "user", "unlock", "manager").exit_code == 0
    assert (account_of("manager").locked_until, account_of("manager").login_attempts) == (None, 0)


@pytest.mark.parametrize("command", ["disable", "unlock"])
def test_an_unknown_user_is_said(app: Flask, command: str) -> None:
    result = run(app, "user", command, "nobody")
    assert result.exit_code == 1 and "no account is called nobody" in result.output


def test_roles_are_written_as_the_table_says_and_twice_is_once(app: Flask) -> None:
    role = db.session.scalars(select(Role).where(Role.name == "稽核")).one()
    granted = {pair.id for pair in role.permissions}
    role.permissions = []
    db.session.commit()
    for _ in range(2):
        result = run(app, "roles", "sync")
        assert result.exit_code == 0, result.output
    db.session.expire_all()
    assert {pair.id for pair in db.session.get_one(Role, role.id).permissions} == granted
    pairs = select(func.count()).select_from(PermissionView)
    assert f"{db.session.scalar(pairs)} permissions in 8 roles" in result.output


@pytest.mark.parametrize(
    ("number", "answer"),
    [("A123456789", "national M"), ("A223456781", "national F"), ("a123456789", "national M")],
)
def test_a_number_is_told(app: Flask, number: str, answer: str) -> None:
    result = run(app, "person", "check-id", number)
    assert (result.exit_code, result.output) == (0, f"{answer}\n")


def test_a_wrong_number_is_refused_with_its_reason(app: Flask) -> None:
    result = run(app, "person", "check-id", "A123456788")
    assert (result.exit_code, result.stdout) == (1, "") and result.stderr.strip()


def test_numbers_on_standard_input_get_one_line_each(app: Flask) -> None:
    result = run(app, "person", "check-id", "-", typed=b"A123456789\n\nnonsense\xff\n")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0 and len(lines) == 3
    assert lines[0] == "national M" and all(line.startswith("- ") for line in lines[1:])


@pytest.mark.parametrize("group", ["user", "roles", "person", "postal", "data", "demo", "jobs", "prepare"])
def test_every_command_has_help(app: Flask, group: str) -> None:
    result = run(app, group, "--help")
    assert result.exit_code == 0 and len(result.output.splitlines()) > 3


def test_the_jobs_take_a_number_of_workers() -> None:
    (workers,) = [each for each in jobs.params if isinstance(each, click.Option) and each.name == "workers"]
    assert workers.default == 2
