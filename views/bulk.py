"""What bulk assignment and bulk transfer have in common: the ticked rows, to whom, 確定, and what became of each row.

Plain pages that need no script. The confirmed plan itself is what the last form sends, so that what was read is what
happens; sent twice, it shows the same result twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from reports.bulk import Ticked
from reports.workload import Workload, case_managers
from rules.errors import FieldFault
from rules.spreading import spread
from rules.texts import N_
from services.bulk import MOST, Outcome
from views import trail
from views.access import Screen, actor, database, today
from views.texts import sentence

NOBODY_CHOSEN = N_("請至少選擇一位個管員。")
ID = re.compile(r"[0-9]{1,9}\Z")


@dataclass(frozen=True)
class Share:
    """What one case manager gets of a plan."""

    who: Workload
    number: int

    @property
    def final(self) -> int:
        return self.who.open_cases + self.number


@dataclass(frozen=True)
class Result:
    """A row of the last page; `row` is None for what is out of the actor's sight by now."""

    outcome: Outcome
    row: Ticked | None
    taker: str

    @property
    def refusal(self) -> str:
        return sentence(self.outcome.refusal) if self.outcome.refusal else ""


class BulkScreen(Screen):
    """Subclasses expose their routes and name what the pages say.

    `lists`: where a bulk begins and leads back to. `noun`: referral or case. `acting`: the route of 確定.
    """

    lists: Mapping[str, str]
    ground: str
    noun: str
    acting: str

    def choose(self, rows: Sequence[Ticked], *, asked: int, fault: FieldFault | None = None) -> Response:
        """`asked`: how many were ticked; those beyond `rows` are done by somebody else already."""
        self.note(rows)
        return self.page(
            "choose",
            status=422 if fault else 200,
            rows=rows,
            gone=asked - len(rows),
            staff=self.staff(rows),
            chosen_ids=ids("to"),
            faults=[fault] if fault else [],
        )

    def confirm(self, rows: Sequence[Ticked], *, asked: int) -> Response:
        wanted = ids("to")
        takers = [each for each in self.staff(rows) if each.account_id in wanted]
        if not takers:
            return self.choose(rows, asked=asked, fault=FieldFault("to", NOBODY_CHOSEN))
        self.note(rows)
        plan = spread(rows, {taker: taker.open_cases for taker in takers})
        given = Counter(taker for _row, taker in plan)
        return self.page(
            "confirm",
            plan=plan,
            gone=asked - len(rows),
            shares=[Share(taker, given[taker]) for taker in takers],
            before_url=url_for(
                f"{self.endpoint}.ask", id=[row.key for row in rows], to=wanted, back=self.back() or None
            ),
        )

    def result(
        self, outcomes: Sequence[Outcome], rows: Sequence[Ticked], takers: Mapping[int, int]
    ) -> Response:
        """`takers`: key of the row → case manager. 409 when nothing at all could be done."""
        self.note(rows)
        names = {each.account_id: each.name for each in case_managers(database(), actor().unit_id, today())}
        by_key = {row.key: row for row in rows}
        results = [Result(each, by_key.get(each.key), names.get(takers[each.key], "")) for each in outcomes]
        done = sum(each.refusal is None for each in outcomes)
        return self.page(
            "result",
            status=200 if done else 409,
            results=results,
            done=done,
            refused=len(outcomes) - done,
        )

    def staff(self, rows: Sequence[Ticked]) -> Sequence[Workload]:
        """Whoever has one of the rows now is not offered."""
        holders = {row.manager_id for row in rows}
        everybody = case_managers(database(), actor().unit_id, today())
        return [each for each in everybody if each.account_id not in holders]

    def page(self, name: str, *, status: int = 200, **values: object) -> Response:
        return make_response(
            self.render(
                f"bulk/{name}.html", screen=self, back=self.back(), most=MOST, ticked=_ticked(), **values
            ),
            status,
        )

    def note(self, rows: Sequence[Ticked]) -> None:
        trail.shown([row.person_id for row in rows], ground=self.ground)

    def back(self) -> str:
        asked = request.values.get("back", "")
        return asked if asked in self.lists else ""

    def list_url(self) -> str:
        return url_for(self.lists[self.back()])

    def nothing_left(self, *, asked: int) -> WerkzeugResponse:
        """Back to the list: nothing was ticked, or all of it is done by now."""
        done = _("勾選的資料列都已經辦理，可能是您先前按過，或由同事處理。")
        flash(done if asked else _("請先勾選要處理的資料列。"), "warning")
        return redirect(self.list_url())


def ids(name: str) -> list[int]:
    """The ids that check boxes sent, each once, at most as many as one press may do."""
    sent = (int(text) for text in request.values.getlist(name) if ID.match(text))
    return list(dict.fromkeys(sent))[:MOST]


def _ticked() -> int:
    """How many rows were sent, also those beyond what one press may do."""
    return len(set(request.values.getlist("id") or request.values.getlist("row")))


def plan_of(form_name: str, parts: int) -> list[tuple[int, ...]]:
    """The plan as the confirmation carries it, `12-3` a row; what is malformed is left out."""
    rows = (text.split("-") for text in request.form.getlist(form_name))
    found = [tuple(map(int, row)) for row in rows if len(row) == parts and all(map(ID.match, row))]
    return found[:MOST]
