"""派案紀錄 and 異動紀錄 as lists: each decision with its reason, each change with the words of what stood there before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.desk import Counter, CounterGroup
from models.desk_rules import BusinessType
from models.table_change import TableChange
from models.visit import Decision, Visit
from reports.columns import Column
from reports.criteria import Criterion, day, known, whole_number
from reports.pages import Listing
from reports.session import ReadSession
from reports.trail_lists import Translate
from rules import roc_dates
from rules.calendar import day_begins
from rules.desk_tables import TABLES, Field, Sort
from rules.dispatch_facts import Rule
from rules.dispatch_words import RULE_TEXT
from rules.table_cells import ROC
from rules.texts import N_

ACTS = {"add": N_("新增"), "edit": N_("修改"), "delete": N_("刪除")}
SOURCES = {"screen": N_("畫面"), "workbook": N_("Excel 匯入")}
RULES = {rule.value: RULE_TEXT[rule] for rule in Rule}
TITLES = {name: table.title for name, table in TABLES.items()}
ONE_DAY = 1


@dataclass(frozen=True)
class Words:
    """Translates what is a msgid; `changes`: by the entry's id, what a row's columns said before and after."""

    translate: Translate
    spoken: Any = str
    changes: Mapping[int, Sequence[str]] | None = None


def _after(text: str, column: Any) -> Any:
    return column >= day_begins(day(text))


def _until(text: str, column: Any) -> Any:
    return column < day_begins(date.fromordinal(day(text).toordinal() + ONE_DAY))


DECISIONS = Listing(
    key=Decision.id,
    select_from=Decision.__table__.join(Visit.__table__, Visit.id == Decision.visit_id)
    .join(BusinessType.__table__, BusinessType.id == Visit.business_type_id)
    .outerjoin(Counter.__table__, Counter.id == Decision.counter_id)
    .outerjoin(CounterGroup.__table__, CounterGroup.id == Decision.group_id)
    .outerjoin(Account.__table__, Account.id == Decision.officer_id),
    columns=(
        Column("at", N_("時間"), Decision.at, 16, kind="roc_time"),
        Column("letter", N_("業務"), BusinessType.letter, 6),
        Column("number", N_("號碼"), Visit.number, 6, kind="number"),
        Column("rule", N_("依據"), Decision.rule, 16, show=lambda rule, words: words.translate(RULES[rule])),
        Column("counter", N_("櫃台"), Counter.number, 6, kind="number"),
        Column("officer", N_("就服員"), Account.name, 12),
        Column(
            "group",
            N_("櫃台群組"),
            CounterGroup.name,
            12,
            show=lambda name, words: words.translate(name or ""),
        ),
        Column(
            "counted",
            N_("計入新案"),
            Decision.counted,
            10,
            show=lambda counted, words: words.translate(N_("是")) if counted else "",
        ),
        Column("reason", N_("理由"), Decision.reason, 60, show=lambda reason, words: words.spoken(reason)),
    ),
    order=(Decision.at.desc(),),
)
DECISION_CRITERIA = (
    Criterion(
        "from", N_("日期起"), lambda text: _after(text, Decision.at), kind="date", hint=N_("例:115/11/20")
    ),
    Criterion(
        "to", N_("日期迄"), lambda text: _until(text, Decision.at), kind="date", hint=N_("例:115/11/20")
    ),
    Criterion(
        "rule",
        N_("依據"),
        lambda text: Decision.rule == known(text, RULES),
        kind="choice",
        choices=lambda _session: tuple(RULES.items()),
    ),
    Criterion(
        "counter",
        N_("櫃台號"),
        lambda text: Decision.counter_id.in_(select(Counter.id).where(Counter.number == whole_number(text))),
    ),
    Criterion(
        "number",
        N_("號碼"),
        lambda text: Visit.number == whole_number(text),
        path=((Decision.visit_id, Visit.id),),
    ),
)

CHANGES = Listing(
    key=TableChange.id,
    select_from=TableChange.__table__,
    columns=(
        Column("at", N_("時間"), TableChange.at, 16, kind="roc_time"),
        Column("by_name", N_("異動人員"), TableChange.by_name, 12),
        Column(
            "table", N_("設定表"), TableChange.table_name, 14,
            show=lambda name, words: words.translate(TITLES.get(name, name)),
        ),
        Column("row_id", N_("編號"), TableChange.row_id, 8, kind="number"),
        Column("act", N_("動作"), TableChange.act, 8, show=lambda act, words: words.translate(ACTS[act])),
        Column(
            "source", N_("來源"), TableChange.source, 12,
            show=lambda source, words: words.translate(SOURCES.get(source, source)),
        ),
        Column(
            "changes", N_("內容"), TableChange.id, 60,
            show=lambda key, words: "\n".join((words.changes or {}).get(key, ())),
        ),
    ),
    order=(TableChange.at.desc(),),
)  # fmt: skip
CHANGE_CRITERIA = (
    Criterion(
        "table",
        N_("設定表"),
        lambda text: TableChange.table_name == known(text, TITLES),
        kind="choice",
        choices=lambda _session: tuple(TITLES.items()),
    ),
    Criterion(
        "act",
        N_("動作"),
        lambda text: TableChange.act == known(text, ACTS),
        kind="choice",
        choices=lambda _session: tuple(ACTS.items()),
    ),
    Criterion("who", N_("異動人員"), lambda text: TableChange.by_name.contains(text, autoescape=True)),
    Criterion("row", N_("編號"), lambda text: TableChange.row_id == whole_number(text)),
    Criterion(
        "from", N_("日期起"), lambda text: _after(text, TableChange.at), kind="date", hint=N_("例:115/11/20")
    ),
    Criterion(
        "to", N_("日期迄"), lambda text: _until(text, TableChange.at), kind="date", hint=N_("例:115/11/20")
    ),
)


def changes_of(session: ReadSession, keys: Sequence[int], translate: Translate) -> dict[int, list[str]]:
    """A line for each column that differs: 結束日期:不填 → 115/11/20."""
    found = session.execute(
        select(TableChange.id, TableChange.table_name, TableChange.before, TableChange.after).where(
            TableChange.id.in_(keys)
        )
    )
    return {row.id: lines(row.table_name, row.before, row.after, translate) for row in found}


def lines(
    table: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, translate: Translate
) -> list[str]:
    told = []
    for field in TABLES[table].fields if table in TABLES else ():
        was, now = _word(field, before, translate), _word(field, after, translate)
        if before is not None and after is not None:
            if was != now:
                told.append(f"{translate(field.heading)}:{was or '—'} → {now or '—'}")
        elif was or now:
            told.append(f"{translate(field.heading)}:{was or now}")
    return told


def _word(field: Field, row: Mapping[str, Any] | None, translate: Translate) -> str:
    value = None if row is None else row.get(field.name)
    if value is None or value == "":
        return ""
    if field.sort is Sort.FLAG:
        return translate(N_("是") if value else N_("否"))
    if field.sort is Sort.DAY:
        return roc_dates.show(date.fromisoformat(value))
    if field.sort is Sort.YEAR:
        return str(value - ROC)
    return translate(str(field.words.get(value, value)))
