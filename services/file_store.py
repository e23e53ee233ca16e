"""Where attachments and downloads lie: a folder, or any store that fsspec opens. Everything is encrypted before it."""

from __future__ import annotations

import uuid

import fsspec

from models.crypto import KEY_ID_BYTES, KEYS


class FileStore:
    """`url`: a folder or an fsspec URL. Names are random: no name of a person's file ever becomes a path."""

    def __init__(self, url: str) -> None:
        self.system, self.root = fsspec.core.url_to_fs(url)

    def save(self, content: bytes) -> str:
        """Gives the storage name. An OSError (full disk, lost share) leaves no half-written file behind."""
        name = str(uuid.uuid4())
        self.system.makedirs(self.root, exist_ok=True)
        try:
            self.system.pipe_file(self._path(name), KEYS.encrypt(content))
        except OSError:
            self.delete(name)
            raise
        return name

    def load(self, name: str) -> bytes:
        return KEYS.decrypt(self.system.cat_file(self._path(name)))

    def names(self) -> list[str]:
        """All stored files. What an interrupted process left half-written has another kind of name."""
        if not self.system.exists(self.root):
            return []
        found = (path.rstrip("/").rsplit("/", 1)[-1] for path in self.system.ls(self.root, detail=False))
        return sorted(name for name in found if _is_name(name))

    def encrypt_anew(self, name: str) -> bool:
        """With the current key; False when it is already, or the file was deleted meanwhile.

        The content takes the old one's place in one step: a reader finds either, a crash leaves the old one.
        """
        path, beside = self._path(name), f"{self._path(name)}.new"
        try:
            if KEYS.is_current(self.system.cat_file(path, start=0, end=KEY_ID_BYTES)):
                return False
            content = self.load(name)
        except FileNotFoundError:
            return False
        self.system.pipe_file(beside, KEYS.encrypt(content))
        if not self.system.exists(path):
            self.system.rm_file(beside)
            return False
        self.system.mv(beside, path)
        return True

    def delete(self, name: str) -> None:
        if self.system.exists(self._path(name)):
            self.system.rm_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self.root}/{uuid.UUID(name)}"


def _is_name(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
