"""Reading an untrusted workbook: what it holds, or one sentence why it is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.protection import SheetProtection

from reports.batch_template import template
from rules.batch import HEADINGS
from rules.batch_cells import Cell, Kind
from rules.errors import RuleBroken
from rules.identities import IDENTITIES, INDICATORS
from services.batch_workbook import Sheet, read_workbook
from tests.batch_files import by_libreoffice, opened, row, saved, with_part, workbook

SHEET = "xl/worksheets/sheet1.xml"
NAME = "名單.xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes, name: str = NAME) -> Sheet:
    return read_workbook(name, content)


def cells(sheet: Sheet, index: int = 0) -> dict[str, Cell]:
    return dict(zip("ABCDEFGHIJ", sheet.rows[index].cells, strict=True))


def refused(content: bytes, name: str = NAME) -> str:
    with pytest.raises(RuleBroken) as found:
        read(content, name)
    return str(found.value)


def manuals_sample(first: str, second: str) -> list[list[Any]]:
    return [
        ["測試人員1", first, "1995/10/10", "24886", "新北市新莊區新莊路100號", "091234567", "1,4", "1,4,15", "文字描述", "測試資料"],
        ["測試人員2", second, "1980/10/11", "40045", "台中市台中區台中路200號", "098765432", "3", "5,7", "TEST", "上傳上測試"],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_the_manuals_sample_reads_the_same_however_libreoffice_got_it(kind: str) -> None:
    rows = manuals_sample("A123456789", "B123456780")
    if kind == "csv":
        given = "\n".join(",".join(f'"{cell}"' for cell in line) for line in [list(HEADINGS), *rows]).encode()
    else:
        given = workbook(rows) if kind == "xlsx" else by_libreoffice(workbook(rows), "xlsx", "ods")
    sheet = read(by_libreoffice(given, kind))
    assert [each.number for each in sheet.rows] == [2, 3]
    found = cells(sheet)
    assert found["B"].text == "A123456789" and found["G"].text == "1,4" and found["H"].text == "1,4,15"
    assert found["C"].text.replace("-", "/") == "1995/10/10"
    assert found["F"].text in {"091234567", "91234567"}
    assert cells(sheet, 1)["E"].text == "台中市台中區台中路200號"


def test_the_template_filled_in_libreoffice_is_read() -> None:
    book = opened(template(INDICATORS, IDENTITIES))
    for column, value in enumerate(row(), 1):
        book.worksheets[0].cell(2, column).value = value
    assert len(read(by_libreoffice(saved(book), "xlsx")).rows) == 1


def test_an_unfilled_template_has_no_rows() -> None:
    assert "沒有個案資料" in refused(template(INDICATORS, IDENTITIES))


def test_cells_keep_what_kind_they_are() -> None:
    values = row(C=datetime(1995, 10, 10, 8, 30), D=30054, F=912345678.0, G=3, I="=1+1", J=True)
    found = cells(read(workbook([values])))
    assert found["C"] == Cell(Kind.DATE, "1995-10-10")
    assert (found["D"], found["F"]) == (Cell(Kind.NUMBER, "30054"), Cell(Kind.NUMBER, "912345678"))
    assert found["I"].kind is Kind.FORMULA and found["J"] == Cell(text="True")
    assert cells(read(workbook([row(C=date(1995, 10, 10))])))["C"].kind is Kind.DATE


def test_a_cached_result_of_a_formula_is_not_believed() -> None:
    content = with_part(
        workbook([row(J="=1+1")]),
        SHEET,
        lambda body: body.replace(b"<v/>", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"),
    )
    assert cells(read(content))["J"] == Cell(Kind.FORMULA)


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers() -> None:
    blank: list[Any] = [None] * 10
    sheet = read(workbook([blank, row(), blank, row(), [" "] + [None] * 9, *[blank] * 50]))
    assert [each.number for each in sheet.rows] == [3, 5]


def test_thirty_rows_are_read_and_thirty_one_refused() -> None:
    assert len(read(workbook([row() for _ in range(30)])).rows) == 30
    assert "有31筆" in refused(workbook([row() for _ in range(31)]))


def test_merged_cells_are_marked_in_all_their_rows() -> None:
    content = workbook([row(), row()], change=lambda book: book.worksheets[0].merge_cells("E2:F3"))
    sheet = read(content)
    assert cells(sheet)["E"] == cells(sheet, 1)["F"] == Cell(Kind.MERGED, "E2:F3")
    assert cells(sheet)["D"].kind is Kind.TEXT


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    def hide(book: Workbook) -> None:
        book.worksheets[0].row_dimensions[3].hidden = True
        book.worksheets[0].column_dimensions["D"].hidden = True

    sheet = read(workbook([row(), row()], change=hide))
    assert [each.hidden for each in sheet.rows] == [False, True]
    assert "隱藏了D欄" in str(sheet.notes[0])


def test_data_beyond_the_last_column_is_told() -> None:
    assert "J欄以後還有資料" in str(read(workbook([[*row(), "備註"]])).notes[0])


def test_the_sheet_with_our_headings_is_found_and_a_hidden_one_is_not() -> None:
    def more(book: Workbook) -> None:
        book.create_sheet("其他", 0).append(["說明"])
        hidden = book.create_sheet("舊名單")
        hidden.append(HEADINGS)
        hidden.sheet_state = "hidden"

    assert len(read(workbook([row()], change=more)).rows) == 1


def test_two_sheets_with_our_headings_are_refused_by_name() -> None:
    assert "「Sheet」、「第二張」" in refused(
        workbook([row()], change=lambda book: book.create_sheet("第二張").append(HEADINGS))
    )


def test_renamed_and_reordered_headings_are_refused_by_cell() -> None:
    def rename(book: Workbook) -> None:
        book.worksheets[0]["A1"], book.worksheets[0]["F1"] = "姓名", "電話"

    assert "A1「中文姓名」、F1「聯絡電話」" in refused(workbook([row()], change=rename))


def test_a_protected_sheet_is_read() -> None:
    def protect(book: Workbook) -> None:
        book.worksheets[0].protection = SheetProtection(sheet=True, password="secret")

    assert len(read(workbook([row()], change=protect)).rows) == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), NAME, "設有密碼"),
        (OLE + b"\0" * 600, NAME, "舊版 Excel"),
        (OLE + b"\0" * 600, "名單.xls", "舊版 Excel"),
        ("中文姓名,身分證字號\n".encode(), NAME, "其實是文字檔"),
        (b"%PDF-1.4\n%%EOF\n", NAME, "內容其實是 pdf"),
        (b"", NAME, "是空的"),
        (b"PK\x03\x04" + b"\0" * (5 * 1024 * 1024 - 3), NAME, "超過5MB"),
        (workbook([])[:1500], NAME, "已損壞"),
        (workbook([]), "名單.xlsm", "可執行檔的副檔名"),
        (workbook([]), "名單.docx", "格式不能上傳"),
        (workbook([]), NAME, "沒有個案資料"),
    ],
    ids=[
        "password",
        "xls renamed",
        "xls",
        "csv",
        "pdf",
        "zero",
        "5 MB + 1",
        "cut",
        "xlsm",
        "docx",
        "no rows",
    ],
)
def test_what_is_no_workbook_of_ours_gets_its_own_sentence(content: bytes, name: str, said: str) -> None:
    assert said in refused(content, name)


def test_a_real_old_workbook_and_a_real_ods_renamed_are_refused() -> None:
    assert "舊版 Excel" in refused(by_libreoffice(workbook([row()]), "xlsx", "xls"))
    assert "內容其實是 ods" in refused(by_libreoffice(workbook([row()]), "xlsx", "ods"))


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("xl/vbaProject.bin", lambda _body: b"macro", "含有巨集"),
        ("xl/macrosheets/sheet1.xml", lambda _body: b"<x/>", "含有巨集"),
        ("[Content_Types].xml", lambda body: body.replace(b".sheet.main", b".sheet.macroEnabled.main"), "含有巨集"),
        (SHEET, lambda body: body[:-20], "已損壞"),
        (SHEET, lambda body: b"not xml at all", "已損壞"),
        (SHEET, lambda body: body.replace(b'r="2"', b'r="x"'), "已損壞"),
        (SHEET, lambda body: body.replace(b'<row r="2"', b'<row r="999999999999"'), "已損壞"),
        (SHEET, lambda body: body.replace(b'<row r="2"', b'<row r="1"'), "已損壞"),
        (SHEET, lambda body: body.replace(b'r="B2"', b'r="ZZZZ2"'), "已損壞"),
        ("xl/styles.xml", lambda _body: b"<styleSheet/>", ""),
        ("xl/workbook.xml", lambda _body: b"<workbook/>", "已損壞"),
        (SHEET, lambda body: body + b"<!-- " + b"x" * 9_000_000 + b" -->", "過大"),
        (SHEET, lambda body: body + b" " * 100_000_000, "過大"),
    ],
)  # fmt: skip
def test_a_tampered_part_is_refused(part: str, change: Callable[[bytes], bytes], said: str) -> None:
    content = with_part(workbook([row()]), part, change)
    if said:
        assert said in refused(content)
    else:
        read_or_refuse(content)


def read_or_refuse(content: bytes) -> None:
    try:
        read(content)
    except RuleBroken:
        return


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
def test_a_document_type_is_refused_in_every_part_and_encoding(part: str, encoding: str) -> None:
    attack = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    content = with_part(workbook([row()]), part, lambda _body: attack.encode(encoding))
    assert "已損壞" in refused(content)


def test_a_million_declared_rows_cost_nothing() -> None:
    declared = with_part(
        workbook([row()]), SHEET, lambda body: body.replace(b'ref="A1:J2"', b'ref="A1:XFD1048576"')
    )
    assert len(read(declared).rows) == 1
    last = with_part(
        workbook([row()]),
        SHEET,
        lambda body: body.replace(
            b"</sheetData>",
            b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>',
        ),
    )
    assert [each.number for each in read(last).rows] == [2, 1048576]


def test_a_merge_over_the_whole_sheet_costs_nothing() -> None:
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    content = with_part(workbook([row()]), SHEET, lambda body: body.replace(b"</sheetData>", merge))
    assert {cell.kind for cell in cells(read(content)).values()} == {Kind.MERGED}


def test_a_million_written_rows_are_refused() -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(3, 600_000)).encode()
    content = with_part(
        workbook([row()]), SHEET, lambda body: body.replace(b"</sheetData>", rows + b"</sheetData>")
    )
    assert "過大" in refused(content)


def test_a_zip_with_the_parts_names_and_nothing_else_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "已損壞" in refused(target.getvalue())
