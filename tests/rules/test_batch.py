"""One row of a batch: what each cell means, and the faults that name it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.addresses import Directory
from rules.batch import (
    COLUMNS,
    HEADINGS,
    RowCheck,
    SheetRow,
    check_count,
    check_headings,
    check_row,
    mark_duplicates,
)
from rules.batch_cells import Cell, Kind, birthday_of, codes_of, phone_of
from rules.errors import FieldFault, RuleBroken
from rules.person import check_birthday
from services.postal_file import read_rows

TODAY = date(2026, 11, 20)
GOOD = {
    "A": "測試人員1", "B": "A123456789", "C": "1985/10/10", "D": "30054", "E": "新竹市東區東大路二段60號",
    "F": "0912345678", "G": "1,4", "H": "1,4", "I": "", "J": "測試資料",
}  # fmt: skip


@cache
def directory() -> Directory:
    shipped = Path(__file__).resolve().parents[2] / "services/reference/postal_directory_20190415.csv.gz"
    return Directory(read_rows(shipped))


def row(number: int = 3, *, hidden: bool = False, **cells: str | Cell) -> SheetRow:
    given_cells = {**GOOD, **cells}
    read = tuple(cell if isinstance(cell, Cell) else Cell(text=cell) for cell in given_cells.values())
    return SheetRow(number, read, hidden)


def checked(number: int = 3, *, hidden: bool = False, **cells: str | Cell) -> RowCheck:
    return check_row(
        row(number, hidden=hidden, **cells),
        directory=directory(),
        indicators=range(1, 5),
        identities=range(1, 20),
        today=TODAY,
    )


def faults(**cells: str | Cell) -> dict[str, str]:
    return {fault.field: str(fault) for fault in checked(**cells).faults}


def number(text: str) -> Cell:
    return Cell(Kind.NUMBER, text)


def test_a_good_row_is_what_the_single_form_would_have_sent() -> None:
    check = checked(B="a123456789", D="", G="１，４", H="5、7")
    assert check.good and check.person and check.referral
    assert (check.person.national_id, check.person.birthday) == ("A123456789", date(1985, 10, 10))
    assert check.person.postal_code == "30054", "resolved from the address"
    assert (check.referral.indicators, check.referral.identities) == ((1, 4), (5, 7))


@pytest.mark.parametrize(
    ("cells", "cell", "said"),
    [
        ({"A": ""}, "A3", "請輸入姓名"),
        ({"B": "A123456788"}, "B3", "身分證字號檢查碼錯誤"),
        ({"B": number("123456789")}, "B3", "應為10碼"),
        ({"C": ""}, "C3", "請輸入生日"),
        ({"C": "84/10/10"}, "C3", "不是西元年月日"),
        ({"C": number("34982")}, "C3", "是數字 34982"),
        ({"C": "1995/2/30"}, "C3", "沒有「1995/2/30」這一天"),
        ({"C": "2026/11/21"}, "C3", "還沒有到"),
        ({"C": "0084/10/10"}, "C3", "不是西元年月日"),
        ({"D": "12345"}, "D3", "檢查到郵遞區號不在設定中: 12345"),
        ({"D": "", "E": "新竹市北區東大路二段"}, "D3", "無效的地址!!"),
        ({"E": ""}, "E3", "請輸入居住地址"),
        ({"F": ""}, "F3", "請輸入連絡電話"),
        ({"F": "12"}, "F3", "電話號碼不完整"),
        ({"G": "1,9"}, "G3", "沒有代碼「9」"),
        ({"G": number("1.4")}, "G3", "不是代碼"),
        ({"G": Cell(Kind.DATE, "2026-01-04")}, "G3", "被 Excel 當成日期"),
        ({"H": "20"}, "H3", "沒有代碼「20」"),
        ({"H": "19"}, "I3", "請填寫是什麼身分別"),
        ({"J": "x" * 2001}, "J3", "最多2000個字"),
        ({"D": Cell(Kind.FORMULA)}, "D3", "是公式"),
        ({"F": Cell(Kind.ERROR, "#N/A")}, "F3", "錯誤值"),
        ({"A": Cell(Kind.MERGED, "A3:A4")}, "A3", "合併儲存格"),
    ],
)
def test_each_fault_names_its_cell(cells: dict[str, str | Cell], cell: str, said: str) -> None:
    found = faults(**cells)
    assert said in found[cell]
    assert set(found) <= {cell, "E3"}


def test_all_faults_of_a_row_are_told_at_once_in_the_order_of_the_columns() -> None:
    found = [fault.field for fault in checked(J="x" * 2001, B="A1", F="", A="").faults]
    assert found == ["A3", "B3", "F3", "J3"]


@given(st.dates(date(1910, 1, 1), TODAY))
def test_a_birthday_means_one_day_however_the_cell_holds_it(day: date) -> None:
    cells = [
        Cell(Kind.DATE, day.isoformat()),
        Cell(text=f"{day.year}/{day.month}/{day.day}"),
        Cell(text=day.isoformat()),
        Cell(text=f"西元{day.year}年{day.month}月{day.day}日"),
        number(f"{day:%Y%m%d}"),
    ]
    if day.year > 1911:
        cells.append(Cell(text=f"民國{day.year - 1911}年{day.month}月{day.day}日"))
    if TODAY.year - day.year < 116:
        assert {check_birthday(birthday_of(cell, "birthday"), today=TODAY) for cell in cells} == {day}


@given(st.from_regex(r"0[1-9][0-9]{7,8}", fullmatch=True))
def test_a_telephone_gets_back_the_zero_that_a_number_cell_lost(phone: str) -> None:
    expected = f"+{phone[1:]}" if phone.startswith("0886") else phone
    if not phone.startswith("0886"):
        assert phone_of(number(phone[1:]), "phone") == expected
    assert phone_of(Cell(text=phone), "phone") == phone


def test_a_mobile_number_gets_its_zero_as_text_too() -> None:
    assert phone_of(Cell(text="912345678"), "phone") == "0912345678"
    assert phone_of(Cell(text="'0912345678"), "phone") == "0912345678"
    assert phone_of(number("886912345678"), "phone") == "+886912345678"


@given(st.lists(st.integers(1, 19), max_size=6), st.sampled_from([",", "，", "、", ";", " , ", "\n"]))
def test_codes_are_read_with_any_separator(codes: list[int], separator: str) -> None:
    assert codes_of(Cell(text=separator.join(map(str, codes))), "identities") == [str(code) for code in codes]


def test_a_single_code_may_be_a_number_and_none_may_be_given() -> None:
    assert codes_of(number("3"), "indicators") == ["3"]
    assert checked(G="", H="").good


@given(st.text(max_size=40), st.sampled_from([column.letter for column in COLUMNS]))
def test_no_text_in_any_cell_breaks_the_check(text: str, letter: str) -> None:
    assert {fault.field[0] for fault in checked(**{letter: text}).faults} <= {letter, "D", "E", "I"}


def test_a_minor_and_a_hidden_row_are_warned_of_and_not_refused() -> None:
    minor = checked(C=(TODAY - timedelta(days=365 * 16)).strftime("%Y/%m/%d"), H="")
    assert minor.good and minor.minor and "法定代理人" in str(minor.warnings[0])
    assert "隱藏" in str(checked(hidden=True, H="").warnings[0])
    assert not checked(C="2008/11/20", H="").minor, "eighteen today"


def test_a_contradicted_identity_is_warned_of() -> None:
    assert any("二度就業婦女" in str(warning) for warning in checked(H="7").warnings)


def test_rows_about_one_person_are_marked_on_each_of_them() -> None:
    first, second, other = mark_duplicates(
        [checked(2, H=""), checked(5, A="測試 人員1", H=""), checked(6, B="B123456780", H="")]
    )
    assert "與第5列是同一人" in str(first.warnings[0]) and "與第2列是同一人" in str(second.warnings[0])
    assert first.good and second.good and not other.warnings


def test_one_number_under_two_names_is_a_fault_on_both_rows() -> None:
    found = mark_duplicates([checked(2), checked(5, A="別人")])
    assert [fault.field for each in found for fault in each.faults] == ["B2", "B5"]


def test_headings_are_compared_without_width_and_blanks_and_each_wrong_one_is_named() -> None:
    check_headings([heading.replace("(", "（").replace(")", " ）") for heading in HEADINGS])
    swapped = [HEADINGS[1], HEADINGS[0], *HEADINGS[2:]]
    with pytest.raises(RuleBroken, match=r"A1「中文姓名」、B1「身分證字號」。"):
        check_headings(swapped)
    with pytest.raises(RuleBroken, match="J1「個案簡述」"):
        check_headings(HEADINGS[:9])


def test_thirty_rows_pass_and_thirty_one_do_not() -> None:
    check_count(30, "名單.xlsx")
    with pytest.raises(RuleBroken, match=r"有31筆，上傳筆數不得超過30筆"):
        check_count(31, "名單.xlsx")
    with pytest.raises(RuleBroken, match="沒有個案資料"):
        check_count(0, "名單.xlsx")


def test_a_date_in_a_text_column_is_a_fault() -> None:
    with pytest.raises(FieldFault, match="當成日期"):
        phone_of(Cell(Kind.DATE, "1912-03-04"), "phone")
