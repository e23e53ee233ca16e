"""Every row of tests/data/id_vectors.csv, and the laws of the check digit."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import FieldFault
from rules.national_id import inspect, mask, normalise

VECTORS = Path(__file__).parent.parent / "data" / "id_vectors.csv"
ROWS = list(csv.DictReader(VECTORS.read_text(encoding="utf-8").splitlines()))
VALID = [row["id"] for row in ROWS if row["valid"] == "1" and row["kind"] != "normalise"]
valid_numbers = st.sampled_from(VALID)


def refusal(text: str) -> str:
    with pytest.raises(FieldFault) as refused:
        inspect(text)
    assert refused.value.field == "national_id"
    return str(refused.value)


def test_the_vectors_are_all_here():
    assert len(ROWS) == 63
    assert {row["kind"] for row in ROWS} == {"national", "resident_new", "resident_old", "normalise"}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['id']}: {row['why']}" for row in ROWS])
def test_each_vector_is_judged_as_written(row):
    if row["valid"] == "1":
        found = inspect(row["id"])
        assert found.sex == row["sex"]
        assert row["kind"] in (found.kind, "normalise")
    else:
        refusal(row["id"])


def test_each_cause_has_its_own_sentence():
    causes = ["", "A12345678", "A300001017", "A100001018"]
    sentences = [refusal(text) for text in causes]
    assert len(set(sentences)) == len(causes)
    assert "檢查碼" in sentences[-1]


def test_a_wrong_length_names_the_length():
    assert "11" in refusal("A1000010177")


@given(valid_numbers)
def test_of_the_ten_check_digits_one_fits(number):
    def fits(digit):
        try:
            return inspect(f"{number[:9]}{digit}").number == number
        except FieldFault as refused:
            assert "檢查碼" in str(refused)
            return False

    assert [digit for digit in range(10) if fits(digit)] == [int(number[9])]


@given(valid_numbers, st.sampled_from([2, 6, 8, 9]), st.integers(1, 9))
def test_a_slip_in_a_digit_of_odd_weight_is_always_seen(number, position, change):
    digit = (int(number[position]) + change) % 10
    with pytest.raises(FieldFault):
        inspect(f"{number[:position]}{digit}{number[position + 1 :]}")


@given(valid_numbers, st.lists(st.sampled_from(" -–－\u3000\u200b\t−"), max_size=8), st.randoms())
def test_separators_case_and_width_make_no_difference(number, noise, random):
    characters = [chr(ord(char) + 0xFEE0) if random.random() < 0.5 else char.lower() for char in number]
    for char in noise:
        characters.insert(random.randint(0, len(characters)), char)
    assert inspect("".join(characters)).number == number


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    try:
        found = inspect(text)
    except FieldFault:
        return
    assert found.number == normalise(text)


def test_the_mask_is_the_manuals():
    assert mask("A123452222") == "A1****2222"


@given(st.text("ABC0123456789", max_size=12))
def test_the_mask_hides_what_it_should_at_any_length(number):
    masked = mask(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= min(4, len(number))
