"""What FAB reads from the address of a list, checked first: it answers 500 to whatever it did not expect."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, request

_NUMBER = re.compile(r"[0-9]{1,7}")
_KEY = re.compile(r"[0-9]{1,9}")
# What `url_for` would take for itself: FAB hands it every argument, and `_scheme` makes a link to anything.
_OF_URL_FOR = frozenset({"_external", "_scheme", "_anchor", "_method"})
_FILTER = re.compile(r"_flt_([0-9])_(\w+)", re.ASCII)


def refuse_malformed(filters: dict[str, list[Any]]) -> None:
    """404 for a key that no row can have; 400 for a page that is no number, a filter that the list does not have, and a
    character no database stores.

    `filters`: those of each search column, as FAB's `get_search_filters` gives them. FAB looks for its names anywhere in
    an argument's name, so does this.
    """
    if not _KEY.fullmatch((request.view_args or {}).get("pk", "0")):
        abort(404)
    for key, value in request.args.items(multi=True):
        if "\x00" in key + value or key in _OF_URL_FOR:
            abort(400)
        if re.search("page_|psize_", key) and not _NUMBER.fullmatch(value):
            abort(400)
        if "_flt_" in key:
            match = _FILTER.fullmatch(key)
            if not match or int(match[1]) >= len(filters.get(match[2], ())):
                abort(400)
