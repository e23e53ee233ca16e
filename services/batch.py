"""轉介個案批次(多筆)上傳: a workbook is checked and kept, looked at, and its good rows confirmed once.

What is kept is personal data that nobody has sent yet: only its uploader sees it, and it goes away by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import defer

from models.batch import BatchUpload
from models.organisation import Unit
from rules.actor import Actor
from rules.batch import SheetRow, number_of
from rules.batch_cells import Cell, Kind
from rules.calendar import local_date
from rules.errors import FieldFault, NotFound, RuleBroken, StaleVersion, TooMany
from rules.permissions import Permission
from rules.texts import N_
from rules.uploads import safe_display_name
from services import accounts, batch_check, batch_write, people
from services.batch_check import Verdict
from services.batch_workbook import Sheet
from services.transaction import AnySession

KEPT = timedelta(hours=24)
MOST_UNCONFIRMED = 20
HOUR = timedelta(hours=1)
SCREEN = "ReferralBatch.upload"
GROUND = "轉介個案批次(多筆)上傳"
_EMPTY = json.dumps({"notes": [], "rows": []})


@dataclass(frozen=True)
class Kept:
    """An upload with its rows read back. After the confirmation only what was not written is left of them."""

    upload: BatchUpload
    referring_unit: str
    rows: tuple[SheetRow, ...]
    notes: tuple[RuleBroken, ...]


def upload(
    session: AnySession, sheet: Sheet, *, key: str, file_name: str, by: Actor, at: datetime
) -> BatchUpload:
    """Keeps the rows for the check page; sent twice it is kept once.

    Counts as a look-up of every number in it, known or not: raises `TooMany` when that is more than a user may ask,
    and when 20 uploads of an hour wait for their confirmation.
    """
    _require(by)
    accounts.take_turn(session, by.user_id)
    waiting = and_(
        BatchUpload.user_id == by.user_id,
        BatchUpload.uploaded_at > at - HOUR,
        BatchUpload.confirmed_at.is_(None),
    )
    before = session.scalars(
        select(BatchUpload)
        .where(or_(BatchUpload.submission_key == key, waiting))
        .options(defer(BatchUpload.rows))
    ).all()
    known = next((each for each in before if each.submission_key == key), None)
    if known is not None:
        if (known.user_id, known.unit_id) != (by.user_id, by.unit_id):
            raise NotFound(people.NO_PERSON)
        return known
    if len(before) >= MOST_UNCONFIRMED:
        raise TooMany(
            N_("一小時內有 %(most)s 個上傳的檔案還沒有確認送出。請先確認或取消,或稍後再上傳。"),
            most=MOST_UNCONFIRMED,
        )
    numbers = [number for row in sheet.rows if (number := number_of(row))]
    people.look_up_together(session, numbers, screen=SCREEN, ground=GROUND, by=by, at=at)
    row = BatchUpload(
        user_id=by.user_id,
        unit_id=by.unit_id,
        file_name=safe_display_name(file_name),
        rows=_packed(sheet.rows, sheet.notes),
        consent_at=at,
        uploaded_at=at,
        submission_key=key,
    )
    session.add(row)
    session.flush()
    return row


def load(session: AnySession, upload_id: int, *, by: Actor, lock: bool = False) -> Kept:
    """Raises `NotFound` for an upload of anybody else, and of the user's own in another unit."""
    _require(by)
    own = (
        select(BatchUpload, Unit.name)
        .join(Unit, Unit.id == BatchUpload.unit_id)
        .where(
            BatchUpload.id == upload_id, BatchUpload.user_id == by.user_id, BatchUpload.unit_id == by.unit_id
        )
        .execution_options(populate_existing=True)
    )
    if lock:
        own = own.with_for_update(of=BatchUpload)
    found = session.execute(own).one_or_none()
    if found is None:
        raise NotFound(people.NO_PERSON)
    row, unit = found
    held = json.loads(row.rows or _EMPTY)
    rows = tuple(_row(each) for each in held["rows"])
    return Kept(row, unit, rows, tuple(RuleBroken(text, **values) for text, values in held["notes"]))


