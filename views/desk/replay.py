"""重算: a stored decision, what it was made from, and what the rules say when they are given the same again. Spec 2-dispatch §4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from models import scopes
from models.visit import Decision, Visit
from reports.debt_bar import shown as debt_text
from rules.desk import DISTRIBUTION_TEXT, Distribution
from rules.dispatch import Candidate, Facts, Rule, Verdict
from rules.dispatch_words import RULE_TEXT
from rules.errors import NotFound
from rules.permissions import Permission as P
from rules.texts import N_
from services import dispatching
from views.access import Screen, actor, database, needs
from views.desk.words import PRESENCE_TEXT, spoken
from views.texts import translated

NOT_FOUND = N_("找不到這筆派案紀錄，可能不在您可查看的範圍。")


@dataclass(frozen=True)
class Line:
    """A counter as it stood, and what was said of it; `chosen` when it got the visit."""

    one: Candidate
    group: str
    why: str
    chosen: bool


class DecisionReplay(Screen):
    route_base = "/desk/decisions"
    default_view = "show"

    @expose("/<int:decision_id>")
    @needs(P.DESK_SUPERVISE)
    def show(self, decision_id: int) -> str:
        g.way_back = url_for("DecisionList.index")
        row = (
            database()
            .scalars(
                select(Decision).where(
                    Decision.id == decision_id, scopes.centre_rows(actor(), Decision.unit_id)
                )
            )
            .first()
        )
        if row is None:
            raise NotFound(NOT_FOUND)
        facts, replay = Facts.from_json(row.facts), dispatching.compared(row)
        return self.render(
            "desk/replay.html",
            title=_("派案重算"),
            decision=row,
            visit=database().get_one(Visit, row.visit_id),
            facts=_in_words(facts),
            rule_text=RULE_TEXT,
            override=row.rule == Rule.OVERRIDE.value,
            replay=replay,
            stored_reason=spoken(row.reason),
            replayed_reason=spoken(replay.verdict.to_json()["reason"]),
            lines=_lines(facts, row, replay.verdict),
            presence=PRESENCE_TEXT,
            debt_text=debt_text,
        )


def _lines(facts: Facts, row: Decision, again: Verdict) -> Sequence[Line]:
    """In the order of the counters. Of an override only the replay tells why another was passed over."""
    groups = {group.id: group.name for group in facts.groups}
    passed: list[dict[str, Any]] = row.passed or again.to_json()["passed"]
    why = {each["officer_id"]: spoken([each["why"]]) for each in passed}
    return [
        Line(
            one,
            translated(groups[one.group_id]),
            why.get(one.officer_id, ""),
            one.officer_id == row.officer_id,
        )
        for one in sorted(facts.candidates, key=lambda one: one.counter)
    ]


def _in_words(facts: Facts) -> Sequence[tuple[str, str]]:
    """What the decision was given of the visit, as heading and text; what did not apply is left out."""
    officers = {one.officer_id: one.officer for one in facts.candidates}
    groups = {group.id: translated(group.name) for group in facts.groups}
    between = _("、")
    told = [
        (_("業務類型"), translated(facts.business_type)),
        (_("派案方式"), translated(DISTRIBUTION_TEXT[Distribution(facts.distribution)])),
        (_("新舊案"), _("新案") if facts.new_case else _("舊案")),
        (
            _("身心障礙"),
            _("已確認") if facts.disability else _("疑似") if facts.suspected else "",
        ),
        (_("特定對象櫃台"), between.join(groups.get(each, "") for each in facts.programme_groups)),
        (_("原就服員"), facts.owner + (_("（已離職）") if facts.departed else "")),
        (_("指定接辦"), officers.get(facts.named_id or 0, "")),
        (_("職務代理人"), between.join(officers[each] for each in facts.deputies if each in officers)),
        (_("今日預約"), officers.get(facts.appointment_with or 0, "")),
        (_("大量資遣案"), _("開放中") if facts.mass_layoff else ""),
        (_("等候上限"), _("%(n)s 分鐘", n=facts.wait_limit)),
        (_("等候過久改派"), _("是") if facts.redirected else ""),
        (_("不再派給"), between.join(officers[each] for each, _why in facts.excluded if each in officers)),
    ]
    return [(heading, text) for heading, text in told if text]
