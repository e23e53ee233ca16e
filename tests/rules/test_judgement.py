from dataclasses import replace
from datetime import date

import pytest

from rules.desk import Basis
from rules.errors import FieldFault
from rules.judgement import Evidence, PhoneCheck, Record, judge, settle

DAY = date(2026, 11, 20)
LATELY, LONG_AGO = date(2026, 6, 1), date(2024, 11, 19)
NOTHING = Evidence(months=24)
ASKED_NO, ASKED_YES = PhoneCheck(7, "李佳蓉", known=False), PhoneCheck(7, "李佳蓉", known=True)
ALL = Evidence(
    24,
    history=Record(LATELY, "黃志偉", 1),
    introduction_card=Record(LATELY, "吳淑芬", 2),
    phone_check=ASKED_YES,
    transferred=Record(LATELY, "高美蘭", 3),
)


def words(evidence: Evidence) -> str:
    return str(judge(evidence, DAY).reason)


def test_the_evidence_is_asked_in_the_order_of_the_rule():
    seen = []
    left = ALL
    for sort in ("history", "introduction_card", "phone_check", "transferred"):
        judgement = judge(left, DAY)
        seen.append((judgement.basis, judgement.new_case, judgement.officer_id))
        left = replace(left, **{sort: None})
    assert seen == [
        (Basis.HISTORY, False, 1),
        (Basis.INTRODUCTION_CARD, False, 2),
        (Basis.PHONE_CHECK, False, 7),
        (Basis.TRANSFERRED_RECORDS, False, 3),
    ]
    assert judge(left, DAY).basis is Basis.NOTHING_FOUND
    assert judge(left, DAY).new_case


def test_a_counter_that_does_not_know_the_person_leaves_the_transferred_records_to_say_it():
    judgement = judge(replace(NOTHING, phone_check=ASKED_NO, transferred=Record(LATELY)), DAY)
    assert judgement.basis is Basis.TRANSFERRED_RECORDS
    assert not judgement.new_case


@pytest.mark.parametrize("sort", ["history", "introduction_card", "transferred"])
def test_a_record_counts_to_the_day_within_the_months_of_the_new_case_rule(sort):
    on_the_day = replace(NOTHING, **{sort: Record(date(2024, 11, 20))})
    a_day_too_old = replace(NOTHING, **{sort: Record(LONG_AGO)})
    assert not judge(on_the_day, DAY).new_case
    assert judge(a_day_too_old, DAY).new_case


def test_with_no_months_a_record_never_gets_too_old():
    assert not judge(Evidence(0, history=Record(date(1999, 1, 1))), DAY).new_case


def test_an_old_record_of_one_sort_does_not_hide_a_late_one_of_the_next():
    judgement = judge(replace(NOTHING, history=Record(LONG_AGO), introduction_card=Record(LATELY)), DAY)
    assert judgement.basis is Basis.INTRODUCTION_CARD


def test_a_new_case_without_a_phone_check_says_that_one_is_still_to_be_made():
    assert judge(NOTHING, DAY).unasked
    assert not judge(replace(NOTHING, phone_check=ASKED_NO), DAY).unasked
    assert not judge(ALL, DAY).unasked


def test_the_sentence_says_what_was_found_in_words_for_the_visitor():
    assert words(ALL) == "舊案：歷史紀錄顯示 115/6/1 曾由 黃志偉 服務。"
    assert words(replace(NOTHING, phone_check=ASKED_YES)) == "舊案：去電 李佳蓉 核對，確認為其個案。"
    assert words(replace(NOTHING, history=Record(LONG_AGO))) == (
        "新案：最近一次服務為 113/11/19，已超過新案判別表的 24 個月。"
    )
    assert words(NOTHING) == "新案：目前查無紀錄，尚未去電櫃台核對。"
    assert words(replace(NOTHING, phone_check=ASKED_NO)) == (
        "新案：歷史紀錄、介紹卡紀錄、去電核對及資料移轉皆查無紀錄。"
    )
    assert "承辦 未記載" in words(replace(NOTHING, introduction_card=Record(LATELY)))


def test_reception_may_judge_otherwise_if_it_says_why():
    proposed = judge(ALL, DAY)
    settled, note = settle(proposed, True, " 本人表示\u3000從未求職 ")
    assert (settled.new_case, settled.basis, note) == (True, Basis.RECEPTION, "本人表示 從未求職")
    assert settled.officer_id is None
    with pytest.raises(FieldFault) as refused:
        settle(proposed, True, "  ")
    assert refused.value.field == "note"


@pytest.mark.parametrize("answer", [None, False])
def test_reception_that_agrees_keeps_the_basis_and_needs_no_note(answer):
    settled, note = settle(judge(ALL, DAY), answer, "")
    assert (settled.basis, note) == (Basis.HISTORY, "")
