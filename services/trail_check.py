"""Whether the trail is whole: every entry as it was written, none missing, added or moved. docs/audit.md.

Reads everything once, in order, with flat memory, and from one snapshot: users work on meanwhile. Columns are read past
their types, for a forger may have left in them what no type accepts.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Label, Row, func, select, tuple_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, scoped_session
from sqlalchemy.types import NULLTYPE

from models.crypto import KEYS, UnreadableSecret
from models.trail import SYSTEM_CHAIN, Act, TrailChain, TrailEntry, TrailPerson
from services import trail, trail_seals
from services.transaction import AnySession

BATCH = 500
MOST_PERSONS = 50_000
SEALS_AT_ONCE = 10
MOST_KEPT = 1000
FIELDS = (
    "at",
    "actor_id",
    "unit_id",
    "address",
    "act",
    "screen",
    "ground",
    "criteria",
    "asked_hash",
    "persons",
)


class Flaw(StrEnum):
    CHANGED = "changed"  # the content or its persons are not what was written
    MOVED = "moved"  # written by us, but not here: added, re-ordered, or with another hash
    MISSING = "missing"  # numbers are left out
    CUT = "cut"  # the chain does not end where its end is noted
    HEADLESS = "headless"  # entries of a chain whose end is not noted
    UNSEALED = "unsealed"  # not as a seal remembers it: cut off, or the whole chain taken away


@dataclass(frozen=True)
class Finding:
    """`number`: of the entry it was found at; 0: none is left."""

    flaw: Flaw
    chain: Any
    number: Any


@dataclass
class Report:
    """`findings` holds the first thousand; `flaws` counts all."""

    chains: int = 0
    entries: int = 0
    seals: int = 0
    flaws: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, flaw: Flaw, chain: Any, number: Any) -> None:
        self.flaws += 1
        if len(self.findings) < MOST_KEPT:
            self.findings.append(Finding(flaw, chain, number))

    @property
    def whole(self) -> bool:
        return not self.flaws


@dataclass
class _Walk:
    """Along one chain. `before` is the hash of the entry before, None where a flaw has already been told."""

    chain: Any
    number: int = 0
    before: bytes | None = trail.START
    last_hash: Any = b""


def entry_count(session: AnySession) -> int:
    return session.scalar(select(func.count()).select_from(TrailEntry)) or 0


def verify(
    session: AnySession,
    *,
    marks: Collection[str] = (),
    seen: Callable[[int], object] = lambda _entries: None,
) -> Report:
    """Ends the session's transaction: what is not committed is not looked at. `seen` hears of progress.

    `marks`: seals as the log kept them (`12:ab34…`), which must still be there.
    """
    session.rollback()
    current = session() if isinstance(session, scoped_session) else session
    on_sqlite = (
        session.get_bind().dialect.name == "sqlite"
    )  # a reading transaction there is a snapshot anyway
    connection = current.connection(
        execution_options={} if on_sqlite else {"isolation_level": "REPEATABLE READ"}
    )
    report = Report()
    try:
        heads = {row.chain: row for row in connection.execute(_heads())}
        _walk_all(connection, report, heads, seen)
        _check_seals(connection, report)
        _check_marks(connection, report, marks)
    finally:
        session.rollback()
    return report


def _walk_all(
    connection: Connection, report: Report, heads: dict[Any, Row[Any]], seen: Callable[[int], object]
) -> None:
    walk: _Walk | None = None
    for batch in _portions(connection.execute(_entries())):
        persons = _persons(connection, [entry.id for entry in batch])
        for entry in batch:
            if walk is None or entry.chain != walk.chain:
                _end(report, walk, heads)
                walk = _Walk(entry.chain)
                report.chains += 1
            _step(report, walk, entry, persons.get(entry.id, []))
        report.entries += len(batch)
        seen(len(batch))
    _end(report, walk, heads)
    for chain in heads:
        report.add(Flaw.CUT, chain, 0)


def _portions(entries: Iterable[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """At most `BATCH` entries and, but for a single large one, `MOST_PERSONS` persons: exports name thousands."""
    portion: list[Row[Any]] = []
    persons = 0
    for entry in entries:
        named = entry.persons if isinstance(entry.persons, int) else 0
        if portion and (len(portion) == BATCH or persons + named > MOST_PERSONS):
            yield portion
            portion, persons = [], 0
        portion.append(entry)
        persons += named
    if portion:
        yield portion


def _step(report: Report, walk: _Walk, entry: Row[Any], persons: Sequence[int]) -> None:
    number, flawed = entry.number, True
    if not isinstance(number, int):
        report.add(Flaw.CHANGED, walk.chain, number)
        return
    if number > walk.number + 1:
        report.add(Flaw.MISSING, walk.chain, walk.number + 1)
        walk.before = None
    if not _same(_digest(entry, persons), entry.digest):
        report.add(Flaw.CHANGED, walk.chain, number)
    elif number <= walk.number or not _in_place(walk, entry):
        report.add(Flaw.MOVED, walk.chain, number)
    else:
        flawed = False
    walk.number, walk.last_hash = number, entry.hash
    walk.before = None if flawed else entry.hash


def _in_place(walk: _Walk, entry: Row[Any]) -> bool:
    """The hash was made for this place, and follows from the one before."""
    if not isinstance(entry.hash, bytes) or not _same(
        trail.mac(walk.chain, entry.number, entry.hash), entry.mac
    ):
        return False
    return walk.before is None or _same(trail.link(walk.before, entry.digest), entry.hash)


def _end(report: Report, walk: _Walk | None, heads: dict[Any, Row[Any]]) -> None:
    if walk is None:
        return
    head = heads.pop(walk.chain, None)
    if head is None:
        report.add(Flaw.HEADLESS, walk.chain, walk.number)
    elif head.length != walk.number or head.hash != walk.last_hash:
        report.add(Flaw.CUT, walk.chain, walk.number)


def _check_seals(connection: Connection, report: Report) -> None:
    """Each chain's first difference: what was sealed later differs along with it."""
    told: set[int] = set()
    seals = connection.execute(
        select(_raw(TrailEntry.criteria))
        .where(TrailEntry.chain == SYSTEM_CHAIN, TrailEntry.act == Act.SEAL)
        .order_by(TrailEntry.number)
        .execution_options(yield_per=SEALS_AT_ONCE)
    )
    for (stored,) in seals:
        report.seals += 1
        heads, _ = trail_seals.read(stored if isinstance(stored, bytes) else b"")
        sealed = [(chain, length, linked) for chain, (length, linked) in heads.items() if chain not in told]
        for chain, length in _differing(connection, sealed):
            told.add(chain)
            report.add(Flaw.UNSEALED, chain, length)


