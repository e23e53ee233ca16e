"""News, bulletins and files as administrators publish them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.content import Bulletin, Download, News
from rules.errors import FieldFault, RuleBroken
from rules.texts import N_, check_block, check_line
from rules.uploads import PUBLISHED, check_upload, safe_display_name
from services.file_changes import FileChanges

NOTICE_LIMIT = 250


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name of the sender's, at most `MAX_BYTES` + 1 bytes of it."""

    name: str
    content: bytes


def check_notice(notice: News | Bulletin) -> None:
    notice.text = check_block(notice.text or "", field="text", limit=NOTICE_LIMIT)
    if not notice.text:
        raise FieldFault("text", N_("請輸入內容。"))
    check_period(notice.shown_from, notice.shown_until)


def check_period(first: date, last: date) -> None:
    if last < first:
        raise FieldFault("shown_until", N_("結束日期不能早於開始日期。"))


def publish(files: FileChanges, download: Download, upload: Upload | None) -> None:
    """A new file, or with `upload` another content for a known one; the former file goes after the commit."""
    download.title = check_line(
        download.title or "", field="title", limit=100, missing=N_("請輸入檔案名稱。")
    )
    if upload is None:
        if not download.storage_name:
            raise FieldFault("file", N_("請選擇要上傳的檔案。"))
        return
    try:
        kind = check_upload(upload.name, upload.content, allowed=PUBLISHED)
    except RuleBroken as refused:
        raise FieldFault("file", refused.template, **refused.values) from refused
    if download.storage_name:
        files.drop(download.storage_name)
    download.file_name = safe_display_name(upload.name)
    download.extension = kind.value
    download.size = len(upload.content)
    download.storage_name = files.save(upload.content)
