"""Small real files for the demo world: what a scanner and an office would make, with nothing of anybody in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from rules.identities import IDENTITIES, INDICATORS

BATCH_COLUMNS = (
    "中文姓名", "身分證字號", "生日(西元年)", "郵遞區號(5)", "地址", "聯絡電話", "轉介評估指標", "個案身份別", "身分別_其他",
    "個案簡述",
)  # fmt: skip


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
    """The workbook of the manual's 轉介整批上傳範例檔: columns A to J, and a second sheet with the codes."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "轉介個案"
    sheet.append(BATCH_COLUMNS)
    for column in "ABCDEFGHIJ":
        sheet[f"{column}1"].font = Font(bold=True)
        sheet[f"{column}1"].fill = PatternFill("solid", fgColor="DCE6F1")
        sheet.column_dimensions[column].width = 18
    for column in "BDFGH":  # leading zeros and lists like 1,4 stay text
        for row in range(2, 32):
            sheet[f"{column}{row}"].number_format = "@"
    sheet.freeze_panes = "A2"
    codes = book.create_sheet("代碼")
    codes.append(("轉介評估指標", "說明"))
    for indicator in INDICATORS:
        codes.append(indicator)
    codes.append(())
    codes.append(("個案身份別", "說明"))
    for identity in IDENTITIES:
        codes.append(identity)
    codes.column_dimensions["B"].width = 80
    target = BytesIO()
    book.save(target)
    return target.getvalue()
