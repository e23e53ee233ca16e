"""前台設定: one card for each table, with what it decides, how many rows it has and who changed it last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from reports.table_overview import overview
from rules.desk_tables import TABLES, Table
from rules.permissions import Permission as P
from services import desk, desk_tables
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, today
from views.desk.tables.evidence import EvidenceView
from views.desk.tables.screens import (
    BusinessTypeView,
    CentreHolidayView,
    CounterGroupView,
    CounterView,
    DeputyView,
    IdentityGroupView,
    MassLayoffOrderView,
    NewCaseRuleView,
    PostView,
    RatioShareView,
    ReceptionShiftView,
    TargetView,
    WaitLimitView,
)

SCREENS = (
    CounterGroupView,
    CounterView,
    PostView,
    DeputyView,
    BusinessTypeView,
    NewCaseRuleView,
    RatioShareView,
    IdentityGroupView,
    TargetView,
    WaitLimitView,
    MassLayoffOrderView,
    CentreHolidayView,
    ReceptionShiftView,
    EvidenceView,
)
ENDPOINTS = {screen.table.name: f"{screen.__name__}.list" for screen in SCREENS}


@dataclass(frozen=True)
class Card:
    table: Table
    url: str
    count: int
    changed: Any


class DeskTables(Screen):
    route_base = "/desk/tables"
    default_view = "index"

    @expose("/")
    @needs(P.DESK_TABLE_READ)
    def index(self) -> str:
        counts, changes = overview(database(), actor().unit_id)
        cards = [
            Card(table, url_for(ENDPOINTS[name]), counts.get(name, 0), changes.get(name))
            for name, table in TABLES.items()
            if name != "evidence_record" or actor().may(P.EVIDENCE_WRITE)
        ]
        return self.render(
            "desk/tables/index.html",
            title=_("前台設定"),
            cards=cards,
            missing=desk_tables.missing_shares(database(), actor().unit_id, today()),
            opened=desk.serial(database(), actor().unit_id) is not None,
            may_write=actor().may(P.DESK_TABLE_WRITE),
        )

    @expose("/open", methods=["POST"])
    @needs(P.DESK_TABLE_WRITE)
    def open(self) -> Any:
        """A centre begins to have a front desk."""
        with transaction(database()):
            desk_tables.open_desk(database(), by=actor())
        flash(_("已設立前台，請從櫃台群組開始設定。"), "success")
        return back_to("DeskTables.index")
