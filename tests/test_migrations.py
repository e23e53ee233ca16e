"""Migrations: one line of them, up and down on both databases, and no difference to the models at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from app import create_app
from app.extensions import db
from models.base import Model
from tests.databases import PostgresTemplate, SqliteTemplate

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without a table."""
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(f"{request.param}_template")
    app = create_app(JIELI_ENV="testing", JIELI_INSTANCE=str(tmp_path), DATABASE_URL=template.empty())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def objects() -> set[str]:
    """What the database holds: tables with their columns, indexes, triggers, functions of ours."""
    if db.engine.dialect.name == "sqlite":
        statement = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
    else:
        statement = (
            "SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable"
            " FROM information_schema.columns WHERE table_schema = 'public'"
            " UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT 'constraint ' || conname || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    with db.engine.connect() as connection:
        return set(connection.execute(sa.text(statement)).scalars())


def test_there_is_one_head_and_the_revisions_are_numbered() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    revisions = [each.revision for each in reversed(list(script.walk_revisions()))]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert all(
        re.fullmatch(rf"{Path(each.path).name[:4]}", each.revision) for each in script.walk_revisions()
    )


def test_up_down_and_up_again_gives_the_same_database(empty: Flask) -> None:
    upgrade(str(MIGRATIONS))
    first = objects()
    downgrade(str(MIGRATIONS), revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
    assert not [thing for thing in objects() if thing.startswith(("trigger", "function"))]
    upgrade(str(MIGRATIONS))
    assert objects() == first


def test_each_step_down_can_be_gone_up_again(empty: Flask) -> None:
    upgrade(str(MIGRATIONS))
    for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        at_revision = objects()
        downgrade(str(MIGRATIONS), revision=revision.down_revision or "base")
        upgrade(str(MIGRATIONS), revision=revision.revision)
        assert objects() == at_revision
        downgrade(str(MIGRATIONS), revision=revision.down_revision or "base")


def test_models_and_migrations_agree(both: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Model.metadata) == []


def test_models_and_migrations_agree_on_checks(both: Flask) -> None:
    """Alembic compares no CHECK constraints."""
    inspector = sa.inspect(db.engine)
    for table in Model.metadata.sorted_tables:
        stored = {check["name"] for check in inspector.get_check_constraints(table.name)}
        wanted = {
            check.name for check in table.constraints if isinstance(check, sa.CheckConstraint) and check.name
        }
        assert stored == wanted, table.name
