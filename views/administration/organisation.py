"""機關、單位、服務區域、縣市預設單位: who refers, who receives, and where each address goes."""

from __future__ import annotations

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.filters import FilterEqual
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import select
from wtforms import SelectField

from models.organisation import Agency, CountyDefault, ServiceArea, Unit
from reports.criteria import Criterion
from reports.session import ReadSession
from rules.permissions import Permission as P
from rules.texts import N_
from services import organisation, routing
from views.access import Screen, actor, database, needs
from views.administration.shown import on_or_off, yes_or_blank
from views.generated.base import GeneratedView
from views.generated.filters import search_fields
from views.generated.interface import RowAccess

MAX_ASKED = 200


def _agencies(session: ReadSession) -> list[tuple[str, str]]:
    return [
        (str(key), name)
        for key, name in session.execute(select(Agency.id, Agency.name).order_by(Agency.name))
    ]


def _receiving_units(session: ReadSession) -> list[tuple[str, str]]:
    found = select(Unit.id, Unit.name).where(Unit.receives).order_by(Unit.name)
    return [(str(key), name) for key, name in session.execute(found)]


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


AGENCY_CRITERIA = (
    Criterion("name", N_("機關名稱"), lambda text: Agency.name.contains(text, autoescape=True)),
)
KINDS = {"refers": N_("轉介"), "receives": N_("收案")}
UNIT_CRITERIA = (
    Criterion("name", N_("單位名稱"), lambda text: Unit.name.contains(text, autoescape=True)),
    Criterion(
        "agency", N_("機關"), lambda text: Unit.agency_id == _id(text), kind="choice", choices=_agencies
    ),
    Criterion(
        "kind",
        N_("類別"),
        lambda text: (Unit.receives if text == "receives" else Unit.refers).is_(True),
        kind="choice",
        choices=lambda _session: list(KINDS.items()),
    ),
)
AREA_CRITERIA = (
    Criterion(
        "prefix", N_("郵遞區號開頭"), lambda text: ServiceArea.prefix.startswith(text, autoescape=True)
    ),
    Criterion(
        "unit",
        N_("收案單位"),
        lambda text: ServiceArea.unit_id == _id(text),
        kind="choice",
        choices=_receiving_units,
    ),
)


class AgencyView(GeneratedView):
    datamodel = RowAccess(Agency, criteria=AGENCY_CRITERIA)
    route_base = "/agencies"
    class_permission_name = "Agency"
    list_title, show_title, add_title, edit_title = (
        lazy_pgettext("list", "機關"),
        _l("機關"),
        _l("新增機關"),
        _l("修改機關"),
    )
    list_columns = ["name", "active"]
    add_columns = edit_columns = ["name", "active"]
    search_columns = [criterion.name for criterion in AGENCY_CRITERIA]
    search_form_extra_fields = search_fields(AGENCY_CRITERIA)
    order_columns = ["name"]
    base_order = ("name", "asc")
    formatters_columns = {"active": on_or_off}
    label_columns = {"name": _l("機關名稱"), "active": _l("使用中")}

    def pre_add(self, item: Agency) -> None:
        organisation.check_agency(item)
        super().pre_add(item)

    def pre_update(self, item: Agency) -> None:
        organisation.check_agency(item)
        super().pre_update(item)


class UnitView(GeneratedView):
    datamodel = RowAccess(Unit, joined=("agency",), criteria=UNIT_CRITERIA)
    route_base = "/units"
    class_permission_name = "Unit"
    list_title, show_title, add_title, edit_title = (
        lazy_pgettext("list", "單位"),
        _l("單位"),
        _l("新增單位"),
        _l("修改單位"),
    )
    list_columns = ["code", "name", "agency", "refers", "receives", "phone", "active"]
    show_columns = [
        "code",
        "name",
        "agency",
        "refers",
        "receives",
        "phone",
        "postal_code",
        "address",
        "note",
        "active",
    ]
    add_columns = edit_columns = [
        "agency", "name", "refers", "receives", "code", "phone", "postal_code", "address", "note", "active",
    ]  # fmt: skip
    search_columns = [criterion.name for criterion in UNIT_CRITERIA]
    search_form_extra_fields = search_fields(UNIT_CRITERIA)
    order_columns = ["code", "name"]
    base_order = ("name", "asc")
    formatters_columns = {"active": on_or_off, "refers": yes_or_blank, "receives": yes_or_blank}
    label_columns = {
        "code": _l("單位代碼"),
        "name": _l("單位名稱"),
        "agency": _l("機關"),
        "refers": _l("轉介單位"),
        "receives": _l("收案單位"),
        "phone": _l("電話"),
        "postal_code": _l("郵遞區號"),
        "address": _l("地址"),
        "note": _l("備註"),
        "active": _l("使用中"),
        "kind": _l("類別"),
    }
    description_columns = {
        "code": _l("收案單位必填,例如新竹就業中心為 13。"),
        "receives": _l("收案單位會出現在服務區域與人工指定的名單中。"),
        "active": _l("停用後不再分派新的轉介單;原有資料不受影響。"),
    }

    def pre_add(self, item: Unit) -> None:
        organisation.check_unit(item)
        super().pre_add(item)

    def pre_update(self, item: Unit) -> None:
        organisation.check_unit(item)
        super().pre_update(item)


