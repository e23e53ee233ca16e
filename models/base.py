"""What every table shares: moments in UTC, row versions, and names for constraints."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import DateTime, Dialect, String, TypeDecorator, event
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column

# Constraints without a name cannot be changed by a later migration on SQLite.
Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, stored as naive UTC, the same on SQLite and PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Versioned:
    """A row that two people may edit at once: saving over a newer version is refused (`StaleVersion`).

    SQLAlchemy adds the version to each UPDATE's condition; conditional updates written by hand count it up themselves.
    """

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__dict__.get("version") or cls.version}


class Stamped(Versioned):
    """Who saved the row last, and when. The actor is passed in: FAB's own mixin needs a request and fails without.

    No foreign key to the accounts, since they point to units and units would point back; accounts are never deleted.
    """

    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by_id: Mapped[int | None]
    changed_by_name: Mapped[str] = mapped_column(String(64), default="")


class AppendOnly:
    """Rows of a history: added, never changed or deleted. Triggers in the database hold it against SQL of any origin."""


@event.listens_for(AppendOnly, "before_update", propagate=True)
@event.listens_for(AppendOnly, "before_delete", propagate=True)
def _refuse_change(mapper: Mapper[Any], _connection: Any, _row: Any) -> None:
    raise PermissionError(f"{mapper.local_table.description} is append-only")


__all__ = ["AppendOnly", "Model", "Moment", "Stamped", "Versioned"]
