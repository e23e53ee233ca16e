from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import Faults, FieldFault
from rules.person import PersonFields, check_name, check_person, check_postal_code

TODAY = date(2023, 9, 26)
FORM = {
    "name": "唐三藏",
    "national_id": "a100001017",
    "birthday": "100/9/9",
    "phone": "09123456789",
    "home_phone": "02-1235566",
    "other_phone": "0977888999",
    "address": " 新竹市北區東大路二段 3號 ",
    "postal_code": "３００５４",
}


def fields_refused(**changes):
    with pytest.raises(Faults) as refused:
        check_person(FORM | changes, today=TODAY)
    return [fault.field for fault in refused.value.faults]


def test_the_manuals_own_example_passes():
    assert check_person(FORM, today=TODAY) == PersonFields(
        name="唐三藏",
        national_id="A100001017",
        birthday=date(2011, 9, 9),
        phone="09123456789",
        home_phone="02-1235566",
        other_phone="0977888999",
        address="新竹市北區東大路二段 3號",
        postal_code="30054",
    )


def test_an_empty_form_names_every_field_that_must_be_filled():
    with pytest.raises(Faults) as refused:
        check_person({}, today=TODAY)
    fields = [fault.field for fault in refused.value.faults]
    assert fields == ["name", "national_id", "birthday", "phone", "address", "postal_code"]


def test_the_other_telephones_may_be_left_empty():
    fields = check_person(FORM | {"home_phone": "", "other_phone": " "}, today=TODAY)
    assert fields.home_phone is None
    assert fields.other_phone is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王" * 61),
        ("national_id", "A100001018"),
        ("birthday", "112/9/27"),
        ("birthday", "民國前10/9/26"),
        ("phone", "12345678"),
        ("home_phone", "02-123"),
        ("other_phone", "手機"),
        ("address", "路" * 201),
        ("address", "新竹市\x00北區"),
        ("postal_code", "1234"),
        ("postal_code", "30054a"),
    ],
)
def test_a_wrong_value_is_refused_at_its_own_field_and_no_other(field, value):
    assert fields_refused(**{field: value}) == [field]


def test_all_faults_are_told_at_once():
    assert fields_refused(name="", phone="1", address="") == ["name", "phone", "address"]


def test_a_person_of_120_passes():
    assert check_person(FORM | {"birthday": "民國前10/9/27"}, today=TODAY).birthday == date(1902, 9, 27)


@pytest.mark.parametrize(
    "name",
    [
        "王",
        "201",
        "Talu Panay",
        "拉黑子．達立夫",
        "谷辣斯‧尤達卡",
        "Nguyễn Thị Hoa",
        "𠀋小毛",
        "\U00031350小毛",
        "葛󠄀小毛",
        "O'Brien-Lee",
        "王" * 60,
    ],
)
def test_a_name_is_what_its_bearer_says_it_is(name):
    assert check_name(f" {name}\u3000") == name


@pytest.mark.parametrize(
    "name", ["", " ", "‧", "...", "王\x00毛", "王\u202e毛", "王\ue000毛", "王\U000f0000毛", "王\ud800毛"]
)
def test_a_name_that_no_paper_can_show_is_refused(name):
    with pytest.raises(FieldFault) as refused:
        check_name(name)
    assert refused.value.field == "name"


def test_a_decomposed_name_is_composed():
    assert check_name("Nguye\u0302\u0303n") == "Nguy\u1ec5n"


@given(st.text(max_size=70))
def test_a_checked_name_checks_again_to_itself(text):
    try:
        name = check_name(text)
    except FieldFault:
        return
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("typed", "code"), [("236", "236"), ("236-59", "23659"), ("２３６ ５９", "23659"), ("236592", "236592")]
)
def test_a_postal_code_is_read_leniently(typed, code):
    assert check_postal_code(typed) == code
