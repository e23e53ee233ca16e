"""What administrators publish is checked by content, also workbooks; a referral's attachment may be none."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.content import Download
from rules.errors import FieldFault, RuleBroken
from rules.uploads import MAX_BYTES, check_upload
from services.content import Upload, publish
from services.file_changes import FileChanges
from services.file_store import FileStore


def workbook() -> bytes:
    file = BytesIO()
    Workbook().save(file)
    return file.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path))


@pytest.mark.usefixtures("app")
def test_a_workbook_is_published_and_read_back(store: FileStore) -> None:
    template, content = Download(title=" 批次轉介範本 "), workbook()
    with FileChanges(store) as files:
        publish(files, template, Upload("批次轉介範本.xlsx", content))
    assert (template.title, template.extension, template.size) == ("批次轉介範本", "xlsx", len(content))
    assert store.load(template.storage_name) == content


def test_a_workbook_is_no_attachment_of_a_referral() -> None:
    with pytest.raises(RuleBroken, match="只接受"):
        check_upload("a.xlsx", workbook())


def test_a_workbook_under_another_name_is_found_out() -> None:
    with pytest.raises(RuleBroken, match="xlsx"):
        check_upload("a.docx", workbook())


@pytest.mark.parametrize(
    "upload",
    [
        None,
        Upload("a.pdf", b"%PDF-".ljust(MAX_BYTES + 1)),
        Upload("a.xlsx", b"%PDF-1.7"),
        Upload("a.svg", b"<svg/>"),
    ],
)
def test_a_refused_file_is_named_at_its_field_and_not_stored(
    store: FileStore, tmp_path: Path, upload: Upload
) -> None:
    with pytest.raises(FieldFault) as fault, FileChanges(store) as files:
        publish(files, Download(title="範本"), upload)
    assert fault.value.field == "file"
    assert not list(tmp_path.iterdir())
