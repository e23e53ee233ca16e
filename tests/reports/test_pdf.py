"""PDF files as poppler sees them."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from PIL import Image

from reports import fonts as font_module
from reports.fonts import Fonts, build_fonts, load_fonts
from reports.pdf import MissingGlyph, PdfError, render_pdf
from tests.reports.conftest import Tool


def page(body: str, style: str = "") -> str:
    return f"<html><head><title>回覆單</title><style>{style}</style></head><body>{body}</body></html>"


def test_text_can_be_taken_out_again(fonts: Fonts, poppler: Tool) -> None:
    pdf = render_pdf(page("<p>轉介就業服務回覆單 (112/10/17)1.就業服務</p>"), fonts=fonts)
    assert poppler("pdftotext", pdf).strip() == "轉介就業服務回覆單 (112/10/17)1.就業服務"


def test_rare_characters_of_names_are_drawn_and_can_be_taken_out(fonts: Fonts, poppler: Tool) -> None:
    pdf = render_pdf(page("<p>𠮷田逹、陳䧟、王𥕢、林﨑</p>"), fonts=fonts)
    assert poppler("pdftotext", pdf).strip() == "𠮷田逹、陳䧟、王𥕢、林﨑"
    assert "NotoSansCJKtc" in poppler("pdffonts", pdf)


def test_every_face_that_draws_is_embedded_as_a_subset(fonts: Fonts, poppler: Tool) -> None:
    listed = poppler("pdffonts", render_pdf(page("<p>回覆單𠮷</p>"), fonts=fonts)).splitlines()[2:]
    drawing = [line.split()[-5:-2] for line in listed if not line.startswith("Helvetica")]
    assert drawing == [["yes", "yes", "yes"]] * 2


@pytest.mark.parametrize("character", ["😀", "☑", "\ue123"])
def test_a_character_without_a_glyph_is_an_error_and_not_a_box(fonts: Fonts, character: str) -> None:
    with pytest.raises(MissingGlyph, match=f"U\\+{ord(character):04X}"):
        render_pdf(page(f"<p>王{character}明</p>"), fonts=fonts)


def test_a_missing_character_is_found_behind_an_entity(fonts: Fonts) -> None:
    with pytest.raises(MissingGlyph, match="😀"):
        render_pdf(page("<p>&#128512;</p>"), fonts=fonts)


def test_characters_that_draw_nothing_need_no_glyph(fonts: Fonts, poppler: Tool) -> None:
    pdf = render_pdf(page("<p>王\u200b小\ufe0f明\u202e先\U000e0101生\x07</p>"), fonts=fonts)
    assert poppler("pdftotext", pdf).strip() == "王小明先生"


def test_the_log_never_quotes_the_document(fonts: Fonts, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        render_pdf(
            page("<p style='colour: 王小明'>王小明<img src='missing.png' alt='王小明'></p>"), fonts=fonts
        )
        with pytest.raises(MissingGlyph):
            render_pdf(page("<p>王小明😀</p>"), fonts=fonts)
    assert "王小明" not in caplog.text


def test_no_file_of_the_machine_gets_into_a_document(fonts: Fonts, poppler: Tool, tmp_path: Path) -> None:
    dot = tmp_path / "dot.png"
    Image.new("RGB", (2, 2), "red").save(dot)
    pdf = render_pdf(page(f"<p>甲<img src='{dot}'><img src='{dot.as_uri()}'></p>"), fonts=fonts)
    headings_only = 2
    assert len(poppler("pdfimages", pdf, "-list").splitlines()) == headings_only


def test_nothing_is_fetched_from_the_network(fonts: Fonts, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refuse(*address: object, **_: object) -> None:
        asked.append(address)
        raise OSError

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    render_pdf(page("<p>甲<img src='http://example.org/dot.png'></p>"), fonts=fonts)
    assert asked == []


def test_a_failure_does_not_quote_the_document(fonts: Fonts, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("王小明")

    monkeypatch.setattr("reports.pdf.pisaDocument", fail)
    with pytest.raises(PdfError) as failure:
        render_pdf(page("<p>王小明</p>"), fonts=fonts)
    assert str(failure.value) == "ValueError"
    assert failure.value.__cause__ is None and failure.value.__suppress_context__


def test_a_long_table_repeats_its_header_row(fonts: Fonts, poppler: Tool) -> None:
    rows = "".join(f"<tr><td>第{n}列</td></tr>" for n in range(120))
    table = f"<table><thead><tr><th>個案姓名</th></tr></thead><tbody>{rows}</tbody></table>"
    pages = poppler("pdftotext", render_pdf(page(table), fonts=fonts)).rstrip("\f").split("\f")
    assert len(pages) > 1
    assert all(text.lstrip().startswith("個案姓名") for text in pages)


def test_long_chinese_text_stays_on_the_page(fonts: Fonts, poppler: Tool) -> None:
    pdf = render_pdf(page(f"<p>{'就業服務' * 200}結尾</p>", "@page { size: A4; margin: 2cm }"), fonts=fonts)
    seen = poppler("pdftotext", pdf, "-bbox").split("<word ")[1:]
    right = max(float(word.split('xMax="')[1].split('"')[0]) for word in seen)
    assert right <= 595 - 56
    assert "結尾" in poppler("pdftotext", pdf).replace("\n", "")


def test_a_configured_face_comes_first(font_dir: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "TW-Kai-98_1.ttf"
    shutil.copy(next(font_dir.glob("NotoSansCJKtc-rare-*.ttf")), chosen)
    assert load_fonts(font_dir, (chosen,)).families[0] == "twkai981"


def test_missing_faces_name_the_command_that_builds_them(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="flask prepare"):
        load_fonts(tmp_path)


def test_building_twice_at_once_leaves_whole_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first() -> bytes:
        monkeypatch.setattr(font_module, "_FACES", (face(b"second"),))
        build_fonts(tmp_path)  # another process is faster
        return b"first"

    def face(content: bytes) -> font_module._Face:
        return font_module._Face("pylopdf-fonts-zh-tw", "Face", lambda: content)

    monkeypatch.setattr(font_module, "_FACES", (font_module._Face("pylopdf-fonts-zh-tw", "Face", first),))
    build_fonts(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b"first"


def test_faces_that_are_there_are_not_built_again(font_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xhtml2pdf.opentype.to_truetype", lambda data: pytest.fail("built again"))
    build_fonts(font_dir)
