"""個資存取紀錄: the auditor's list of the trail, one entry whole, and whether the trail is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, flash, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from models import scopes
from models.organisation import Unit
from models.trail import Act, TrailEntry
from reports.criteria import Search, person_with
from reports.trail_lists import LOG, LOG_CRITERIA, act_title, criteria_lines, persons_of, screen_title
from rules.permissions import Permission as P
from rules.texts import N_
from services import trail_seals
from views.access import actor, back_to, database, needs
from views.lists import ListScreen
from views.steps import not_found
from views.texts import translated
from views.trail import shown

AUDIT = N_("稽核個資存取紀錄")
FLAWS = {
    "changed": _l("內容遭更改"),
    "moved": _l("次序不符或遭插入"),
    "missing": _l("紀錄遭刪除"),
    "cut": _l("結尾不符"),
    "headless": _l("結尾註記遺失"),
    "unsealed": _l("與封存時不符"),
}


class TrailLog(ListScreen):
    route_base = "/audit/trail"
    listing = LOG
    criteria = LOG_CRITERIA
    needed = P.TRAIL_READ
    title = _l("個資存取紀錄")
    empty_text = _l("查無存取紀錄。可以放寬查詢條件。")
    link_column = "at"
    template = "audit/log.html"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.trail_entries(actor()),)

    def row_url(self, row: Any) -> str:
        return url_for("TrailLog.entry", entry_id=row.key)

    def context(self) -> Callable[[str], str]:
        return translated

    def values(self) -> dict[str, Any]:
        return {"seal": trail_seals.last_seal(database()), "flaw_words": FLAWS}

    def search(self) -> Search:
        """Who asks about a person leaves an entry himself."""
        found = super().search()
        if {"national_id", "person_name"} & set(found.typed):
            number = found.typed.get("national_id") if not found.faults else None
            whom = database().scalars(person_with(number)).all() if number else ()
            act = Act.EXPORT if (request.endpoint or "").endswith(".export") else Act.LIST
            shown(whom, act=act, ground=AUDIT, criteria=self.told(found, {}))
        return found

    @expose("/<int:entry_id>")
    @needs(P.TRAIL_READ)
    def entry(self, entry_id: int) -> str:
        found = (
            database()
            .execute(
                select(TrailEntry, Unit.name)
                .outerjoin(Unit, Unit.id == TrailEntry.unit_id)
                .where(TrailEntry.id == entry_id, scopes.trail_entries(actor()))
                .options(joinedload(TrailEntry.actor))
            )
            .one_or_none()
        )
        if found is None:
            raise not_found()
        entry, unit = found
        persons = persons_of(database(), entry_id)
        if persons:
            shown([person.id for person in persons], ground=AUDIT)
        seal = entry.act == Act.SEAL
        return self.render(
            "audit/entry.html",
            entry=entry,
            unit=unit,
            act=act_title(entry.act, translated),
            screen_title=screen_title(entry.screen, translated),
            lines=[] if seal else criteria_lines(entry.criteria, translated),
            persons=persons,
        )

    @expose("/verify", methods=["POST"])
    @needs(P.TRAIL_READ)
    def verify(self) -> Any:
        """Left to the jobs: a million entries take a minute."""
        current_app.extensions["check_trail"]()
        flash(_("已開始驗證。完成後，結果會顯示在這一頁的「紀錄完整性」。"), "success")
        return back_to("TrailLog.index")
