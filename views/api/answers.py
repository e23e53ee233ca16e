"""Answers to programs: JSON, with one shape for every error, whoever raises it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, has_request_context, jsonify, request
from flask_babel import gettext as _
from werkzeug.datastructures import Headers

from rules.errors import Faults, FieldFault, RuleBroken, TooMany
from rules.texts import N_
from views.texts import sentence

BASE = "/api/v1"
RETRY_SECONDS = {True: "600", False: "60"}
"""After too many look-ups (a window of ten minutes), after too many requests."""

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
}
SENTENCES = {
    400: N_("要求的內容不是正確的 JSON。"),
    401: N_("缺少憑證,或憑證無效、已過期、已撤銷。請附上 X-API-Key,或 Authorization: Bearer。"),
    403: N_("這把金鑰沒有這項作業的權限。"),
    404: N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"),
    405: N_("這個網址不接受這個方法。"),
    413: N_("要求的內容太大。每個檔案以 5MB 為限,整個要求以 24MB 為限。"),
    415: N_("內容類型應為 application/json。"),
    429: N_("要求太頻繁,請稍候再試。"),
}
HEADERS_KEPT = ("Allow", "WWW-Authenticate", "Retry-After")


def asked_by_program() -> bool:
    """Whether the answer is JSON: all of the API but its page for people."""
    return has_request_context() and request.path.startswith("/api/") and request.path != f"{BASE}/"


def error_body(
    status: int, message: str, *, fields: Mapping[str, str] | None = None, reference: str = ""
) -> dict[str, Any]:
    error: dict[str, Any] = {
        "code": CODES.get(status, "error"),
        "message": message,
        "fields": dict(fields or {}),
    }
    return {"error": error | ({"reference": reference} if reference else {})}


def error_answer(
    status: int,
    message: str = "",
    *,
    fields: Mapping[str, str] | None = None,
    reference: str = "",
    headers: Mapping[str, str] | Headers | None = None,
) -> Response:
    """`reference` is the code under which the log has the error."""
    text = message or _(SENTENCES.get(status, N_("系統暫時無法處理這個要求,請稍後再試。")))
    response = jsonify(error_body(status, text, fields=fields, reference=reference))
    response.status_code = int(status)
    for name in HEADERS_KEPT:
        if headers and name in headers:
            response.headers[name] = headers[name]
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.setdefault("Retry-After", RETRY_SECONDS[False])
    return response


def refusal_answer(error: RuleBroken, status: int) -> Response:
    response = error_answer(status, sentence(error), fields=fields_of(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = RETRY_SECONDS[True]
    return response


def refusal_body(error: RuleBroken, *, prefix: str = "") -> dict[str, Any]:
    body: dict[str, Any] = error_body(422, sentence(error), fields=fields_of(error, prefix=prefix))["error"]
    return body


def fields_of(error: RuleBroken, *, prefix: str = "") -> dict[str, str]:
    """Field → sentence, the first one said of each."""
    faults = error.faults if isinstance(error, Faults) else [error] if isinstance(error, FieldFault) else []
    return {f"{prefix}{fault.field}": sentence(fault) for fault in reversed(faults)}
