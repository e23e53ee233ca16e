"""Stored files on their way to a browser: always as a download, with a fixed type, never sniffed or rendered."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def file_response(content: bytes, name: str, extension: str) -> Response:
    response = send_file(
        BytesIO(content),
        mimetype=TYPES.get(extension, "application/octet-stream"),
        as_attachment=True,
        download_name=name,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
