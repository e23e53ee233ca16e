"""無法接案: on which grounds an officer cannot take a dispatched visitor, and which are none (櫃台 rules 六, 八, 九).

The inadmissible ones are shown beside the others, so that everybody reads the rule before it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from rules.errors import FieldFault
from rules.texts import N_, check_block

MAX_EXPLANATION = 500


class Ground(StrEnum):
    URGENT_ORDER = "urgent_order"  # the exception that 櫃台 rule 八 makes
    UNWELL = "unwell"
    EQUIPMENT = "equipment"
    RECUSAL = "recusal"
    SAFETY = "safety"
    OTHER = "other"
    REPORTS = "reports"
    SLIDES = "slides"
    CASE_NOTES = "case_notes"
    MONTH_END = "month_end"


GROUND_TEXT: Mapping[Ground, str] = {
    Ground.URGENT_ORDER: N_("處理上級交辦之緊急、重大業務"),
    Ground.UNWELL: N_("身體不適或突發事故"),
    Ground.EQUIPMENT: N_("系統或設備故障"),
    Ground.RECUSAL: N_("與民眾有親屬或利害關係，應迴避"),
    Ground.SAFETY: N_("有人身安全之虞"),
    Ground.OTHER: N_("其他，由督導審閱"),
    Ground.REPORTS: N_("填寫報表"),
    Ground.SLIDES: N_("製作簡報"),
    Ground.CASE_NOTES: N_("撰寫個案紀錄"),
    Ground.MONTH_END: N_("月底案量飽和"),
}
ROUTINE = N_("求職櫃台以民眾服務為優先，填寫報表、製作簡報、撰寫個案紀錄等例行性事務不得作為拒絕接案的事由。")
NEVER_FULL = N_("月底仍須視當月案量及表訂比例派案，不得以「月底案量飽和」為由推(拒)案。")
INADMISSIBLE: Mapping[Ground, str] = {
    Ground.REPORTS: ROUTINE,
    Ground.SLIDES: ROUTINE,
    Ground.CASE_NOTES: ROUTINE,
    Ground.MONTH_END: NEVER_FULL,
}
ADMISSIBLE = tuple(ground for ground in Ground if ground not in INADMISSIBLE)

NO_GROUND = N_("請選擇無法接案的事由。")
NO_EXPLANATION = N_("請說明無法接案的情形，督導會審閱是否適切。")


def check_refusal(ground: str, explanation: str) -> tuple[Ground, str]:
    """The ground and the tidied explanation. Raises a fault with the rule's own sentence for an inadmissible ground."""
    try:
        chosen = Ground(ground)
    except ValueError:
        raise FieldFault("ground", NO_GROUND) from None
    if chosen in INADMISSIBLE:
        raise FieldFault("ground", INADMISSIBLE[chosen])
    tidied = check_block(explanation, field="explanation", limit=MAX_EXPLANATION)
    if not tidied:
        raise FieldFault("explanation", NO_EXPLANATION)
    return chosen, tidied
