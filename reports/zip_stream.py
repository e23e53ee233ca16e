"""A zip archive that nobody holds: each compressed piece is handed out as soon as it exists.

Both spreadsheet formats are zip archives. The archive is written to a sink that cannot seek, so sizes and
checksums follow each part ("data descriptor"), and memory holds one batch of rows however long the list is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# Without the Zip64 extension, which Excel refuses in a streamed part, a part ends at 2 GiB. The rest
# is room for one more batch.
LARGEST_PART = 2**31 - 2**27
_FASTEST = 1
_DAY = (1980, 1, 1, 0, 0, 0)  # zip's first day: the same rows give the same bytes


class _Sink:
    """The file that ZipFile writes to. It has no `tell`, which is how ZipFile knows that it cannot seek."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing to flush: what was written is taken by `take`."""

    def close(self) -> None:
        """Nothing to close."""

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


class ZipStream:
    """Write parts, and hand out, as `pieces()`, what has been compressed since the last time."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w")

    def pieces(self) -> Iterator[bytes]:
        """Never an empty one, which would end a chunked response."""
        if piece := self._sink.take():
            yield piece

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        info = ZipInfo(name, _DAY)
        info.compress_type = ZIP_DEFLATED
        info._compresslevel = _FASTEST  # type: ignore[attr-defined]  # public only from Python 3.13 on
        with self._zip.open(info, "w") as part:
            yield part

    def write(self, name: str, text: str) -> None:
        with self.part(name) as part:
            part.write(text.encode())

    def store(self, name: str, text: str) -> None:
        """A part that must not be compressed: the type of an OpenDocument file, which readers look for."""
        info = ZipInfo(name, _DAY)
        info.compress_type = ZIP_STORED
        self._zip.writestr(info, text)

    def end(self) -> Iterator[bytes]:
        self._zip.close()
        return self.pieces()
