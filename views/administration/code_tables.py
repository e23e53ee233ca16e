"""代碼表, by Flask-Admin: its lists, search and in-place editing under our guard, our templates and our rules.

Our templates replace its own, whose inline handlers the Content-Security-Policy blocks. Every POST is checked by the
application's CSRF protection, so the forms need none of their own.
"""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, request
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from models.codes import CodeItem, Identity, Indicator, RefusalReason, ServiceKind
from rules.errors import FieldFault, RuleBroken
from rules.permissions import Permission as P
from services import code_lists
from services.transaction import transaction
from views.access import actor, database, refusal
from views.texts import sentence

TABLES: tuple[tuple[type[CodeItem], str, Any, str], ...] = (
    (Indicator, "indicators", _l("轉介評估指標"), "fa-clipboard-check"),
    (Identity, "identities", _l("個案身分別"), "fa-id-badge"),
    (ServiceKind, "services", _l("收案提供服務情形"), "fa-hand-holding-hand"),
    (RefusalReason, "refusal-reasons", _l("無法提供服務原因"), "fa-circle-question"),
)


class EditForm(BaseForm):
    label = StringField(_l("名稱"), [InputRequired(_l("請輸入名稱。")), Length(max=200)])
    active = BooleanField(
        _l("啟用"), default=True, description=_l("停用後不再出現在表單選項中,已有的資料照常顯示。")
    )


class NewForm(EditForm):
    code = IntegerField(
        _l("代碼"),
        [InputRequired(_l("請輸入代碼。")), NumberRange(1, code_lists.HIGHEST, _l("代碼為1到999的整數。"))],
        description=_l("建立後不能更改,也不會重複使用。"),
        render_kw={"inputmode": "numeric", "type": "text"},
    )


class Guard:
    """Nobody to the log-in page, others without the permission 403: on the index and on every table."""

    def is_accessible(self) -> bool:
        return current_user.is_authenticated and actor().may(P.CODE_LIST_WRITE)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        return refusal(P.CODE_LIST_WRITE) or abort(403)


class CodesIndex(Guard, AdminIndexView):
    @expose("/")
    def index(self) -> str:
        count, active = func.count(), func.count().filter
        tables = []
        for model, name, title, icon in TABLES:
            total, used = database().execute(select(count, active(model.active))).one()
            tables.append(
                {
                    "title": title,
                    "endpoint": f"codes_{name}.index_view",
                    "icon": icon,
                    "total": total,
                    "used": used,
                }
            )
        return self.render("codes/index.html", tables=tables)


class CodeTable(Guard, ModelView):
    list_template, create_template, edit_template = "codes/list.html", "codes/form.html", "codes/form.html"
    form_base_class = BaseForm
    can_delete = can_export = can_view_details = False
    column_list = ["code", "label", "active"]
    column_searchable_list = ["label"]
    column_sortable_list = ["code", "label", "active"]
    column_default_sort = "code"
    page_size = 100
    named_filter_urls = False

    def _get_list_extra_args(self) -> Any:
        """Flask-Admin takes any page for an offset, also one that no database can hold."""
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page, 0), code_lists.HIGHEST // self.page_size)
        return asked

    def get_create_form(self) -> type[BaseForm]:
        return NewForm

    def get_edit_form(self) -> type[BaseForm]:
        return EditForm

    def create_form(self, obj: Any = None) -> BaseForm:
        form = super().create_form(obj)
        if request.method == "GET":
            form["code"].data = code_lists.next_code(database(), self.model)
        return form

    def create_model(self, form: Any) -> Any:
        values = {"code": form.code.data, "label": form.label.data or "", "active": form.active.data}
        return self._saved(form, lambda: code_lists.add_code(database(), self.model, **values))

    def update_model(self, form: Any, model: Any) -> bool:
        values = {"label": form.label.data or "", "active": form.active.data}
        return bool(self._saved(form, lambda: code_lists.edit_code(database(), model, **values)))

    def _saved(self, form: Any, save: Any) -> Any:
        """The saved row, or False after a refusal, which is shown at its field."""
        try:
            with transaction(database()):
                return save()
        except FieldFault as fault:
            form[fault.field].errors = [*form[fault.field].errors, sentence(fault)]
        except RuleBroken as refused:
            flash(sentence(refused), "danger")
        return False

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        """In-place editing, one row: `code`, `label`, `active` (1 or 0). Answers 422 with the sentence."""
        code = request.form.get("code", "")
        item = database().get(self.model, int(code)) if code.isdecimal() and len(code) < 6 else None
        if item is None:
            abort(404)
        with transaction(database()):
            code_lists.edit_code(
                database(),
                item,
                label=request.form.get("label", ""),
                active=request.form.get("active") == "1",
            )
        return {"message": _("已儲存。"), "label": item.label, "active": item.active}


def register(session_owner: Any) -> None:
    """`session_owner`: Flask-SQLAlchemy's object. Flask-Admin registers its blueprints with the current application."""
    index = CodesIndex(name=_l("代碼表"), endpoint="codes", url="/codes")
    admin = Admin(current_app, name=_l("代碼表"), index_view=index)
    for model, name, title, _icon in TABLES:
        admin.add_view(CodeTable(model, session_owner, name=title, endpoint=f"codes_{name}", url=name))
