"""管理我的帳號 and 變更我的密碼."""

from __future__ import annotations

from typing import Any

from flask import flash, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from models.account import Account
from rules.errors import FieldFault
from rules.permissions import Permission as P
from rules.texts import N_
from services import accounts, passwords
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now
from views.texts import sentence


class AccountForm(FlaskForm):
    name = StringField(_l("中文名字"), [InputRequired(_l("請輸入中文名字。")), Length(max=64)])
    english_name = StringField(_l("英文名字"), [Length(max=64)])
    job_title = StringField(_l("職務"), [Length(max=64)])
    email = StringField(
        _l("電子信箱"),
        [InputRequired(_l("請輸入電子信箱。")), Email(_l("這不是電子信箱地址,請檢查。")), Length(max=320)],
        description=_l("系統通知與線上客服的回覆都寄到這裡。"),
    )
    phone = StringField(_l("電話"), [Length(max=32)], description=_l("例:02-22066196"))
    extension = StringField(_l("分機"), [Length(max=16)])


class PasswordForm(FlaskForm):
    old_password = PasswordField(_l("舊密碼"), [InputRequired(_l("請輸入舊密碼。")), Length(max=256)])
    password = PasswordField(
        _l("新密碼"),
        [InputRequired(_l("請輸入新密碼。")), Length(max=256)],
        description=_l(
            "至少 12 個字元,英文大寫、小寫、數字、符號四種中至少三種,不可含帳號,且不可與最近三次相同。"
        ),
    )
    repeated = PasswordField(
        _l("密碼確認"),
        [
            InputRequired(_l("請再輸入一次新密碼。")),
            EqualTo("password", _l("兩次輸入的新密碼不同,請重新輸入。")),
        ],
    )


class AccountView(Screen):
    route_base = "/account"
    default_view = "edit"

    @expose("/", methods=["GET", "POST"])
    @needs(P.ACCOUNT_EDIT)
    def edit(self) -> Any:
        account = database().get_one(Account, actor().user_id)
        form = AccountForm(obj=account)
        if form.validate_on_submit():
            try:
                with transaction(database()):
                    accounts.edit_own(database(), account, form.data, by=actor(), at=now())
                flash(_("已儲存您的帳號資料。"), "success")
                return back_to("AccountView.edit")
            except FieldFault as fault:
                form[fault.field].errors = [sentence(fault)]
        return self.render("account/edit.html", form=form, account=account)


class PasswordView(Screen):
    route_base = "/account/password"
    default_view = "change"

    @expose("/", methods=["GET", "POST"])
    @needs(P.ACCOUNT_EDIT)
    def change(self) -> Any:
        form = PasswordForm()
        if form.validate_on_submit():
            account = database().get_one(Account, actor().user_id)
            # A guess at the old password counts like one at the log-in: a stolen session has five, not as many as it likes.
            with transaction(database()):
                claimed = accounts.claim_attempt(database(), account.username, at=now())
            try:
                if claimed is None:
                    raise FieldFault("old_password", N_("舊密碼錯誤次數過多,帳號已鎖定,請 15 分鐘後再試。"))
                with transaction(database()):
                    passwords.change_password(
                        database(), account, old=form.old_password.data, new=form.password.data, at=now()
                    )
                    accounts.unlock(account)
            except FieldFault as fault:
                form[fault.field].errors = [sentence(fault)]
                if fault.field != "old_password":
                    with transaction(database()):
                        accounts.unlock(account)
            else:
                locale = session.get("locale")
                session.clear()
                session.permanent = True
                if locale:
                    session["locale"] = locale
                login_user(account)  # all other sessions of this account are over
                flash(_("密碼已變更,您在其他地方的登入已全部登出。"), "success")
                return back_to("Home.index")
        return self.render("account/password.html", form=form, given=current_user.must_change_password)