RECEIVING = {"unit": [["receives", FilterEqual, True], ["active", FilterEqual, True]]}


class ServiceAreaView(GeneratedView):
    datamodel = RowAccess(ServiceArea, joined=("unit",), criteria=AREA_CRITERIA)
    route_base = "/service-areas"
    class_permission_name = "ServiceArea"
    list_title, show_title, add_title, edit_title = (
        lazy_pgettext("list", "服務區域"),
        _l("服務區域"),
        _l("新增服務區域"),
        _l("修改服務區域"),
    )
    list_columns = ["prefix", "unit", "source"]
    add_columns = edit_columns = ["prefix", "unit", "source"]
    add_form_query_rel_fields = edit_form_query_rel_fields = RECEIVING
    search_columns = [criterion.name for criterion in AREA_CRITERIA]
    search_form_extra_fields = search_fields(AREA_CRITERIA)
    order_columns = ["prefix"]
    base_order = ("prefix", "asc")
    label_columns = {"prefix": _l("郵遞區號開頭"), "unit": _l("收案單位"), "source": _l("依據")}
    description_columns = {
        "prefix": _l("3到6碼;最長的一列優先,例如 30041 比 300 優先。"),
        "source": _l("這一列的出處,例如公文字號或網頁,方便日後查證。"),
    }
    list_template = "administration/service_areas.html"

    def pre_add(self, item: ServiceArea) -> None:
        organisation.check_service_area(item)
        super().pre_add(item)

    def pre_update(self, item: ServiceArea) -> None:
        organisation.check_service_area(item)
        super().pre_update(item)


class RoutingTrial(Screen):
    """試算: which unit would take a referral from an address or a postal code, and which row decides."""

    route_base = "/service-areas/trial"
    default_view = "index"

    @expose("/")
    @needs(P.SERVICE_AREA_READ)
    def index(self) -> str:
        asked = request.args.get("q", "").replace("\0", "").strip()[:MAX_ASKED]
        trial = routing.trial(database(), asked) if asked else None
        deciding = None
        if trial and trial.routing.deciding_prefix:
            deciding = database().scalar(
                select(ServiceArea).where(ServiceArea.prefix == trial.routing.deciding_prefix)
            )
        may_write = actor().may(P.SERVICE_AREA_WRITE)
        return self.render(
            "administration/trial.html", asked=asked, trial=trial, deciding=deciding, may_write=may_write
        )


class CountyDefaultView(GeneratedView):
    datamodel = RowAccess(CountyDefault, joined=("unit",))
    route_base = "/county-defaults"
    class_permission_name = "ServiceArea"
    list_title, show_title = lazy_pgettext("list", "縣市預設單位"), _l("縣市預設單位")
    add_title, edit_title = _l("新增縣市預設單位"), _l("修改縣市預設單位")
    list_columns = ["county", "unit"]
    add_columns = edit_columns = ["county", "unit"]
    add_form_query_rel_fields = edit_form_query_rel_fields = RECEIVING
    add_form_extra_fields = edit_form_extra_fields = {
        "county": SelectField(
            _l("縣市"),
            choices=lambda: [
                ("", _l("請選擇")),
                *((name, name) for name in organisation.counties(database())),
            ],
            description=_l("郵遞區號對不到任何服務區域時,由這個單位收案。"),
        )
    }
    order_columns = ["county"]
    base_order = ("county", "asc")
    label_columns = {"county": _l("縣市"), "unit": _l("收案單位")}

    def pre_add(self, item: CountyDefault) -> None:
        organisation.check_county_default(database(), item)
        super().pre_add(item)

    def pre_update(self, item: CountyDefault) -> None:
        organisation.check_county_default(database(), item)
        super().pre_update(item)
