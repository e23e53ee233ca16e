"""Stored files on their way to a browser: always as a download, with a fixed type, never sniffed or rendered."""

from __future__ import annotations

from io import BytesIO

from flask import Response, current_app, send_file

from models.crypto import UnreadableSecret
from rules.errors import NotFound
from rules.texts import N_
from rules.uploads import UploadType


def stored_content(storage_name: str, *, name: str) -> bytes:
    """What the store holds. Raises NotFound, naming the file, when it is lost or cannot be decrypted."""
    try:
        content: bytes = current_app.extensions["file_store"].load(storage_name)
    except (OSError, UnreadableSecret) as error:
        raise NotFound(
            N_("檔案「%(name)s」已遺失或損壞,無法下載。請洽系統管理者,或請提供的單位重新上傳。"), name=name
        ) from error
    return content


def file_response(content: bytes, name: str, extension: str) -> Response:
    response = send_file(
        BytesIO(content),
        mimetype=UploadType(extension).media_type,
        as_attachment=True,
        download_name=name,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
