"""Flask-AppBuilder speaks Taiwan's Chinese: a text left out would appear in Simplified characters. And we speak English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import flask_appbuilder
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from babel.support import Translations

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "translations" / "zh_Hant_TW" / "LC_MESSAGES" / "messages.po"
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"

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


CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")

# Chinese that no screen shows as a text of ours: mails and the printed form are in the recipients' language, the
# demo world and the directory are data, and some modules read Chinese rather than write it.
NO_SCREEN = (
    "app/cli/", "app/serve.py", "reports/mails.py", "reports/reminders.py", "reports/line_breaks.py", "reports/xlsx.py",
    "reports/batch_template.py", "reports/disclosure", "reports/desk_mails.py", "reports/table_template.py", "rules/clock.py",
    "rules/simulation", "rules/table_cells.py", "rules/batch_cells.py", "rules/addresses/", "rules/names.py",
    "rules/phones.py", "rules/roc_dates.py", "services/demo/", "services/postal_file.py",
    "views/api/schemas.py", "views/api/answer_schemas.py",  # for programmers, with the terms of the screens
)  # fmt: skip
# Values written to tables and files, which do not change with the language of who happens to look: trail, telephones
# as the manual writes them, names of files and sheets, brackets.
STORED = frozenset(
    {
        "分機", " 分機 ", "分機：", "附件", "轉介回覆單_", "資料", "…(以下截斷)", "（U+", "）", "　",
        "轉介個案建立", "中華郵政 3+2 碼郵遞區號", "未命名", "已去識別", "保存期限屆滿",
        "個人資料彙整_", "轉介整批上傳範本.xlsx", "批次上傳_待修正.xlsx", "「", "」", "1「", "？?", " 號櫃台", " 號 ", "一二三四五六日",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the command of docs/developing.md finds in the source."""
    pot = tmp_path_factory.mktemp("pot") / "messages.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(["pybabel", "-q", "extract", "-F", "babel.toml", "-o", str(pot), "."])
    with pot.open("rb") as file:
        return read_po(file)


@cache
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def ours(catalogue: Catalog) -> Iterator[Message]:
    """Without the header and without FAB's texts, which are English already."""
    return (entry for entry in catalogue if entry.id and CHINESE.search(str(entry.id)))


def test_every_text_of_ours_has_its_english(extracted: Catalog) -> None:
    texts = [(entry.id, entry.context) for entry in ours(extracted)]
    assert len(texts) > 700, "the extraction found too little to mean anything"
    assert [text for text in texts if not english().get(*text)] == []


def test_no_english_text_is_empty_fuzzy_or_left_over(extracted: Catalog) -> None:
    kept = list(ours(english()))
    assert [entry.id for entry in kept if not entry.string or entry.fuzzy] == []
    assert [entry.id for entry in kept if not extracted.get(entry.id, entry.context)] == []


def test_the_english_keeps_the_places_of_the_chinese() -> None:
    def places(text: str) -> set[str]:
        return set(PLACE.findall(text))

    assert [entry.id for entry in ours(english()) if places(entry.id) != places(entry.string)] == []


def test_only_names_and_examples_are_chinese_in_the_english() -> None:
    found = {entry.string for entry in ours(english()) if CHINESE.search(entry.string)}
    assert found == {
        "e.g. 新竹市北區中央路241號, or 30041",
        "e.g. 新竹市東區東大路二段60號",
        "Please enter 是 (yes) or 否 (no).",
        'This centre has no "%(text)s"; please see the sheet 選項 (choices).',
        "Required for a receiving unit, e.g. 13 for 新竹就業中心.",
    }


def test_no_bare_percent_sign_stands_in_a_text() -> None:
    """Templates fill the places of every text, even of one without any: a lone `%` would break the page.

    A doubled one is a percent sign, but only beside a place: a text without values is not filled by views.
    """
    texts = [text for entry in ours(english()) for text in (entry.id, entry.string)]
    assert [
        text for text in texts if "%" in PLACE.sub("", text.replace("%%", "") if PLACE.search(text) else text)
    ] == []


def test_no_chinese_text_of_the_source_escapes_the_translators(extracted: Catalog) -> None:
    known = {entry.id for entry in extracted}
    escaped = [
        (str(path), text)
        for folder in ("app", "models", "reports", "rules", "services", "views")
        for path in sorted(Path(ROOT / folder).rglob("*.py"))
        if not str(path.relative_to(ROOT)).startswith(NO_SCREEN)
        for text in chinese_texts(path)
        if text not in known and text not in STORED
    ]
    assert escaped == []


def chinese_texts(path: Path) -> Iterator[str]:
    """The Chinese literals of a module; docstrings are for developers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings and CHINESE.search(node.value):
            yield node.value
