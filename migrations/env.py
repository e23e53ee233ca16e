"""Runs migrations on the application's engine, one transaction for all of them."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from models.base import Model, Moment
from models.crypto import Secret


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Migrations name plain column types: they must still run when our own types have changed."""
    if kind == "type" and isinstance(item, Secret):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime()"
    return False


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
