"""What is installed is what was decided: pinned, complete, from whichever index the installer uses."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt")
# The owner's list; every other direct dependency has its line in the decision record.
GIVEN = {
    "alembic", "captcha", "cryptography", "flask", "flask-admin", "flask-appbuilder", "flask-limiter", "flask-mail",
    "flask-migrate", "holidays", "huey", "openpyxl", "sqlalchemy", "xhtml2pdf",
}  # fmt: skip


def lines(name: str) -> list[str]:
    texts = (
        line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    )
    return [text for text in texts if text]


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ]", requirement)[0].lower().replace("_", "-")


def wanted(name: str) -> set[str]:
    return {name_of(line) for line in lines(name) if not line.startswith("-r")}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_pins_one_version_and_names_no_address(lock: str) -> None:
    wrong = [line for line in lines(lock) if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]
    assert not wrong
    assert not re.search(r"https?:|//|--\w|@", (ROOT / lock).read_text(encoding="utf-8"))


def test_what_is_wanted_is_locked() -> None:
    locked = {name_of(line) for line in lines("requirements.txt")}
    assert wanted("requirements.in") <= locked
    assert wanted("requirements.in") | wanted("requirements-dev.in") <= {
        name_of(line) for line in lines("requirements-dev.txt")
    }


def test_the_tests_run_with_what_production_runs_with() -> None:
    assert set(lines("requirements.txt")) <= set(lines("requirements-dev.txt"))


def test_the_lock_is_what_is_installed() -> None:
    pins = dict(line.split("==") for line in lines("requirements.txt"))
    assert {name: version(name) for name in pins} == pins


def test_every_further_dependency_has_its_reason_written_down() -> None:
    record = (ROOT / "docs/adr/0006-dependencies.md").read_text(encoding="utf-8")
    table = " ".join(line for line in record.splitlines() if line.startswith("| "))
    assert not [
        name
        for name in wanted("requirements.in") - GIVEN
        if not re.search(rf"(?<![\w-]){name}(?![\w-])", table)
    ]


def test_licence_and_notice_are_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "政府資料開放授權條款" in (ROOT / "NOTICE").read_text(encoding="utf-8")
