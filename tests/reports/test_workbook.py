"""Spreadsheets as their readers see them: openpyxl, calamine, LibreOffice."""

from __future__ import annotations

import csv
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path

import openpyxl
import pytest
from python_calamine import load_workbook

from reports import ods, sheet_cells, xlsx
from reports.workbook import FORMATS

HEADINGS = ("序號", "個案姓名", "連絡電話", "服務歷程")
WIDTHS = (6, 12, 16, 40)
TITLE = "轉介個案清冊　通報日期：112/9/1～112/9/30 <全部> & 其他"

# What is given, and what every reader must see.
TEXTS = {
    "=1+1": "=1+1",
    "+886": "+886",
    "-1": "-1",
    "@SUM(A1)": "@SUM(A1)",
    "007": "007",
    "1e5": "1e5",
    "112/9/27": "112/9/27",
    " 前後有空白 ": " 前後有空白 ",
    "多  個   空白": "多  個   空白",
    "全形　空白": "全形　空白",
    "第一行\n第二行": "第一行\n第二行",
    "第一行\r\n第二行": "第一行\n第二行",
    "<b>&amp;\"'": "<b>&amp;\"'",
    "𠮷田逹": "𠮷田逹",
    "控\x01制\x00字\x1f": "控\ufffd制\ufffd字\ufffd",
    "半個\ud800字": "半個\ufffd字",
    "\ufffe\uffff": "\ufffd\ufffd",
    "跳\t格": "跳 格",
    "_x0041_": "_x0041_",
}
FORMAT = pytest.mark.parametrize("suffix", sorted(FORMATS))


def write(suffix: str, rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> bytes:
    return b"".join(FORMATS[suffix].stream(TITLE, headings, WIDTHS[: len(headings)], rows))


def read(workbook: bytes, sheet: int = 0) -> list[list[object]]:
    return list(load_workbook(BytesIO(workbook)).get_sheet_by_index(sheet).to_python())


def libreoffice(workbook: bytes, suffix: str, folder: Path) -> list[list[str]]:
    program = shutil.which("soffice")
    if not program:
        pytest.fail("LibreOffice is missing. Install it: apt-get install libreoffice-calc")
    file = folder / f"list.{suffix}"
    file.write_bytes(workbook)
    utf8_as_stored = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false"
    own_profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [program, own_profile, "--headless", "--convert-to", utf8_as_stored, "--outdir", folder, file],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with (folder / "list.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines))


@FORMAT
def test_a_text_stays_the_text_it_was(suffix: str) -> None:
    rows = read(write(suffix, [[text] for text in TEXTS], ["說明"]))
    assert [row[0] for row in rows[2:]] == list(TEXTS.values())


@FORMAT
def test_one_odd_cell_leaves_its_neighbours_alone(suffix: str) -> None:
    rows = read(write(suffix, [["甲", "乙\x00丙", "丁", "戊"], ["己", "庚", "辛", "壬"]]))
    assert rows[2:] == [["甲", "乙\ufffd丙", "丁", "戊"], ["己", "庚", "辛", "壬"]]


@FORMAT
def test_the_filters_stand_above_the_headings(suffix: str) -> None:
    rows = read(write(suffix, [[1, "王小明", "0912345678", ""]]))
    assert rows[0][0] == TITLE
    assert tuple(rows[1]) == HEADINGS


@FORMAT
def test_an_empty_list_is_a_workbook_with_headings(suffix: str) -> None:
    assert len(read(write(suffix, []))) == 2


@FORMAT
def test_numbers_are_numbers_unless_digits_would_be_lost(suffix: str) -> None:
    rows = read(write(suffix, [[5, Decimal("2.50"), 1234567890123456, float("nan")]]))
    assert rows[2] == [5, 2.5, "1234567890123456", "nan"]


@FORMAT
def test_nothing_is_an_empty_cell(suffix: str) -> None:
    assert read(write(suffix, [[1, None, "", "末"]]))[2] == [1, "", "", "末"]


@FORMAT
def test_a_text_too_long_for_a_cell_says_that_it_was_cut(suffix: str) -> None:
    (text,) = read(write(suffix, [["𠮷" * 20_000]], ["說明"]))[2]
    assert str(text).endswith("…(以下截斷)")
    assert 32_760 < len(str(text).encode("utf-16-le")) / 2 <= 32_767


@FORMAT
def test_the_longest_text_is_not_cut(suffix: str) -> None:
    assert read(write(suffix, [["字" * 32_767]], ["說明"]))[2] == ["字" * 32_767]


@FORMAT
def test_rows_beyond_a_full_sheet_go_on_in_the_next(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_cells.Rows.batches, "__defaults__", (1_000,))
    workbook = write(suffix, [[n] for n in range(2_001)], ["序號"])
    sheets = [read(workbook, number)[2:] for number in range(3)]
    assert [len(sheet) for sheet in sheets] == [1_000, 1_000, 1]
    assert sheets[2] == [[2_000]]
    assert read(workbook, 2)[1] == ["序號"]


@FORMAT
def test_a_list_that_just_fills_a_sheet_opens_no_second(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_cells.Rows.batches, "__defaults__", (1_000,))
    workbook = write(suffix, [[n] for n in range(1_000)], ["序號"])
    assert load_workbook(BytesIO(workbook)).sheet_names == ["資料"]


def test_an_xlsx_part_of_two_gibibytes_goes_on_in_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "LARGEST_PART", 10_000)
    workbook = write("xlsx", [[n] for n in range(1_500)], ["序號"])
    assert [len(read(workbook, number)) - 2 for number in range(3)] == [500, 500, 500]


def test_an_ods_of_two_gibibytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ods, "LARGEST_PART", 10_000)
    with pytest.raises(ods.TooLarge, match="請縮小查詢範圍"):
        write("ods", [[n] for n in range(1_500)], ["序號"])


