"""請假登錄: the days on which members of the supervisor's own unit are not at work."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.fields import QuerySelectField
from flask_appbuilder.fieldwidgets import Select2Widget
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import and_, select
from wtforms.validators import DataRequired, InputRequired

from models import scopes
from models.account import Account
from models.staff import Absence
from reports.criteria import Criterion, day
from rules.permissions import Permission as P
from rules.texts import N_
from services import absences, attendance
from views.access import actor, database, now, today
from views.administration.shown import roc_day
from views.generated.base import READ_METHODS, WRITE_METHODS, GeneratedView
from views.generated.fields import RocDayField
from views.generated.filters import InScope, search_fields
from views.generated.interface import RowAccess

CRITERIA = (
    Criterion(
        "who", N_("姓名"), lambda text: Absence.account.has(Account.name.contains(text, autoescape=True))
    ),
    Criterion(
        "on",
        N_("請假日期"),
        lambda text: and_(Absence.starts_on <= day(text), Absence.ends_on >= day(text)),
        kind="date",
    ),
)


def _colleagues() -> Any:
    """Whom an absence can be registered for: the active members of the actor's unit, whatever they do there."""
    here = scopes.unit_staff(actor()), Account.active.is_(True)
    return database().scalars(select(Account).where(*here).order_by(Account.id)).all()


FIELDS: dict[str, Any] = {
    "account": QuerySelectField(
        _l("同仁"),
        query_func=_colleagues,
        get_pk_func=lambda account: account.id,
        get_label=lambda account: account.get_full_name(),
        allow_blank=True,
        blank_text=_l("請選擇"),
        widget=Select2Widget(),
        validators=[DataRequired(_l("請選擇請假的同仁。"))],
    ),
    "starts_on": RocDayField(
        _l("開始日期"), validators=[InputRequired()], description=_l("例:115/11/20"), default=today
    ),
    "ends_on": RocDayField(
        _l("結束日期"),
        validators=[InputRequired()],
        description=_l("這一天仍算請假；只請一天就填同一天。"),
    ),
}


class AbsenceView(GeneratedView):
    datamodel = RowAccess(Absence, joined=("account",), criteria=CRITERIA)
    route_base = "/absences"
    class_permission_name = "Absence"
    method_permission_name = dict.fromkeys((*READ_METHODS, *WRITE_METHODS), "write")
    base_filters = [["id", InScope, scopes.absences]]
    list_title, show_title, add_title, edit_title = (
        lazy_pgettext("list", "請假登錄"),
        _l("請假"),
        _l("登錄請假"),
        _l("修改請假"),
    )
    list_columns = ["account", "starts_on", "ends_on", "note", "changed_by_name"]
    add_columns = edit_columns = ["account", "starts_on", "ends_on", "note"]
    add_form_extra_fields = edit_form_extra_fields = FIELDS
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    order_columns = ["starts_on", "ends_on"]
    base_order = ("starts_on", "desc")
    formatters_columns = {"starts_on": roc_day, "ends_on": roc_day}
    label_columns = {
        "account": _l("同仁"),
        "starts_on": _l("開始日期"),
        "ends_on": _l("結束日期"),
        "note": _l("備註"),
        "changed_by_name": _l("登錄者"),
        "who": _l("姓名"),
        "on": _l("請假日期"),
    }
    description_columns = {"note": _l("例：特休、公出。請勿填寫病情等個人隱私。")}

    def _needed(self, _method: str) -> tuple[P, ...]:
        return (P.ABSENCE_WRITE,)

    def pre_add(self, item: Absence) -> None:
        absences.check(database(), item, by=actor())
        super().pre_add(item)

    def pre_update(self, item: Absence) -> None:
        absences.check(database(), item, by=actor())
        super().pre_update(item)

    def post_add(self, item: Absence) -> None:
        super().post_add(item)
        self._tell_desk()

    def post_update(self, item: Absence) -> None:
        super().post_update(item)
        self._tell_desk()

    def post_delete(self, item: Absence) -> None:
        super().post_delete(item)
        self._tell_desk()

    def _tell_desk(self) -> None:
        """The front desk sees at once who is there, and dispatches whom nobody could take before."""
        attendance.presence_changed(database(), by=actor(), at=now())
