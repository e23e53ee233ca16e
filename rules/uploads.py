"""Which files may be uploaded: small, known by name and by content, nothing that runs.

The file goes from one office's desk to another's; what is refused here would harm the second one. Every
refusal names the file, since several are sent at once. Spec 1-referral §4.1, 3-platform §5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

from rules.archives import EXECUTABLE, BadArchiveError, check_archive, inner_suffixes
from rules.errors import RuleBroken
from rules.texts import has_unprintable

MAX_BYTES = 5 * 1024 * 1024
MAX_NAME = 100
_LONGEST_SUFFIX = 5
_UNNAMED = "未命名"
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows can't save these


class UploadType(StrEnum):
    JPG = "jpg"
    PDF = "pdf"
    PNG = "png"
    DOCX = "docx"
    ZIP = "zip"
    XLSX = "xlsx"
    ODS = "ods"

    @property
    def media_type(self) -> str:
        """For the download: fixed by the type found, never taken from the sender."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    UploadType.JPG: "image/jpeg",
    UploadType.PDF: "application/pdf",
    UploadType.PNG: "image/png",
    UploadType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    UploadType.ZIP: "application/zip",
    UploadType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    UploadType.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}
# A referral takes documents; what administrators publish may be a workbook too.
ATTACHMENTS = (UploadType.JPG, UploadType.PDF, UploadType.PNG, UploadType.DOCX, UploadType.ZIP)
PUBLISHED = tuple(UploadType)
_SUFFIXES = {**{kind.value: kind for kind in UploadType}, "jpeg": UploadType.JPG}
# The parts by which an office document in a zip archive is known.
_PARTS = {
    UploadType.DOCX: {"[content_types].xml", "word/document.xml"},
    UploadType.XLSX: {"[content_types].xml", "xl/workbook.xml"},
    UploadType.ODS: {"mimetype", "content.xml", "meta-inf/manifest.xml"},
}
_SIGNATURES = (
    (b"\xff\xd8\xff", UploadType.JPG),
    (b"%PDF-", UploadType.PDF),
    (b"\x89PNG\r\n\x1a\n", UploadType.PNG),
    (b"PK\x03\x04", UploadType.ZIP),
    (b"PK\x05\x06", UploadType.ZIP),  # an empty archive; refused with its own sentence
)


def check_upload(
    filename: str, content: bytes, *, allowed: Collection[UploadType] = ATTACHMENTS
) -> UploadType:
    """The type. `content` is the whole file: of a stream, read `MAX_BYTES` + 1 bytes at most."""
    name = safe_display_name(filename)
    if not content:
        raise RuleBroken("檔案「%(name)s」是空的，請重新選擇檔案。", name=name)
    if len(content) > MAX_BYTES:
        raise RuleBroken("檔案「%(name)s」超過5MB，請壓縮或降低解析度後再上傳。", name=name)
    named = _type_by_name(name, allowed)
    found = _type_by_content(name, content)
    if found is not named:
        raise RuleBroken(
            "檔案「%(name)s」的內容其實是 %(found)s，與檔名不符，請改正副檔名或重新存檔後再上傳。",
            name=name,
            found=found.value,
        )
    return named


def safe_display_name(name: str) -> str:
    """The last part of a path without invisible, turning or reserved characters: safe to show and to save."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(char for char in last if char == "\t" or not has_unprintable(char))
    clean = " ".join(re.sub(r'[<>:"|?*]', "_", visible).split()).strip(". ")
    if len(clean) > MAX_NAME:
        stem, dot, suffix = clean.rpartition(".")
        keep = dot + suffix if stem and len(suffix) <= _LONGEST_SUFFIX else ""
        clean = clean[: MAX_NAME - len(keep)].rstrip(". ") + keep
    return f"_{clean}" if _RESERVED.fullmatch(clean) else clean or _UNNAMED


def _type_by_name(name: str, allowed: Collection[UploadType]) -> UploadType:
    suffixes = inner_suffixes(unicodedata.normalize("NFKC", name))
    if EXECUTABLE.intersection(suffixes):
        raise RuleBroken(
            "檔案「%(name)s」的檔名帶有可執行檔的副檔名，不能上傳，請改傳文件或圖片。", name=name
        )
    kind = _SUFFIXES.get(suffixes[-1]) if suffixes else None
    if kind is None or kind not in allowed:
        kinds = "、".join(allowed)
        raise RuleBroken("檔案「%(name)s」的格式不能上傳，只接受 %(kinds)s。", name=name, kinds=kinds)
    return kind


def _type_by_content(name: str, content: bytes) -> UploadType:
    kind = next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), None)
    if kind is None:
        raise RuleBroken("檔案「%(name)s」的內容不是它的副檔名所指的格式，請確認檔案後重新上傳。", name=name)
    if kind is not UploadType.ZIP:
        return kind
    try:
        names = check_archive(content)
    except BadArchiveError as bad:
        raise RuleBroken(str(bad), name=name) from None
    return next((kind for kind, parts in _PARTS.items() if parts <= names), UploadType.ZIP)