def _check_marks(connection: Connection, report: Report, marks: Collection[str]) -> None:
    for mark in marks:
        number, linked = parse_mark(mark)
        for _chain, _number in _differing(connection, [(SYSTEM_CHAIN, number, linked)]):
            report.add(Flaw.UNSEALED, SYSTEM_CHAIN, number)


def parse_mark(mark: str) -> tuple[int, bytes]:
    """Raises ValueError for what is no seal's mark."""
    number, _, linked = mark.strip().partition(":")
    if len(linked) != 64:
        raise ValueError(mark)
    return int(number), bytes.fromhex(linked)


def _differing(connection: Connection, sealed: Sequence[tuple[int, int, bytes]]) -> Iterator[tuple[int, int]]:
    place = tuple_(TrailEntry.chain, TrailEntry.number)
    for start in range(0, len(sealed), BATCH):
        batch = sealed[start : start + BATCH]
        wanted = place.in_([(chain, number) for chain, number, _ in batch])
        found = connection.execute(
            select(TrailEntry.chain, TrailEntry.number, _raw(TrailEntry.hash)).where(wanted)
        )
        hashes = {(row.chain, row.number): row.hash for row in found}
        yield from (
            (chain, number) for chain, number, linked in batch if hashes.get((chain, number)) != linked
        )


def _digest(entry: Row[Any], persons: Sequence[int]) -> bytes:
    """What the digest of this content would be; empty for a content that we cannot have written."""
    content = {name: getattr(entry, name) for name in FIELDS}
    try:
        content["at"] = _moment(entry.at)
        content["criteria"] = KEYS.decrypt(entry.criteria).decode()
        return trail.digest(entry.chain, content, persons)
    except (AttributeError, TypeError, ValueError, UnreadableSecret):
        return b""


def _moment(stored: Any) -> datetime:
    return (datetime.fromisoformat(stored) if isinstance(stored, str) else stored).replace(tzinfo=UTC)


def _same(one: bytes, other: Any) -> bool:
    return isinstance(other, bytes) and hmac.compare_digest(one, other)


def _entries() -> Any:
    names = ("id", "chain", "number", *FIELDS, "digest", "hash", "mac")
    columns = [_raw(getattr(TrailEntry, name)) for name in names]
    ordered = select(*columns).order_by(TrailEntry.chain, TrailEntry.number)
    return ordered.execution_options(yield_per=BATCH)


def _heads() -> Any:
    return select(_raw(TrailChain.chain), _raw(TrailChain.length), _raw(TrailChain.hash))


def _persons(connection: Connection, entries: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = (
        select(TrailPerson.entry_id, TrailPerson.person_id)
        .where(TrailPerson.entry_id.in_(entries))
        .order_by(TrailPerson.entry_id, TrailPerson.person_id)
    )
    for entry_id, person_id in connection.execute(rows):
        found[entry_id].append(person_id)
    return found


def _raw(column: InstrumentedAttribute[Any]) -> Label[Any]:
    return type_coerce(column, NULLTYPE).label(column.key)
