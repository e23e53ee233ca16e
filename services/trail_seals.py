"""Seals of the trail: how long every account's chain was at a moment, kept in the system's own chain. docs/audit.md.

A chain alone cannot show that its end, or all of it, was taken away; the seal remembers. The seal's own hash goes to the
log, outside of the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, Row, select, type_coerce

from models.crypto import KEYS, UnreadableSecret
from models.trail import SYSTEM_CHAIN, Act, TrailChain, TrailEntry
from services import trail
from services.transaction import AnySession

SCREEN = "seal"
Heads = dict[int, tuple[int, bytes]]


@dataclass(frozen=True)
class Seal:
    """`heads`: length and last hash of each chain that had grown; `check`: what the check before it came to."""

    number: int
    hash: bytes
    at: datetime
    heads: Heads
    check: Mapping[str, Any]

    @property
    def mark(self) -> str:
        """What the log keeps and `flask audit verify --seal` takes."""
        return f"{self.number}:{self.hash.hex()}"


def seal(session: AnySession, *, at: datetime, check: Mapping[str, Any] | None = None) -> Seal:
    """Append the ends of the chains that have grown since the last seal. Two at once do no harm."""
    before: Heads = {}
    for row in session.execute(_seals().order_by(TrailEntry.number).execution_options(yield_per=100)):
        before |= _seal(row).heads
    ends = session.execute(
        select(TrailChain.chain, TrailChain.length, TrailChain.hash)
        .where(TrailChain.chain != SYSTEM_CHAIN)
        .order_by(TrailChain.chain)
    )
    now = {end.chain: (end.length, bytes(end.hash)) for end in ends}
    grown = {chain: head for chain, head in now.items() if before.get(chain) != head}
    told = {
        "heads": {chain: [length, linked.hex()] for chain, (length, linked) in grown.items()},
        "check": dict(check or {}),
    }
    entry_id = trail.record(session, Act.SEAL, by=None, at=at, screen=SCREEN, criteria=told)
    return _seal(session.execute(_seals().where(TrailEntry.id == entry_id)).one())


def last_seal(session: AnySession) -> Seal | None:
    found = session.execute(_seals().order_by(TrailEntry.number.desc()).limit(1)).one_or_none()
    return _seal(found) if found else None


def read(stored: bytes) -> tuple[Heads, dict[str, Any]]:
    """What a seal says; nothing, if somebody has changed it: the check finds that anyway."""
    try:
        told = json.loads(KEYS.decrypt(stored))
        heads = {
            int(chain): (int(length), bytes.fromhex(linked))
            for chain, (length, linked) in told["heads"].items()
        }
        return heads, told["check"]
    except (UnreadableSecret, AttributeError, KeyError, TypeError, ValueError):
        return {}, {}


def _seals() -> Any:
    stored = type_coerce(TrailEntry.criteria, LargeBinary).label("stored")
    return select(TrailEntry.number, TrailEntry.hash, TrailEntry.at, stored).where(
        TrailEntry.chain == SYSTEM_CHAIN, TrailEntry.act == Act.SEAL
    )


def _seal(row: Row[Any]) -> Seal:
    heads, check = read(bytes(row.stored))
    return Seal(row.number, bytes(row.hash), row.at, heads, check)
