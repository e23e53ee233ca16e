"""轉介個案批次(多筆)上傳: the columns of the workbook, and what each row must hold. Spec 1-referral §4.3.

A row is held to the same rules as the single form; its faults name the cell, as `B3`, where its writer finds it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from rules import national_id
from rules.addresses import Directory
from rules.batch_cells import Cell, birthday_of, codes_of, phone_of, text_of, typed_of
from rules.errors import Faults, FieldFault, RuleBroken
from rules.gather import Gather
from rules.identities import contradictions, needs_guardian_document
from rules.names import same_name
from rules.person import PersonFields, check_known_code, check_person
from rules.referral_form import ReferralFields, check_referral
from rules.texts import N_

MOST_ROWS = 30
FIRST_ROW = 2


class Column(NamedTuple):
    """`read` makes of the cell what the single form would have sent in `field`."""

    letter: str
    field: str
    heading: str
    read: Callable[[Cell, str], Any]


COLUMNS = (
    Column("A", "name", N_("中文姓名"), text_of),
    Column("B", "national_id", N_("身分證字號"), typed_of),
    Column("C", "birthday", N_("生日(西元年)"), birthday_of),
    Column("D", "postal_code", N_("郵遞區號(5)"), typed_of),
    Column("E", "address", N_("地址"), text_of),
    Column("F", "phone", N_("聯絡電話"), phone_of),
    Column("G", "indicators", N_("轉介評估指標"), codes_of),
    Column("H", "identities", N_("個案身份別"), codes_of),
    Column("I", "other_identity", N_("身分別_其他"), text_of),
    Column("J", "brief", N_("個案簡述"), text_of),
)
HEADINGS = tuple(column.heading for column in COLUMNS)
_LETTERS = {column.field: column.letter for column in COLUMNS}

GUARDIAN = N_("個案未滿18歲，須已取得法定代理人同意。")
HIDDEN = N_("這一列在檔案中是隱藏的，仍會一併上傳。")


@dataclass(frozen=True)
class SheetRow:
    """`number` as the spreadsheet program counts; one cell for each of `COLUMNS`."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def cell(self, field: str) -> str:
        """`B3`: where the field stands."""
        return f"{_LETTERS[field]}{self.number}"


@dataclass(frozen=True)
class RowCheck:
    """`person` and `referral` are None when the row has faults, whose `field` is the cell.

    `named`: name and number alone, once they are right: who the row is about can be known before all of it is right.
    """

    row: SheetRow
    person: PersonFields | None = None
    referral: ReferralFields | None = None
    named: tuple[str, national_id.NationalId] | None = None
    faults: tuple[FieldFault, ...] = ()
    warnings: tuple[RuleBroken, ...] = field(default=())
    minor: bool = False

    @property
    def good(self) -> bool:
        return not self.faults

    def with_fault(self, at: str, template: str, **values: object) -> RowCheck:
        fault = FieldFault(self.row.cell(at), template, **values)
        faults = sorted((*self.faults, fault), key=lambda each: each.field)
        return replace(self, faults=tuple(faults), person=None, referral=None)

    def with_warning(self, warning: RuleBroken) -> RowCheck:
        return replace(self, warnings=(*self.warnings, warning))


def check_headings(found: Sequence[str], headings: Sequence[str] = HEADINGS) -> None:
    """Raises a refusal that names each cell of the first row that is not what the template has there."""
    read = [*found, *[""] * len(headings)]
    wrong = [
        f"{chr(ord('A') + index)}1「{heading}」"
        for index, (heading, text) in enumerate(zip(headings, read, strict=False))
        if _folded(text) != _folded(heading)
    ]
    if wrong:
        raise RuleBroken(
            "第1列的欄位名稱與範本不同，應為：%(cells)s。請下載範本，把資料貼到範本中再上傳。",
            cells="、".join(wrong),
        )


def check_count(count: int, name: str) -> None:
    if not count:
        raise RuleBroken("檔案「%(name)s」裡沒有個案資料，請從第2列開始填寫後再上傳。", name=name)
    if count > MOST_ROWS:
        raise RuleBroken(
            "檔案「%(name)s」有%(count)s筆，上傳筆數不得超過%(most)s筆，請分成幾個檔案上傳。",
            name=name,
            count=count,
            most=MOST_ROWS,
        )


