"""Writing the trail: one entry for what was shown, linked to the actor's last one. Spec 1-referral §5.9.

An entry is written in the transaction of what it tells about: what cannot be recorded is not shown.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, Integer, cast, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from models.crypto import KEYS
from models.trail import SYSTEM_CHAIN, Act, TrailChain, TrailEntry, TrailPerson
from rules.actor import Actor
from services.transaction import AnySession

SQLITE_LINK = "trail_link"
"""SQLite has no SHA-256: each connection gets `link` under this name."""

START = bytes(32)
"""What the first entry of a chain follows."""


def seen(session: AnySession, screen: str, *, by: Actor, since: datetime) -> set[int]:
    """Whom this screen (the part of an endpoint before its dot) has shown to the actor since then, as the trail says."""
    shown = (
        select(TrailPerson.person_id)
        .join(TrailEntry, TrailEntry.id == TrailPerson.entry_id)
        .where(
            TrailEntry.actor_id == by.user_id,
            TrailEntry.act.in_((Act.LIST, Act.VIEW)),
            TrailEntry.at >= since,
            TrailEntry.screen.startswith(f"{screen}.", autoescape=True),
        )
    )
    return set(session.scalars(shown))


def record(
    session: AnySession,
    act: Act,
    *,
    by: Actor | None,
    at: datetime,
    screen: str,
    ground: str = "",
    persons: Collection[int] = (),
    criteria: Mapping[str, Any] | None = None,
    asked_hash: str | None = None,
) -> int:
    """Append the entry to the actor's chain; gives its id. `by` None is the system itself.

    Locks the end of the actor's chain until the transaction ends. Three statements, whatever the number of persons.
    """
    told = json.dumps(criteria, ensure_ascii=False, sort_keys=True, default=str) if criteria else ""
    whom = sorted(set(persons))
    content = {
        "at": at,
        "actor_id": by.user_id if by else None,
        "unit_id": by.unit_id if by else None,
        "address": by.address[:45] if by else "",
        "act": act.value,
        "screen": screen[:64],
        "ground": ground[:100],
        "criteria": told,
        "asked_hash": asked_hash,
        "persons": len(whom),
    }
    chain = by.user_id if by else SYSTEM_CHAIN
    written = digest(chain, content, whom)
    number, linked = _advance(session, chain, written)
    entry_id = session.execute(
        insert(TrailEntry)
        .values(
            chain=chain, number=number, digest=written, hash=linked, mac=mac(chain, number, linked), **content
        )
        .returning(TrailEntry.id)
    ).scalar_one()
    if whom:
        _name(session, entry_id, whom)
    return entry_id


def digest(chain: int, content: Mapping[str, Any], persons: Collection[int]) -> bytes:
    """What only the holder of the key can make from this content."""
    moment = content["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = json.dumps([chain, {**content, "at": moment}, list(persons)], ensure_ascii=False, sort_keys=True)
    return hmac.digest(_key(), told.encode(), hashlib.sha256)


def link(before: bytes, written: bytes) -> bytes:
    """The hash of an entry with this digest, after the entry with the hash `before`."""
    return hashlib.sha256(before + written).digest()


def mac(chain: int, number: int, linked: bytes) -> bytes:
    """Binds a hash to its place. The hash alone could be computed anew by whoever may write to the database."""
    return hmac.digest(_key(), b"place %d %d " % (chain, number) + linked, hashlib.sha256)


def _advance(session: AnySession, chain: int, written: bytes) -> tuple[int, bytes]:
    """Lengthen the chain in one statement, which the database computes itself: nobody comes between reading and writing."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    dialect: Any = sqlite if on_sqlite else postgresql
    linked = (
        getattr(func, SQLITE_LINK)(TrailChain.hash, written)
        if on_sqlite
        else func.sha256(TrailChain.hash.op("||")(written))
    )
    row = session.execute(
        dialect.insert(TrailChain)
        .values(chain=chain, length=1, hash=link(START, written))
        .on_conflict_do_update(
            index_elements=[TrailChain.chain], set_={"length": TrailChain.length + 1, "hash": linked}
        )
        .returning(TrailChain.length, TrailChain.hash)
    ).one()
    return row.length, bytes(row.hash)


def _name(session: AnySession, entry_id: int, whom: Sequence[int]) -> None:
    """The numbers travel as one value: an export may name a hundred thousand, and its account's chain is locked meanwhile."""
    each: Any
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(json.dumps(whom)).table_valued("value").c.value
    else:
        each = func.unnest(cast(whom, ARRAY(Integer))).column_valued("person_id")
    named = select(each, literal(entry_id))
    session.execute(insert(TrailPerson).from_select(["person_id", "entry_id"], named))


def _key() -> bytes:
    return hmac.digest(KEYS.hash_key, b"trail", hashlib.sha256)
