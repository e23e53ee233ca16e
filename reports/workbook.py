"""The spreadsheet formats that lists are exported in, streamed with flat memory.

Both take a title (the filters), headings, column widths and rows, and give the file piece by piece. Why the
writers are our own: docs/adr/0003-spreadsheet-writer.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports import ods, xlsx
from reports.ods import stream_ods
from reports.xlsx import stream_xlsx

Stream = Callable[[str, Sequence[str], Sequence[int], Iterable[Sequence[object]]], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    suffix: str
    mime_type: str
    stream: Stream


FORMATS = {
    "xlsx": Format("xlsx", xlsx.MIME_TYPE, stream_xlsx),
    "ods": Format("ods", ods.MIME_TYPE, stream_ods),
}

__all__ = ["FORMATS", "Format", "stream_ods", "stream_xlsx"]
