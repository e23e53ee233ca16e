"""`flask roles sync`: writes the table of `rules.permissions` into FAB's tables, exactly."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
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
