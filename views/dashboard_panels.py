"""服務概況 as panels: a question, the answer in a sentence, a plot, and the same figures as a table to open or export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from reports import dashboard
from reports.dashboard import Closings, FirstContact, Intake, ManagerLoad, Period, Reasons
from reports.distribution import bucketed, median, share, total
from reports.plots import Bar, Column, Part, bars, columns
from rules.office_days import INTAKE_DAYS
from rules.referral_flow import State
from rules.roc_dates import show
from views.texts import translated


@dataclass(frozen=True)
class Cell:
    """`url`: the list of what is counted."""

    value: str | int
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """`answer` stands above the plot; without figures it says why there are none, and there is no plot."""

    key: str
    title: str
    answer: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    plot: Markup | None = None
    note: str = ""
    total: Sequence[Cell] = field(default_factory=tuple)


CONTACT_TOPS = (0, 3, 7, 14, 30)
CLOSING_TOPS = (30, 60, 90, 180, 365)
INTAKE_TOPS = (0, 1, 2, 3, 5, 10)


def roster(**criteria: Any) -> str:
    """The unit's roster with these criteria; days as they are typed there."""
    typed: dict[str, Any] = {
        name: show(value) if isinstance(value, date) else value
        for name, value in criteria.items()
        if value is not None
    }
    return url_for("Roster.index", **typed)


def managers(loads: Sequence[ManagerLoad], today: date) -> Panel:
    title = _("誰的個案最多？")
    busiest = loads[0] if loads else None
    answer = _("目前沒有未結案的個案。")
    if busiest and busiest.open_cases:
        answer = _(
            "%(name)s，%(number)s 件；全單位共 %(all)s 件。",
            name=busiest.name,
            number=f"{busiest.open_cases:,}",
            all=f"{sum(load.open_cases for load in loads):,}",
        )

    def cells(load: ManagerLoad) -> Sequence[Cell]:
        mine = {"state": State.OPEN.value, "manager": load.account_id}
        soon = dashboard.due_range(2, today)
        return (
            Cell(load.name if load.here else _("%(name)s（已離職或調離）", name=load.name)),
            Cell(load.open_cases, roster(**mine)),
            Cell(load.due_soon, roster(**mine, due_from=soon[0], due_to=soon[1])),
            Cell(load.overdue, roster(**mine, due_to=today - timedelta(days=1))),
        )

    rows = [cells(load) for load in loads]
    drawn = [
        Bar(
            load.name,
            (Part(load.calm), Part(load.due_soon, "soon"), Part(load.overdue, "overdue")),
            _load_note(load),
            row[1].url,
        )
        for load, row in zip(loads, rows, strict=True)
    ]
    return Panel(
        "managers",
        title,
        answer,
        (_("個管員姓名"), _("未結案個案"), _("即將到期"), _("已逾期")),
        rows,
        bars("managers", title, answer, drawn) if busiest and busiest.open_cases else None,
        note=_("即將到期：10 天內到期。點選數字可看個案清冊。"),
    )


def _load_note(load: ManagerLoad) -> str:
    """What the parts of the bar mean, where there are some."""
    told = [_("逾期 %(n)s", n=load.overdue)] * bool(load.overdue)
    told += [_("10 天內 %(n)s", n=load.due_soon)] * bool(load.due_soon)
    if not load.here:
        told.append(_("已離職或調離"))
    return _("、").join(told)


def deadlines(loads: Sequence[ManagerLoad], today: date) -> Panel:
    title = _("有多少個案快到期或已逾期？")
    names = (
        _("逾期超過 30 天"),
        _("逾期 30 天內"),
        _("10 天內到期"),
        _("11–30 天"),
        _("31–60 天"),
        _("超過 60 天"),
    )
    kinds = ("overdue", "overdue", "soon", "calm", "calm", "calm")
    counts = [sum(load.by_due[place] for load in loads) for place in range(len(names))]
    late, soon = counts[0] + counts[1], counts[2]
    answer = _("目前沒有未結案的個案。")
    if sum(counts):
        answer = _("已逾期 %(late)s 件，10 天內到期 %(soon)s 件。", late=f"{late:,}", soon=f"{soon:,}")

    def link(place: int) -> str:
        first, last = dashboard.due_range(place, today)
        return roster(state=State.OPEN.value, due_from=first, due_to=last)

    drawn = [
        Bar(name, (Part(count, kind),), url=link(place))
        for place, (name, count, kind) in enumerate(zip(names, counts, kinds, strict=True))
    ]
    return Panel(
        "deadlines",
        title,
        answer,
        (_("應結案日期"), _("未結案個案")),
        [(Cell(bar.label), Cell(bar.value, bar.url)) for bar in drawn],
        bars("deadlines", title, answer, drawn) if sum(counts) else None,
    )


def intake(figures: Intake, period: Period) -> Panel:
    title = _("轉介後多久收案？")
    names = (_("當天"), "1", "2", "3", "4–5", "6–10", _("10 以上"))
    taken, still = bucketed(figures.taken, INTAKE_TOPS), bucketed(figures.waiting, INTAKE_TOPS)
    answer = _("這段期間沒有收案。")
    middle = median(figures.taken)
    if middle is not None:
        answer = _(
            "一半在 %(days)s 個工作天內收案；3 個工作天內收案的占 %(share)s。",
            days=_days(middle),
            share=f"{share(figures.in_time, figures.decided)}%",
        )
    drawn = [
        Column(name, count, "late" if place > INTAKE_DAYS else "calm")
        for place, (name, count) in enumerate(zip(names, taken, strict=True))
    ]
    span = {"date_from": period.start, "date_to": period.today}
    return Panel(
        "intake",
        title,
        answer,
        (_("工作天"), _("已收案"), _("仍待收案")),
        [(Cell(name), Cell(a), Cell(b)) for name, a, b in zip(names, taken, still, strict=True)],
        columns("intake", title, answer, drawn) if middle is not None else None,
        note=_(
            "這段期間轉介的個案，從轉介到收案的工作天數；重新送出、改派或人工指定的，從那天起算；等候超過 3 個工作天仍未收案的，算未達成。"
        ),
        total=(
            Cell(_("合計")),
            Cell(total(figures.taken)),
            Cell(total(figures.waiting), roster(state=State.SUBMITTED.value, **span)),
        ),
    )


