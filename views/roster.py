"""清冊: what was sent to the supervisor's unit and what became of it; filtered, and exported as it is filtered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models import scopes
from reports import roster, roster_batch
from reports.referral_lists import Reader
from rules.permissions import Permission as P
from views import trail
from views.access import actor, database, today
from views.lists import ListScreen
from views.texts import translator


class Roster(ListScreen):
    route_base = "/roster"
    listing = roster.LISTING
    criteria = roster.CRITERIA
    needed = P.ROSTER_READ
    ground = trail.RECEIVED
    title = _l("清冊")
    empty_text = _l("查無資料。可以放寬日期區間或其他條件再查詢一次。")
    template = "lists/roster.html"
    numbered = True
    link_column = "name"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.received_referrals(actor()),)

    def row_url(self, row: Any) -> str:
        return url_for("ReferralDetail.show", referral_id=row.key)

    def context(self) -> Reader:
        return Reader(today(), translator())

    def batch_context(self, batch: Sequence[Any]) -> roster.Batch:
        return roster_batch.load(database(), batch, self.context())

    def choices(self) -> Mapping[str, Any]:
        return roster.choices(database(), actor())
