"""`/api/v1/`: what other systems may do, by the same services, scopes and rules as the screens. Spec 3-platform §8."""

from __future__ import annotations

from flask import current_app
from flask_appbuilder import AppBuilder

from views.api.basics import CodesApi, PostalCodeApi, TokenApi
from views.api.caller import counted_as
from views.api.cases import CaseApi, RosterApi
from views.api.operation import ApiResource
from views.api.referrals import ReferralApi
from views.api.specification import ApiDocs

RESOURCES: tuple[type[ApiResource], ...] = (
    TokenApi,
    CodesApi,
    PostalCodeApi,
    ReferralApi,
    CaseApi,
    RosterApi,
)


def register(appbuilder: AppBuilder) -> None:
    """The resources, all under one limit for each key."""
    shared = appbuilder.sm.limiter.shared_limit(
        current_app.config["API_LIMIT"], scope="api", key_func=counted_as
    )
    for resource in RESOURCES:
        appbuilder.add_api(resource)
    functions = current_app.view_functions
    ours = {each.__name__ for each in RESOURCES}
    for endpoint in [each for each in functions if each.partition(".")[0] in ours]:
        functions[endpoint] = shared(functions[endpoint])


__all__ = ["ApiDocs", "ApiResource", "register"]
