"""One operation of the API: guarded, its input checked against a schema, described for OpenAPI by the same declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from apispec import APISpec
from flask import Blueprint, Response, jsonify, request
from flask_appbuilder.api import BaseApi
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from rules.errors import Faults, FieldFault
from rules.permissions import Permission
from services import api_answers
from views.api import caller
from views.api.fields import Strict, flattened

Method = TypeVar("Method", bound=Callable[..., Any])
ERRORS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict",
          413: "TooLarge", 415: "UnsupportedMediaType", 422: "Invalid", 429: "TooManyRequests", 500: "InternalError"}  # fmt: skip
ALWAYS = (401, 403, 422, 429, 500)
WITH_BODY = (400, 413, 415)


@dataclass(frozen=True)
class Answer:
    """`body` is JSON; `status` 201 comes with `location`."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    name: str
    summary: str
    description: str
    needs: tuple[Permission, ...]
    answers: Mapping[int, type[Strict]]
    body: type[Strict] | None
    query: type[Strict] | None
    idempotent: bool
    errors: tuple[int, ...]
    security: tuple[str, ...]


def operation(
    *needed: Permission,
    summary: str,
    answers: Mapping[int, type[Strict]],
    description: str = "",
    body: type[Strict] | None = None,
    query: type[Strict] | None = None,
    idempotent: bool = False,
    errors: tuple[int, ...] = (),
    security: tuple[str, ...] = ("apiKey", "bearer"),
) -> Callable[[Method], Method]:
    """Any one of `needed` opens it. The method gets the checked `body` and `query`, and gives an `Answer`."""

    def declare(method: Method) -> Method:
        @wraps(method)
        def run(self: Any, **path: Any) -> Response:
            caller.require(*needed, key_itself="bearer" not in security)
            arguments = {**path, **_key(idempotent), **_query(query)}
            answer: Answer = method(self, **arguments, **_body(body))
            response = jsonify(answer.body)
            response.status_code = answer.status
            response.headers.update(answer.headers)
            return response

        run.needs = needed  # type: ignore[attr-defined]
        run.operation = Operation(  # type: ignore[attr-defined]
            method.__name__, summary, description, needed, answers, body, query, idempotent, errors, security
        )
        return run  # type: ignore[return-value]

    return declare


class ApiResource(BaseApi):
    """A resource of `/api/v1`. Its exposed methods carry `operation`."""

    version = "v1"
    allow_browser_login = False

    def create_blueprint(self, *args: Any, **kwargs: Any) -> Blueprint:
        blueprint: Blueprint = super().create_blueprint(*args, **kwargs)
        blueprint.before_request(caller.identify)
        return blueprint

    def add_apispec_components(self, api_spec: APISpec) -> None:
        """All of them are the specification's own: see `views.api.specification`."""

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        methods: list[str] | None = None,
        func: Any = None,
        **_rest: Any,
    ) -> None:
        """FAB asks for each route's part of the specification."""
        for method in methods or ():
            if operations is not None:
                operations[method.lower()] = described(func.operation, path or "")


def described(one: Operation, path: str) -> dict[str, Any]:
    errors = sorted(
        {*ALWAYS, *one.errors, *(WITH_BODY if one.body else ()), *((404,) if "{" in path else ())}
    )
    scopes = " or ".join(f"`{each.name}`" for each in one.needs if each is not Permission.API_USE)
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": " ".join(
            filter(None, (one.description, f"Needs the scope {scopes}." if scopes else ""))
        ),
        "security": [{scheme: []} for scheme in one.security],
        "parameters": _parameters(one, path),
        "responses": {
            **{str(status): _response(status, schema) for status, schema in one.answers.items()},
            **{str(status): ERRORS[status] for status in errors},
        },
    }
    if one.body:
        content = {"application/json": {"schema": one.body}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _response(status: int, schema: type[Strict]) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if status == 201:
        headers["Location"] = {"schema": {"type": "string"}, "description": "Address of what was made."}
    return {
        "description": {200: "Done.", 201: "Filed."}[status],
        "content": {"application/json": {"schema": schema}},
        **({"headers": headers} if headers else {}),
    }


def _parameters(one: Operation, path: str) -> list[Any]:
    found: list[Any] = []
    if "{number}" in path:
        number = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        found.append({"in": "path", "name": "number", "required": True, "schema": number})
    if one.idempotent:
        found.append("IdempotencyKey")
    if one.query:
        found.append({"in": "query", "schema": one.query})
    return found


def _key(idempotent: bool) -> dict[str, Any]:
    return {"key": api_answers.checked(request.headers.get(api_answers.HEADER))} if idempotent else {}


def _query(schema: type[Strict] | None) -> dict[str, Any]:
    found = checked(schema or Strict, request.args.to_dict())
    return {"query": found} if schema else {}


def _body(schema: type[Strict] | None) -> dict[str, Any]:
    if schema is None:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        sent = request.get_json()
    except RecursionError as error:
        raise BadRequest from error
    return {"body": checked(schema, sent)}


def checked(schema: type[Strict], sent: Any) -> dict[str, Any]:
    """Raises `Faults` that name each field."""
    try:
        found: dict[str, Any] = schema().load(sent)
    except ValidationError as error:
        raise Faults([FieldFault(name, text) for name, text in flattened(error.messages).items()]) from error
    return found


__all__ = ["Answer", "ApiResource", "Operation", "checked", "operation"]
