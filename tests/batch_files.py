"""Workbooks as people upload them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from rules.batch import HEADINGS
from tests.factories import fresh_number

ADDRESS = "新竹市東區東大路二段60號"


def row(**values: Any) -> list[Any]:
    """A good row; `None` empties a cell."""
    cells = {
        "A": "測試人員1",
        "B": values.pop("B", None) or fresh_number(),
        "C": "1985/10/10",
        "D": "30054",
        "E": ADDRESS,
        "F": "0912345678",
        "G": "1,4",
        "H": "1,4",
        "I": None,
        "J": "測試資料",
    }
    return list((cells | values).values())


def workbook(
    rows: Sequence[Sequence[Any]], *, change: Callable[[Workbook], None] = lambda book: None
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    for cells in rows:
        sheet.append(list(cells))
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed, or added where it has none of this name."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as read,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for entry in read.namelist():
            body = read.read(entry)
            written.writestr(entry, change(body) if entry == name else body)
        if name not in read.namelist():
            written.writestr(name, change(b""))
    return target.getvalue()


def by_libreoffice(content: bytes, suffix: str, to: str = "xlsx") -> bytes:
    """What LibreOffice makes of the file: `suffix` names the kind it is given."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing. Install it: apt-get install libreoffice-calc"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"given.{suffix}"
        source.write_bytes(content)
        target = Path(folder) / "made"
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                *(["--infilter=CSV:44,34,76"] if suffix == "csv" else []),  # commas, quotes, UTF-8
                "--convert-to",
                to,
                "--outdir",
                str(target),
                str(source),
            ],
            check=True,
            capture_output=True,
        )
        return (target / f"given.{to}").read_bytes()
