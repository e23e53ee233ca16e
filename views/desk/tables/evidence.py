"""介紹卡與資料移轉: entered one by one or from a workbook. The number is shown masked and cannot be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.evidence import holders
from rules import desk_tables as described
from rules.permissions import Permission as P
from views.access import database
from views.desk.tables.base import DeskTableView
from views.generated.base import READ_METHODS, WRITE_METHODS
from views.generated.interface import RowAccess


class EvidenceAccess(RowAccess):
    """Its rows are about numbers; the trail hears of those that belong to somebody here."""

    hides_secrets = False

    def persons_of(self, rows: Sequence[Any]) -> list[int]:
        return list(holders(database(), {row.national_id_hash for row in rows}))


class EvidenceView(DeskTableView):
    table = described.EVIDENCE
    route_base = "/desk/tables/evidence"
    class_permission_name = "Evidence"
    method_permission_name = dict.fromkeys((*READ_METHODS, *WRITE_METHODS), "write")
    workbook_permission = P.EVIDENCE_WRITE
    exportable = False  # whom other systems know is asked about, not carried away
    order_by = ("recorded_on", "desc")

    @classmethod
    def access(cls, model: Any, relations: tuple[str, ...], searched: Any) -> RowAccess:
        return EvidenceAccess(model, joined=relations, criteria=searched, person="national_id")

    def _needed(self, _method: str) -> tuple[P, ...]:
        return (P.EVIDENCE_WRITE,)
