"""換一張比例表: past days under another ratio table, per group and officer. Only looks; nothing is moved. Spec 2-dispatch §4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from markupsafe import Markup

from models.desk import CounterGroup
from models.desk_rules import BusinessType
from reports import what_if as reports
from reports.plots import Bar, Part, bars
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.roc_dates import parse_past, show
from rules.texts import N_
from rules.what_if import MOST_DAYS, Outcome, what_if
from views.access import Screen, database, needs, today
from views.desk.supervision import unit
from views.texts import translated

MOST_CASES = 5_000
MOST_REGISTRATIONS = 1_000_000
WRONG_ORDER = N_("迄日不能早於起日。")
TOO_LONG = N_("一次最多試算 %(days)s 天，請縮短期間。")
TOO_MANY = N_("這段期間有 %(number)s 件新案，一次最多試算 %(most)s 件，請縮短期間。")
NO_TYPE = N_("請選擇依比例派案的業務類型。")
NO_NUMBER = N_("請輸入 0 到 %(most)s 的整數。")
NO_SHARES = N_("至少一個群組要有比例。")


@dataclass(frozen=True)
class Line:
    """A group, or an officer of it. `share`: percent of the other table, None for an officer."""

    name: str
    before: int
    after: int
    share: Fraction | None = None

    @property
    def difference(self) -> str:
        changed = self.after - self.before
        return f"{changed:+d}".replace("-", "−") if changed else "0"


@dataclass(frozen=True)
class Question:
    business_type: BusinessType
    first: date
    last: date
    shares: Mapping[int, int]


class WhatIf(Screen):
    route_base = "/desk/what-if"
    default_view = "index"

    @expose("/")
    @needs(P.DESK_SUPERVISE)
    def index(self) -> Any:
        """The question stands in the address, so that an answer can be kept and sent on."""
        unit_id, day = unit(), today()
        types, groups = reports.business_types(database(), unit_id), reports.groups(database(), unit_id)
        in_force = reports.shares(database(), unit_id, day)
        typed = request.args or _proposed(types, groups, in_force, day)
        values: dict[str, Any] = {
            "title": _("換一張比例表試算"),
            "types": types,
            "groups": [group for group in groups if group.active],
            "in_force": in_force,
            "typed": typed,
            "most_days": MOST_DAYS,
        }
        if not request.args:
            return self.render("desk/what_if.html", faults=[], **values)
        question, faults = _asked(types, groups, day)
        if question is None:
            return self.render("desk/what_if.html", faults=faults, page_faults=len(faults), **values), 422
        return self.render("desk/what_if.html", faults=[], **values, **_answer(question, groups))


def _proposed(
    types: Sequence[BusinessType], groups: Sequence[CounterGroup], shares: Mapping[int, int], day: date
) -> dict[str, str]:
    """The month so far, under the table in force."""
    return {
        "business_type": str(types[0].id) if types else "",
        "from": show(day.replace(day=1)),
        "to": show(day),
        **{f"share-{group.id}": str(shares.get(group.id, 0)) for group in groups},
    }


def _asked(
    types: Sequence[BusinessType], groups: Sequence[CounterGroup], day: date
) -> tuple[Question | None, list[FieldFault]]:
    faults: list[FieldFault] = []
    wanted = request.args.get("business_type", "")
    kind = next((each for each in types if str(each.id) == wanted), None)
    if kind is None:
        faults.append(FieldFault("business_type", NO_TYPE))
    days: dict[str, date] = {}
    for name in ("from", "to"):
        try:
            days[name] = parse_past(request.args.get(name, ""), field=name, today=day)
        except FieldFault as fault:
            faults.append(fault)
    if len(days) == 2:
        faults += _wrong_days(days["from"], days["to"])
    shares, wrong = _shares(groups)
    faults += wrong
    if kind is None or faults:
        return None, faults
    number = reports.how_many(database(), kind, days["from"].replace(day=1), days["to"])
    if number > MOST_CASES:
        return None, [FieldFault("to", TOO_MANY, number=f"{number:,}", most=f"{MOST_CASES:,}")]
    return Question(kind, days["from"], days["to"], shares), []


def _wrong_days(first: date, last: date) -> list[FieldFault]:
    if last < first:
        return [FieldFault("to", WRONG_ORDER)]
    if last - first >= timedelta(days=MOST_DAYS):
        return [FieldFault("to", TOO_LONG, days=MOST_DAYS)]
    return []


def _shares(groups: Sequence[CounterGroup]) -> tuple[Mapping[int, int], list[FieldFault]]:
    """What is left empty is nought."""
    shares: dict[int, int] = {}
    faults = []
    for group in (each for each in groups if each.active):
        name = f"share-{group.id}"
        text = request.args.get(name, "").strip().replace(",", "") or "0"
        if text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= MOST_REGISTRATIONS:
            shares[group.id] = int(text)
        else:
            faults.append(FieldFault(name, NO_NUMBER, most=f"{MOST_REGISTRATIONS:,}"))
    if not faults and not any(shares.values()):
        first = next((f"share-{key}" for key in shares), "business_type")
        faults.append(FieldFault(first, NO_SHARES))
    return shares, faults


def _answer(question: Question, groups: Sequence[CounterGroup]) -> Mapping[str, Any]:
    kind, first, last = question.business_type, question.first, question.last
    outcome = what_if(reports.past_cases(database(), kind, first, last), question.shares, first=first)
    lines = _lines(outcome, question.shares, groups)
    return {
        "question": question,
        "outcome": outcome,
        "unrecorded": reports.how_many(database(), kind, first, last) - outcome.cases,
        "lines": lines,
        "plot": _plot([group for group, _officers in lines], kind, question) if outcome.cases else None,
    }


def _lines(
    outcome: Outcome, shares: Mapping[int, int], groups: Sequence[CounterGroup]
) -> Sequence[tuple[Line, Sequence[Line]]]:
    cells = sorted(outcome.before.keys() | outcome.after.keys())
    names = reports.names(database(), [officer for _group, officer in cells])
    whole = sum(shares.values())
    told = []
    for group in groups:
        officers = [
            Line(names.get(officer, "—"), outcome.before[there, officer], outcome.after[there, officer])
            for there, officer in cells
            if there == group.id
        ]
        share = shares.get(group.id, 0)
        if officers or share:
            line = Line(
                translated(group.name),
                sum(each.before for each in officers),
                sum(each.after for each in officers),
                Fraction(100 * share, whole),
            )
            told.append((line, officers))
    return told


def _plot(groups: Sequence[Line], kind: BusinessType, question: Question) -> Markup:
    title = _("%(type)s：換一張比例表，各專案櫃台的新案", type=translated(kind.name))
    description = _("%(first)s 至 %(last)s", first=show(question.first), last=show(question.last))
    drawn = [
        Bar(line.name, (Part(line.after),), _("原 %(n)s 件", n=line.before), mark=float(line.before))
        for line in groups
    ]
    return bars("what-if", title, description, drawn)
