"""派案量表: the day's sheet as the paper that it replaces, its confirmations and signatures, and the month beside the ratio table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from typing import Any

from flask import Response, abort, flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from reports.debt_bar import shown
from reports.months import Month, months_until
from reports.tally import sheet
from reports.tally_cases import new_cases
from reports.tally_month import month_days, month_types
from reports.tally_standing import counts
from rules.errors import Faults, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.roc_dates import parse, show
from rules.visit_flow import STATE_TEXT
from services import tally, tally_acceptance
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now, today
from views.desk.tally_page import DayPage, share_plot, sheet_headings, sheet_rows
from views.generated.export import export_response
from views.steps import chosen_id, is_fetched
from views.texts import sentence

MONTHS_OFFERED = 12


class Tally(Screen):
    route_base = "/desk/tally"
    default_view = "day"

    @expose("/")
    @needs(P.TALLY_READ)
    def day(self) -> str:
        """Live while the day is not signed; then as it was signed, with what has changed since."""
        page = DayPage(database(), actor(), asked_day(), now(), version=request.args.get("version", ""))
        if is_fetched():
            return self.render("desk/_tally_sheet.html", page=page)
        return self.render("desk/tally_day.html", title=_("派案量表"), page=page)

    @expose("/mine", methods=["GET", "POST"])
    @needs(P.TALLY_CONFIRM)
    def mine(self) -> Any:
        """個人報表 (櫃台 rule 十六): the officer's own count against the tally."""
        day = asked_day()
        if request.method == "GET":
            return self._mine(day)
        reported, faults = _reported()
        if faults:
            return self._mine(day, reported, faults), 422
        try:
            with transaction(database()):
                row = tally.confirm(
                    database(), day, reported, note=request.form.get("note", ""), by=actor(), at=now()
                )
                same = counts(row.reported) == counts(row.counted)
        except Faults as refused:
            return self._mine(day, reported, refused.faults), 422
        except FieldFault as fault:
            return self._mine(day, reported, [fault]), 422
        if same:
            flash(_("已核對，件數與派案量表相符。"), "success")
            return back_to("Tally.day", day=show(day))
        flash(_("件數與派案量表不符，已通知接待台；請對照下方清單一起釐清後再核對一次。"), "warning")
        return back_to("Tally.mine", day=show(day))

    @expose("/sign", methods=["POST"])
    @needs(P.TALLY_SIGN)
    def sign(self) -> WerkzeugResponse:
        try:
            until = time.fromisoformat(request.form.get("until", ""))
        except ValueError:
            abort(404)

        def act(day: date, note: str) -> str:
            tally.sign(database(), day, until, note=note, by=actor(), at=now())
            return _("已簽署 %(when)s 結束的輪值時段。", when=f"{until:%H:%M}")

        return _act(act)

    @expose("/approve", methods=["POST"])
    @needs(P.TALLY_APPROVE)
    def approve(self) -> WerkzeugResponse:
        def act(day: date, note: str) -> str:
            tally.approve(database(), day, note=note, by=actor(), at=now())
            return _("已簽核 %(day)s 的派案量表，數字不再更動。", day=show(day))

        return _act(act)

    @expose("/accept", methods=["POST"])
    @needs(P.TALLY_APPROVE)
    def accept(self) -> WerkzeugResponse:
        """The tally's number stands for an officer who cannot confirm it, or counts otherwise."""

        def act(day: date, _note: str) -> str:
            reason = request.form.get("reason", "")
            row = tally_acceptance.accept(
                database(), day, chosen_id("officer_id") or 0, reason=reason, by=actor(), at=now()
            )
            return _("已認可 %(who)s 的件數，原因列在量表上。", who=row.officer.get_full_name())

        return _act(act)

    @expose("/correct", methods=["POST"])
    @needs(P.TALLY_APPROVE)
    def correct(self) -> WerkzeugResponse:
        def act(day: date, _note: str) -> str:
            tally.correct(
                database(),
                day,
                counter_id=chosen_id("counter_id") or 0,
                business_type_id=chosen_id("business_type_id") or 0,
                new_case=request.form.get("new_case") == "1",
                difference=_whole(request.form.get("difference", "")) or 0,
                reason=request.form.get("reason", ""),
                by=actor(),
                at=now(),
            )
            return _("已登錄更正；簽署的量表維持原樣。")

        return _act(act)

    @expose("/export.<string:kind>")
    @needs(P.TALLY_READ)
    def export(self, kind: str) -> Response:
        """The sheet that the page shows."""
        page = DayPage(database(), actor(), asked_day(), now(), version=request.args.get("version", ""))
        headings = sheet_headings(page.sheet)
        return export_response(
            _("派案量表"),
            headings,
            sheet_rows(page),
            kind=kind,
            at=now(),
            widths=[8, 12, 12, *[9] * (len(headings) - 4), 40],
            heading=page.file_heading,
        )

    @expose("/month")
    @needs(P.TALLY_READ)
    def month(self) -> str:
        month = asked_month()
        last = min(month.last, today())
        types = month_types(database(), _unit(), month, last)
        return self.render(
            "desk/tally_month.html",
            title=_("派案量月報"),
            month=month,
            last=last,
            months=[(each.text, each.key) for each in reversed(months_until(today(), MONTHS_OFFERED))],
            types=types,
            debt_text=shown,
            plots={each.id: share_plot(each) for each in types if each.by_ratio and each.taken},
            days=month_days(database(), _unit(), month),
        )

    @expose("/month/export.<string:kind>")
    @needs(P.TALLY_READ)
    def export_month(self, kind: str) -> Response:
        month = asked_month()
        last = min(month.last, today())
        types = month_types(database(), _unit(), month, last)
        headings = [_("業務類型"), _("專案櫃台"), _("就服員"), _("比例"), _("應得"), _("新案"), _("應得未得")]
        return export_response(
            _("派案量月報"),
            headings,
            _month_rows(types),
            kind=kind,
            at=now(),
            widths=[16, 12, 14, 10, 10, 10, 12],
            heading=_("派案量月報　%(first)s 至 %(last)s", first=show(month.first), last=show(last)),
        )

    def _mine(self, day: date, typed: Mapping[int, int] | None = None, faults: Any = ()) -> str:
        found = sheet(database(), _unit(), day)
        page = DayPage(database(), actor(), day, now(), known=found)
        mine = next((each for each in page.standings if each.officer_id == actor().user_id), None)
        # A refused form is a page of its own; alone it is asked for by a page that is open.
        alone = is_fetched() and request.method == "GET"
        return self.render(
            "desk/_tally_mine.html" if alone else "desk/tally_mine.html",
            title=_("核對接案數"),
            day=day,
            sheet=found,
            standing=mine,
            approved=page.approval,
            counted=found.of_officer(actor().user_id),
            state_texts=STATE_TEXT,
            cases=new_cases(database(), _unit(), actor().user_id, day),
            typed=_typed(typed, mine),
            faults=faults,
            page_faults=len(faults),
        )


