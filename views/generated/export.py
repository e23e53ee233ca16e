"""A list as a file: the response that streams it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response, abort, stream_with_context

from reports.workbook import FORMATS
from rules.calendar import local_date
from rules.roc_dates import show


def export_response(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    kind: str,
    at: datetime,
    widths: Sequence[int] = (),
    heading: str = "",
) -> Response:
    """`kind`: a key of `reports.workbook.FORMATS` (xlsx, ods). The download's name is the title and the ROC date.

    `heading`: the first line of the sheet, if it says more than the title.
    """
    form = FORMATS.get(kind) or abort(404)
    name = f"{title}_{show(local_date(at)).replace('/', '')}.{kind}"
    chunks = form.stream(heading or title, headings, list(widths) or [16] * len(headings), rows)
    response = Response(stream_with_context(chunks), mimetype=form.mime_type)
    response.headers.set(
        "Content-Disposition",
        "attachment",
        **{"filename": f"list.{kind}", "filename*": f"UTF-8''{quote(name)}"},
    )
    response.headers["Cache-Control"] = "no-store"
    return response
