"""Which permissions the screens ask for: `flask roles sync` compares them with the table of `rules.permissions`."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder

from rules.permissions import Permission as P
from rules.referral_flow import MOVES
from views.generated.base import GeneratedView
from views.lists import ListScreen

# Asked for by code rather than by a route: the moves, the scopes and the guard of Flask-Admin.
ASKED_IN_CODE = {
    P.REFERRAL_READ_ALL,
    P.CODE_LIST_WRITE,
    *(transition.permission for transition in MOVES.values()),
}


def registered_permissions(appbuilder: AppBuilder) -> set[tuple[str, str]]:
    found = {permission.pair for permission in ASKED_IN_CODE}
    for view in appbuilder.baseviews:
        if isinstance(view, GeneratedView):
            found |= {(act, view.class_permission_name) for act in view.base_permissions}
            found |= {("can_export", view.class_permission_name)} if view.exportable else set()
        if isinstance(view, ListScreen):
            found.add(view.needed.pair)
        for name in dir(type(view)):
            found |= {permission.pair for permission in _needed(getattr(type(view), name))}
    return found


def _needed(method: Any) -> tuple[P, ...]:
    return tuple(getattr(method, "needs", ()) or ()) if callable(method) else ()
