"""The postal directory in the database: import of an edition, and the look-ups of the active one.

Who resolves many addresses takes `directory` once and asks it; each call here costs one statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import insert, select, update

from models.postal import PostalArea, PostalDirectory
from rules.addresses import Directory, Resolution, Row, parse_scope
from rules.errors import RuleBroken
from rules.person import check_known_code
from services.postal_file import read_rows
from services.transaction import AnySession

REFERENCE = Path(__file__).parent / "reference"
SHIPPED_DIRECTORY = REFERENCE / "postal_directory_20190415.csv.gz"
SHIPPED_NAME = "中華郵政 3+2 碼郵遞區號"
SHIPPED_DATE = date(2019, 4, 15)


@dataclass(frozen=True)
class Imported:
    """`unread` are delivery ranges that cannot be read: houses of those roads stay undecided."""

    rows: int
    districts: int
    unread: tuple[str, ...]
    changed: bool
    """False if the active directory has the same rows already."""


def import_directory(
    session: AnySession,
    source: Path | Iterable[Row],
    *,
    name: str,
    source_date: date | None,
    at: datetime,
) -> Imported:
    """Makes the rows the active directory. All are read before the first is written.

    Raises `RuleBroken`, naming the line, if the file is malformed.
    """
    rows = read_rows(source) if isinstance(source, Path) else source
    areas: dict[tuple[str, str], dict[str, list[str]]] = {}
    unread: dict[str, None] = {}
    count = 0
    for code, city, district, road, scope in rows:
        areas.setdefault((city, district), {}).setdefault(road, []).extend((code, scope))
        if parse_scope(scope) is None:
            unread[scope] = None
        count += 1
    if not count:
        raise RuleBroken("檔案中沒有任何郵遞區號資料。")
    values = [
        {"city": city, "district": district, "roads": _written(roads)}
        for (city, district), roads in areas.items()
    ]
    digest = hashlib.sha256(repr([tuple(value.values()) for value in values]).encode()).hexdigest()
    imported = Imported(count, len(areas), tuple(unread), changed=_active_digest(session) != digest)
    if imported.changed:
        session.execute(update(PostalDirectory).where(PostalDirectory.active).values(active=False))
        edition = PostalDirectory(
            name=name, source_date=source_date, loaded_at=at, active=True, row_count=count, digest=digest
        )
        session.add(edition)
        session.flush()
        session.execute(insert(PostalArea), [value | {"directory_id": edition.id} for value in values])
    return imported


_loaded: dict[str, Directory] = {}
"""The directory this process read last, by its digest: another worker's import is seen at the next call."""


def directory(session: AnySession) -> Directory:
    """The active directory. Raises `RuleBroken` while none has been imported."""
    digest = _active_digest(session)
    if digest is None:
        raise RuleBroken("尚未匯入郵遞區號資料，請通知系統管理者。")
    loaded = _loaded.get(digest)
    if loaded is None:
        loaded = Directory(_rows(session, digest))
        _loaded.clear()
        _loaded[digest] = loaded
    return loaded


def resolve(session: AnySession, address: str) -> Resolution:
    return directory(session).resolve(address)


def code_exists(session: AnySession, code: str) -> bool:
    """Whether a code of three or five digits is in use."""
    return directory(session).knows(code)


def require_code(session: AnySession, code: str) -> None:
    """Raises a fault of `postal_code` unless the code is in use."""
    check_known_code(code, directory(session))


def _active_digest(session: AnySession) -> str | None:
    return session.scalar(select(PostalDirectory.digest).where(PostalDirectory.active))


def _rows(session: AnySession, digest: str) -> Iterator[Row]:
    newest = select(PostalDirectory.id).where(PostalDirectory.digest == digest)
    newest = newest.order_by(PostalDirectory.id.desc()).limit(1)
    areas = select(PostalArea.city, PostalArea.district, PostalArea.roads)
    areas = areas.where(PostalArea.directory_id == newest.scalar_subquery())
    for city, district, roads in session.execute(areas):
        for line in roads.split("\n"):
            road, *ranges = line.split("\t")
            for code, scope in zip(ranges[::2], ranges[1::2], strict=True):
                yield code, city, district, road, scope


def _written(roads: dict[str, list[str]]) -> str:
    return "\n".join("\t".join((road, *ranges)) for road, ranges in roads.items())
