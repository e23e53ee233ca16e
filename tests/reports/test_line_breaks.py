"""Line breaks of Chinese text, one em for a Chinese character and half for a Latin one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.line_breaks import broken


def width(text: str) -> float:
    return sum(0.5 if character.isascii() else 1 for character in text)


def lines(text: str, room: float = 6) -> list[str]:
    return list(broken(text, room, width))


def test_a_line_takes_what_fits() -> None:
    assert lines("就業服務就業服務") == ["就業服務就業", "服務"]


def test_no_line_begins_with_a_closing_mark() -> None:
    assert lines("就業服務站內，說明") == ["就業服務站", "內，說明"]


def test_no_line_ends_with_an_opening_mark() -> None:
    assert lines("就業服務站（委辦）") == ["就業服務站", "（委辦）"]


def test_a_number_stays_whole() -> None:
    assert lines("電話號碼0912345678") == ["電話號碼", "0912345678"]


def test_what_is_wider_than_a_line_is_broken_anywhere() -> None:
    assert lines("A" * 30) == ["A" * 12, "A" * 12, "A" * 6]


def test_the_writers_own_line_ends_are_kept() -> None:
    assert lines("甲\n\n乙\r\n丙") == ["甲", "", "乙", "丙"]


def test_an_empty_text_is_one_empty_line() -> None:
    assert lines("") == [""]


@given(st.text("就業服務，。（）「」A1 -"))
def test_nothing_but_blanks_is_lost_and_every_line_fits(text: str) -> None:
    got = lines(text)
    assert "".join(got).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= 6 for line in got)
