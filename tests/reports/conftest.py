"""Fonts for the PDF tests, and the programs that look at files from outside."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.fonts import Fonts, load_fonts


@pytest.fixture(scope="session")
def fonts(font_dir: Path) -> Fonts:
    return load_fonts(font_dir)


Tool = Callable[..., str]


@pytest.fixture
def poppler(tmp_path: Path) -> Tool:
    """`poppler("pdftotext", pdf)`: what that program of poppler-utils prints about a PDF."""

    def run(program: str, pdf: bytes, *options: str) -> str:
        if not shutil.which(program):
            pytest.fail(f"{program} is missing. Install it: apt-get install poppler-utils")
        file = tmp_path / "document.pdf"
        file.write_bytes(pdf)
        output = ["-"] if program == "pdftotext" else []
        return subprocess.run(
            [program, *options, str(file), *output], check=True, capture_output=True, text=True
        ).stdout

    return run
