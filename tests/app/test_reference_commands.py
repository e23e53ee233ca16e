"""`flask postal`, `flask data` and `flask person`: answers, exit codes, and standard input line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.cli.person import person_group
from app.cli.postal import data_group, postal_group
from app.extensions import db
from models.postal import PostalArea, PostalDirectory

ROWS = "郵遞區號,縣市名稱,鄉鎮市區,原始路名,投遞範圍\r\n" + "\r\n".join(
    (
        "30054,新竹市,北區,東大路２段,單  63號以下",
        "30044,新竹市,北區,東大路２段,　  65巷全",
        "30092,新竹市,香山區,彩虹路,全",
    )
)


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Flask]:
    flask = Flask("commands")
    flask.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'postal.db'}"
    db.init_app(flask)
    for group in (postal_group, data_group, person_group):
        flask.cli.add_command(group)
    with flask.app_context():
        tables = [PostalDirectory.__table__, PostalArea.__table__]
        PostalDirectory.metadata.create_all(db.engine, tables=tables)
        yield flask
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "directory_20260301.csv"
    path.write_bytes(ROWS.encode())
    return path


def run(commands: Flask, *words: str, typed: bytes | None = None) -> Result:
    return commands.test_cli_runner().invoke(args=words, input=typed)


@pytest.fixture
def loaded(commands: Flask, file: Path) -> Flask:
    assert run(commands, "data", "import-postal", str(file)).exit_code == 0
    return commands


def test_an_address_prints_its_code(loaded: Flask) -> None:
    result = run(loaded, "postal", "lookup", "新竹市北區東大路二段65巷3號")
    assert (result.exit_code, result.stdout) == (0, "30044\n")


def test_an_address_without_a_code_fails_with_reason_and_candidates(loaded: Flask) -> None:
    result = run(loaded, "postal", "lookup", "新竹市北區東大路二段")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "這條路有不只一個郵遞區號，請補上門牌號碼。\n30044\n30054\n"


def test_each_line_of_standard_input_is_answered_by_one_line(loaded: Flask) -> None:
    typed = (
        "新竹市香山區彩虹路5號\r\n\n新竹市北區東大路二段\n".encode()
        + b"\xff\xfe\n"
        + "新竹市香山區彩虹路".encode()
    )
    result = run(loaded, "postal", "lookup", "-", typed=typed)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "30092",
        "- 請填寫地址。",
        "- 這條路有不只一個郵遞區號，請補上門牌號碼。",
        "- 請從縣市名稱開始填寫地址。",
        "30092",
    ]


def test_a_look_up_without_a_directory_fails_and_says_so(commands: Flask) -> None:
    result = run(commands, "postal", "lookup", "新竹市香山區彩虹路")
    assert result.exit_code == 1
    assert "尚未匯入郵遞區號資料" in result.stderr


def test_an_import_is_committed_with_the_date_in_its_name(loaded: Flask) -> None:
    db.session.rollback()
    edition = db.session.scalars(select(PostalDirectory)).one()
    assert (edition.name, edition.source_date) == ("directory_20260301.csv", date(2026, 3, 1))


def test_importing_the_same_file_again_changes_nothing(loaded: Flask, file: Path) -> None:
    result = run(loaded, "data", "import-postal", str(file))
    assert result.exit_code == 0
    assert "沒有變更" in result.stdout


def test_a_faulty_file_fails_with_its_line_and_changes_nothing(loaded: Flask, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.csv"
    faulty.write_bytes(ROWS.encode() + "\r\n3009,新竹市,香山區,彩虹路,全".encode())
    result = run(loaded, "data", "import-postal", str(faulty))
    assert result.exit_code == 1
    assert "第 5 行：郵遞區號應為 5 碼數字。" in result.stderr
    assert run(loaded, "postal", "lookup", "新竹市香山區彩虹路").stdout == "30092\n"


def test_a_missing_file_is_a_usage_error(commands: Flask, tmp_path: Path) -> None:
    assert run(commands, "data", "import-postal", str(tmp_path / "none.csv")).exit_code == 2


def test_a_valid_number_prints_kind_and_sex(commands: Flask) -> None:
    result = run(commands, "person", "check-id", "a123456789")
    assert (result.exit_code, result.stdout) == (0, "national M\n")


def test_an_invalid_number_fails_with_the_reason(commands: Flask) -> None:
    result = run(commands, "person", "check-id", "A123456788")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "檢查碼" in result.stderr


def test_numbers_from_standard_input_are_answered_line_by_line(commands: Flask) -> None:
    result = run(commands, "person", "check-id", "-", typed=b"A123456789\r\nA123456788\n\n")
    assert result.exit_code == 0
    first, second, third = result.stdout.splitlines()
    assert first == "national M"
    assert second.startswith("- ")
    assert third.startswith("- ")
