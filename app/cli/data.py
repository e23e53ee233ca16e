"""`flask prepare`: everything between an empty database and a running application."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.extensions import db
from reports.fonts import build_fonts
from services import reference_data, roles
from services.transaction import transaction
from views.registered import registered_permissions

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@click.command(
    "prepare", help="Migrate the database, write roles, load reference data, build fonts. May run twice."
)
@with_appcontext
def prepare() -> None:
    click.echo("database …")
    upgrade(str(MIGRATIONS))
    with transaction(db.session):
        roles.sync(db.session, registered_permissions(current_app.extensions["appbuilder"]))
        reference_data.load(db.session, at=datetime.now(UTC))
    click.echo("PDF fonts (the first time takes about a minute) …")
    build_fonts(Path(current_app.config["FONT_DIR"]))
    click.echo("ready")
