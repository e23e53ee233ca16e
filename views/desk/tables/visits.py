"""到訪紀錄列表, for reading: every visit of the centre, by day, counter, officer, business type and state."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models import scopes
from models.account import Account
from models.desk import Counter
from models.desk_rules import BusinessType
from models.person import NameSuffix
from models.visit import Visit
from reports.criteria import Choices, Criterion, day, known, name_holds, whole_number
from reports.session import ReadSession
from rules.desk import BASIS_TEXT, OUTCOME_TEXT
from rules.texts import N_
from rules.visit_flow import STATE_TEXT
from views.access import actor
from views.administration.shown import local_moment, yes_or_blank
from views.desk.tables.fields import reference_text
from views.generated.base import GeneratedView
from views.generated.filters import InScope, search_fields
from views.generated.formats import roc
from views.generated.interface import RowAccess

NEW_OR_OLD = {"new": N_("新案"), "old": N_("舊案")}
STATES = {state.value: text for state, text in STATE_TEXT.items()}


def _types(session: ReadSession) -> Choices:
    found = select(BusinessType.id, BusinessType.name).where(BusinessType.unit_id == actor().unit_id)
    return [(str(key), name) for key, name in session.execute(found.order_by(BusinessType.position))]


CRITERIA = (
    Criterion(
        "from", N_("日期起"), lambda text: Visit.day >= day(text), kind="date", hint=N_("例:115/11/20")
    ),
    Criterion("to", N_("日期迄"), lambda text: Visit.day <= day(text), kind="date", hint=N_("例:115/11/20")),
    Criterion("name", N_("姓名"), name_holds, path=((Visit.person_id, NameSuffix.person_id),)),
    Criterion(
        "business_type",
        N_("業務類型"),
        lambda text: Visit.business_type_id == whole_number(text),
        kind="choice",
        choices=_types,
    ),
    Criterion(
        "counter",
        N_("櫃台號"),
        lambda text: Visit.counter_id.in_(select(Counter.id).where(Counter.number == whole_number(text))),
    ),
    Criterion(
        "officer",
        N_("就服員"),
        lambda text: Visit.officer_id.in_(
            select(Account.id).where(Account.name.contains(text, autoescape=True))
        ),
    ),
    Criterion(
        "state",
        N_("狀態"),
        lambda text: Visit.state == known(text, STATES),
        kind="choice",
        choices=lambda _session: tuple(STATES.items()),
    ),
    Criterion(
        "case",
        N_("新舊案"),
        lambda text: Visit.new_case.is_(known(text, NEW_OR_OLD) == "new"),
        kind="choice",
        choices=lambda _session: tuple(NEW_OR_OLD.items()),
    ),
)


class VisitListView(GeneratedView):
    datamodel = RowAccess(
        Visit,
        joined=("business_type", "person", "counter", "officer", "group"),
        criteria=CRITERIA,
        person="person",
    )
    route_base = "/desk/visit-list"
    class_permission_name = "VisitList"
    read_only = True
    exportable = True
    list_title = _l("到訪紀錄列表")
    show_title = _l("到訪紀錄")
    base_filters = [["id", InScope, scopes.visits]]
    base_order = ("day", "desc")
    list_columns = [
        "day",
        "ticket",
        "business_type",
        "person.name",
        "state",
        "new_case",
        "basis",
        "group",
        "counter",
        "officer",
        "checked_in_at",
        "started_at",
        "ended_at",
        "outcome",
        "overridden",
        "picked",
    ]
    order_columns = ["day"]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    formatters_columns: dict[str, Any] = {
        "day": roc,
        "state": lambda state: _(STATES[state]),
        "new_case": lambda new: _("新案") if new else _("舊案"),
        "basis": lambda basis: _(BASIS_TEXT[basis]),
        "counter": lambda counter: reference_text("counter", str(counter.number)) if counter else "—",
        "group": lambda group: group.name if group else "—",
        "officer": lambda officer: officer.get_full_name() if officer else "—",
        "checked_in_at": local_moment,
        "started_at": local_moment,
        "ended_at": local_moment,
        "outcome": lambda outcome: _(OUTCOME_TEXT[outcome]) if outcome else "—",
        "overridden": yes_or_blank,
        "picked": yes_or_blank,
    }
    label_columns = {
        "day": _l("日期"),
        "ticket": _l("號碼牌"),
        "business_type": _l("業務類型"),
        "person.name": _l("姓名"),
        "state": _l("狀態"),
        "new_case": _l("新舊案"),
        "basis": _l("判別依據"),
        "group": _l("櫃台群組"),
        "counter": _l("櫃台"),
        "officer": _l("就服員"),
        "checked_in_at": _l("報到時間"),
        "started_at": _l("服務開始"),
        "ended_at": _l("服務結束"),
        "outcome": _l("服務結果"),
        "overridden": _l("接待台改派"),
        "picked": _l("不按順序叫號"),
        **{criterion.name: _l(criterion.label) for criterion in CRITERIA},
    }
