"""使用者: accounts, their unit and roles; disabling, unlocking, given passwords. Accounts are never deleted."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, make_response
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import select
from wtforms.validators import Email, InputRequired, Length, Regexp

from models.account import Account
from models.organisation import Unit
from reports.criteria import Criterion
from reports.session import ReadSession
from rules.errors import RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_
from services import accounts, departures, passwords
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.administration.shown import local_moment, lock_text, on_or_off
from views.generated.base import GeneratedView
from views.generated.filters import search_fields
from views.generated.interface import RowAccess
from views.texts import sentence


def _units(session: ReadSession) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in session.execute(select(Unit.id, Unit.name).order_by(Unit.name))]


def _roles(session: ReadSession) -> list[tuple[str, str]]:
    return [
        (str(key), name)
        for key, name in session.execute(select(RoleRow.id, RoleRow.name).order_by(RoleRow.id))
    ]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


CRITERIA = (
    Criterion("username", N_("帳號"), lambda text: Account.username.icontains(text, autoescape=True)),
    Criterion("name", N_("中文名字"), lambda text: Account.name.contains(text, autoescape=True)),
    Criterion(
        "unit", N_("單位"), lambda text: Account.unit_id == _number(text), kind="choice", choices=_units
    ),
    Criterion(
        "role",
        N_("角色"),
        lambda text: Account.roles.any(RoleRow.id == _number(text)),
        kind="choice",
        choices=_roles,
    ),
)
PERSONAL = ["name", "english_name", "job_title", "email", "phone", "extension", "unit", "roles"]


def _tell_supervisors(account: Account, before: departures.LeftBehind) -> None:
    """In the transaction of the change. The administrator serves nobody and hears the number alone."""
    base_url = current_app.config["PUBLIC_URL"]
    number, everybody_told = departures.tell_supervisors(
        database(), account, before=before, at=now(), base_url=base_url
    )
    if number and everybody_told:
        flash(_("尚有 %(n)s 件未結案個案,已通知督導。", n=number), "warning")
    elif number:
        flash(_("尚有 %(n)s 件未結案個案，但該單位沒有使用中的督導帳號可以通知。", n=number), "warning")


class UserView(GeneratedView):
    datamodel = RowAccess(Account, joined=("unit",), apart=("roles",), criteria=CRITERIA)
    route_base = "/users"
    class_permission_name = "User"
    exclude_route_methods = {"delete"}
    list_title, show_title, add_title, edit_title = (
        lazy_pgettext("list", "使用者"),
        _l("使用者"),
        _l("新增使用者"),
        _l("修改使用者"),
    )
    list_columns = ["username", "name", "unit", "roles", "active", "last_login", "locked_until"]
    show_columns = [
        "username",
        *PERSONAL,
        "active",
        "last_login",
        "fail_login_count",
        "locked_until",
        "password_changed_at",
    ]
    add_columns = ["username", *PERSONAL]
    edit_columns = PERSONAL
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    order_columns = ["username", "name", "last_login"]
    base_order = ("username", "asc")
    formatters_columns = {
        "active": on_or_off,
        "last_login": local_moment,
        "password_changed_at": local_moment,
        "locked_until": lock_text,
    }
    label_columns = {
        "username": _l("帳號"),
        "name": _l("中文名字"),
        "english_name": _l("英文名字"),
        "job_title": _l("職務"),
        "email": _l("電子信箱"),
        "phone": _l("電話"),
        "extension": _l("分機"),
        "unit": _l("單位"),
        "roles": _l("角色"),
        "role": _l("角色"),
        "active": _l("狀態"),
        "last_login": _l("最近登入"),
        "fail_login_count": _l("最近連續登入失敗次數"),
        "locked_until": _l("鎖定"),
        "password_changed_at": _l("密碼變更時間"),
    }
    description_columns = {
        "username": _l("英文字母、數字與 . _ - ,建立後不能更改。"),
        "phone": _l("例:02-22066196"),
        "roles": _l("可選多個,例如督導兼個管員。"),
    }
    validators_columns = {
        "username": [
            InputRequired(_l("請輸入帳號。")),
            Length(max=64),
            Regexp(
                r"[A-Za-z0-9][A-Za-z0-9._-]*\Z",
                message=_l("帳號只能用英文字母、數字與 . _ - ,並以字母或數字開頭。"),
            ),
        ],
        "name": [InputRequired(_l("請輸入中文名字。")), Length(max=64)],
        "email": [InputRequired(_l("請輸入電子信箱。")), Email(_l("這不是電子信箱地址,請檢查。"))],
        "roles": [InputRequired(_l("請至少選擇一個角色。"))],
    }
    show_template = "administration/user.html"

    def pre_add(self, item: Account) -> None:
        accounts.check_data(database(), item)
        g.given_password = passwords.give_password(database(), item, at=now())
        g.given_to = item.username
        super().pre_add(item)

    def pre_update(self, item: Account) -> None:
        g.left_behind = departures.left_behind(database(), item.id)
        accounts.check_data(database(), item)
        accounts.check_own_roles(item, by=actor())
        accounts.touch(database(), item, by=actor(), at=now())

    def post_update(self, item: Account) -> None:
        _tell_supervisors(item, g.pop("left_behind"))

    def post_add_redirect(self) -> Any:
        return self._shown_once(g.given_to, g.given_password)

    @expose("/<int:user_id>/password", methods=["POST"])
    @needs(P.USER_WRITE)
    def reset_password(self, user_id: int) -> Response:
        account = self.own_row(str(user_id))
        with transaction(database()):
            given = passwords.give_password(database(), account, at=now())
            accounts.touch(database(), account, by=actor(), at=now())
        return self._shown_once(account.username, given)

    @expose("/<int:user_id>/disable", methods=["POST"])
    @needs(P.USER_WRITE)
    def disable(self, user_id: int) -> Any:
        return self._change(
            user_id, lambda one: accounts.disable(one, by=actor()), _("已停用,並已將該使用者登出。")
        )

    @expose("/<int:user_id>/enable", methods=["POST"])
    @needs(P.USER_WRITE)
    def enable(self, user_id: int) -> Any:
        return self._change(user_id, accounts.enable, _("已啟用。"))

    @expose("/<int:user_id>/unlock", methods=["POST"])
    @needs(P.USER_WRITE)
    def unlock(self, user_id: int) -> Any:
        return self._change(user_id, accounts.unlock, _("已解除鎖定,使用者可以立即登入。"))

    def _change(self, user_id: int, change: Any, done: str) -> Any:
        account = self.own_row(str(user_id))
        try:
            with transaction(database()):
                before = departures.left_behind(database(), account.id)
                change(account)
                accounts.touch(database(), account, by=actor(), at=now())
                _tell_supervisors(account, before)
            flash(done, "success")
        except RuleBroken as refused:
            flash(sentence(refused), "danger")
        return back_to("UserView.show", pk=user_id)

    def _get_show_widget(self, pk: Any, item: Any, **kwargs: Any) -> Any:
        g.shown_row = item
        g.is_own = item.id == actor().user_id
        g.is_locked = item.locked_until is not None and item.locked_until > now()
        g.may_write = actor().may(P.USER_WRITE)
        return super()._get_show_widget(pk, item, **kwargs)

    def _shown_once(self, username: str, password: str) -> Response:
        """An answer and no redirect: the password is put neither into the session's cookie nor into an address."""
        page = self.render_template(
            "administration/given_password.html", username=username, password=password
        )
        response = make_response(page)
        response.headers["Cache-Control"] = "no-store"
        return response
