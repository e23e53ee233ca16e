"""誰看過: who looked at one person, for the supervisor of a unit that received him or her, and for the auditor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from models import scopes
from models.person import Person
from models.trail import Act
from reports.criteria import Search
from reports.trail_lists import LOG, LOOKS, about
from rules.permissions import Permission as P
from rules.texts import N_
from views.access import actor, database
from views.lists import ListScreen
from views.steps import not_found
from views.texts import translated
from views.trail import shown

WATCHED = N_("查閱誰看過本單位的服務對象")
AUDIT = N_("稽核個資存取紀錄")


class PersonTrail(ListScreen):
    """The person's id comes as `?person=`; one outside of the scope is not found."""

    route_base = "/people/trail"
    listing = LOOKS
    needed = P.TRAIL_READ_UNIT
    ground = WATCHED
    title = _l("誰看過")
    empty_text = _l("還沒有人看過這個人的資料。")
    template = "audit/person.html"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (about(self.person().id),)

    def context(self) -> Callable[[str], str]:
        return translated

    def values(self) -> dict[str, Any]:
        return {"person": self.person()}

    def search(self) -> Search:
        """Before anything is shown: is it a person for this actor, and if so, leave an entry."""
        act = Act.EXPORT if (request.endpoint or "").endswith(".export") else Act.VIEW
        shown([self.person().id], act=act, ground=self.ground)
        return super().search()

    def person(self) -> Person:
        if "watched" not in g:
            text = request.args.get("person", "")
            wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
            g.watched = database().scalar(
                select(Person).where(Person.id == wanted, scopes.watched_persons(actor()))
            )
        if g.watched is None:
            raise not_found()
        person: Person = g.watched
        return person


class AuditedPersonTrail(PersonTrail):
    route_base = "/audit/person"
    listing = LOG
    needed = P.TRAIL_READ
    ground = AUDIT
    link_column = "at"

    def row_url(self, row: Any) -> str:
        return url_for("TrailLog.entry", entry_id=row.key)


def trail_url(person_id: int, receiving_unit_id: int | None) -> str | None:
    """Where the reader of a page about this person sees who looked; None: he may not."""
    who = actor()
    if who.may(P.TRAIL_READ):
        return url_for("AuditedPersonTrail.index", person=person_id)
    if who.may(P.TRAIL_READ_UNIT) and who.unit_id and receiving_unit_id == who.unit_id:
        return url_for("PersonTrail.index", person=person_id)
    return None
