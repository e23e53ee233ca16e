"""常用條件 of a list: fetched when its menu is opened, so that no list page pays for it; a page of its own without scripts.

What is kept is readable only in the database's encrypted column: in an address, secrets are sealed again each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from flask import Response, abort, current_app, flash, make_response, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from reports.criteria import search
from rules.errors import FieldFault
from rules.permissions import Permission as P
from services import saved_searches
from services.saved_searches import Criteria
from services.transaction import transaction
from views.access import Screen, actor, database, needs, refusal
from views.generated.base import GeneratedView
from views.lists import ListScreen
from views.sealed import seal, unseal
from views.steps import is_fetched

OF_FAB = ("_flt_", "_oc_", "_od_")
FOR_URL_FOR = ("_external", "_anchor", "_method", "_scheme")
MOST_CRITERIA = 100


class SavedSearches(Screen):
    route_base = "/saved-searches"

    @expose("/<string:screen>/")
    @needs(P.HOME_VIEW)
    def index(self, screen: str) -> Response:
        return self._page(List(screen), request.query_string.decode())

    @expose("/<string:screen>/", methods=["POST"])
    @needs(P.HOME_VIEW)
    def save(self, screen: str) -> WerkzeugResponse:
        """`query` is the list's address as it was, secrets sealed."""
        of, query, label = List(screen), request.form.get("query", ""), request.form.get("label", "")
        try:
            criteria = of.read(query)
            with transaction(database()):
                found = saved_searches.save(database(), screen, name=label, criteria=criteria, by=actor())
                name = found.name
        except FieldFault as fault:
            return self._page(of, query, typed=label, faults=[fault], status=422)
        flash(_("已將目前的條件存為「%(name)s」。", name=name), "success")
        return redirect(of.address(criteria))

    @expose("/<string:screen>/<int:search_id>/delete", methods=["POST"])
    @needs(P.HOME_VIEW)
    def delete(self, screen: str, search_id: int) -> WerkzeugResponse:
        of = List(screen)
        with transaction(database()):
            saved_searches.remove(database(), search_id, by=actor())
        flash(_("已刪除常用條件。"), "success")
        return redirect(of.address(of.read(request.form.get("query", ""), strict=False)))

    def _page(
        self,
        of: List,
        query: str,
        *,
        typed: str = "",
        faults: list[FieldFault] | None = None,
        status: int = 200,
    ) -> Response:
        found = saved_searches.saved(database(), of.endpoint, by=actor())
        page = self.render(
            "lists/saved_searches.html",
            layout="partials/fragment.html" if is_fetched() else "base.html",
            of=of,
            searches=[(each, of.address(saved_searches.criteria_of(each))) for each in found],
            back=of.address(of.read(query, strict=False)),
            query=query,
            something=bool(of.read(query, strict=False)),
            typed=typed,
            faults=faults or [],
            most=saved_searches.MOST,
        )
        return make_response(page, status)


class List:
    """A custom or a generated list by its endpoint's name. 404 for none, 403 for one the actor may not open."""

    def __init__(self, endpoint: str) -> None:
        views = current_app.extensions["appbuilder"].baseviews
        view = next((each for each in views if each.endpoint == endpoint), None)
        if not isinstance(view, ListScreen | GeneratedView):
            abort(404)
        needed = view.needed if isinstance(view, ListScreen) else view.permission("read")
        if needed is None or refusal(needed):
            abort(404)
        self.view, self.endpoint = view, endpoint

    @property
    def title(self) -> str:
        view = self.view
        return str(view.title if isinstance(view, ListScreen) else view.list_title)

    def read(self, query: str, *, strict: bool = True) -> Criteria:
        """The criteria and the order in an address of this list, secrets unsealed.

        400 for more of them than any list has. `strict`: raises FieldFault for criteria that cannot be read.
        """
        try:
            given = parse_qs(query, max_num_fields=MOST_CRITERIA)
        except ValueError:
            abort(400)
        if not isinstance(self.view, ListScreen):
            return {name: values for name, values in given.items() if name.startswith(OF_FAB)}
        criteria = {each.name: each for each in self.view.criteria}
        found = {
            name: [unseal(value) if name in criteria and criteria[name].secret else value for value in values]
            for name, values in given.items()
            if name in criteria or name == "sort"
        }
        faults = search(self.view.criteria, {name: values[0] for name, values in found.items()}).faults
        if strict and faults:
            raise FieldFault("label", faults[0].template, **faults[0].values)
        return found

    def address(self, criteria: Criteria) -> str:
        if not isinstance(self.view, ListScreen):
            return url_for(f"{self.endpoint}.list", **_safe(criteria))
        secret = {each.name for each in self.view.criteria if each.secret}
        sealed = {
            name: [seal(value) for value in values] if name in secret else values
            for name, values in criteria.items()
        }
        return url_for(f"{self.endpoint}.index", **_safe(sealed))


def _safe(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """Without what `url_for` would take for itself."""
    return {name: values for name, values in criteria.items() if name not in FOR_URL_FOR}
