import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.names import mask_name, same_name, suffixes, surname


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小毛", "王○毛"),
        ("郭小", "郭○"),
        ("歐陽小毛", "歐○○毛"),
        ("201", "2○1"),
        ("王", "○"),
        ("", ""),
        ("  王小毛 ", "王○毛"),
        ("Talu Panay", "T○○ P○○"),
        ("拉黑子‧達立夫", "拉○○‧達○○"),
        ("𠀋小毛", "𠀋○毛"),
        ("葛󠄀小毛", "葛󠄀○毛"),
    ],
)
def test_a_name_is_masked_as_in_the_manual(name, masked):
    assert mask_name(name) == masked


@given(st.text("王小毛歐陽Talu ‧é", max_size=30))
def test_a_masked_name_hides_something_and_masking_twice_changes_nothing(name):
    masked = mask_name(name)
    assert mask_name(masked) == masked
    if any(char not in " ‧" for char in name):
        assert "○" in masked


@pytest.mark.parametrize(
    ("one", "other"), [("王大毛", " 王 大毛"), ("巫凱‧達利", "巫凱・達利"), ("Tran Thi", "ＴＲＡＮ thi")]
)
def test_blanks_width_case_and_dots_make_no_other_name(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(("one", "other"), [("王大毛", "王大"), ("王大毛", "毛大王"), ("𠮷", "吉")])
def test_another_name_is_another_name(one: str, other: str) -> None:
    assert not same_name(one, other)


def test_every_tail_of_a_name_can_be_searched_by() -> None:
    assert suffixes("巫 凱") == ["巫 凱", "凱"]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("曾國華", "曾"),
        ("歐陽修", "歐陽"),
        ("張簡明", "張簡"),
        ("陳林美玉", "陳林"),
        ("王五", "王"),
        ("巫凱‧達利", "巫凱‧達利"),
        ("Talu Panay", "Talu Panay"),
        ("𠀋小毛", "𠀋"),
        ("", ""),
    ],
)
def test_an_officer_is_announced_by_the_surname(name, called):
    assert surname(name) == called
