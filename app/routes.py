"""Addresses that no link of ours has: a number beyond every row leads nowhere, and strange bytes break no page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_from_bytes

from flask import Flask, Request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1
ASCII = bytes(range(128))


class IntConverter(IntegerConverter):
    def __init__(self, url_map: Map, **bounds: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **bounds})


class PatientRequest(Request):
    """Its query may hold bare bytes that are no UTF-8, as an old program sends Big5; Werkzeug would fail at each look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query_string = quote_from_bytes(self.query_string, safe=ASCII).encode()


def init_app(app: Flask) -> None:
    """Before any route is registered."""
    app.request_class = PatientRequest
    app.url_map.converters["int"] = IntConverter
