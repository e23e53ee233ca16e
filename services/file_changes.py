"""Files and rows change together: a failed transaction leaves no new file, a committed one no old one.

A file store knows no transactions, so the deleting waits until the outcome is known:
`with FileChanges(store) as files, transaction(session): …`.
"""

from __future__ import annotations

import logging
from types import TracebackType

from services.file_store import FileStore

log = logging.getLogger("jieli.files")


class FileChanges:
    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._saved: list[str] = []
        self._dropped: list[str] = []

    def save(self, content: bytes) -> str:
        name = self._store.save(content)
        self._saved.append(name)
        return name

    def drop(self, name: str) -> None:
        self._dropped.append(name)

    def __enter__(self) -> FileChanges:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._saved if kind else self._dropped:
            try:
                self._store.delete(name)
            except OSError as lost:  # the rows are right; an encrypted file that nobody can find stays behind
                log.warning("file %s could not be deleted: %s", name, type(lost).__name__)
