"""LibreOffice as a reader of the files we write."""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
from pathlib import Path


def read_by_libreoffice(file: Path) -> list[list[str]]:
    """The rows of the first sheet as LibreOffice shows them."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing. Install it: apt-get install libreoffice-calc"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "csv:Text - txt - csv (StarCalc):44,34,76",
                "--outdir",
                folder,
                str(file),
            ],
            check=True,
            capture_output=True,
        )
        with (Path(folder) / f"{file.stem}.csv").open(encoding="utf-8", newline="") as rows:
            return list(csv.reader(rows))
