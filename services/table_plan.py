"""What a workbook would change in a table: each row beside what is there now, with the faults of its cells.

The values are set on the rows and flushed in the caller's transaction, so that every check sees the table as it would
be: who ends one post and begins another in the same file is not told that the counter is taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.crypto import KEYS
from models.evidence import EvidenceRecord
from rules.actor import Actor
from rules.batch import SheetRow
from rules.batch_cells import typed_of
from rules.calendar import local_date
from rules.desk_tables import Field, Sort, Table
from rules.errors import FieldFault, RuleBroken
from rules.roc_dates import show as show_day
from rules.table_cells import read, show
from rules.texts import N_
from services import desk_tables, table_changes
from services.desk_choices import Choices
from services.transaction import AnySession

ROW = "id"
CHUNK = 500


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    KNOWN = "known"  # there already, and left out
    FAULTY = "faulty"


@dataclass(frozen=True)
class Planned:
    """A row of the workbook. `texts` and `were`: by column, as typed and as it is there. `faults`: by column."""

    number: int
    state: State
    texts: Mapping[str, str]
    were: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, FieldFault] = field(default_factory=dict)
    row: Any = None
    before: Mapping[str, Any] | None = None

    def with_fault(self, fault: FieldFault) -> Planned:
        return replace(self, state=State.FAULTY, faults={fault.field: fault, **self.faults})


@dataclass(frozen=True)
class Plan:
    """`missing`: how many rows of the table the workbook lacks; they stay."""

    table: Table
    rows: tuple[Planned, ...]
    choices: Choices
    missing: int = 0

    @property
    def touched(self) -> list[Planned]:
        return [row for row in self.rows if row.state in (State.NEW, State.CHANGED)]

    @property
    def blocked(self) -> bool:
        """A table of a few rows that hang together is written whole or not at all."""
        return not self.table.adds_only and self.count(State.FAULTY) > 0

    def count(self, state: State) -> int:
        return sum(row.state is state for row in self.rows)

    @cached_property
    def digest(self) -> str:
        """Of all that the check page shows."""
        told = [
            [row.number, row.state, dict(row.texts), dict(row.were), sorted(row.faults)] for row in self.rows
        ]
        return hashlib.sha256(json.dumps([told, self.missing], sort_keys=True).encode()).hexdigest()

    def shown(self) -> Plan:
        """Without the rows of the session, which are gone when the savepoint is."""
        return replace(self, rows=tuple(replace(row, row=None, before=None) for row in self.rows))


def plan(
    session: AnySession, table: Table, sheet: Sequence[SheetRow], choices: Choices, *, by: Actor, at: datetime
) -> Plan:
    """Sets and flushes what has no fault. The caller holds the desk, and rolls back or writes."""
    rows = [_read(table, row, choices) for row in sheet]
    known = _known(session, table, rows, by)
    planned = [_set(table, each, values, known, choices, by=by, at=at) for each, values in rows]
    planned = _without_doubles(table, planned, known)
    if not table.adds_only and any(each.row is not None and each.faults for each in planned):
        return Plan(table, tuple(planned), choices)  # the database would refuse them too, without a word
    new = [each.row for each in planned if each.state is State.NEW]
    session.add_all(new)
    try:
        session.flush()
    except IntegrityError:
        raise RuleBroken(
            N_("有幾列互換了不能重複的值(例如兩個櫃台互換號碼)，請分兩次上傳:先改成其他的值，再改成要的。")
        ) from None
    if not table.adds_only:
        planned = [_checked(session, each, choices, at=at) for each in planned]
        planned = _with_whole_shares(session, table, planned, by, at)
    listed = {each.texts.get(ROW) for each in planned}
    missing = 0 if table.adds_only else sum(str(key) not in listed for key in known)
    return Plan(table, tuple(planned), choices, missing)


def _read(table: Table, row: SheetRow, choices: Choices) -> tuple[Planned, dict[str, Any]]:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    faults: dict[str, FieldFault] = {}
    cells = list(row.cells)
    if not table.adds_only:
        try:
            texts[ROW] = typed_of(cells.pop(0), ROW)
        except FieldFault as fault:
            faults[ROW] = fault
    for each, cell in zip(table.fields, cells, strict=True):
        texts[each.column] = cell.text
        try:
            values[each.column] = read(each, cell, choices.keys)
            texts[each.column] = _shown(each, values[each.column], choices)
        except FieldFault as fault:
            faults[fault.field] = fault
    state = State.FAULTY if faults else State.NEW
    return Planned(row.number, state, texts, faults=faults), values


def _known(
    session: AnySession, table: Table, rows: Sequence[tuple[Planned, dict[str, Any]]], by: Actor
) -> dict[Any, Any]:
    """The centre's rows by id; of records that come by the thousand those with the numbers of the file, by what they say."""
    model = desk_tables.MODELS[table.name]
    if not table.adds_only:
        found = session.scalars(select(model).where(model.unit_id == by.unit_id).order_by(model.id))
        return {row.id: row for row in found}
    numbers = {values["national_id"] for _each, values in rows if "national_id" in values}
    hashes = sorted(KEYS.search_hash(number) for number in numbers)
    known: dict[Any, Any] = {}
    for start in range(0, len(hashes), CHUNK):
        part = select(
            EvidenceRecord.kind,
            EvidenceRecord.national_id_hash,
            EvidenceRecord.business_type_id,
            EvidenceRecord.recorded_on,
        ).where(
            EvidenceRecord.unit_id == by.unit_id,
            EvidenceRecord.national_id_hash.in_(hashes[start : start + CHUNK]),
        )
        known |= {tuple(row): None for row in session.execute(part)}
    return known


