"""OpenAPI: what there is, made from the declarations of the operations, and the page on which programmers try it."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, abort, current_app, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from rules.permissions import Permission as P
from services.api_answers import HEADER
from views.access import Screen, needs, public, refusal
from views.api import caller
from views.api.answer_schemas import Error
from views.api.answers import BASE, CODES
from views.api.operation import ERRORS, ApiResource

ABOUT = """Referring agencies' systems file referrals and ask for their state; receiving units' systems read their cases and
rosters. Dates are ISO 8601 (2026-11-20), moments carry Taipei's offset (+08:00). Messages are in Traditional Chinese, or in
English by Accept-Language. National IDs are never given back whole."""
DESCRIPTIONS = {
    400: "The body is no JSON.",
    401: "No credentials, or none that are valid (any more).",
    403: "The key has no such scope, or its account no such permission.",
    404: "No such thing, or not for this account: both read the same.",
    409: "Somebody else changed the same data at this moment; send again.",
    413: "A body over 24 MB.",
    415: "The body is not application/json.",
    422: "Refused; `fields` says where and why.",
    429: "Too many requests or look-ups; `Retry-After` says when to come back.",
    500: "Our fault; `reference` finds it in the log.",
}


class ApiDocs(Screen):
    """For whoever is logged in, and for programs with a key."""

    route_base = BASE
    default_view = "page"

    @expose("/")
    @needs(P.HOME_VIEW)
    def page(self) -> str:
        return self.render("administration/api_docs.html", title=_("介接說明(REST API)"))

    @expose("/openapi.json")
    @public
    def specification(self) -> Response:
        if caller.has_sent_credentials():
            caller.identify()
            caller.require(P.API_USE)
        elif refusal(P.HOME_VIEW):
            abort(401)
        return jsonify(specification(request.script_root))


def specification(root: str = "") -> dict[str, Any]:
    spec = APISpec(
        title=f"{current_app.config['APP_NAME']} Jieli",
        version="1.0",
        openapi_version="3.0.3",
        info={"description": ABOUT, "license": {"name": "Apache-2.0"}},
        **({"servers": [{"url": root}]} if root else {}),
        plugins=[MarshmallowPlugin(schema_name_resolver=lambda schema: _class_of(schema).__name__)],
    )
    spec.components.security_scheme("apiKey", {"type": "apiKey", "in": "header", "name": caller.KEY_HEADER})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.parameter(
        "IdempotencyKey",
        "header",
        {
            "name": HEADER,
            "required": True,
            "description": "A name of your own for this request, e.g. a UUID. The same again gives the same answer.",
            "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]{8,200}$"},
            "example": "5f0c1b9e-9a36-4f0f-8a55-3f7a0c6d2b11",
        },
    )
    spec.components.schema("Error", schema=Error)
    for status, name in ERRORS.items():
        spec.components.response(name, _error(status))
    for view in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]  # FAB sets it
        if isinstance(view, ApiResource):
            view.add_api_spec(spec)
    return _closed(spec.to_dict())


def _error(status: int) -> dict[str, Any]:
    example = {"error": {"code": CODES[status], "message": "…", "fields": {}}}
    return {
        "description": DESCRIPTIONS[status],
        "content": {"application/json": {"schema": Error, "example": example}},
    }


def _class_of(schema: Any) -> type[Any]:
    return schema if isinstance(schema, type) else type(schema)


def _closed(found: dict[str, Any]) -> dict[str, Any]:
    """Said of each object: what it does not name it does not hold, neither asked nor answered."""
    for schema in found["components"]["schemas"].values():
        schema["additionalProperties"] = False
    return found
