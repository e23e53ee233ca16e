from datetime import date

import pytest

from rules.errors import FieldFault
from rules.identities import (
    IDENTITIES,
    INDICATORS,
    SENSITIVE,
    check_identities,
    check_indicators,
    contradictions,
    needs_guardian_document,
)

REFERRED = date(2023, 9, 26)


def warnings(codes, birthday, *, sex="F", kind="national"):
    return contradictions(codes, birthday, sex, kind, REFERRED)


def test_the_lists_are_the_manuals_in_code_order():
    assert [item.code for item in INDICATORS] == [1, 2, 3, 4]
    assert [item.code for item in IDENTITIES] == list(range(1, 20))
    assert dict(IDENTITIES)[1] == "獨力負擔家計者"
    assert dict(IDENTITIES)[16] == "性侵害被害人"
    assert dict(IDENTITIES)[19] == "其他"
    assert {dict(IDENTITIES)[code] for code in SENSITIVE} >= {"性侵害被害人", "更生保護人", "身心障礙者"}


@pytest.mark.parametrize(
    ("birthday", "contradicted"),
    [
        (date(1978, 9, 27), True),  # 45 tomorrow
        (date(1978, 9, 26), False),  # 45 today
        (date(1958, 9, 26), False),  # 65 today
        (date(1958, 9, 25), True),  # 65 yesterday
    ],
)
def test_middle_aged_is_from_45_to_the_65th_birthday(birthday, contradicted):
    assert any("中高齡者" in sentence for sentence in warnings({2}, birthday)) is contradicted


@pytest.mark.parametrize(
    ("birthday", "contradicted"), [(date(1958, 9, 26), True), (date(1958, 9, 25), False)]
)
def test_elderly_begins_the_day_after_the_65th_birthday(birthday, contradicted):
    assert any("未逾65歲" in sentence for sentence in warnings({11}, birthday)) is contradicted


@pytest.mark.parametrize(
    "birthday", [date(year, 9, day) for year in range(1940, 2000) for day in (25, 26, 27)]
)
def test_no_age_fits_both_middle_aged_and_elderly(birthday):
    assert warnings({2, 11}, birthday)


@pytest.mark.parametrize(
    ("birthday", "contradicted"),
    [
        (date(2008, 9, 27), True),
        (date(2008, 9, 26), False),
        (date(2005, 9, 27), False),
        (date(2005, 9, 26), True),
    ],
)
def test_idle_youth_is_from_15_to_the_day_before_18(birthday, contradicted):
    assert any("未就學未就業" in sentence for sentence in warnings({10}, birthday)) is contradicted


def test_a_returning_woman_is_no_man():
    assert warnings({7}, date(1990, 1, 1), sex="F") == []
    assert len(warnings({7}, date(1990, 1, 1), sex="M")) == 1


def test_a_resident_number_hints_at_a_new_immigrant():
    assert len(warnings({1}, date(1990, 1, 1), kind="resident_new")) == 1
    assert len(warnings({1}, date(1990, 1, 1), kind="resident_old")) == 1
    assert warnings({14}, date(1990, 1, 1), kind="resident_new") == []
    assert warnings({14}, date(1990, 1, 1), kind="national") == []


def test_a_child_under_15_draws_a_warning_whatever_is_ticked():
    assert len(warnings(set(), date(2008, 9, 27))) == 1
    assert warnings(set(), date(2008, 9, 26)) == []


def test_other_needs_its_text():
    with pytest.raises(FieldFault) as refused:
        check_identities([1, 19], " \u3000")
    assert refused.value.field == "other_identity"
    assert check_identities([19, "1", "１９"], " 遊民 ") == ((1, 19), "遊民")


def test_the_manuals_sample_row_with_a_text_and_no_tick_passes():
    assert check_identities(["1", "4", "15"], "文字描述") == ((1, 4, 15), "文字描述")


@pytest.mark.parametrize("typed", ["0", "20", "", "1,4", "-1", "1.5", "9" * 5000, "一"])
def test_a_code_that_is_not_offered_is_refused(typed):
    with pytest.raises(FieldFault) as refused:
        check_identities([typed], "")
    assert refused.value.field == "identities"


def test_a_list_that_an_administrator_changed_is_the_one_that_counts():
    assert check_indicators([8], known=[1, 8]) == (8,)
    with pytest.raises(FieldFault):
        check_indicators([2], known=[1, 8])


@pytest.mark.parametrize("text", ["長" * 101, "控制\x07", "造字\ue000"])
def test_a_text_that_cannot_be_kept_is_refused(text):
    with pytest.raises(FieldFault) as refused:
        check_identities([19], text)
    assert refused.value.field == "other_identity"


def test_the_guardians_document_is_wanted_until_the_18th_birthday():
    assert needs_guardian_document(date(2005, 9, 27), REFERRED)
    assert not needs_guardian_document(date(2005, 9, 26), REFERRED)
