"""Numbers in addresses: one that no row can have leads nowhere, instead of to a database that cannot hold it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class IntConverter(IntegerConverter):
    def __init__(self, url_map: Map, **bounds: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **bounds})


def init_app(app: Flask) -> None:
    """Before any route is registered."""
    app.url_map.converters["int"] = IntConverter
