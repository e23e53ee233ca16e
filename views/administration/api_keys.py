"""介接金鑰: issued for an account, shown once, revoked; what other systems call the API with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, flash, g, make_response
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import or_, select
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from models.account import Account
from models.api_key import ApiKey
from models.organisation import Unit
from reports.criteria import Criterion
from reports.staff import holds
from rules import roc_dates
from rules.errors import RuleBroken
from rules.permissions import Permission
from rules.permissions import Permission as P
from rules.texts import N_
from services import api_keys
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now, today
from views.administration.shown import chip, local_moment, roc_day
from views.fields import RocDateField, faults_of, show_faults
from views.generated.base import GeneratedView
from views.generated.filters import search_fields
from views.generated.interface import RowAccess
from views.texts import sentence

MOST_ACCOUNTS = 1000


class _Ticks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class KeyForm(FlaskForm):
    """Each field is named like the argument of `api_keys.issue`, so that a fault finds its place."""

    account_id = SelectField(
        _l("帳號"),
        coerce=str,
        validate_choice=False,
        description=_l("金鑰以這個帳號的身分與單位行事,請為每個系統建立專用帳號。"),
    )
    label = StringField(_l("用途"), description=_l("例:高雄市社會局個案管理系統"))
    scopes = _Ticks(_l("用途範圍"), validate_choice=False)
    expires_on = RocDateField(_l("到期日"), description=_l("最長一年;到期前請先核發新的金鑰。"))

    def offer(self) -> None:
        self.scopes.choices = [(each.name, _(each.meaning)) for each in api_keys.SCOPES]
        self.account_id.choices = [("", _("請選擇")), *_accounts()]


def _accounts() -> list[tuple[str, str]]:
    found = database().execute(
        select(Account.id, Account.username, Account.name, Unit.name)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Account.active.is_(True), holds(P.API_USE))
        .order_by(Unit.name, Account.username)
        .limit(MOST_ACCOUNTS)
    )
    return [(str(key), f"{unit or '—'} / {name}({username})") for key, username, name, unit in found]


def _of_account(text: str) -> Any:
    named = or_(
        Account.username.icontains(text, autoescape=True), Account.name.contains(text, autoescape=True)
    )
    return ApiKey.account_id.in_(select(Account.id).where(named))


CRITERIA = (
    Criterion("label", N_("用途"), lambda text: ApiKey.label.contains(text, autoescape=True)),
    Criterion("account", N_("帳號"), _of_account),
)


def _scopes(names: list[str]) -> Markup:
    meanings = [_(each.meaning) for each in Permission if each.name in names]
    items = Markup("").join(Markup("<li>{}</li>").format(each) for each in meanings)
    return Markup('<ul class="sentences">{}</ul>').format(items)


def _revoked(at: Any) -> Any:
    if at is None:
        return chip("done", "fa-check", _("有效"))
    return chip("off", "fa-ban", _("已撤銷 %(when)s", when=local_moment(at)))


def _expiry(last: date) -> Any:
    if last < today():
        return chip("overdue", "fa-circle-exclamation", _("%(day)s 已過期", day=roc_dates.show(last)))
    return roc_dates.show(last)


class ApiKeyView(GeneratedView):
    datamodel = RowAccess(ApiKey, joined=("account.unit",), criteria=CRITERIA)
    route_base = "/api-keys"
    class_permission_name = "ApiKey"
    # Who issues keys also reads the list; nobody else does.
    method_permission_name = {"list": "write", "show": "write"}
    read_only = True
    list_title, show_title = lazy_pgettext("list", "介接金鑰"), _l("介接金鑰")
    list_columns = ["label", "account", "account.unit", "prefix", "expires_on", "revoked_at", "last_used_on"]
    show_columns = [
        "label",
        "account",
        "account.unit",
        "scopes",
        "prefix",
        "made_at",
        "expires_on",
        "revoked_at",
        "last_used_on",
    ]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    order_columns = ["label", "expires_on", "last_used_on"]
    base_order = ("id", "desc")
    formatters_columns = {
        "scopes": _scopes,
        "expires_on": _expiry,
        "revoked_at": _revoked,
        "last_used_on": roc_day,
        "made_at": local_moment,
    }
    label_columns = {
        "label": _l("用途"),
        "account": _l("帳號"),
        "account.unit": _l("單位"),
        "prefix": _l("識別碼"),
        "scopes": _l("用途範圍"),
        "made_at": _l("核發時間"),
        "expires_on": _l("到期日"),
        "revoked_at": _l("狀態"),
        "last_used_on": _l("最近使用"),
    }
    list_template = "administration/api_keys.html"
    show_template = "administration/api_key.html"

    def _needed(self, method: str) -> tuple[Permission, ...]:
        return (P.API_KEY_WRITE,)

    @expose("/issue", methods=["GET", "POST"])
    @needs(P.API_KEY_WRITE)
    def issue(self) -> Any:
        form = KeyForm()
        form.offer()
        if not form.is_submitted():
            form.expires_on.data = roc_dates.show(today() + timedelta(days=api_keys.MOST_DAYS))
        elif form.validate():
            try:
                with transaction(database()):
                    issued = api_keys.issue(
                        database(),
                        account_id=int(form.account_id.data)
                        if (form.account_id.data or "").isdecimal()
                        else 0,
                        label=form.label.data or "",
                        scopes=form.scopes.data or (),
                        expires_on=form.expires_on.day or today(),
                        by=actor(),
                        at=now(),
                    )
            except RuleBroken as refused:
                show_faults(form, faults_of(refused, field="label"))
            else:
                return self._shown_once(issued)
        page = self.render_template("administration/api_key_form.html", form=form)
        return make_response(page, 422 if form.errors else 200)

    @expose("/<int:key_id>/revoke", methods=["POST"])
    @needs(P.API_KEY_WRITE)
    def revoke(self, key_id: int) -> Any:
        self.own_row(str(key_id))
        try:
            with transaction(database()):
                api_keys.revoke(database(), key_id, by=actor(), at=now())
            flash(_("已撤銷,使用這把金鑰的系統從現在起不能再介接。"), "success")
        except RuleBroken as refused:
            flash(sentence(refused), "danger")
        return back_to("ApiKeyView.show", pk=key_id)

    def _get_show_widget(self, pk: Any, item: Any, **kwargs: Any) -> Any:
        g.shown_row = item
        return super()._get_show_widget(pk, item, **kwargs)

    def _shown_once(self, issued: api_keys.Issued) -> Response:
        """An answer and no redirect: the key is put neither into the session's cookie nor into an address."""
        response = make_response(self.render_template("administration/issued_key.html", issued=issued))
        response.headers["Cache-Control"] = "no-store"
        return response