def asked_day() -> date:
    """Of the address or the form; today where there is none or it cannot be read."""
    try:
        day = parse(request.values.get("day", ""), field="day")
    except FieldFault:
        return today()
    return day if day < date.max else today()  # a sheet needs the day after its own


def asked_month() -> Month:
    """`2026-11` of the address, no later than this month."""
    this = today().replace(day=1)
    try:
        return Month(min(date.fromisoformat(request.args.get("month", "") + "-01"), this))
    except ValueError:
        return Month(this)


def _act(act: Callable[[date, str], str]) -> WerkzeugResponse:
    """A press at the foot of the sheet: what it said, above the sheet again."""
    day = asked_day()
    g.way_back = url_for("Tally.day", day=show(day))
    try:
        with transaction(database()):
            said = act(day, request.form.get("note", ""))
    except NotFound:
        raise
    except RuleBroken as refused:
        flash(sentence(refused), "danger")
    else:
        flash(said, "success")
    return back_to("Tally.day", day=show(day))


def _reported() -> tuple[dict[int, int], list[FieldFault]]:
    """The numbers typed as `reported-<business type>`."""
    found: dict[int, int] = {}
    faults = []
    for name, text in request.form.items():
        key = name.removeprefix("reported-")
        if key == name or not key.isascii() or not key.isdigit() or len(key) > 9:
            continue
        number = _whole(text or "0")
        if number is None:
            faults.append(FieldFault(name, tally.NO_NUMBER))
        else:
            found[int(key)] = number
    return found, faults


def _typed(typed: Mapping[int, int] | None, standing: Any) -> Mapping[int, int]:
    if typed is not None:
        return typed
    return counts(standing.confirmation.reported) if standing and standing.confirmation else {}


def _whole(text: str) -> int | None:
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < 1_000_000 else None


def _month_rows(types: Any) -> Iterator[list[Any]]:
    for each in types:
        for group in each.groups:
            yield [each.name, group.name, _("小計"), _share(group.share), *_figures(group)]
        for name, officer in each.officers:
            yield [each.name, name, officer.name, "", *_figures(officer)]


def _figures(taken: Any) -> list[float | int]:
    return [round(float(taken.entitled), 2), taken.taken, round(float(taken.debt), 2)]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1f}%"


def _unit() -> int:
    unit_id = actor().unit_id
    if unit_id is None:
        abort(404)
    return unit_id
