"""What a program asks first: a token, the code lists, the postal code of an address."""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.codes import Identity, Indicator
from rules.permissions import Permission as P
from services import api_tokens, postal, routing
from services.referrals import offered_codes
from views.access import database, now
from views.api import shapes
from views.api.answer_schemas import Codes, PostalCode, Token
from views.api.operation import Answer, ApiResource, operation
from views.api.schemas import AddressRequest


class TokenApi(ApiResource):
    resource_name = "token"
    openapi_spec_tag = "Access"

    @expose("", methods=["POST"])
    @operation(
        P.API_USE,
        summary="Exchange the API key for a token of 15 minutes.",
        answers={200: Token},
        security=("apiKey",),
    )
    def make_token(self) -> Answer:
        at = now()
        token = api_tokens.make(g.api_key, secret_key=current_app.config["SECRET_KEY"], at=at)
        return Answer(
            {
                "token": token,
                "token_type": "Bearer",
                "expires_in": int(api_tokens.LIFETIME.total_seconds()),
                "expires_at": shapes.moment(at + api_tokens.LIFETIME),
            },
            headers={"Cache-Control": "no-store"},
        )


class CodesApi(ApiResource):
    resource_name = "codes"
    openapi_spec_tag = "Filing"

    @expose("")
    @operation(P.API_USE, summary="The codes on offer: indicators and identities.", answers={200: Codes})
    def list_codes(self) -> Answer:
        lists = {"indicators": Indicator, "identities": Identity}
        return Answer({name: shapes.codes(offered_codes(database(), model)) for name, model in lists.items()})


class PostalCodeApi(ApiResource):
    resource_name = "postal-code"
    openapi_spec_tag = "Filing"

    @expose("", methods=["POST"])
    @operation(
        P.REFERRAL_SUBMIT,
        summary="The postal code of an address, and the unit that would receive the referral.",
        description="A POST, because an address is somebody's and must stand in no log.",
        answers={200: PostalCode},
        body=AddressRequest,
    )
    def find_postal_code(self, body: dict[str, Any]) -> Answer:
        found = postal.resolve(database(), body["address"])
        trial = routing.trial(database(), found.code or "0")
        return Answer(
            {
                "code": found.code,
                "reason": _(found.reason),
                "candidates": [] if found.code else list(found.candidates),
                "receiving_unit": shapes.unit(trial.unit) if found.code else None,
                "routing_basis": trial.routing.basis.value,
            }
        )
