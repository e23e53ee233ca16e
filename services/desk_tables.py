"""The tables of a front desk: what a row must be before it is kept, and what keeps it from being changed or removed.

Whatever saves a row, a form or a workbook, calls `check` and leaves the entry of `services.table_changes`. What other
rows point to is switched off or ended instead of deleted, and what was in force on a past day stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from models.crypto import KEYS
from models.desk import Counter, CounterGroup, Deputy, Desk, Post
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
from models.tally import TallySignature
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk_tables import TABLES, Field, Kept, Sort, Table
from rules.errors import FieldFault, RuleBroken
from rules.roc_dates import show
from rules.texts import N_
from services import dispatching
from services.accounts import take_turn
from services.desk_choices import Choices
from services.desk_table_checks import CHECKS, Before, differs
from services.transaction import AnySession

MODELS: Mapping[str, Any] = {
    model.__tablename__: model
    for model in (
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
}
DAY = timedelta(days=1)
IN_HISTORY = N_("%(day)s 以前的資料已經是紀錄，不能改寫；請新增一筆從今天或以後生效的資料。")


def table_of(row: Any) -> Table:
    return TABLES[row.__tablename__]


def prepare(row: Any, *, by: Actor, at: datetime) -> None:
    """The centre and the stamp: from the actor, never from what was sent."""
    row.unit_id = by.unit_id
    row.changed_by_id, row.changed_by_name, row.changed_at = by.user_id, by.name, at
    if isinstance(row, EvidenceRecord):
        row.national_id_hash = KEYS.search_hash(row.national_id)
    if isinstance(row, BusinessType):
        row.letter = row.letter.upper()


def check(session: AnySession, row: Any, before: Before, choices: Choices, *, at: datetime) -> None:
    """Raises FieldFault. `before`: the row as the database had it; the caller holds the desk."""
    table, today = table_of(row), local_date(at)
    check_alone(row, table)
    check_day(row, today)
    with session.no_autoflush:
        _check_references(row, table, before, choices)
        _check_unique(session, row, table)
        _check_past(session, row, table, before, today)
        if table.name in CHECKS:
            CHECKS[table.name](session, row, before, choices, today)


def check_alone(row: Any, table: Table) -> None:
    """What the row says by itself."""
    if table.kept is Kept.PERIOD and row.ends_on is not None and row.ends_on < row.starts_on:
        raise FieldFault("ends_on", N_("結束日期不能早於開始日期。"))
    if isinstance(row, ReceptionShift) and row.starts >= row.ends:
        raise FieldFault("ends", N_("結束時間要晚於開始時間。"))
    if isinstance(row, BusinessType) and not ("A" <= row.letter <= "Z"):
        raise FieldFault("letter", N_("號碼牌字母請填 A 到 Z 其中一個。"))


def check_day(row: Any, today: date) -> None:
    """A record of what was, is not of the future."""
    if isinstance(row, EvidenceRecord) and row.recorded_on > today:
        raise FieldFault("recorded_on", N_("紀錄日期不能晚於今天。"))


def check_removal(row: Any, *, at: datetime) -> None:
    """Raises the sentence that says what to do instead."""
    table, today = table_of(row), local_date(at)
    if table.kept is Kept.ACTIVE:
        raise RuleBroken(N_("以往的紀錄仍會用到這一筆，不能刪除；不再使用時請改為停用。"))
    if table.kept is Kept.PERIOD and row.starts_on <= today:
        raise RuleBroken(N_("這一筆已經開始，不能刪除；請填結束日期。"))
    if table.kept is Kept.IN_FORCE and row.effective_from <= today:
        raise RuleBroken(N_("這一筆已經生效，不能刪除；請新增一筆以後生效的資料來取代。"))
    if table.kept is Kept.DAY and row.day < today:
        raise RuleBroken(N_("過去的日子已經是紀錄，不能刪除。"))


def changed(session: AnySession, table: Table, *, by: Actor, at: datetime) -> None:
    """After rows were saved: whoever could not be dispatched is tried again. Holds the desk."""
    session.flush()
    if table.dispatches and by.unit_id is not None:
        dispatching.redispatch_waiting(session, by.unit_id, by=by, at=at)


def open_desk(session: AnySession, *, by: Actor) -> Desk:
    """The centre's front desk; once."""
    assert by.unit_id is not None
    take_turn(session, by.user_id)
    found = session.get(Desk, by.unit_id)
    if found is None:
        found = Desk(unit_id=by.unit_id)
        session.add(found)
        session.flush()
    return found


def missing_shares(session: AnySession, unit_id: int | None, today: date) -> list[tuple[date, list[str]]]:
    """Of each ratio table that is in force or to come: the active groups without a share. The unnamed get no such case."""
    groups = {
        row.id: row.name
        for row in session.execute(
            select(CounterGroup.id, CounterGroup.name)
            .where(CounterGroup.unit_id == unit_id, CounterGroup.active.is_(True))
            .order_by(CounterGroup.position, CounterGroup.id)
        )
    }
    tables: dict[date, set[int]] = {}
    for row in session.execute(
        select(RatioShare.effective_from, RatioShare.group_id).where(RatioShare.unit_id == unit_id)
    ):
        tables.setdefault(row.effective_from, set()).add(row.group_id)
    latest = max((day for day in tables if day <= today), default=None)
    found = [
        (day, [name for key, name in groups.items() if key not in tables[day]])
        for day in sorted(tables)
        if day > today or day == latest
    ]
    return [(day, names) for day, names in found if names]


