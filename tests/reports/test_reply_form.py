"""轉介回覆單: the printed form."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from reports import reply_form
from reports.fonts import Fonts
from reports.reply_form import ReplyForm
from tests.reports.conftest import Tool

FORM = ReplyForm(
    referring_unit="高雄市旗山社會福利服務中心",
    person_name="𠮷田逹",
    receiving_unit="板橋就業服務站(委辦新北市政府)",
    receiving_unit_phone="02-29598856分機201",
    not_served=[
        "(112/10/17)1.無法聯繫3次以上(3次不同日期及時段)",
        "(112/10/17)1.無法聯繫3次以上(3次不同日期及時段)、8.測試指標",
    ],
    served=[
        "(112/10/17)1.就業服務",
        "(112/10/18)3.其他：2",
    ],
    remarks=["test DD", "測試測試測試"],
    agency="新北市政府就業服務處板橋就業服務站(委辦新北市政府)",
)
LABELS = [
    "轉介單位",
    "個案姓名",
    "就業服務單位",
    "服務單位連絡電話",
    "無法提供服務原因",
    "收案提供服務情形",
    "其他備註",
    "簽核",
]


def test_the_pdf_has_the_rows_of_the_manual_in_their_order(fonts: Fonts, poppler: Tool) -> None:
    text = poppler("pdftotext", reply_form.pdf(FORM, fonts), "-layout")
    places = [text.index(label) for label in ["轉介就業服務回覆單", *LABELS]]
    assert places == sorted(places)
    for line in [
        *FORM.served,
        *FORM.remarks,
        FORM.person_name,
        "機關名稱：新北市政府就業服務處",
        "承辦人：",
        "單位主管：",
    ]:
        assert line in text
    assert "第 1 頁，共 1 頁" in text


def test_the_browser_prints_the_same_rows() -> None:
    page = reply_form.print_page(FORM, nonce="n0nce", toolbar=Markup('<a href="/cases/1">回上一頁</a>'))
    places = [page.index(f">{label}</th>") for label in LABELS]
    assert places == sorted(places)
    assert '<script nonce="n0nce">' in page and '<style nonce="n0nce">' in page
    assert '<a href="/cases/1">回上一頁</a>' in page


def test_markup_in_a_remark_is_only_text(fonts: Fonts, poppler: Tool) -> None:
    form = replace(FORM, remarks=["<b>粗</b> & {{ 7*7 }} <img src=x>"])
    assert "<b>粗</b> & {{ 7*7 }}" in poppler("pdftotext", reply_form.pdf(form, fonts), "-layout")
    assert "&lt;b&gt;" in reply_form.print_page(form, nonce="", toolbar=Markup(""))


def test_a_form_without_entries_keeps_its_rows(fonts: Fonts, poppler: Tool) -> None:
    form = replace(FORM, not_served=[], served=[], remarks=[])
    text = poppler("pdftotext", reply_form.pdf(form, fonts), "-layout")
    assert all(label in text for label in LABELS)


def test_a_long_text_begins_on_the_first_page_and_flows_on(fonts: Fonts, poppler: Tool) -> None:
    words = "".join(f"第{n}句說明。" for n in range(1_000))[:5_000]
    form = replace(FORM, served=["(112/10/17)1.就業服務", words, "(112/10/19)1.就業服務"])
    text = poppler("pdftotext", reply_form.pdf(form, fonts))
    pages = text.rstrip("\f").split("\f")
    assert "第0句說明。" in pages[0], "the row must not be moved to the second page as a whole"
    assert "第100句說明。" in pages[0], "the first page must be filled"
    assert "單位主管：" in pages[-1]
    assert words in without_page_numbers(pages)


def test_a_long_text_of_every_length_stays_above_the_foot(fonts: Fonts, poppler: Tool) -> None:
    for length in (600, 1_100, 1_200, 1_300):
        form = replace(FORM, served=["說" * length])
        pages = poppler("pdftotext", reply_form.pdf(form, fonts)).rstrip("\f").split("\f")
        assert without_page_numbers(pages).count("說") == length


def without_page_numbers(pages: list[str]) -> str:
    body = [line for page in pages for line in page.split("\n") if not line.startswith("第 ")]
    return "".join(body)
