"""HTML becomes a PDF with embedded Chinese faces; nothing is fetched, neither from the network nor from disk.

A character that no face can draw is refused: printed, it would be a box, and an empty box may read as a tick.
"""

from __future__ import annotations

import logging
import re
from html import unescape
from io import BytesIO

from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_CSS
from xhtml2pdf.document import pisaDocument

from reports.fonts import Fonts
from rules.errors import RuleBroken

# Its warnings quote the document, which is about persons.
logging.getLogger("xhtml2pdf").setLevel(logging.CRITICAL + 1)

_POLICY = ResourceAccessPolicy.server(base_dir=None, allow_remote=False)
_CSS = """
html, title { font-family: %s }
body { -pdf-word-wrap: CJK }
"""
# Controls, joiners, directions, variation selectors: they draw nothing, so no face needs to have them.
_INVISIBLE = re.compile(
    "[\0-\10\13\14\16-\37\177-\237\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)


class MissingGlyph(RuleBroken):
    """No face draws these characters."""

    def __init__(self, characters: list[str]) -> None:
        named = "、".join(f"{character}（U+{ord(character):04X}）" for character in characters)
        super().__init__(
            "PDF 字型裡沒有這些字：%(characters)s。請改用瀏覽器列印，或請管理者加裝字型。", characters=named
        )


class PdfError(Exception):
    """The renderer gave up. Says which error, without its text, which quotes the document."""


def render_pdf(html: str, *, fonts: Fonts) -> bytes:
    """One document at a time in a process: the renderer holds a lock. Raises MissingGlyph."""
    html = _INVISIBLE.sub("", html)
    if missing := sorted({c for c in unescape(html) if ord(c) not in fonts.characters and not c.isspace()}):
        raise MissingGlyph(missing)
    css = DEFAULT_CSS + _CSS % fonts.css
    out = BytesIO()
    try:
        result = pisaDocument(
            BytesIO(html.encode()), out, encoding="utf-8", default_css=css, resource_policy=_POLICY
        )
    except Exception as fault:
        raise PdfError(type(fault).__name__) from None
    if result.err:
        raise PdfError(f"{result.err} errors")
    return out.getvalue()
