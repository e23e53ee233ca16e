"""The specification says exactly what is: requests made from it break nothing, and answers hold to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from app.extensions import db
from services.transaction import transaction
from tests.factories import make_case, make_record, make_referral
from tests.views.api.conftest import Program, issued_key
from views.api.operation import ApiResource
from views.api.specification import specification

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
          negative_data_rejection]  # fmt: skip


@pytest.fixture
def spec(app: Flask) -> dict[str, Any]:
    with app.test_request_context("/api/v1/openapi.json"):
        return specification()


def test_every_operation_is_described(app: Flask, spec: dict[str, Any]) -> None:
    resources = {type(view).__name__ for view in app.appbuilder.baseviews if isinstance(view, ApiResource)}
    routes = {
        (rule.rule.replace("<int:number>", "{number}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in resources
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, method) for path, methods in spec["paths"].items() for method in methods}


def test_each_object_that_is_answered_is_closed(spec: dict[str, Any]) -> None:
    assert all(schema["additionalProperties"] is False for schema in spec["components"]["schemas"].values())


def test_the_specification_is_for_key_holders_and_the_logged_in(
    app: Flask, as_: Callable[[str], FlaskClient], program: Callable[..., Program]
) -> None:
    address = "/api/v1/openapi.json"
    assert as_("reception").get(address).json["openapi"].startswith("3.0")
    assert program("referrer").get("/openapi.json").status_code == 200
    assert as_("").get(address).status_code == 401
    wrong = {"X-API-Key": "wrong"}
    assert as_("reception").get(address, headers=wrong).status_code == 401, "a key that was sent counts"


def test_the_page_loads_nothing_from_elsewhere(as_: Callable[[str], FlaskClient]) -> None:
    page = as_("admin").get("/api/v1/").text
    assert "swagger-ui-bundle.js" in page and "https://" not in page
    assert "<script>" not in page


OPERATIONS = [
    ("POST", "/api/v1/token", "referrer"),
    ("GET", "/api/v1/codes", "referrer"),
    ("POST", "/api/v1/postal-code", "referrer"),
    ("POST", "/api/v1/referrals", "referrer"),
    ("POST", "/api/v1/referrals/batch", "referrer"),
    ("GET", "/api/v1/referrals", "referrer"),
    ("GET", "/api/v1/referrals/{number}", "referrer"),
    ("GET", "/api/v1/cases", "supervisor"),
    ("GET", "/api/v1/cases/{number}", "supervisor"),
    ("GET", "/api/v1/roster", "supervisor"),
]


@pytest.fixture
def operation(app: Flask, spec: dict[str, Any]) -> Callable[[str, str], Any]:
    """An operation as schemathesis reads it; its cases are sent to the application."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(spec)))
    schema.app = app
    return lambda method, path: schema[path][method]


def fill() -> int:
    """A served case, whose number is that of its referral too."""
    with transaction(db.session):
        case = make_case(
            db.session, referral=make_referral(db.session, identities=(3, 19), other_identity="漁民")
        )
        make_record(db.session, case)
        make_record(db.session, case, provided=False, services=(), reasons=(1,))
    assert case.id == case.referral_id
    return case.id


@pytest.mark.parametrize(("method", "path", "username"), OPERATIONS)
def test_what_the_specification_allows_or_forbids_never_breaks_the_server(
    operation: Callable[[str, str], Any], method: str, path: str, username: str
) -> None:
    fill()
    headers = {"X-API-Key": issued_key(username)}
    tried = operation(method, path)

    @given(data=st.data())
    @settings(
        max_examples=16,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from(schemathesis.GenerationMode))
        case = data.draw(tried.as_strategy(generation_mode=mode))
        case.headers = {**(case.headers or {}), **headers}
        db.session.remove()
        case.call_and_validate(checks=CHECKS)

    send()


@pytest.mark.parametrize(("method", "path", "username"), OPERATIONS)
def test_what_succeeds_is_answered_as_described(
    operation: Callable[[str, str], Any],
    form: Callable[..., dict[str, Any]],
    method: str,
    path: str,
    username: str,
) -> None:
    number = fill()
    bodies = {
        "/api/v1/postal-code": {"address": "新竹市東區東大路二段60號"},
        "/api/v1/referrals": form(identities=[11]),
        "/api/v1/referrals/batch": {"referrals": [form(), form(phone="1")], "skip_faulty": True},
    }
    values: dict[str, Any] = {"body": bodies[path]} if method == "POST" and path in bodies else {}
    headers = {"X-API-Key": issued_key(username), "Idempotency-Key": "one-of-its-own"}
    case = operation(method, path).Case(
        path_parameters={"number": number} if "{number}" in path else {}, headers=headers, **values
    )
    db.session.remove()
    answer = case.call_and_validate(checks=CHECKS[:-1])
    assert answer.status_code == (201 if "referrals" in path and method == "POST" else 200)
