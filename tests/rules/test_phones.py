import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import FieldFault
from rules.phones import check_phone

# Digits in all for each beginning of the numbering plan, notes on its lengths in rules/phones.py.
PLAN = {
    "09": 10,
    "02": 10,
    "03": 9,
    "037": 9,
    "049": 10,
    "05": 9,
    "06": 9,
    "07": 9,
    "08": 9,
    "089": 9,
    "082": 9,
    "0826": 9,
    "0836": 9,
    "070": 11,
    "0800": 10,
}


@pytest.mark.parametrize("beginning", PLAN)
@pytest.mark.parametrize(("off", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_each_length_of_the_plan_passes_give_or_take_one_digit(beginning, off, passes):
    number = beginning.ljust(PLAN[beginning] + off, "1")
    if passes:
        assert check_phone(number, field="phone") == number
    else:
        with pytest.raises(FieldFault):
            check_phone(number, field="phone")


@pytest.mark.parametrize(
    ("digits", "passes"), [(7, False), (8, True), (9, True), (10, True), (11, True), (12, False)]
)
def test_area_04_has_numbers_of_two_lengths(digits, passes):
    number = "04".ljust(digits, "2")
    if passes:
        assert check_phone(number, field="phone") == number
    else:
        with pytest.raises(FieldFault):
            check_phone(number, field="phone")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0981-123123", "0981-123123"),
        ("09123456789", "09123456789"),
        ("091234567", "091234567"),
        ("02-1234567", "02-1234567"),
        ("07-6617-464#3333", "07-6617-464#3333"),
        ("02-22066196分機：444", "02-22066196#444"),
        ("02-22066196 ext. 12", "02-22066196#12"),
        ("02-22066196轉12", "02-22066196#12"),
        ("02-29598856分機", "02-29598856"),
        ("（02）2959 8856", "02-2959-8856"),
        ("０９１２３４５６７８", "0912345678"),
        ("+886-912-345-678", "0912-345-678"),
        ("+886 (0)2 2959 8856", "02-2959-8856"),
        ("+81-3-1234-5678", "+81-3-1234-5678"),
    ],
)
def test_a_number_is_kept_as_typed_but_tidied(typed, kept):
    assert check_phone(typed, field="phone") == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "29598856",
        "12345678",
        "0012345678",
        "01-2345678",
        "0912abc678",
        "02-29598856#abc",
        "+",
        "+0912345678",
        "02-29598856#1234567",
        "0912345678、0922333444",
        "+1234567",
        "9" * 5000,
    ],
)
def test_what_nobody_can_dial_is_refused_at_its_field(typed):
    with pytest.raises(FieldFault) as refused:
        check_phone(typed, field="home_phone")
    assert refused.value.field == "home_phone"


@given(st.text(st.sampled_from("0123456789-()# +分機ext轉０９　"), max_size=20))
def test_a_checked_number_checks_again_to_itself(text):
    try:
        kept = check_phone(text, field="phone")
    except FieldFault:
        return
    assert check_phone(kept, field="phone") == kept
