"""派案紀錄 and 異動紀錄: nobody is named there but the staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models import scopes
from models.table_change import TableChange
from models.visit import Decision
from reports import desk_lists
from reports.desk_lists import Words
from rules.permissions import Permission as P
from views.access import actor, database
from views.desk.words import spoken
from views.lists import ListScreen
from views.texts import translator


class DecisionList(ListScreen):
    route_base = "/desk/decisions"
    listing = desk_lists.DECISIONS
    criteria = desk_lists.DECISION_CRITERIA
    needed = P.DESK_TABLE_READ
    title = _l("派案紀錄")
    empty_text = _l("沒有符合條件的派案紀錄。")
    link_column = "at"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.centre_rows(actor(), Decision.unit_id),)

    def row_url(self, row: Any) -> str | None:
        """The replay, for the supervisor."""
        return url_for("DecisionReplay.show", decision_id=row.key) if actor().may(P.DESK_SUPERVISE) else None

    def context(self) -> Words:
        return Words(translator(), spoken)


class TableChanges(ListScreen):
    route_base = "/desk/tables/changes"
    listing = desk_lists.CHANGES
    criteria = desk_lists.CHANGE_CRITERIA
    needed = P.DESK_TABLE_READ
    title = _l("設定異動紀錄")
    empty_text = _l("沒有符合條件的異動；每次新增、修改、刪除或匯入都會記在這裡。")
    template = "desk/tables/changes.html"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.centre_rows(actor(), TableChange.unit_id),)

    def batch_context(self, batch: Sequence[Any]) -> Words:
        translate = translator()
        keys = [row.key for row in batch]
        return Words(translate, changes=desk_lists.changes_of(database(), keys, translate))
