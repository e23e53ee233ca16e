"""Flask-AppBuilder speaks Taiwan's Chinese: a text left out would appear in Simplified characters."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import flask_appbuilder
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from babel.support import Translations

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "translations" / "zh_Hant_TW" / "LC_MESSAGES" / "messages.po"

# Characters of FAB's `zh` catalogue that its `zh_HK` never uses, without those that Taiwan writes too.
SIMPLIFIED = frozenset(
    "个为会关册击创删单发号吗图处复审将帐库应开录总户扩择据数无显权条检欢没滤点现电码确称组细"
    "经结绝统编联视计认议记设访证试该详误请败较辑输过还这选邮销错问项须验"
)


@cache
def our_catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


@cache
def texts_of_fab() -> frozenset[str]:
    package = Path(flask_appbuilder.__file__).parent
    found = extract_from_dir(
        package,
        method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2")],
        keywords={**DEFAULT_KEYWORDS, "lazy_gettext": None},
    )
    return frozenset(found_at[2] for found_at in found if isinstance(found_at[2], str))


def test_every_text_of_the_installed_fab_is_translated() -> None:
    texts = texts_of_fab()
    assert len(texts) > 140, "the extraction found too little to mean anything"
    missing = {text for text in texts if not (entry := our_catalogue().get(text)) or not entry.string}
    assert not missing


def test_no_translation_is_left_fuzzy() -> None:
    assert [entry.id for entry in our_catalogue() if entry.id and entry.fuzzy] == []


def test_a_translation_keeps_the_placeholders_of_its_text() -> None:
    faults = [(entry.id, str(error)) for entry in our_catalogue() for error in entry.check(our_catalogue())]
    assert faults == []


@pytest.mark.parametrize(
    "path",
    [CATALOGUE, *sorted((ROOT / "app" / "templates").rglob("*.html"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_simplified_character_is_shown(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert sorted(SIMPLIFIED & set(text)) == []


def test_the_catalogue_can_be_found_under_the_locale_that_babel_makes_of_zh_tw() -> None:
    """Babel expands zh_TW to zh_Hant_TW, looks for a folder of just that name, and falls back to `zh`."""
    found = Translations.load(str(ROOT / "translations"), ["zh_Hant_TW"])
    assert found.gettext("Logout") == "登出", "not compiled: run `make setup`"
