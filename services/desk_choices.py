"""What the references of a centre's tables choose from, by the text that stands for each in a workbook and on a form."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from models.account import Account
from models.codes import Identity
from models.desk import Counter, CounterGroup
from models.desk_rules import BusinessType
from reports.staff import holds
from rules.permissions import Permission
from services.transaction import AnySession


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
    officers = _people(session, unit_id, Permission.VISIT_SERVE)
    receptionists = _people(session, unit_id, Permission.VISIT_RECEIVE)
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
        "officer": officers,
        "receptionist": receptionists,
    }
    return Choices(
        keys={kind: {text: key for key, text, _active in rows} for kind, rows in found.items()},
        texts={kind: {key: text for key, text, _active in rows} for kind, rows in found.items()},
        active={kind: frozenset(key for key, _text, on in rows if on) for kind, rows in found.items()},
    )


def _people(session: AnySession, unit_id: int | None, permission: Permission) -> list[tuple[int, str, bool]]:
    """Everybody of the centre; in use are those who may do the work now. Of namesakes the account's name tells which."""
    rows = session.execute(
        select(
            Account.id, Account.name, Account.username, holds(permission).label("entitled"), Account.active
        )
        .where(Account.unit_id == unit_id)
        .order_by(Account.username)
    ).all()
    names = Count(row.name for row in rows)
    return [
        (
            row.id,
            row.name if names[row.name] == 1 else f"{row.name}({row.username})",
            bool(row.active and row.entitled),
        )
        for row in rows
    ]
