"""服務紀錄列表, for reading: the service records of the cases the reader may see."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models import scopes
from models.case import ServiceRecord
from reports.case_criteria import CASE_OF_RECORD, PROVIDED, RECORD_UNIT, SERVED_FROM, SERVED_TO, of_record
from reports.criteria import NAME
from views.generated.base import GeneratedView
from views.generated.filters import InScope, search_fields
from views.generated.formats import label_texts, roc, yes_no
from views.generated.interface import RowAccess

CRITERIA = (
    CASE_OF_RECORD,
    of_record(NAME),
    SERVED_FROM,
    SERVED_TO,
    PROVIDED,
    RECORD_UNIT,
)


class ServiceRecordListView(GeneratedView):
    datamodel = RowAccess(
        ServiceRecord,
        # A record has services or reasons, never both: joining them multiplies no rows.
        joined=(
            "case",
            "case.referral",
            "case.referral.person",
            "case.unit",
            "author",
            "services",
            "reasons",
        ),
        criteria=CRITERIA,
        person="case.referral.person",
    )
    route_base = "/service-record-list"
    class_permission_name = "ServiceRecordList"
    read_only = True
    exportable = True
    list_title = _l("服務紀錄列表")
    show_title = _l("服務紀錄")
    base_filters = [["id", InScope, scopes.service_records]]
    base_order = ("served_on", "desc")
    list_columns = [
        "case_id",
        "served_on",
        "case.referral.person.name",
        "case.unit",
        "author",
        "provided",
        "services",
        "reasons",
    ]
    order_columns = ["served_on"]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    formatters_columns = {
        "served_on": roc,
        "provided": yes_no,
        "services": label_texts,
        "reasons": label_texts,
    }
    label_columns = {
        "case_id": _l("個案服務單號"),
        "served_on": _l("服務日期"),
        "case.referral.person.name": _l("姓名"),
        "case.unit": _l("收案單位"),
        "author": _l("服務人員"),
        "provided": _l("是否提供服務"),
        "services": _l("收案提供服務情形"),
        "reasons": _l("無法提供服務原因"),
    }
