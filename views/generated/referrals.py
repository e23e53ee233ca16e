"""轉介單列表, for reading: every referral the reader may see, without ID, telephone or address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models import scopes
from models.referral import Referral
from reports.criteria import (
    DATE_FROM,
    DATE_TO,
    NAME,
    RECEIVING_UNIT,
    REFERRAL_NUMBER,
    REFERRING_UNIT,
    STATE,
)
from views.generated.base import GeneratedView
from views.generated.filters import InScope, search_fields
from views.generated.formats import basis_text, roc, state_text
from views.generated.interface import RowAccess

CRITERIA = (REFERRAL_NUMBER, NAME, DATE_FROM, DATE_TO, STATE, REFERRING_UNIT, RECEIVING_UNIT)


class ReferralListView(GeneratedView):
    datamodel = RowAccess(
        Referral,
        joined=("person", "referring_unit", "receiving_unit", "submitted_by"),
        criteria=CRITERIA,
        person="person",
    )
    route_base = "/referral-list"
    class_permission_name = "ReferralList"
    read_only = True
    exportable = True
    list_title = _l("轉介單列表")
    show_title = _l("轉介單")
    base_filters = [["id", InScope, scopes.referrals]]
    base_order = ("referral_date", "desc")
    list_columns = [
        "id",
        "referral_date",
        "person.name",
        "referring_unit",
        "submitted_by",
        "receiving_unit",
        "routing_basis",
        "state",
    ]
    order_columns = ["id", "referral_date"]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    formatters_columns = {"referral_date": roc, "routing_basis": basis_text, "state": state_text}
    label_columns = {
        "id": _l("轉介單號"),
        "referral_date": _l("轉介日期"),
        "person.name": _l("姓名"),
        "referring_unit": _l("轉介單位"),
        "submitted_by": _l("轉介人員"),
        "receiving_unit": _l("收案單位"),
        "routing_basis": _l("分派方式"),
        "state": _l("狀態"),
    }
