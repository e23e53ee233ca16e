"""What the references of a centre's tables choose from, by the text that stands for each in a workbook and on a form."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, or_, select

from models.account import Account
from models.codes import Identity
from models.desk import Counter, CounterGroup
from models.desk_rules import BusinessType
from reports.staff import holds
from rules.permissions import Permission as P
from services.transaction import AnySession

PEOPLE: Mapping[str, ColumnElement[bool]] = {
    "officer": holds(P.VISIT_SERVE),
    "receptionist": holds(P.VISIT_RECEIVE),
    "deputised": or_(holds(P.VISIT_SERVE), and_(holds(P.UNENDED_CHECK), ~holds(P.DESK_SUPERVISE))),
    "deputy": or_(holds(P.VISIT_SERVE), holds(P.VISIT_RECEIVE), holds(P.UNENDED_CHECK)),
}
"""Who may be chosen, by the kind of reference. A supervisor needs no deputy to look after the unended services."""


@dataclass(frozen=True)
class Choices:
    """By the kind of reference: text → key of all that rows may point to, key → text, and the keys still in use."""

    keys: Mapping[str, Mapping[str, int]]
    texts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    active: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def text(self, refers: str, key: int | None) -> str:
        return "" if key is None else self.texts[refers].get(key, f"#{key}")


def choices(session: AnySession, unit_id: int | None) -> Choices:
    """Five statements, however many rows. Nobody and nothing of another centre is among them."""
    found = {
        "group": [
            (row.id, row.name, row.active)
            for row in session.execute(
                select(CounterGroup.id, CounterGroup.name, CounterGroup.active)
                .where(CounterGroup.unit_id == unit_id)
                .order_by(CounterGroup.position, CounterGroup.id)
            )
        ],
        "counter": [
            (row.id, str(row.number), row.active)
            for row in session.execute(
                select(Counter.id, Counter.number, Counter.active)
                .where(Counter.unit_id == unit_id)
                .order_by(Counter.number)
            )
        ],
        "business_type": [
            (row.id, row.name, row.active)
            for row in session.execute(
                select(BusinessType.id, BusinessType.name, BusinessType.active)
                .where(BusinessType.unit_id == unit_id)
                .order_by(BusinessType.position, BusinessType.id)
            )
        ],
        "identity": [
            (row.code, f"{row.code} {row.label}", row.active)
            for row in session.execute(
                select(Identity.code, Identity.label, Identity.active).order_by(Identity.code)
            )
        ],
        **_people(session, unit_id),
    }
    return Choices(
        keys={kind: {text: key for key, text, _active in rows} for kind, rows in found.items()},
        texts={kind: {key: text for key, text, _active in rows} for kind, rows in found.items()},
        active={kind: frozenset(key for key, _text, on in rows if on) for kind, rows in found.items()},
    )


def _people(session: AnySession, unit_id: int | None) -> dict[str, list[tuple[int, str, bool]]]:
    """Everybody of the centre; in use are those who may do the work now. Of namesakes the account's name tells which."""
    entitled = [condition.label(kind) for kind, condition in PEOPLE.items()]
    rows = session.execute(
        select(Account.id, Account.name, Account.username, Account.active, *entitled)
        .where(Account.unit_id == unit_id)
        .order_by(Account.username)
    ).all()
    names = Count(row.name for row in rows)
    return {
        kind: [
            (
                row.id,
                row.name if names[row.name] == 1 else f"{row.name}({row.username})",
                bool(row.active and row._mapping[kind]),
            )
            for row in rows
        ]
        for kind in PEOPLE
    }
