"""前台統計 as panels: a question, the answer in a sentence, a plot, and the same figures as a table to open or export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flask import url_for
from flask_babel import gettext as _

from reports.appointment_rate import Rate
from reports.desk_dashboard import CounterWork, Waits
from reports.plots import Bar, Column, Part, bars, columns
from reports.plots_ranges import Range, ranges
from reports.tally_month import TypeMonth
from rules.desk import KIND_TEXT
from rules.roc_dates import show
from views.dashboard_panels import Cell, Panel
from views.texts import translated

OPENING, CLOSING = 8, 17


def waits(found: Sequence[Waits], *, by_day: bool, limit: int) -> Panel:
    title = _("民眾等多久？")
    answer = _("這段期間還沒有開始服務的到訪。")
    if found:
        over = [each for each in found if each.ninth > limit]
        last = found[-1]
        answer = _(
            "%(when)s：一半的人等 %(middle)s 分鐘以內，九成在 %(ninth)s 分鐘以內。",
            when=show(last.first) if by_day else _("%(day)s 起這一週", day=show(last.first)),
            middle=last.middle,
            ninth=last.ninth,
        )
        if over:
            answer += _("有 %(n)s 個期間的九成值超過 %(limit)s 分鐘。", n=len(over), limit=limit)
    drawn = [
        Range(
            str(each.first.day) if by_day else f"{each.first.month}/{each.first.day}",
            each.middle,
            each.ninth,
            _("%(month)s 月", month=each.first.month) if by_day and not place else "",
            url_for("Tally.day", day=show(each.first)) if by_day else "",
        )
        for place, each in enumerate(found)
    ]
    return Panel(
        "waits",
        title,
        answer,
        (
            _("日期") if by_day else _("週（星期一）"),
            _("開始服務"),
            _("等候中位數（分）"),
            _("第 90 百分位（分）"),
        ),
        [
            (
                Cell(show(each.first)),
                Cell(
                    sum(each.minutes.values()), url_for("Tally.day", day=show(each.first)) if by_day else ""
                ),
                Cell(each.middle),
                Cell(each.ninth),
            )
            for each in found
        ],
        ranges("waits", title, answer, drawn) if found else None,
        note=_("直條到中位數，細線到第 90 百分位；從抽號（有預約者從預約時間）到服務開始，單位為分鐘。"),
    )


def counters(found: Sequence[CounterWork], month: str) -> Panel:
    title = _("各櫃台服務了多少人？")
    answer = _("這段期間還沒有結束的服務。")
    if found:
        most = max(found, key=lambda each: each.services)
        answer = _(
            "共 %(all)s 人次，最多的是 %(number)s 號櫃台 %(n)s 人次。",
            all=f"{sum(each.services for each in found):,}",
            number=most.number,
            n=f"{most.services:,}",
        )
    link = url_for("Tally.month", month=month)
    drawn = [
        Bar(
            f"{each.number} {'、'.join(each.officers)}",
            (Part(each.services),),
            _("每人 %(n)s 分", n=each.middle),
            link,
        )
        for each in found
    ]
    return Panel(
        "counters",
        title,
        answer,
        (_("櫃台"), _("服務人次"), _("服務時間中位數（分）")),
        [
            (
                Cell(f"{each.number} {'、'.join(each.officers)}"),
                Cell(each.services, link),
                Cell(each.middle),
            )
            for each in found
        ],
        bars("counters", title, answer, drawn) if found else None,
        note=_("每人分鐘數是服務時間的中位數。"),
        total=(Cell(_("合計")), Cell(sum(each.services for each in found)), Cell("")) if found else (),
    )


def shares(found: TypeMonth | None, month: str) -> Panel:
    title = _("一般求職新案是否符合比例？")
    groups = [group for group in found.groups if group.taken or group.entitled] if found else []
    answer = _("本月還沒有新案。")
    if groups:
        most = max(groups, key=lambda group: group.debt)
        answer = (
            _(
                "差距最大的是%(group)s，應得未得 %(n)s 件。",
                group=translated(most.name),
                n=f"{float(most.debt):.1f}",
            )
            if most.debt >= 1
            else _("各專案櫃台與比例相差都不到 1 件。")
        )
    link = url_for("Tally.month", month=month)
    drawn = [
        Bar(
            translated(group.name),
            (Part(group.taken),),
            _("應得 %(number)s", number=_number(group.entitled)),
            link,
            mark=max(float(group.entitled), 0.0),
        )
        for group in groups
    ]
    return Panel(
        "shares",
        title,
        answer,
        (_("專案櫃台"), _("新案"), _("應得"), _("應得未得")),
        [
            (
                Cell(translated(group.name)),
                Cell(group.taken, link),
                Cell(_number(group.entitled)),
                Cell(_number(group.debt)),
            )
            for group in groups
        ],
        bars("shares", title, answer, drawn) if groups else None,
        note=_("本月至今；直線是依比例應得的件數。"),
    )


def rates(found: Sequence[Rate]) -> Panel:
    title = _("多少人先預約再來？")
    known = [rate for rate in found if rate.percent is not None]
    below = [rate for rate in known if rate.below]
    answer = _("本月還沒有服務過舊案。")
    if known:
        answer = (
            _("未達目標：%(kinds)s。", kinds=_("、").join(translated(KIND_TEXT[rate.kind]) for rate in below))
            if below
            else _("都達到目標。")
        )
    link = url_for("AppointmentRate.index")
    drawn = [
        Bar(
            translated(KIND_TEXT[rate.kind]),
            (Part(rate.percent or 0, "overdue" if rate.below else "calm"),),
            "%"
            + (
                _("（目標 %(n)s%%，未達）", n=rate.target)
                if rate.below
                else _("（目標 %(n)s%%）", n=rate.target)
            )
            if rate.target is not None
            else "%",
            link,
            mark=rate.target,
        )
        for rate in known
    ]
    return Panel(
        "rates",
        title,
        answer,
        (_("業務類型"), _("預約率"), _("目標"), _("舊案"), _("其中預約")),
        [
            (
                Cell(translated(KIND_TEXT[rate.kind])),
                Cell(f"{rate.percent}%" if rate.percent is not None else "—"),
                Cell(f"{rate.target}%" if rate.target is not None else "—"),
                Cell(rate.served, link),
                Cell(rate.kept),
            )
            for rate in found
        ],
        bars("rates", title, answer, drawn) if known else None,
        note=_("本月至今，已服務的舊案中以預約前來的比率；直線是目標。"),
    )


def hours(found: Mapping[int, int], days: int) -> Panel:
    title = _("什麼時候最多人？")
    shown = {hour: found.get(hour, 0) for hour in sorted({*range(OPENING, CLOSING), *found})}
    answer = _("這段期間還沒有到訪。")
    busiest = max(shown, key=lambda hour: shown[hour])
    if days:
        answer = _(
            "%(hour)s 點到 %(next)s 點，平均每天 %(n)s 人。",
            hour=busiest,
            next=busiest + 1,
            n=f"{shown[busiest] / days:.1f}",
        )
    drawn = [
        Column(str(hour), number, "late" if hour == busiest else "calm") for hour, number in shown.items()
    ]
    return Panel(
        "hours",
        title,
        answer,
        (_("報到時段"), _("到訪"), _("平均每天")),
        [
            (
                Cell(f"{hour}:00–{hour + 1}:00"),
                Cell(number),
                Cell(f"{number / days:.1f}" if days else "0"),
            )
            for hour, number in shown.items()
        ],
        columns("hours", title, answer, drawn) if days else None,
        note=_("依報到時間；%(n)s 個有到訪的日子。", n=days),
    )


def _number(value: Fraction) -> str:
    return f"{float(value):.1f}".replace("-", "−")
