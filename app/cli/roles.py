"""`flask roles sync`: writes the table of `rules.permissions` into FAB's tables, exactly."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from rules.permissions import ROLES, Permission
from services import roles
from services.transaction import transaction
from views.registered import registered_permissions

roles_group = AppGroup("roles", help="Roles and their permissions.")


@roles_group.command("sync")
def sync() -> None:
    """Write roles and permissions. Fails when a granted pair is asked for by no screen, or the other way round."""
    asked = registered_permissions(current_app.extensions["appbuilder"])
    with transaction(db.session):
        count = roles.sync(db.session, asked)
    click.echo(f"{count} permissions in {len(roles.ROLES)} roles")


@roles_group.command("print")
def print_table() -> None:
    """Print who may do what, as docs/permissions.md has it."""
    click.echo(permission_table(), nl=False)


def permission_table() -> str:
    names = list(ROLES)
    lines = [
        "# Permissions",
        "",
        "Printed from `rules/permissions.py` by `flask roles print`; a test compares both.",
        "How far a permission reaches (own unit, own cases) is decided in `models/scopes.py`.",
        "",
        "| permission | " + " | ".join(names) + " |",
        "|---|" + "---|" * len(names),
    ]
    for permission in Permission:
        marks = " | ".join("●" if permission in ROLES[role] else "" for role in names)
        lines.append(f"| {permission.meaning} (`{permission.resource}.{permission.act}`) | {marks} |")
    return "\n".join(lines) + "\n"
