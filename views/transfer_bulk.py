"""整批轉案: several open cases at once, or all of one case manager, to one or several others of the unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models.case import Case
from models.scopes import unit_cases
from reports import bulk as ticked
from rules.permissions import Permission as P
from services import bulk
from services.transaction import transaction
from views import trail
from views.access import actor, database, needs, now
from views.bulk import BulkScreen, ids, plan_of
from views.steps import chosen_id


class TransferBulk(BulkScreen):
    route_base = "/transfers/bulk"
    default_view = "ask"
    lists = {"": "Transfer.index", "uncovered": "Uncovered.index"}
    ground = trail.UNIT_CASE
    noun = "case"
    acting = "transfer"
    title = _l("整批轉案")

    @expose("/")
    @needs(P.CASE_TRANSFER)
    def ask(self) -> Any:
        """指派個管員. `manager` instead of ticked rows: all open cases of this case manager."""
        manager_id = chosen_id("manager")
        if manager_id is not None:
            rows = self._open(Case.case_manager_id == manager_id)
            return self.choose(rows, asked=len(rows)) if rows else self.nothing_left(asked=1)
        wanted = ids("id")
        rows = self._open(Case.id.in_(wanted))
        return self.choose(rows, asked=len(wanted)) if rows else self.nothing_left(asked=len(wanted))

    @expose("/confirm")
    @needs(P.CASE_TRANSFER)
    def check(self) -> Any:
        wanted = ids("id")
        rows = self._open(Case.id.in_(wanted))
        return self.confirm(rows, asked=len(wanted)) if rows else self.nothing_left(asked=len(wanted))

    @expose("/", methods=["POST"])
    @needs(P.CASE_TRANSFER)
    def transfer(self) -> Any:
        plan = [bulk.Transfer(*row) for row in plan_of("row", 3)]
        if not plan:
            return self.nothing_left(asked=0)
        base_url = current_app.config["PUBLIC_URL"]
        with transaction(database()):
            outcomes = bulk.transfer_all(database(), plan, by=actor(), at=now(), base_url=base_url)
        takers = {each.case_id: each.to_id for each in plan}
        shown = ticked.cases(database(), Case.id.in_(takers), unit_cases(actor()), limit=bulk.MOST)
        return self.result(outcomes, shown, takers)

    def _open(self, *which: ColumnElement[bool]) -> Sequence[ticked.Ticked]:
        return ticked.cases(
            database(), unit_cases(actor()), Case.closed_on.is_(None), *which, limit=bulk.MOST
        )
