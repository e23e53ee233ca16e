"""登入: account, password, one-time CAPTCHA; and the bulletin for everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, jsonify, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from reports.notices import bulletins
from rules.permissions import Permission as P
from services import accounts, captcha, passwords
from services.transaction import transaction
from views.access import NoHistory, database, needs, now, public, today

REFUSED = _l("帳號、密碼或驗證碼不正確,或帳號目前無法使用。連續 5 次錯誤將鎖定 15 分鐘。")


class LoginForm(FlaskForm):
    username = StringField(_l("帳號"), [InputRequired(_l("請輸入帳號")), Length(max=128)])
    password = PasswordField(_l("密碼"), [InputRequired(_l("請輸入密碼")), Length(max=256)])
    captcha = StringField(_l("驗證碼"), [Length(max=8)])


class LoginView(NoHistory, AuthDBView):
    route_base = ""

    @expose("/login/", methods=["GET", "POST"])
    @public
    def login(self) -> Any:
        if current_user.is_authenticated:
            return redirect(_safe_target(request.args.get("next")))
        form = LoginForm()
        if form.validate_on_submit():
            if self._log_in(form):
                return redirect(_safe_target(request.args.get("next")))
            flash(REFUSED, "danger")
        return self._page(form)

    def _log_in(self, form: LoginForm) -> bool:
        """A wrong CAPTCHA, password or account all read the same. Hashing happens outside of any transaction."""
        opened = self._captcha_fits(form.captcha.data or "")
        if not opened:
            return False
        with transaction(database()):
            user = accounts.claim_attempt(database(), form.username.data or "", at=now())
        fits = passwords.password_fits(user, form.password.data or "")
        if user is None:
            return False
        with transaction(database()):
            if not fits:
                accounts.record_failure(database(), user)
                return False
            accounts.record_success(database(), user, at=now())
        locale = session.get("locale")
        session.clear()  # a session known before log-in must not be the one after it
        session.permanent = True
        if locale:
            session["locale"] = locale
        login_user(user)
        return True

    def _captcha_fits(self, typed: str) -> bool:
        if not current_app.config["CAPTCHA_ENABLED"]:
            return True
        with transaction(database()):
            return captcha.redeem(database(), session.pop("captcha", ""), typed, at=now())

    def _page(self, form: LoginForm) -> Any:
        enabled = current_app.config["CAPTCHA_ENABLED"]
        return self.render_template(
            "account/login.html",
            form=form,
            bulletins=bulletins(database(), today()),
            captcha_enabled=enabled,
            captcha_image_url=url_for("LoginView.captcha_image") if enabled else None,
            captcha_audio_url=url_for("LoginView.captcha_audio") if enabled else None,
            citizen_certificate_enabled=False,
        )

    @expose("/login/captcha.png")
    @public
    def captcha_image(self) -> Response:
        """`?new=1` makes a new one (換一張). A page alone makes none: its picture does, once for a session."""
        known = session.get("captcha", "")
        answer = None if request.args.get("new") else captcha.answer(database(), known, at=now())
        if answer is None:
            with transaction(database()):
                session["captcha"] = captcha.issue(database(), at=now(), instead_of=known)
            answer = captcha.answer(database(), session["captcha"], at=now()) or abort(404)
        return _uncached(captcha.picture(answer), "image/png")

    @expose("/login/captcha.wav")
    @public
    def captcha_audio(self) -> Response:
        answer = captcha.answer(database(), session.get("captcha", ""), at=now()) or abort(404)
        return _uncached(captcha.speech(answer), "audio/wav")

    @expose("/logout/", methods=["POST"])
    @public
    def logout(self) -> WerkzeugResponse:
        locale = session.get("locale")
        logout_user()
        session.clear()
        if locale:
            session["locale"] = locale
        flash(_("您已登出。"), "success")
        return redirect(url_for("LoginView.login"))

    @expose("/session/token")
    @needs(P.HOME_VIEW)
    def token(self) -> Response:
        """The token for forms that were opened in a session which is over; only our own pages can read it."""
        return jsonify({"token": generate_csrf()})

    @expose("/session/extend", methods=["POST"])
    @needs(P.HOME_VIEW)
    def extend(self) -> Any:
        """延長: any request renews the session; this one does nothing else."""
        return "", 204


def _safe_target(wanted: str | None) -> str:
    """Only a path of our own: no other host, no scheme, no backslash that a browser reads as a slash."""
    parts = urlsplit(wanted or "")
    if not wanted or parts.scheme or parts.netloc or not wanted.startswith("/") or wanted[1:2] in {"/", "\\"}:
        return url_for("Home.index")
    return wanted


def _uncached(content: bytes, mimetype: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Cache-Control": "no-store"})