def _set(
    table: Table,
    planned: Planned,
    values: Mapping[str, Any],
    known: Mapping[Any, Any],
    choices: Choices,
    *,
    by: Actor,
    at: datetime,
) -> Planned:
    number = planned.texts.get(ROW, "")
    row, before = None, None
    if number:
        row = known.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
        if row is None:
            text = N_("沒有編號「%(text)s」的資料；新增的列請把編號空白。")
            return planned.with_fault(FieldFault(ROW, text, text=number[:20]))
        before = table_changes.values(row)
        were = {each.column: _shown(each, before[each.column], choices) for each in table.fields}
        planned = replace(planned, were=were)
    if planned.faults:
        return planned
    if before is not None and all(before[column] == value for column, value in values.items()):
        return replace(planned, state=State.SAME, row=row, before=before)
    row = row if row is not None else desk_tables.MODELS[table.name]()
    try:
        _check_values(row, table, values)
    except FieldFault as fault:
        return planned.with_fault(fault)
    for column, value in values.items():
        setattr(row, column, value)
    desk_tables.prepare(row, by=by, at=at)
    if table.adds_only:  # by the thousand: what needs a statement for each row is not asked
        try:
            desk_tables.check_day(row, local_date(at))
        except FieldFault as fault:
            return planned.with_fault(fault)
    return replace(planned, state=State.NEW if before is None else State.CHANGED, row=row, before=before)


def _check_values(row: Any, table: Table, values: Mapping[str, Any]) -> None:
    """Before they are set: a row that breaks a constraint of the database would spoil the others' flush."""
    trial = type(row)(**values)
    if table.name == "business_type":
        trial.letter = trial.letter.upper()
    desk_tables.check_alone(trial, table)


def _without_doubles(table: Table, planned: list[Planned], known: Mapping[Any, Any]) -> list[Planned]:
    """Two rows of the file, or one of it and one that the file lacks, that would be the same."""
    touched = {id(each.row) for each in planned if each.row is not None}
    seen: dict[tuple[Any, ...], int] = {}
    if table.adds_only:
        return [_known_already(each, known, seen) for each in planned]
    for names in table.unique:
        fields = [table.field(name) for name in names]
        taken = {
            tuple(getattr(row, each.column) for each in fields): 0
            for row in known.values()
            if id(row) not in touched
        }
        for index, each in enumerate(planned):
            if each.row is None or each.state is State.FAULTY:
                continue
            key = tuple(getattr(each.row, one.column) for one in fields)
            if key in taken and each.state is not State.SAME:
                planned[index] = each.with_fault(desk_tables.already_there(fields))
            taken.setdefault(key, each.number)
    return planned


def _known_already(planned: Planned, known: Mapping[Any, Any], seen: dict[tuple[Any, ...], int]) -> Planned:
    row = planned.row
    if row is None:
        return planned
    key = (row.kind, row.national_id_hash, row.business_type_id, row.recorded_on)
    if key in known or key in seen:
        return replace(planned, state=State.KNOWN, row=None)
    seen[key] = planned.number
    return planned


def _checked(session: AnySession, planned: Planned, choices: Choices, *, at: datetime) -> Planned:
    if planned.state not in (State.NEW, State.CHANGED):
        return planned
    try:
        desk_tables.check(session, planned.row, planned.before, choices, at=at)
    except FieldFault as fault:
        return planned.with_fault(fault)
    return planned


def _with_whole_shares(
    session: AnySession, table: Table, planned: list[Planned], by: Actor, at: datetime
) -> list[Planned]:
    """A ratio table that the file brings or changes has a share for every active group."""
    if table.name != "ratio_share":
        return planned
    for day, names in desk_tables.missing_shares(session, by.unit_id, local_date(at)):
        for index, each in enumerate(planned):
            if each.state in (State.NEW, State.CHANGED) and each.row.effective_from == day:
                text = N_("%(day)s 生效的比例表還缺：%(groups)s;不派新案的群組請填 0。")
                fault = FieldFault("effective_from", text, day=show_day(day), groups="、".join(names))
                planned[index] = each.with_fault(fault)
                break
    return planned


def _shown(each: Field, value: Any, choices: Choices) -> str:
    return choices.text(each.refers, value) if each.sort is Sort.REFERENCE else show(each, value)
