"""What is documented is what there is."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from app.cli.roles import permission_table
from rules import referral_flow, visit_flow
from views.menu import MENU

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
IMAGES = DOCS / "images"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
GUIDES = sorted((DOCS / "guide").glob("*.md"))

LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
VALUE = re.compile(r"%\(\w+\)s")


def test_the_permission_table_is_printed_from_the_code() -> None:
    assert (DOCS / "permissions.md").read_text(encoding="utf-8") == permission_table()


@pytest.mark.parametrize("flow", [referral_flow, visit_flow], ids=["referral", "visit"])
def test_the_glossary_names_every_state_and_move(flow: Any) -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    missing = [state.value for state in flow.State if f"`{state.value}`" not in glossary]
    missing += [move.name for move in flow.Move if not re.search(rf"\b{move.name}\b", glossary)]
    assert not missing


def test_the_code_has_what_the_glossary_says_is_in_it() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    names = re.findall(r"`((?:rules|models|reports|services|views)\.[\w.]+)`", glossary)
    assert len(names) > 50
    assert not [name for name in names if not _in_code(name)]


def _in_code(name: str) -> bool:
    """A module, or an attribute of one, as deep as it is named."""
    path, _, rest = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return bool(path) and _in_code(path) and hasattr(_found(path), rest)
    return True


def _found(name: str) -> Any:
    path, _, rest = name.rpartition(".")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return getattr(_found(path), rest)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_document_is_in_the_index() -> None:
    index = {
        (DOCS / link).resolve() for link in LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    }
    assert not [
        str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if page not in index | {DOCS / "README.md"}
    ]


def test_every_picture_is_shown_somewhere_and_described() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in PICTURE.findall(page.read_text(encoding="utf-8"))
    }
    assert shown == set(IMAGES.iterdir())
    assert not [page for page in PAGES if "![](" in page.read_text(encoding="utf-8")]


def test_the_picture_maker_makes_every_picture() -> None:
    """A picture that nothing makes would show yesterday's screen for ever."""
    makers = (ROOT / "tests/journeys").glob("pictures*.py")
    made = [name for maker in makers for name in re.findall(r'yield "([\w-]+)"', maker.read_text("utf-8"))]
    assert sorted(made) == sorted(image.stem for image in IMAGES.glob("*.png"))


def test_every_menu_entry_is_in_a_guide(app: Flask) -> None:
    guides = "".join(page.read_text(encoding="utf-8") for page in GUIDES)
    with app.test_request_context():
        labels = [str(entry.label) for _title, entries in MENU for entry in entries]
    assert not [label for label in labels if f"「{label}」" not in guides]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_what_a_guide_quotes_is_a_text_of_the_system(guide: Path) -> None:
    texts, patterns = _texts()
    quotes = list(_quoted(guide.read_text(encoding="utf-8")))
    assert quotes
    unknown = [
        quote
        for quote in quotes
        if quote not in texts and not any(each.fullmatch(quote) for each in patterns)
    ]
    assert not unknown


@cache
def _texts() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every Chinese text of the catalogues: the msgids, and what FAB's own are called. Those with values as patterns."""
    texts: set[str] = set()
    for locale in ("en", "zh_Hant_TW"):
        with (ROOT / f"translations/{locale}/LC_MESSAGES/messages.po").open("rb") as file:
            for message in read_po(file):
                texts |= set(_strings(message.id))
                texts |= set(_strings(message.string)) if locale != "en" else set()
    # A text that is hardly more than its value would fit anything.
    telling = [
        text for text in texts if VALUE.search(text) and len(re.sub(r"\W", "", VALUE.sub("", text))) >= 4
    ]
    patterns = (".{1,40}?".join(map(re.escape, VALUE.split(text))) for text in telling)
    return frozenset(texts), tuple(re.compile(pattern) for pattern in patterns)


def _strings(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _quoted(text: str) -> Iterator[str]:
    """What stands between 「 and 」, with inner quotes left in."""
    depth = start = 0
    for at, sign in enumerate(text):
        if sign == "「":
            start = start if depth else at + 1
            depth += 1
        elif sign == "」":
            depth -= 1
            if not depth:
                yield text[start:at]