def test_the_xlsx_keeps_its_headings_in_sight_and_its_columns_wide() -> None:
    book = openpyxl.load_workbook(BytesIO(write("xlsx", [[1, "=1+1", "0912345678", "末"]])))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == list(WIDTHS)
    assert (sheet["B3"].data_type, sheet["B3"].number_format) == ("s", "@")


def test_an_ods_says_what_it_is_in_its_first_bytes() -> None:
    workbook = write("ods", [])
    assert workbook[30:38] == b"mimetype"
    assert workbook[38:].startswith(ods.MIME_TYPE.encode())
    settings = zipfile.ZipFile(BytesIO(workbook)).read("settings.xml").decode()
    assert 'config:name="VerticalSplitPosition" config:type="int">2<' in settings


def test_an_ods_marks_the_blanks_that_a_reader_may_drop() -> None:
    content = zipfile.ZipFile(BytesIO(write("ods", [[" 甲  乙 ", "丙 丁"]]))).read("content.xml").decode()
    blank, two = '<text:s text:c="1"/>', '<text:s text:c="2"/>'
    assert f"<text:p>{blank}甲{two}乙{blank}</text:p>" in content
    assert "<text:p>丙 丁</text:p>" in content


@FORMAT
def test_the_same_rows_give_the_same_bytes(suffix: str) -> None:
    rows = [[1, "王小明", "0912345678", "末"]]
    assert write(suffix, rows) == write(suffix, rows)


@FORMAT
def test_the_first_bytes_leave_before_the_first_row_is_read(suffix: str) -> None:
    def rows() -> Iterator[list[object]]:
        raise AssertionError("a row was read")
        yield []

    assert next(FORMATS[suffix].stream(TITLE, HEADINGS, WIDTHS, rows()))


@FORMAT
def test_no_piece_is_empty(suffix: str) -> None:
    rows = ([n, "王小明", "0912345678", "末"] for n in range(3_000))
    assert all(FORMATS[suffix].stream(TITLE, HEADINGS, WIDTHS, rows))


@FORMAT
def test_memory_does_not_grow_with_the_list(suffix: str) -> None:
    def peak(count: int) -> int:
        rows = ([n, f"王小明{n}", "0912345678", "就業服務" * 10] for n in range(count))
        tracemalloc.start()
        for _piece in FORMATS[suffix].stream(TITLE, HEADINGS, WIDTHS, rows):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(1_000)
    assert peak(20_000) < peak(2_000) * 1.5


def test_libreoffice_reads_the_same_rows_from_both_formats(tmp_path: Path) -> None:
    rows = [[n, text, None, f"{n:03}"] for n, text in enumerate(TEXTS)]
    expected = [
        [TITLE, "", "", ""],
        list(HEADINGS),
        *([str(n), shown, "", f"{n:03}"] for n, shown in enumerate(TEXTS.values())),
    ]
    for suffix in FORMATS:
        folder = tmp_path / suffix
        folder.mkdir()
        seen = libreoffice(write(suffix, rows), suffix, folder)
        assert list(islice(seen, len(expected) + 1)) == expected, suffix
