"""轉介回覆單: the manual's table on A4, as PDF and as the page that the browser prints (spec 1 §5.4).

Both show the same body. Entries come as lines, one for each service record: `(112/10/17)1.無法聯繫…、8.…`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.fonts import Fonts
from reports.line_breaks import broken
from reports.pdf import render_pdf

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ROOM = 29.5  # em: 76 % of the line of 174 mm, less the padding, at 12 pt (reply_form.css)


@dataclass(frozen=True)
class ReplyForm:
    """`agency`, `case_manager` and `supervisor` are the 簽核 row; an empty name leaves room to sign."""

    referring_unit: str
    person_name: str
    receiving_unit: str
    receiving_unit_phone: str
    not_served: Sequence[str]
    served: Sequence[str]
    remarks: Sequence[str]
    agency: str
    case_manager: str = ""
    supervisor: str = ""


def html(form: ReplyForm, fonts: Fonts) -> str:
    """The page that becomes the PDF, its texts broken into the lines that these faces fill."""
    return _TEMPLATES.get_template("reply_form_pdf.html").render(
        form=form, broken=lambda text: broken(text, _ROOM, fonts.width)
    )


def print_page(form: ReplyForm, *, nonce: str, toolbar: Markup) -> str:
    """The page that opens the browser's print dialog. `toolbar` is seen on screen only."""
    return _TEMPLATES.get_template("reply_form_print.html").render(form=form, nonce=nonce, toolbar=toolbar)


def pdf(form: ReplyForm, fonts: Fonts) -> bytes:
    return render_pdf(html(form, fonts), fonts=fonts)
