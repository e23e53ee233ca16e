"""Small real files for the demo world: what a scanner and an office would make, with nothing of anybody in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from reports.batch_template import template
from rules.identities import IDENTITIES, INDICATORS


def pdf(title: str) -> bytes:
    """One page A4; `title` in Latin letters, since no Chinese face is at hand here."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=True)
    width, height = A4
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawCentredString(width / 2, height - 90, title)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, height - 140, "Made up for the demo world. Nobody has signed this page.")
    canvas.line(72, 160, 300, 160)
    canvas.drawString(72, 144, "Signature")
    canvas.save()
    return target.getvalue()


def scan() -> bytes:
    """A PNG that looks like a signed sheet from afar."""
    image = Image.new("L", (420, 594), 250)
    draw = ImageDraw.Draw(image)
    for y in range(70, 460, 22):
        draw.line((40, y, 380 - (y * 7) % 90, y), fill=120, width=3)
    draw.line([(60, 540), (90, 505), (110, 545), (140, 500), (180, 540), (230, 515)], fill=20, width=4)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(zipfile.ZipInfo(name, (2023, 9, 27, 9, 0, 0)), content)
    return target.getvalue()


def batch_template() -> bytes:
    """The workbook that 轉介個案批次(多筆)上傳 offers, with the codes as delivered."""
    return template(INDICATORS, IDENTITIES)
