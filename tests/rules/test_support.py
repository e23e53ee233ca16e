"""What a question to the support desk may hold, and where its answer can be sent."""

from __future__ import annotations

import pytest

from rules.errors import Faults, FieldFault
from rules.support import TEXT_LIMIT, check_answer, check_email, check_question, page_path

TYPED = {
    "subject": "無法上傳",
    "text": "按送出沒有反應",
    "asker_name": "王小明",
    "email": "wang@example.gov.tw",
}


def test_a_question_is_tidied() -> None:
    question = check_question(TYPED | {"subject": "  無法   上傳 ", "text": "一\r\n二  \r\n"})
    assert (question.subject, question.text) == ("無法 上傳", "一\n二")


def test_all_empty_fields_are_named_at_once() -> None:
    with pytest.raises(Faults) as refused:
        check_question({})
    assert [fault.field for fault in refused.value.faults] == ["subject", "text", "asker_name", "email"]


@pytest.mark.parametrize("field", ["subject", "text"])
@pytest.mark.parametrize("number", ["A123456789", "a123456789", "Ａ１２３４５６７８９", "A1-2345-6789"])
def test_a_national_id_is_refused_and_not_repeated(field: str, number: str) -> None:
    with pytest.raises(Faults) as refused:
        check_question(TYPED | {field: f"個案{number}的資料"})
    (fault,) = refused.value.faults
    assert fault.field == field and "A1****6789" in str(fault) and "A123456789" not in str(fault)


@pytest.mark.parametrize(
    "text", ["設備 A123456780", "XA123456789", "A1234567890", "電話 0912345678", "轉介單 1234"]
)
def test_other_numbers_may_stand(text: str) -> None:
    assert check_answer(text) == text


def test_an_answer_holds_no_national_id() -> None:
    with pytest.raises(FieldFault, match="身分證字號"):
        check_answer("已更正 A123456789")


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_answer_is_refused(text: str) -> None:
    with pytest.raises(FieldFault, match="請輸入回覆內容"):
        check_answer(text)


def test_a_rare_character_counts_as_one() -> None:
    assert check_answer("𠮷" * TEXT_LIMIT)
    with pytest.raises(FieldFault, match="2000"):
        check_answer("𠮷" * (TEXT_LIMIT + 1))


def test_an_address_typed_in_full_width_is_understood() -> None:
    assert check_email(" ａｂ＠ｅｘａｍｐｌｅ．ｔｗ ") == "ab@example.tw"


@pytest.mark.parametrize(
    "text", ["wang", "wang@localhost", "王@example.tw", "a@b.tw, c@d.tw", "a@b.tw\nBcc: c@d.tw"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(FieldFault, match="電子信箱"):
        check_email(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/cases/12", "/cases/12"),
        ("/cases/search/?name=王大華#top", "/cases/search/"),
        ("https://evil.example/x", ""),
        ("//evil.example/x", ""),
        ("/\\evil.example", ""),
        ("/a\nb", ""),
        ("", ""),
    ],
)
def test_a_page_is_known_by_its_path_alone(text: str, path: str) -> None:
    assert page_path(text) == path
