"""Error pages: a sentence that says what is wrong and what to do, and a code that is found in the log."""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests

from app.extensions import db
from models.crypto import UnreadableSecret
from rules.errors import AlreadyDone, NotFound, RuleBroken, StaleVersion, TooMany
from views.api.answers import asked_by_program, error_answer, refusal_answer
from views.texts import sentence

log = logging.getLogger("jieli.errors")

COLLISIONS = frozenset({"40001", "40P01"})
"""SQLSTATE of a transaction that the database gave up for another one: serialization failure, deadlock."""


def init_app(app: Flask) -> None:
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(UnreadableSecret, _unreadable)
    app.register_error_handler(OperationalError, _collided)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: RuleBroken) -> int:
    if isinstance(error, NotFound):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, AlreadyDone | StaleVersion):
        return HTTPStatus.CONFLICT
    if isinstance(error, TooMany):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _rule_broken(error: RuleBroken) -> Response:
    db.session.rollback()
    if asked_by_program():
        return refusal_answer(error, status_of(error))
    return _page(status_of(error), sentence(error))


def _form_expired(_error: CSRFError) -> Response:
    """The session that the form belongs to is over. What was typed is not: the page keeps it to be sent again."""
    if request.headers.get("X-Requested-With") == "fetch":
        status = 400 if current_user.is_authenticated else 401
        return _page(status, _("這個頁面放太久或已在別處登出,請在新分頁登入後再試一次。"), code="csrf")
    if not _may_be_sent_again():
        return _page(400, _("這個頁面放太久或已在別處登出,請回上一頁重新整理後再送出一次。"))
    page = render_template(
        "errors/expired.html",
        sentence=_("您已登出,或登入時間已過,所以剛才的內容沒有送出。請先登入,再回到這一頁送出一次。"),
        action=request.full_path.rstrip("?"),
        kept=[(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"],
    )
    return make_response(page, 400)


def _may_be_sent_again() -> bool:
    """Only what came from a page of our own, and never a password."""
    origin = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    secret = any("password" in name for name in request.form)
    return bool(request.form) and origin.netloc == request.host and not secret


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _unexpected(error.original_exception)  # raised while a page about another error was made
    if asked_by_program():
        return error_answer(error.code, headers=error.get_response().headers)
    response = _page(error.code, _sentence_for(error.code))
    if isinstance(error, TooManyRequests) and error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _unexpected(error: Exception) -> Response:
    code = _logged(error)
    return _page(
        500, _("系統發生錯誤,您輸入的資料沒有送出。請稍後再試;若仍發生,請將代碼告知系統管理者。"), code=code
    )


def _collided(error: OperationalError) -> Response:
    """Nothing of it was written, and the same request succeeds once the other one is through."""
    if getattr(error.orig, "sqlstate", None) not in COLLISIONS:
        return _unexpected(error)
    log.warning("%s %s collided with another transaction", request.method, request.path)
    db.session.rollback()
    return _page(HTTPStatus.CONFLICT, _("同時有其他人在處理相同的資料,請再試一次。"))


def _unreadable(error: UnreadableSecret) -> Response:
    code = _logged(error)
    return _page(
        500,
        _("這筆個人資料目前無法解密,資料沒有遺失。請將代碼告知系統管理者,檢查加密金鑰的設定。"),
        code=code,
    )


def _logged(error: Exception) -> str:
    """Gives the code under which the log has the error."""
    code = secrets.token_hex(4).upper()
    log.error("%s %s %s", code, request.method, request.path, exc_info=error)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    return code


def _sentence_for(status: int) -> str:
    return {
        400: _("送出的資料不完整或格式不對,請回上一頁檢查後再送出。"),
        401: _("請先登入。"),
        403: _("您的角色沒有使用這項功能的權限。若工作需要,請向單位督導或系統管理者申請。"),
        404: _("找不到這個頁面或資料,可能已移除,或不在您可查看的範圍。"),
        405: _("這個網址不接受這種操作,請由選單進入功能。"),
        413: _("上傳的檔案太大,每個檔案以 5MB 為限。"),
        429: _("操作太頻繁,請稍候一分鐘再試。"),
    }.get(status, _("系統暫時無法處理這個要求,請稍後再試。"))


def _page(status: int, text: str, *, code: str = "") -> Response:
    if asked_by_program():
        return error_answer(status, text, reference=code)
    if request.headers.get("X-Requested-With") == "fetch":
        return make_response(jsonify({"message": text, "code": code}), status)
    values = {"status": int(status), "sentence": text, "code": code, "back_url": g.get("way_back")}
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return make_response(render_template("errors/error.html", **values), status)
    # Past the context processors: they ask the database for user and menu, and it may be what is broken.
    bare = current_app.jinja_env.get_template("errors/bare.html")
    return make_response(
        bare.render(**values, lang="en" if str(get_locale()) == "en" else "zh-Hant-TW"), status
    )
