"""The roster of all units: as long as the world, with the same columns, history and writer as a supervisor's."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from flask import Response, stream_with_context
from flask_appbuilder import expose
from sqlalchemy import ColumnElement

from rules.permissions import Permission as P
from views.access import needs
from views.roster import Roster

BUFFER = 64 * 1024


class WholeRoster(Roster):
    route_base = "/bench/roster"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return ()

    @expose("/export.csv")
    @needs(P.ROSTER_READ)
    def export_csv(self) -> Response:
        """The floor of the workbook: the same fetch through the standard library's CSV writer."""
        return Response(stream_with_context(self._csv()), mimetype="text/csv")

    def _csv(self) -> Iterator[str]:
        buffer = StringIO()
        writer = csv.writer(buffer)
        for row in self._file_rows(self.search()):
            writer.writerow(row)
            if buffer.tell() > BUFFER:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue()
