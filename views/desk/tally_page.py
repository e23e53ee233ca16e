"""What the page and the file of a tally sheet need: which version is shown, how far it is, what has changed, its plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask import abort
from flask_babel import gettext as _
from markupsafe import Markup

from models.tally import TallyAcceptance, TallyCorrection, TallySignature
from reports.debt_bar import debt_bar, scale, shown
from reports.plots import Bar, Part, bars
from reports.tally import Line, Sheet, sheet
from reports.tally_figures import Change, changes, from_json
from reports.tally_month import TypeMonth
from reports.tally_standing import (
    UNSETTLED,
    OfficerStanding,
    Shift,
    Standing,
    acceptances,
    confirmations,
    corrections,
    shifts,
    signatures,
    standings,
)
from rules.actor import Actor
from rules.calendar import local_date
from rules.permissions import Permission as P
from rules.roc_dates import show
from rules.texts import N_
from services.tally import SUPERVISOR
from services.transaction import AnySession
from views.texts import translated

LIVE = "now"
UNSETTLED_TEXT: Mapping[Standing, str] = {
    Standing.MISSING: N_("尚未核對"),
    Standing.STALE: N_("核對後又有新案件"),
    Standing.DIFFERS: N_("自報件數與量表不符"),
}
WEEKDAYS = "一二三四五六日"


class DayPage:
    """`version`: LIVE, the id of a signature, or empty for what the day deserves: live until all of it is signed."""

    def __init__(
        self,
        session: AnySession,
        who: Actor,
        day: date,
        at: datetime,
        *,
        version: str = "",
        known: Sheet | None = None,
    ) -> None:
        if who.unit_id is None:
            abort(404)
        self.who, self.day = who, day
        self.today = local_date(at)
        self.live = known or sheet(session, who.unit_id, day)
        self.signatures = signatures(session, who.unit_id, day)
        self.shifts: Sequence[Shift] = shifts(session, who.unit_id, day, self.signatures)
        self.acceptances: Sequence[TallyAcceptance] = acceptances(session, who.unit_id, day)
        self.standings: Sequence[OfficerStanding] = standings(
            self.live, confirmations(session, who.unit_id, day), self.acceptances
        )
        self.corrections: Sequence[TallyCorrection] = corrections(session, who.unit_id, day)
        self.version = version
        self.signature = self._chosen()

    def _chosen(self) -> TallySignature | None:
        if self.version == LIVE or not self.signatures:
            return None
        for each in self.signatures:
            if str(each.id) == self.version:
                return each
        finished = self.approval is not None or all(shift.signature for shift in self.shifts)
        return self.signatures[-1] if finished else None

    @cached_property
    def sheet(self) -> Sheet:
        return from_json(self.signature.figures) if self.signature else self.live

    @cached_property
    def changes(self) -> Sequence[Change]:
        return changes(self.sheet, self.live) if self.signature else ()

    @property
    def approval(self) -> TallySignature | None:
        return next((each for each in self.signatures if each.role == SUPERVISOR), None)

    @property
    def unsettled(self) -> Sequence[OfficerStanding]:
        return [each for each in self.standings if each.standing in UNSETTLED]

    def why(self, standing: str) -> str:
        """Why it is not settled, or was not when it was accepted."""
        return translated(UNSETTLED_TEXT[Standing(standing)])

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date | None:
        return self.day + timedelta(days=1) if self.day < self.today else None

    @property
    def may_confirm(self) -> bool:
        """Whether the reader has cases on the sheet to confirm."""
        return self.who.may(P.TALLY_CONFIRM) and any(
            line.officer_id == self.who.user_id and line.cases for line in self.live.lines
        )

    @property
    def may_sign(self) -> bool:
        return self.who.may(P.TALLY_SIGN)

    @property
    def may_approve(self) -> bool:
        return self.who.may(P.TALLY_APPROVE)

    @property
    def all_signed(self) -> bool:
        return all(shift.signature for shift in self.shifts) and bool(self.shifts or self.live.tickets)

    @cached_property
    def standing_of(self) -> Mapping[int, OfficerStanding]:
        return {each.officer_id: each for each in self.standings}

    @cached_property
    def owed_groups(self) -> Sequence[tuple[int, str]]:
        """The groups of the sheet that are owed something or have taken too much."""
        named = dict.fromkeys((line.group_id, line.group) for line in self.sheet.lines)
        return [(key, name) for key, name in named if any(self.sheet.group_debts.get(key, {}).values())]

    @cached_property
    def group_rows(self) -> Sequence[tuple[str, Sequence[Any]]]:
        """A business type that goes by the ratio table with the debts of `owed_groups`."""
        owed = [self.sheet.group_debts[key] for key, _name in self.owed_groups]
        return [
            (each.name, [debts.get(each.id) for debts in owed])
            for each in self.sheet.types
            if any(each.id in debts for debts in owed)
        ]

    @cached_property
    def _scale(self) -> Any:
        debts = [debt for line in self.sheet.lines for debt in line.debts.values()]
        return scale(debts + [debt for each in self.sheet.group_debts.values() for debt in each.values()])

    def bar(self, debt: Any) -> Markup:
        return debt_bar(debt, self._scale)

    def shown(self, debt: Any) -> str:
        return shown(debt)

    def sealed(self, officer_id: int) -> str:
        """What the file has in the column 櫃台核對."""
        found = self.standing_of.get(officer_id)
        if found is None or found.standing is Standing.NOT_NEEDED:
            return ""
        if found.standing is Standing.ACCEPTED and found.acceptance:
            given = found.acceptance
            return _("督導認可：%(reason)s（%(who)s）", reason=given.reason, who=given.by_name)
        return _("已核對") if found.standing is Standing.CONFIRMED else self.why(found.standing)

    @property
    def file_heading(self) -> str:
        state = (
            _("%(who)s 簽署", who=self.signature.signer_name) if self.signature else _("即時數字，尚未簽署")
        )
        return _("派案量表　%(day)s　%(state)s", day=show(self.day), state=state)

    def type_name(self, type_id: int) -> str:
        return next((each.name for each in self.live.types if each.id == type_id), "")

    def counter_number(self, counter_id: int) -> int:
        return next((line.number for line in self.live.lines if line.counter_id == counter_id), 0)


def sheet_headings(found: Sheet) -> list[str]:
    of_types = [
        f"{translated(each.name)} {word}"
        for each in found.types
        for word in (_("新案"), _("舊案"), _("應得未得"))
    ]
    return [
        _("櫃台"),
        _("專案櫃台"),
        _("就服員"),
        *of_types,
        _("新案合計"),
        _("舊案合計"),
        _("指定櫃台"),
        _("不按順序"),
        _("拒(推)案"),
        _("櫃台核對"),
    ]


def sheet_rows(page: DayPage) -> Iterator[list[Any]]:
    for line in page.sheet.lines:
        yield [
            line.number,
            translated(line.group),
            line.officer,
            *_cells(page.sheet, line, debts=True),
            page.sealed(line.officer_id),
        ]
    yield ["", "", _("合計"), *_cells(page.sheet, page.sheet.totals, debts=False), ""]


def _cells(found: Sheet, line: Line, *, debts: bool) -> list[Any]:
    cells: list[Any] = []
    for each in found.types:
        owed = round(float(line.debts[each.id]), 2) if debts and each.id in line.debts else ""
        cells += [line.new.get(each.id, 0), line.old.get(each.id, 0), owed]
    return [
        *cells,
        sum(line.new.values()),
        sum(line.old.values()),
        line.overridden,
        line.picked,
        line.refused,
    ]


def share_plot(found: TypeMonth) -> Markup:
    """Each group's new cases, with a line where the ratio table would have it."""
    title = _("各專案櫃台的新案是否符合比例？")
    answer = _("橫條是本月新案，直線是依比例應得的件數。")
    drawn = [
        Bar(
            translated(group.name),
            (Part(group.taken),),
            _("應得 %(number)s", number=f"{float(group.entitled):.1f}"),
            mark=max(float(group.entitled), 0.0),
        )
        for group in found.groups
    ]
    return bars(f"shares-{found.id}", title, answer, drawn)
