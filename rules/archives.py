"""Whether a zip archive is harmless enough to be handed on.

Nothing here unpacks to a disk: the receiver's desk will. So an archive is refused for what it says (names,
sizes, places) and for what is really in it. Each entry is inflated, one at a time, against a budget that the
archive and the office documents in it share: a bomb is found before it goes off.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from rules.texts import N_

MAX_ENTRIES = 1000
MAX_DEPTH = 2  # a report in an archive, with a chart that carries its own sheet
MAX_TOTAL = 50 * 1024 * 1024
MAX_RATIO = 100  # text packs 20 times, scans hardly at all; deflate's limit, and a bomb's, is 1032
RATIO_COUNTS_FROM = 1024 * 1024  # a page of blanks packs well and harms nobody

# Programs, scripts, installers, shortcuts, disk images, and office files that carry macros.
EXECUTABLE = frozenset((
    "ade", "adp", "app", "apk", "asp", "aspx", "bat", "cgi", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget",
    "hta", "inf", "ins", "iso", "jar", "js", "jse", "jsp", "lnk", "msc", "msi", "msp", "mst", "php", "phtml", "pif", "pl", "ps1",
    "ps1xml", "psm1", "py", "reg", "scf", "scr", "sct", "sh", "sys", "url", "vb", "vbe", "vbs",
    "vhd", "ws", "wsc", "wsf", "wsh", "docm", "dotm", "potm", "ppam", "pptm", "xlam", "xlsm",
    "xltm",
))  # fmt: skip
_NESTED = frozenset(("7z", "arj", "bz2", "cab", "gz", "lzh", "rar", "tar", "tgz", "xz", "z", "zip", "zst"))
_OFFICE = frozenset(("docx", "xlsx", "pptx", "odt", "ods", "odp"))
_LOCAL_HEADER = 30
_LOCAL_SIGNATURE = b"PK\x03\x04"


class BadArchiveError(Exception):
    """Holds the sentence, with a place for the file's name."""


def check_archive(content: bytes) -> frozenset[str]:
    """The entries' names in lower case. Raises `BadArchiveError`."""
    return _Inspection().names(content, depth=0)


def inner_suffixes(name: str) -> list[str]:
    """`a.exe .jpg` → `exe`, `jpg`: lower case, without the blanks that hide a suffix."""
    return [part.strip().lower() for part in name.split(".")[1:]]


class _Inspection:
    """One upload: how much may still be inflated, whatever nests in what."""

    def __init__(self) -> None:
        self.budget = MAX_TOTAL

    def names(self, content: bytes, *, depth: int) -> frozenset[str]:
        entries = _entries(content)
        self._spend(entries, len(content))
        _check_places(entries, len(content))
        for entry in entries:
            suffixes = _checked_suffixes(entry)
            body = _inflated(entry, content)
            if body[:2] == b"MZ" or body[:4] == b"\x7fELF":
                raise BadArchiveError(N_("檔案「%(name)s」內有可執行的檔案，請移除後再上傳。"))
            is_office = bool(_OFFICE.intersection(suffixes[-1:]))
            if (not is_office and body.startswith(_LOCAL_SIGNATURE)) or _NESTED.intersection(suffixes[-1:]):
                raise BadArchiveError(N_("檔案「%(name)s」內還有壓縮檔，請解開後重新壓縮再上傳。"))
            if is_office and body:
                if depth == MAX_DEPTH:
                    raise BadArchiveError(N_("檔案「%(name)s」內的文件嵌入過多層，請簡化後再上傳。"))
                self.names(body, depth=depth + 1)
        return frozenset(entry.filename.lower() for entry in entries)

    def _spend(self, entries: list[zipfile.ZipInfo], packed: int) -> None:
        total = sum(entry.file_size for entry in entries)
        too_dense = total > RATIO_COUNTS_FROM and total > MAX_RATIO * packed
        if len(entries) > MAX_ENTRIES or total > self.budget or too_dense:
            raise BadArchiveError(N_("檔案「%(name)s」解壓縮後過大或檔案過多，請減少內容或分次上傳。"))
        self.budget -= total


def _entries(content: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise BadArchiveError(N_("檔案「%(name)s」已損壞，無法讀取，請重新製作後再上傳。")) from None
    if not entries:
        raise BadArchiveError(N_("檔案「%(name)s」是空的壓縮檔，請放入檔案後再上傳。"))
    return entries


def _check_places(entries: list[zipfile.ZipInfo], archive_size: int) -> None:
    """No two entries share bytes: one body listed many times is the bomb that no ratio shows."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset + _LOCAL_HEADER + entry.compress_size for entry in ordered]
    starts = [entry.header_offset for entry in ordered[1:]] + [archive_size]
    if any(end > start for end, start in zip(ends, starts, strict=True)):
        raise BadArchiveError(N_("檔案「%(name)s」的壓縮結構異常，請重新壓縮後再上傳。"))


def _checked_suffixes(entry: zipfile.ZipInfo) -> list[str]:
    """The suffixes of an entry whose name can do no harm on the receiver's desk."""
    name = entry.orig_filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        raise BadArchiveError(N_("檔案「%(name)s」內有不安全的路徑，請重新壓縮後再上傳。"))
    if entry.flag_bits & 0x1:
        raise BadArchiveError(N_("檔案「%(name)s」設有密碼，系統無法檢查內容，請移除密碼後再上傳。"))
    if path.name.lower().startswith("vbaproject"):
        raise BadArchiveError(N_("檔案「%(name)s」含有巨集，請另存為不含巨集的檔案後再上傳。"))
    suffixes = inner_suffixes(path.name)
    if EXECUTABLE.intersection(suffixes):
        raise BadArchiveError(N_("檔案「%(name)s」內有可執行的檔案，請移除後再上傳。"))
    return suffixes


def _inflated(entry: zipfile.ZipInfo, content: bytes) -> bytes:
    """The entry's body, which must have the size and the checksum that the archive declares."""
    header = content[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
    name_length, extra_length = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
    start = entry.header_offset + _LOCAL_HEADER + name_length + extra_length
    packed = content[start : start + entry.compress_size]
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchiveError(N_("檔案「%(name)s」用了少見的壓縮方式，請用一般的 zip 壓縮後再上傳。"))
    try:
        body = packed if entry.compress_type == zipfile.ZIP_STORED else _inflate(packed, entry.file_size)
    except zlib.error:
        body = b""
    honest = len(body) == entry.file_size and zlib.crc32(body) == entry.CRC
    if not (honest and header.startswith(_LOCAL_SIGNATURE)):
        raise BadArchiveError(N_("檔案「%(name)s」的壓縮內容與標示不符，可能已損壞，請重新壓縮後再上傳。"))
    return body


def _inflate(packed: bytes, declared: int) -> bytes:
    """One byte more than declared at most: enough to see the lie."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, declared + 1)
