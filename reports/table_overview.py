"""How many rows each table of a front desk has, and its last change: two statements for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, literal, select, union_all

from models.desk import Counter, CounterGroup, Deputy, Post
from models.desk_rules import (
    BusinessType,
    CentreHoliday,
    IdentityGroup,
    MassLayoffOrder,
    NewCaseRule,
    RatioShare,
    Target,
    WaitLimit,
)
from models.desk_staff import ReceptionShift
from models.evidence import EvidenceRecord
from models.table_change import TableChange
from reports.session import ReadSession

COUNTED: tuple[Any, ...] = (
    CounterGroup,
    Counter,
    Post,
    Deputy,
    BusinessType,
    NewCaseRule,
    RatioShare,
    IdentityGroup,
    Target,
    WaitLimit,
    MassLayoffOrder,
    CentreHoliday,
    ReceptionShift,
    EvidenceRecord,
)


def overview(
    session: ReadSession, unit_id: int | None
) -> tuple[dict[str, int], dict[str, Row[str, datetime, str]]]:
    """Counts, and last changes (`at`, `by_name`), by the table's name."""
    counted = union_all(
        *(
            select(literal(model.__tablename__).label("name"), func.count().label("n"))
            .select_from(model)
            .where(model.unit_id == unit_id)
            for model in COUNTED
        )
    )
    latest = (
        select(func.max(TableChange.id))
        .where(TableChange.unit_id == unit_id)
        .group_by(TableChange.table_name)
    )
    changes = session.execute(
        select(TableChange.table_name, TableChange.at, TableChange.by_name).where(TableChange.id.in_(latest))
    )
    counts = {row.name: row.n for row in session.execute(counted)}
    return counts, {row.table_name: row for row in changes}
