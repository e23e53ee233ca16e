"""What is documented is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli.roles import permission_table
from rules.referral_flow import Move, State

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_permission_table_is_printed_from_the_code() -> None:
    assert (ROOT / "docs/permissions.md").read_text(encoding="utf-8") == permission_table()


def test_the_glossary_names_every_state_and_move() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    missing = [state.value for state in State if f"`{state.value}`" not in glossary]
    missing += [move.name for move in Move if move.name not in glossary]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]
