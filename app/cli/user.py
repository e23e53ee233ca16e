"""`flask user create|disable|unlock`: accounts from the command line, for the first administrator and for emergencies."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.organisation import Unit
from rules.permissions import Role
from services import accounts, departures, passwords
from services.transaction import transaction

user_group = AppGroup("user", help="Accounts.")


@user_group.command("create")
@click.argument("username")
@click.option("--name", required=True, help="Chinese name.")
@click.option("--email", required=True)
@click.option(
    "--role", "role_names", multiple=True, required=True, type=click.Choice([role.value for role in Role])
)
@click.option("--unit", "unit_name", help="Name or code of the unit.")
def create(username: str, name: str, email: str, role_names: tuple[str, ...], unit_name: str | None) -> None:
    """Create USERNAME with a password that is printed once and must be changed at the first log-in."""
    with transaction(db.session):
        if db.session.scalar(
            select(Account.id).where((Account.username == username) | (Account.email == email))
        ):
            raise click.ClickException("an account with this name or e-mail address exists already")
        unit = None
        if unit_name:
            unit = db.session.scalar(select(Unit).where((Unit.name == unit_name) | (Unit.code == unit_name)))
            if unit is None:
                raise click.ClickException(f"no unit is called {unit_name}")
        found = db.session.scalars(select(RoleRow).where(RoleRow.name.in_(role_names))).all()
        if len(found) != len(set(role_names)):
            raise click.ClickException("the roles are not in the database yet: run `flask roles sync` first")
        account = Account(
            username=username, name=name, email=email, unit_id=unit.id if unit else None, roles=list(found)
        )
        db.session.add(account)
        db.session.flush()
        password = passwords.give_password(db.session, account, at=datetime.now(UTC))
    click.echo(f"{username}: {password}")


@user_group.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Disable USERNAME and end its sessions."""
    with transaction(db.session):
        account = _account(username)
        before = departures.left_behind(db.session, account.id)
        accounts.disable(account, by=None)
        left, _told = departures.tell_supervisors(
            db.session,
            account,
            before=before,
            at=datetime.now(UTC),
            base_url=current_app.config["PUBLIC_URL"],
        )
    click.echo(f"{username} is disabled" + (f"; {left} open cases left behind" if left else ""))


@user_group.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """End the lock that five wrong passwords put on USERNAME."""
    with transaction(db.session):
        accounts.unlock(_account(username))
    click.echo(f"{username} is unlocked")


def _account(username: str) -> Account:
    account = db.session.scalar(select(Account).where(Account.username == username))
    if account is None:
        raise click.ClickException(f"no account is called {username}")
    return account
