"""The faces of our PDF files: built once into a folder, registered once per process.

The faces come as OpenType packages (OFL). ReportLab embeds TrueType outlines only, and converting them takes
half a minute, so `build_fonts` (at installation: `flask prepare`) keeps the converted files. Noto Sans TC
draws nearly everything; a second face holds 12,000 characters that it lacks (𠮷, 逹, all of Extension A).
Faces that the configuration names, such as TW-Kai with its Ext-B, come before both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from secrets import token_hex

import noto_cjk_sans_otc
import pylopdf_fonts_zh_tw
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics, ttfonts
from xhtml2pdf.default import DEFAULT_FONT

_KOREAN = re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]")
_EM = 1000  # the unit of ReportLab's widths
_TAIWAN = 3  # of the collection's faces: JP, KR, SC, TC, HK


@dataclass(frozen=True)
class Fonts:
    """Registered faces: CSS families in the order in which they are tried, and every code point they draw."""

    families: tuple[str, ...]
    characters: frozenset[int]

    @property
    def css(self) -> str:
        return ", ".join(self.families)

    def width(self, text: str) -> float:
        """In em."""
        return sum(map(self._advance, text))

    def _advance(self, character: str) -> float:
        code = ord(character)
        for family in self.families:
            face = pdfmetrics.getFont(family).face
            if code in face.charToGlyph:
                return float(face.charWidths[code]) / _EM
        return 1.0


@dataclass(frozen=True)
class _Face:
    package: str
    name: str
    truetype: Callable[[], bytes]

    def file(self, folder: Path) -> Path:
        """Named after the package's version: another one is built anew."""
        return folder / f"{self.name}-{version(self.package)}.ttf"


def build_fonts(folder: Path) -> None:
    """Converts what is not there yet. Safe to run twice at once: a file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for face in _FACES:
        file = face.file(folder)
        if not file.exists():
            part = file.with_suffix(f".{token_hex(4)}.part")
            part.write_bytes(face.truetype())
            part.replace(file)


@cache
def load_fonts(folder: Path, extra: tuple[Path, ...] = ()) -> Fonts:
    """Registers the built faces, `extra` TrueType files first. Raises FileNotFoundError if one is missing."""
    files = [*extra, *(face.file(folder) for face in _FACES)]
    if absent := [file.name for file in files if not file.exists()]:
        raise FileNotFoundError(f"PDF fonts are missing: {', '.join(absent)}. Run `flask prepare`.")
    families = tuple(_register(file) for file in files)
    faces = [pdfmetrics.getFont(family).face for family in families]
    return Fonts(families, frozenset[int]().union(*(face.charToGlyph for face in faces)))


def _register(file: Path) -> str:
    """The family's name. Bold and italic are the same face: there is only one weight."""
    family = "".join(re.findall("[a-z0-9]", file.stem.lower()))
    pdfmetrics.registerFont(ttfonts.TTFont(family, str(file)))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(family, bold, italic, family)
    DEFAULT_FONT[family] = family
    return family


def _main_face() -> bytes:
    from xhtml2pdf.opentype import to_truetype  # fontTools takes long to load, and only building needs it

    return to_truetype(pylopdf_fonts_zh_tw.sans_path().read_bytes())


def _rare_face() -> bytes:
    """What Noto Sans CJK has and Noto Sans TC lacks, without the Korean syllables."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from xhtml2pdf.opentype import to_truetype

    options = Options(layout_features=[], hinting=False)
    options.drop_tables += ["VORG", "vhea", "vmtx"]
    subsetter = Subsetter(options)
    with (
        TTFont(pylopdf_fonts_zh_tw.sans_path(), lazy=True) as main,
        TTFont(noto_cjk_sans_otc.FONT_PATH, fontNumber=_TAIWAN, lazy=True) as face,
    ):
        known = main.getBestCmap()
        rare = [code for code in face.getBestCmap() if code not in known and not _KOREAN.match(chr(code))]
        subsetter.populate(unicodes=rare)
        subsetter.subset(face)
        face.save(reduced := BytesIO())
    return to_truetype(reduced.getvalue())


_FACES = (
    _Face("pylopdf-fonts-zh-tw", "NotoSansTC", _main_face),
    _Face("noto-cjk-sans-otc", "NotoSansCJKtc-rare", _rare_face),
)

_original_cmap = ttfonts.makeToUnicodeCMap


def _cmap_with_surrogates(fontname: str, subset: list[int]) -> str:
    """ReportLab writes a code point beyond the BMP bare, where PDF wants UTF-16: 𠮷 would be copied as ₻."""
    return re.sub(
        "<([0-9A-F]{5,6})>$",
        lambda code: f"<{chr(int(code[1], 16)).encode('utf-16-be').hex().upper()}>",
        _original_cmap(fontname, subset),
        flags=re.MULTILINE,
    )


ttfonts.makeToUnicodeCMap = _cmap_with_surrogates