def check_row(
    row: SheetRow,
    *,
    directory: Directory,
    indicators: Collection[int],
    identities: Collection[int],
    today: date,
) -> RowCheck:
    """The row by itself. An empty postal code is resolved from the address."""
    gather = Gather()
    raw: dict[str, Any] = {"consent": True}
    for column, cell in zip(COLUMNS, row.cells, strict=True):
        with gather:
            raw[column.field] = column.read(cell, column.field)
    with gather:
        raw |= _resolved(raw, directory)
    person, referral = None, None
    with gather:
        person = check_person(raw, today=today)
    with gather:
        if person:
            check_known_code(person.postal_code, directory)
    with gather:
        referral = check_referral(raw, indicators=indicators, identities=identities)
    faults = _at_cells(row, gather.faults)
    if faults or person is None or referral is None:
        return RowCheck(row, faults=faults, named=_named(row, raw))
    return _with_warnings(RowCheck(row, person, referral, _named(row, raw)), today)


def number_of(row: SheetRow) -> national_id.NationalId | None:
    """Whom the row asks for, if its number is one."""
    index = [column.field for column in COLUMNS].index("national_id")
    try:
        return national_id.inspect(typed_of(row.cells[index], "national_id"))
    except FieldFault:
        return None


def mark_duplicates(checks: Iterable[RowCheck]) -> list[RowCheck]:
    """Rows about one number: a warning where the names fit, a fault on each where they don't."""
    checks = list(checks)
    same: dict[str, list[RowCheck]] = {}
    for check in checks:
        if check.named:
            same.setdefault(check.named[1].number, []).append(check)
    return [_marked(check, same[check.named[1].number]) if check.named else check for check in checks]


def _marked(check: RowCheck, group: Sequence[RowCheck]) -> RowCheck:
    others = [other for other in group if other.row.number != check.row.number]
    if not others or check.named is None:
        return check
    rows = "、".join(str(other.row.number) for other in others)
    if any(other.named and not same_name(other.named[0], check.named[0]) for other in others):
        return check.with_fault(
            "national_id", N_("身分證字號與第%(rows)s列相同，姓名卻不同，請對照證件檢查。"), rows=rows
        )
    return check.with_warning(
        RuleBroken("與第%(rows)s列是同一人，請確認是否重複；不需要的列可以取消勾選。", rows=rows)
    )


def _resolved(raw: Mapping[str, Any], directory: Directory) -> dict[str, str]:
    address = str(raw.get("address") or "").strip()
    # A code that could not be read at all is not a missing one.
    if "postal_code" not in raw or raw["postal_code"] or not address:
        return {}
    found = directory.resolve(address)
    if found.code is None:
        raise Faults([FieldFault("postal_code", "無效的地址!!"), FieldFault("address", found.reason)])
    return {"postal_code": found.code}


def _named(row: SheetRow, raw: Mapping[str, Any]) -> tuple[str, national_id.NationalId] | None:
    number = number_of(row)
    name = str(raw.get("name", "")).strip()
    return (name, number) if name and number else None


def _at_cells(row: SheetRow, faults: Iterable[FieldFault]) -> tuple[FieldFault, ...]:
    """The first fault of each cell, in the order of the columns."""
    first: dict[str, FieldFault] = {}
    for fault in faults:
        first.setdefault(fault.field, fault)
    return tuple(
        FieldFault(row.cell(column.field), first[column.field].template, **first[column.field].values)
        for column in COLUMNS
        if column.field in first
    )


def _with_warnings(check: RowCheck, today: date) -> RowCheck:
    if check.person is None or check.referral is None or check.named is None:
        return check
    number = check.named[1]
    birthday = check.person.birthday
    told = contradictions(check.referral.identities, birthday, number.sex, number.kind, today)
    minor = needs_guardian_document(birthday, today)
    told = [HIDDEN] * check.row.hidden + [GUARDIAN] * minor + told
    return replace(check, minor=minor, warnings=tuple(RuleBroken(text) for text in told))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