def _check_references(row: Any, table: Table, before: Before, choices: Choices) -> None:
    """Only rows of the own centre; a new choice only among those in use."""
    for field in table.fields:
        if field.sort is not Sort.REFERENCE:
            continue
        key = getattr(row, field.column)
        if key is None and not field.required:
            continue
        if key not in choices.texts[field.refers]:
            raise FieldFault(field.column, N_("請從名單中選擇。"))
        kept = table.adds_only or (before is not None and before[field.column] == key)
        if not kept and key not in choices.active[field.refers]:
            raise FieldFault(
                field.column,
                N_("「%(what)s」已停用或不能擔任，請選擇其他的。"),
                what=choices.text(field.refers, key),
            )


def _check_unique(session: AnySession, row: Any, table: Table) -> None:
    model = type(row)
    for names in table.unique:
        fields = [table.field(name) for name in names]
        same = [getattr(model, field.column) == getattr(row, field.column) for field in fields]
        if session.scalar(
            select(model.id).where(model.unit_id == row.unit_id, model.id != (row.id or 0), *same).limit(1)
        ):
            raise already_there(fields)
    if isinstance(row, EvidenceRecord) and session.scalar(
        select(EvidenceRecord.id).where(
            EvidenceRecord.unit_id == row.unit_id,
            EvidenceRecord.id != (row.id or 0),
            EvidenceRecord.kind == row.kind,
            EvidenceRecord.national_id_hash == row.national_id_hash,
            EvidenceRecord.business_type_id == row.business_type_id,
            EvidenceRecord.recorded_on == row.recorded_on,
        )
    ):
        raise FieldFault("national_id", N_("這一筆紀錄已經登錄過了。"))


def already_there(fields: list[Field]) -> FieldFault:
    return FieldFault(fields[-1].column, N_("已經有一筆相同的資料，請修改那一筆。"))


def _check_past(session: AnySession, row: Any, table: Table, before: Before, today: date) -> None:
    """What was in force on a past day stays: its decisions were made by it."""
    if table.kept is Kept.IN_FORCE:
        _check_in_force(session, row, table, before, today)
    elif table.kept is Kept.DAY and before is not None and before["day"] < today:
        _check_past_day(session, row, table, before)
    elif table.kept is Kept.PERIOD and before is not None and before["starts_on"] < today:
        fixed = next((each for each in table.fields if differs(row, before, each.column)), None)
        ended = before["ends_on"] is not None and before["ends_on"] < today
        if fixed is not None and (ended or fixed.column not in ("ends_on", "reason")):
            raise FieldFault(
                fixed.column, N_("這一筆在 %(day)s 已經開始，只能改結束日期；其他的請結束後另外新增。"),
                day=show(before["starts_on"]),
            )  # fmt: skip
        if differs(row, before, "ends_on") and row.ends_on is not None and row.ends_on < today - DAY:
            raise FieldFault("ends_on", N_("結束日期最早是昨天:再早的日子已經照這一筆派案。"))


def _check_past_day(session: AnySession, row: Any, table: Table, before: Mapping[str, Any]) -> None:
    """Stays, but for who received in a shift that nobody has signed: who did must be able to sign the tally."""
    if not isinstance(row, ReceptionShift):
        raise FieldFault("day", N_("過去的日子已經是紀錄，不能修改。"))
    for field in table.fields:
        if field.name != "receptionist" and differs(row, before, field.column):
            raise FieldFault(field.column, N_("過去的輪值只能更換接待人員，其他的不能修改。"))
    signed = select(TallySignature.id).where(
        TallySignature.unit_id == row.unit_id,
        TallySignature.day == before["day"],
        or_(TallySignature.role == "supervisor", TallySignature.until == before["ends"]),
    )
    if differs(row, before, "receptionist_id") and session.scalar(signed.limit(1)) is not None:
        raise FieldFault("receptionist_id", N_("這個時段的派案量表已經簽署，不能再更換接待人員。"))


def _check_in_force(session: AnySession, row: Any, table: Table, before: Before, today: date) -> None:
    if before is not None and before["effective_from"] < today:
        fixed = next((each for each in table.fields if differs(row, before, each.column)), None)
        if fixed is not None and fixed.name != "note":
            raise FieldFault(fixed.column, IN_HISTORY, day=show(today))
    elif row.effective_from < today:
        model = type(row)
        same = [
            getattr(model, table.field(name).column) == getattr(row, table.field(name).column)
            for name in table.key
        ]
        earlier = model.unit_id == row.unit_id, model.id != (row.id or 0), model.effective_from < today
        # The first of its kind may reach back: nothing was in force before.
        if session.scalar(select(model.id).where(*earlier, *same).limit(1)) is not None:
            raise FieldFault("effective_from", IN_HISTORY, day=show(today))
