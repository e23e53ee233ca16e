"""The settings are documented one by one; a development machine makes its keys. For production: test_production."""

from __future__ import annotations

import re
from pathlib import Path

from config import ROOT, SETTINGS, settings


def documented() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", (ROOT / "docs" / "settings.md").read_text(), re.M)
    return {name: (default, meaning) for name, default, meaning in rows}


def expected_default(name: str, default: str | None) -> str:
    if default is None:
        return "required in production"
    return "`instance`" if name == "JIELI_INSTANCE" else f"`{default}`" if default else "empty"


def test_the_docs_name_every_setting_with_its_default_and_meaning() -> None:
    assert documented() == {
        one.name: (expected_default(one.name, one.default), one.meaning) for one in SETTINGS
    }


def test_every_meaning_is_a_sentence() -> None:
    for one in SETTINGS:
        assert one.meaning.endswith(".") and len(one.meaning) > 9


def test_development_makes_its_keys_once_and_keeps_them(tmp_path: Path) -> None:
    environment = {"JIELI_INSTANCE": str(tmp_path)}
    first, second = settings(environment), settings(environment)
    assert len(first["SECRET_KEY"]) >= 32
    assert {name: first[name] for name in ("SECRET_KEY", "DATA_KEYS", "DATA_HASH_KEY")} == {
        name: second[name] for name in ("SECRET_KEY", "DATA_KEYS", "DATA_HASH_KEY")
    }
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_two_machines_have_different_keys(tmp_path: Path) -> None:
    keys = {settings({"JIELI_INSTANCE": str(tmp_path / name)})["SECRET_KEY"] for name in ("a", "b")}
    assert len(keys) == 2