def verdicts(session: AnySession, kept: Kept, *, at: datetime) -> list[Verdict]:
    return batch_check.check(session, kept.rows, today=local_date(at)) if kept.rows else []


def confirm(
    session: AnySession,
    upload_id: int,
    *,
    marks: Collection[str],
    guardian: bool,
    base_url: str,
    by: Actor,
    at: datetime,
) -> bool:
    """Writes the chosen rows that are still good, in the caller's transaction; False when that was done before.

    `marks`: of the chosen verdicts as they were shown. Raises `StaleVersion` when a chosen row has another warning by
    now or its person was changed, `FieldFault` at `rows` when nothing can be written and at `guardian` when a minor is
    among them. Locks the upload and the persons.
    """
    kept = load(session, upload_id, by=by, lock=True)
    if kept.upload.confirmed_at is not None:
        return False
    chosen = _chosen(session, kept, marks, guardian=guardian, at=at)
    batch_write.write(
        session,
        kept.upload,
        chosen,
        referring_unit=kept.referring_unit,
        base_url=base_url,
        by=by,
        at=at,
    )
    written = {each.check.row.number for each in chosen}
    left = [row for row in kept.rows if row.number not in written]
    kept.upload.rows = _packed(left, kept.notes) if left else None
    kept.upload.confirmed_at = at
    session.flush()
    return True


def discard(session: AnySession, upload_id: int, *, by: Actor) -> None:
    """取消; of a confirmed upload what was not written."""
    kept = load(session, upload_id, by=by, lock=True)
    if kept.upload.confirmed_at is None:
        session.delete(kept.upload)
    else:
        kept.upload.rows = None
    session.flush()


def discard_old(session: AnySession, *, at: datetime) -> int:
    """What has lain for 24 hours since its upload; gives the number of uploads. For the jobs."""
    old = BatchUpload.uploaded_at <= at - KEPT
    gone = session.execute(
        delete(BatchUpload)
        .where(old, BatchUpload.confirmed_at.is_(None))
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    emptied = session.execute(
        update(BatchUpload)
        .where(old, BatchUpload.rows.is_not(None))
        .values(rows=None, version=BatchUpload.version + 1)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    return int(gone) + int(emptied)


def _chosen(
    session: AnySession, kept: Kept, marks: Collection[str], *, guardian: bool, at: datetime
) -> list[Verdict]:
    numbers = {mark.partition("-")[0] for mark in marks}
    now = batch_check.check(session, kept.rows, today=local_date(at), lock=True)
    chosen = [each for each in now if each.check.good and str(each.check.row.number) in numbers]
    if not chosen:
        raise FieldFault("rows", N_("請至少勾選一列通過檢查的資料。"))
    if any(each.mark not in marks for each in chosen):
        raise StaleVersion(N_("檢查結果在您看過之後有變動,請再看一次後確認。"))
    if any(each.check.minor for each in chosen) and not guardian:
        raise FieldFault("guardian", N_("請確認已取得未成年個案的法定代理人同意。"))
    return chosen


def _packed(rows: Sequence[SheetRow], notes: Sequence[RuleBroken]) -> str:
    held = {
        "rows": [
            {
                "number": row.number,
                "hidden": row.hidden,
                "cells": [[cell.kind, cell.text] for cell in row.cells],
            }
            for row in rows
        ],
        "notes": [[note.template, note.values] for note in notes],
    }
    return json.dumps(held, ensure_ascii=False)


def _row(held: dict[str, Any]) -> SheetRow:
    cells = tuple(Cell(Kind(kind), text) for kind, text in held["cells"])
    return SheetRow(held["number"], cells, held["hidden"])


def _require(by: Actor) -> None:
    if not by.may(Permission.REFERRAL_SUBMIT) or by.unit_id is None:
        raise NotFound(people.NO_PERSON)
