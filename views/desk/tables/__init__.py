"""前台設定: the tables of a front desk as generated screens, as workbooks, and as lists to read. Spec 2-dispatch §6."""

from __future__ import annotations

from views.desk.tables.index import SCREENS as TABLE_SCREENS
from views.desk.tables.index import DeskTables
from views.desk.tables.lists import DecisionList, TableChanges
from views.desk.tables.roster import CounterRoster
from views.desk.tables.visits import VisitListView
from views.desk.tables.workbook import TableWorkbook

SCREENS: tuple[type, ...] = (
    *TABLE_SCREENS,
    CounterRoster,
    DecisionList,
    DeskTables,
    TableChanges,
    TableWorkbook,
    VisitListView,
)