def contact(figures: FirstContact) -> Panel:
    title = _("收案後多久開始服務？")
    names = (
        _("當天"),
        _("1–3 天"),
        _("4–7 天"),
        _("8–14 天"),
        _("15–30 天"),
        _("超過 30 天"),
        _("尚無紀錄"),
    )
    counts = [*bucketed(figures.days, CONTACT_TOPS), figures.none]
    middle = median(figures.days)
    answer = _("這段期間轉介的個案都還沒有服務紀錄。") if figures.none else _("這段期間沒有收案。")
    if middle is not None:
        answer = _(
            "一半在收案後 %(days)s 天內有第一筆服務紀錄；%(none)s 件尚無紀錄。",
            days=_days(middle),
            none=f"{figures.none:,}",
        )
    kinds = ["calm"] * len(CONTACT_TOPS) + ["late", "none"]
    drawn = [Bar(name, (Part(count, kind),)) for name, count, kind in zip(names, counts, kinds, strict=True)]
    return Panel(
        "contact",
        title,
        answer,
        (_("收案到第一筆服務紀錄"), _("個案數")),
        [(Cell(bar.label), Cell(bar.value)) for bar in drawn],
        bars("contact", title, answer, drawn) if sum(counts) else None,
        note=_("這段期間轉介並已收案的個案。"),
    )


def durations(figures: Closings) -> Panel:
    title = _("收案後多久結案？")
    names = (
        _("30 天內"),
        _("31–60 天"),
        _("61–90 天"),
        _("91–180 天"),
        _("181–365 天"),
        _("超過 1 年"),
    )
    counts = bucketed(figures.days, CLOSING_TOPS)
    middle = median(figures.days)
    answer = _("這段期間沒有結案。")
    if middle is not None:
        answer = _("一半在收案後 %(days)s 天內結案。", days=_days(middle))
    drawn = [Bar(name, (Part(count),)) for name, count in zip(names, counts, strict=True)]
    return Panel(
        "durations",
        title,
        answer,
        (_("收案到結案"), _("結案個案")),
        [(Cell(bar.label), Cell(bar.value)) for bar in drawn],
        bars("durations", title, answer, drawn) if sum(counts) else None,
        note=_("這段期間結案的個案，不論何時轉介。"),
    )


def closed(figures: Closings) -> Panel:
    title = _("每個月結了幾件？")
    year = sum(number for _month, number in figures.by_month)
    answer = _("近 12 個月沒有結案。")
    if year:
        answer = _("近 12 個月共結案 %(number)s 件。", number=f"{year:,}")
    links = [roster(closed_from=month.first, closed_to=month.last) for month, _number in figures.by_month]
    years = [month.roc_year for month, _number in figures.by_month]
    drawn = [
        Column(str(month.first.month), number, under=under, url=url)
        for (month, number), under, url in zip(figures.by_month, _where_begun(years), links, strict=True)
    ]
    rows = [
        (Cell(month.text), Cell(number, url))
        for (month, number), url in zip(figures.by_month, links, strict=True)
    ]
    return Panel(
        "closed",
        title,
        answer,
        (_("月份"), _("結案個案")),
        rows,
        columns("closed", title, answer, drawn) if year else None,
        note=_("固定為近 12 個月，不受上方期間影響。"),
    )


def _where_begun(years: Sequence[int]) -> list[str]:
    """The year under its first month; one with a single month on the plot has no room for it."""
    return [
        _("%(year)s 年", year=year) if years.index(year) == place and years.count(year) > 1 else ""
        for place, year in enumerate(years)
    ]


def why_not(figures: Reasons, period: Period) -> Panel:
    title = _("為什麼沒有提供服務？")
    records = figures.provided + figures.not_provided
    answer = _("這段期間沒有服務紀錄。") if not records else _("這段期間每一筆服務紀錄都提供了服務。")
    if figures.not_provided:
        answer = _(
            "%(records)s 筆服務紀錄中，%(number)s 筆無法提供服務（%(share)s）。",
            records=f"{records:,}",
            number=f"{figures.not_provided:,}",
            share=f"{share(figures.not_provided, records)}%",
        )
    listed = url_for(
        "ServiceRecordListView.list",
        _flt_0_provided="N",
        _flt_0_served_from=show(period.start),
        _flt_0_served_to=show(period.today),
    )
    drawn = [Bar(translated(label), (Part(number),)) for _code, label, number in figures.counted]
    return Panel(
        "reasons",
        title,
        answer,
        (_("無法提供服務原因"), _("紀錄數")),
        [(Cell(bar.label), Cell(bar.value)) for bar in drawn],
        bars("reasons", title, answer, drawn, above=True) if drawn else None,
        note=_("一筆紀錄可以有多個原因。"),
        total=(Cell(_("無法提供服務的紀錄")), Cell(figures.not_provided, listed)),
    )


def _days(number: float) -> str:
    return f"{number:g}"
