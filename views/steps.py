"""Lists whose action goes through small steps: a dialog over the list where scripts run, plain pages where not."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from rules.errors import NotFound
from rules.texts import N_
from views.lists import ListScreen

NOT_FOUND = N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。")


class StepsScreen(ListScreen):
    """`back` is the query of the list that the user comes from; it travels through the steps and brings him back.

    The steps extend `layout`: alone for a script's fetch, else inside the frame of all pages. `id_name` is the
    name of the key in their addresses.
    """

    id_name = "referral_id"
    exportable = False
    exclude_route_methods = {"export"}

    def step(self, template: str, *, status: int = 200, **values: Any) -> Response:
        layout = "partials/fragment.html" if is_fetched() else "base.html"
        page = self.render(template, layout=layout, screen=self, back=self.back(), **values)
        return make_response(page, status)

    def back(self) -> str:
        """The query now, on the list itself; the one carried along, on a step."""
        if request.endpoint == f"{self.endpoint}.index":
            return request.query_string.decode()
        return request.values.get("back", "")

    def step_url(self, step: str, key: int, **values: Any) -> str:
        address: dict[str, Any] = {self.id_name: key, **values, "back": self.back() or None}
        return url_for(f"{self.endpoint}.{step}", **address)

    def list_url(self) -> str:
        known = {criterion.name for criterion in self.criteria} | {"page", "size", "sort"}
        query: dict[str, Any] = {name: value for name, value in parse_qsl(self.back()) if name in known}
        return url_for(f"{self.endpoint}.index", **query)

    def to_list(self) -> WerkzeugResponse:
        return redirect(self.list_url())

    def show_way_back(self) -> None:
        """A refusal's page leads back to the list."""
        g.way_back = self.list_url()


def is_fetched() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def chosen_id(name: str) -> int | None:
    """The id that a radio button sent; None when nothing was chosen or the text is no id."""
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def not_found() -> NotFound:
    return NotFound(NOT_FOUND)
