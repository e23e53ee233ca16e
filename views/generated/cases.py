"""個案列表, for reading: every case the reader may see, without ID, telephone or address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models import scopes
from models.case import Case
from reports.case_criteria import CASE_CLOSED, CASE_NUMBER, CASE_UNIT, DUE_UNTIL
from reports.criteria import DATE_FROM, DATE_TO, NAME, of_case
from views.generated.base import GeneratedView
from views.generated.filters import InScope, search_fields
from views.generated.formats import roc
from views.generated.interface import RowAccess

CRITERIA = (
    CASE_NUMBER,
    *map(of_case, (NAME, DATE_FROM, DATE_TO)),
    DUE_UNTIL,
    CASE_CLOSED,
    CASE_UNIT,
)


class CaseListView(GeneratedView):
    datamodel = RowAccess(
        Case,
        joined=(
            "referral",
            "referral.person",
            "referral.referring_unit",
            "unit",
            "case_manager",
            "supervisor",
        ),
        criteria=CRITERIA,
        person="referral.person",
    )
    route_base = "/case-list"
    class_permission_name = "CaseList"
    read_only = True
    exportable = True
    list_title = _l("個案列表")
    show_title = _l("個案")
    base_filters = [["id", InScope, scopes.cases]]
    base_order = ("id", "desc")
    list_columns = [
        "id",
        "referral_id",
        "referral.referral_date",
        "referral.person.name",
        "referral.referring_unit",
        "unit",
        "supervisor",
        "case_manager",
        "due_date",
        "closed_on",
    ]
    order_columns = ["id", "due_date"]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    formatters_columns = {"referral.referral_date": roc, "due_date": roc, "closed_on": roc}
    label_columns = {
        "id": _l("個案服務單號"),
        "referral_id": _l("轉介單號"),
        "referral.referral_date": _l("轉介日期"),
        "referral.person.name": _l("姓名"),
        "referral.referring_unit": _l("轉介單位"),
        "unit": _l("收案單位"),
        "supervisor": _l("收案督導"),
        "case_manager": _l("個管員姓名"),
        "due_date": _l("預計應結案日期"),
        "closed_on": _l("結案日期"),
    }
