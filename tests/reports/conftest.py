"""Fonts for the PDF tests, and the programs that look at files from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.fonts import Fonts, build_fonts, load_fonts

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def font_folder() -> Path:
    """Converting takes half a minute, so the converted faces are kept between runs."""
    folder = Path(os.environ.get("JIELI_FONT_DIR", REPOSITORY / "instance" / "fonts"))
    build_fonts(folder)
    return folder


@pytest.fixture(scope="session")
def fonts(font_folder: Path) -> Fonts:
    return load_fonts(font_folder)


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
