"""What lists are searched by: each criterion turns typed text into a condition on the list's own table."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from models.case import Case
from models.crypto import KEYS
from models.organisation import Unit
from models.person import NameSuffix, Person
from models.referral import Referral
from reports.session import ReadSession
from rules import national_id, roc_dates
from rules.errors import FieldFault
from rules.referral_flow import State
from rules.texts import N_, has_unprintable, tidy_line

Choices = Sequence[tuple[str, str]]
Reference = InstrumentedAttribute[Any]
MAX_TYPED = 100
MOST_CHOICES = 500
# As the filter offers them; a list's cell says more (rules.referral_flow.status_text).
STATES = {
    State.SUBMITTED.value: N_("待收案"),
    State.OPEN.value: N_("未結案"),
    State.CLOSED.value: N_("已結案"),
    State.RETURNED.value: N_("已退回"),
    State.WITHDRAWN.value: N_("已撤回"),
}
LAST_CODE_POINT = "\U0010ffff"


@dataclass(frozen=True)
class Criterion:
    """`condition` gets the text as typed and may raise a FieldFault; `choices` are read when the form is shown.

    `secret`: never stands readable in an address (history, proxy logs).
    `path`: from the list's own table to the one that the condition is on, as pairs (reference, key).
    `on_demand`: the query row shows it only once it is set, by a link of another page.
    """

    name: str
    label: str
    condition: Callable[[str], ColumnElement[bool]]
    kind: Literal["text", "date", "choice", "flag"] = "text"
    choices: Callable[[ReadSession], Choices] | None = None
    hint: str = ""
    secret: bool = False
    path: tuple[tuple[Reference, Reference], ...] = ()
    on_demand: bool = False


@dataclass(frozen=True)
class Search:
    """Typed texts, the conditions they make, and the faults of those that make none."""

    typed: Mapping[str, str]
    conditions: tuple[ColumnElement[bool], ...]
    faults: tuple[FieldFault, ...]


def search(criteria: Sequence[Criterion], arguments: Mapping[str, str]) -> Search:
    """A faulty criterion finds nothing rather than being left out: a list must not show more than was asked for."""
    typed: dict[str, str] = {}
    conditions: list[tuple[Criterion, ColumnElement[bool]]] = []
    faults: list[FieldFault] = []
    for criterion in criteria:
        text = tidy_line(arguments.get(criterion.name, ""))
        if not text:
            continue
        typed[criterion.name] = text
        try:
            if has_unprintable(text) or len(text) > MAX_TYPED:
                raise FieldFault(criterion.name, N_("含有無法查詢的字元,或文字過長,請重新輸入。"))
            conditions.append((criterion, criterion.condition(text)))
        except FieldFault as fault:
            faults.append(FieldFault(criterion.name, fault.template, **fault.values))
    return Search(typed, joined(conditions, nearby=True), tuple(faults))


def joined(
    conditions: Iterable[tuple[Criterion, ColumnElement[bool]]], *, nearby: bool = False
) -> tuple[ColumnElement[bool], ...]:
    """Conditions on the list's own table. Those on another one share a sub-select: a period is one range of its index.

    `nearby`: the list has few rows, those of a user or a unit, and each is looked up; else the sub-select is read first,
    which for a common name or a long period is a good part of the whole database.
    """
    by_path: dict[Any, list[ColumnElement[bool]]] = {}
    for criterion, condition in conditions:
        by_path.setdefault(criterion.path, []).append(condition)
    found: list[ColumnElement[bool]] = []
    for path, conditions_there in by_path.items():
        nearer = conditions_there
        for reference, key in reversed(path):
            there = select(key).where(*nearer)
            nearer = [
                there.where(key == reference).correlate(reference.class_).exists()
                if nearby
                else reference.in_(there)
            ]
        found += nearer
    return tuple(found)


def name_holds(text: str) -> ColumnElement[bool]:
    """`text` anywhere in a name: a range of the suffixes' index."""
    return and_(NameSuffix.suffix >= text, NameSuffix.suffix < _after(text))


def person_with(number: str) -> Select[int]:
    """Id of the person with this national ID. Raises FieldFault when the number cannot be one."""
    checked = national_id.inspect(number)
    return select(Person.id).where(Person.national_id_hash == KEYS.search_hash(checked.number))


def _after(text: str) -> str:
    """The first text that no longer begins with `text`, in code-point order."""
    kept = text.rstrip(LAST_CODE_POINT) or text[:1]
    following = min(ord(kept[-1]) + 1, ord(LAST_CODE_POINT))
    return kept[:-1] + chr(following if following not in range(0xD800, 0xE000) else 0xE000)


def referring_units(session: ReadSession) -> Choices:
    return _unit_choices(session, Unit.refers)


def receiving_units(session: ReadSession) -> Choices:
    return _unit_choices(session, Unit.receives)


def _unit_choices(session: ReadSession, which: SQLColumnExpression[bool]) -> Choices:
    found = session.execute(select(Unit.id, Unit.name).where(which).order_by(Unit.name).limit(MOST_CHOICES))
    return [(str(key), name) for key, name in found]


def day(text: str) -> date:
    return roc_dates.parse(text, field="date")


REFERRAL_NUMBER = Criterion("number", N_("轉介單號"), lambda text: Referral.id == whole_number(text))
NATIONAL_ID = Criterion(
    "national_id", N_("身分證字號"), lambda text: Referral.person_id.in_(person_with(text)), secret=True
)
NAME = Criterion("name", N_("姓名"), name_holds, path=((Referral.person_id, NameSuffix.person_id),))
DATE_FROM = Criterion(
    "date_from",
    N_("轉介日期起"),
    lambda text: Referral.referral_date >= day(text),
    kind="date",
    hint=N_("例:112/9/1"),
)
STATE = Criterion(
    "state",
    N_("服務狀態"),
    lambda text: Referral.state == known(text, STATES),
    kind="choice",
    choices=lambda _session: tuple(STATES.items()),
)
REFERRING_UNIT = Criterion(
    "referring_unit",
    N_("轉介單位"),
    lambda text: Referral.referring_unit_id == whole_number(text),
    kind="choice",
    choices=referring_units,
)
RECEIVING_UNIT = Criterion(
    "receiving_unit",
    N_("收案單位"),
    lambda text: Referral.receiving_unit_id == whole_number(text),
    kind="choice",
    choices=receiving_units,
)
DATE_TO = Criterion(
    "date_to",
    N_("轉介日期迄"),
    lambda text: Referral.referral_date <= day(text),
    kind="date",
    hint=N_("例:112/9/30"),
)


def whole_number(text: str) -> int:
    """Raises FieldFault for anything but a number that the database can hold."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise FieldFault("number", N_("請輸入數字編號。"))
    return int(text)


def chosen(text: str, choices: Mapping[str, Any]) -> Any:
    """The meaning of a choice from the address bar; an unknown one is a fault."""
    return choices[known(text, choices)]


def known(text: str, choices: Container[str]) -> str:
    """The choice itself. Raises FieldFault for one that is not offered."""
    if text not in choices:
        raise FieldFault("choice", N_("這個選項不存在,請重新選擇。"))
    return text


def through(criterion: Criterion, reference: Reference, key: Reference) -> Criterion:
    """The criterion of another table's list: `reference` of this table points to `key` of the criterion's own."""
    return replace(criterion, path=((reference, key), *criterion.path))


def of_case(criterion: Criterion) -> Criterion:
    """A criterion on referrals for a list of cases."""
    return through(criterion, Case.referral_id, Referral.id)
