from datetime import date

import pytest

from rules.errors import Faults
from rules.service_record import (
    REASONS,
    SERVICES,
    NotProvided,
    Provided,
    ReplyLines,
    Training,
    check,
    lines_for_reply_form,
)

TRAINING = {
    "provided": "Y",
    "services": ["2"],
    "training_unit": "職訓中心",
    "training_course": "烘焙",
    "training_from": "112/11/1",
    "training_to": "113/1/31",
    "training_allowance": "Y",
}
SERVED = date(2023, 10, 17)


def faults_of(raw):
    with pytest.raises(Faults) as refused:
        check(raw)
    return [fault.field for fault in refused.value.faults]


def test_services_are_kept_in_code_order_each_once():
    record = check(
        {"provided": "Y", "services": ["3", "1", "1"], "other_service": " 陪同面試 ", "remark": "test\r\nDD "}
    )
    assert record == Provided((1, 3), None, "陪同面試", "test\nDD")


def test_a_training_with_its_four_parts_is_kept():
    training = Training("職訓中心", "烘焙", date(2023, 11, 1), date(2024, 1, 31), True)
    assert check(TRAINING) == Provided((2,), training)
    assert check(TRAINING | {"training_allowance": "N"}).training.allowance is False


@pytest.mark.parametrize(
    "part", ["training_unit", "training_course", "training_from", "training_to", "training_allowance"]
)
def test_a_training_needs_each_of_its_parts(part):
    assert faults_of(TRAINING | {part: " "}) == [part]


def test_a_training_of_one_day_passes_and_one_that_ends_before_it_begins_does_not():
    check(TRAINING | {"training_to": "112/11/1"})
    assert faults_of(TRAINING | {"training_to": "112/10/31"}) == ["training_to"]


def test_a_bad_date_of_a_training_is_told_at_its_field():
    assert faults_of(TRAINING | {"training_from": "112/2/30"}) == ["training_from"]


def test_all_faults_are_told_at_once():
    raw = {"provided": "Y", "services": ["2", "3"], "remark": "長" * 2001}
    assert faults_of(raw) == [
        "training_unit",
        "training_course",
        "training_from",
        "training_to",
        "training_allowance",
        "other_service",
        "remark",
    ]


@pytest.mark.parametrize(
    "raw", [{"provided": "Y"}, {"provided": "Y", "services": []}, {"provided": "Y", "services": ["7"]}]
)
def test_at_least_one_service_that_is_offered(raw):
    assert faults_of(raw) == ["services"]


@pytest.mark.parametrize(
    "raw", [{"provided": "N"}, {"provided": "N", "reasons": []}, {"provided": "N", "reasons": ["8"]}]
)
def test_at_least_one_reason_that_is_offered(raw):
    assert faults_of(raw) == ["reasons"]


def test_a_reason_that_an_administrator_added_counts():
    assert check({"provided": "N", "reasons": ["8", "1"]}, known_reasons={1, 8}) == NotProvided((1, 8))


@pytest.mark.parametrize(
    "part", [{"training_unit": "職訓中心"}, {"training_to": "113/1/31"}, {"other_service": "陪同"}]
)
def test_what_is_filled_in_without_its_tick_is_refused_rather_than_lost(part):
    assert faults_of({"provided": "Y", "services": ["1"]} | part) == ["services"]


@pytest.mark.parametrize("provided", [None, "", "maybe"])
def test_whether_services_were_provided_must_be_said(provided):
    assert faults_of({"provided": provided, "services": ["1"]}) == ["provided"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("training_unit", "長" * 101),
        ("training_course", "長" * 101),
        ("other_service", "長" * 201),
        ("remark", "鈴\x07"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_at_its_field(field, text):
    raw = TRAINING | {"services": ["2", "3"], "other_service": "陪同", field: text}
    assert faults_of(raw) == [field]


def test_the_lists_are_the_manuals():
    assert [f"{code}.{label}" for code, label in SERVICES] == ["1.就業服務", "2.職業訓練", "3.其他"]
    assert len(REASONS) == 5
    assert REASONS[4].label == "家庭因素(如照顧家人)無法就業"


def test_services_read_on_the_reply_form_as_in_the_manual():
    lines = lines_for_reply_form(Provided((1, 3), None, "2", "test"), served_on=SERVED)
    assert lines == ReplyLines(services=("(112/10/17)1.就業服務", "(112/10/17)3.其他：2"), remark="test")


def test_reasons_read_on_the_reply_form_as_in_the_manual():
    labels = dict(REASONS) | {8: "測試指標"}
    lines = lines_for_reply_form(NotProvided((1, 8)), served_on=SERVED, reason_labels=labels)
    assert lines == ReplyLines(reasons=("(112/10/17)1.無法聯繫3次以上(3次不同日期及時段)、8.測試指標",))


def test_a_training_reads_with_its_parts():
    assert lines_for_reply_form(check(TRAINING), served_on=SERVED).services == (
        "(112/10/17)2.職業訓練：(1)受訓單位：職訓中心 (2)參加職類：烘焙 "
        "(3)參訓期間：112/11/1~113/1/31 (4)生活津貼：有",
    )


@pytest.mark.parametrize("provided", ["Y", "N"])
def test_an_emoji_is_refused_where_it_is_typed_since_it_cannot_be_printed(provided: str) -> None:
    raw = {"provided": provided, "services": ["1"], "reasons": ["1"], "remark": "備註😀"}
    with pytest.raises(Faults) as refused:
        check(raw)
    assert [fault.field for fault in refused.value.faults] == ["remark"]
    assert "😀" in str(refused.value.faults[0])
