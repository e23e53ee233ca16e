"""Indicators and identities of a referral: the lists as delivered, and what contradicts an identity.

Contradictions are warnings and never refusals: the desk officer has the person in front of him. Ages count on
the referral date. Spec 1-referral §4.1; the ages are those of 就業服務法 §2 and 中高齡者及高齡者就業促進法
§3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from rules.calendar import age_on
from rules.codes import Code, check_codes
from rules.texts import N_, check_line

INDICATORS = (
    Code(1, N_("個案表示想找工作、參加職業訓練或創業。")),
    Code(2, N_("個案同意轉介並願意到就業中心辦理求職登記(含參加職業訓練、創業諮詢服務)")),
    Code(3, N_("個案生、心理狀況穩定適於就業(含參訓、創業)")),
    Code(4, N_("個案有就業障礙需協助(如求職管道不足、職涯方向不清等)")),
)
IDENTITIES = (
    Code(1, N_("獨力負擔家計者")),
    Code(2, N_("中高齡者")),
    Code(3, N_("身心障礙者")),
    Code(4, N_("原住民")),
    Code(5, N_("低收入戶或中低收入戶中有工作能力者")),
    Code(6, N_("長期失業者")),
    Code(7, N_("二度就業婦女")),
    Code(8, N_("家庭暴力被害人")),
    Code(9, N_("更生保護人")),
    Code(10, N_("15歲以上未滿18歲之未就學未就業少年")),
    Code(11, N_("高齡者")),
    Code(12, N_("經濟弱勢者")),
    Code(13, N_("高風險(脆弱、危機)家庭個案")),
    Code(14, N_("新住民")),
    Code(15, N_("犯罪被害人")),
    Code(16, N_("性侵害被害人")),
    Code(17, N_("人口販運被害人")),
    Code(18, N_("施用毒品者")),
    Code(19, N_("其他")),
)

MIDDLE_AGED, RETURNING_WOMAN, IDLE_YOUTH, ELDERLY, NEW_IMMIGRANT, OTHER = 2, 7, 10, 11, 14, 19

# Health, criminal record and sex life (個人資料保護法 §6), and being a victim of violence or crime, which
# other acts forbid to reveal: hidden in lists, shown to those who serve the person.
SENSITIVE = frozenset({3, 8, 9, 15, 16, 17, 18})

WORKING_AGE, ADULT_AGE, MIDDLE_AGE, OLD_AGE = 15, 18, 45, 65
MAX_OTHER = 100


def check_indicators(typed: Iterable[object], *, known: Collection[int] | None = None) -> tuple[int, ...]:
    """`known`: the codes on offer, where an administrator has changed the list."""
    return check_codes(typed, field="indicators", known=known or [item.code for item in INDICATORS])


def check_identities(
    typed: Iterable[object], other_text: str, *, known: Collection[int] | None = None
) -> tuple[tuple[int, ...], str]:
    """The codes, the text of 其他. A text without the tick is kept: the manual's own sample row has one."""
    codes = check_codes(typed, field="identities", known=known or [item.code for item in IDENTITIES])
    missing = N_("勾選「其他」時，請填寫是什麼身分別。") if OTHER in codes else ""
    text = check_line(other_text, field="other_identity", limit=MAX_OTHER, missing=missing)
    return codes, text


def contradictions(
    codes: Collection[int], birthday: date, sex: str, kind: str, referral_date: date
) -> list[str]:
    """The warnings, in code order. `kind` is that of the person's number, `rules.national_id.Kind`."""
    age = age_on(birthday, referral_date)
    elderly = _is_past_65(birthday, referral_date)
    facts = (
        (age < WORKING_AGE, N_("個案未滿15歲，未達法定工作年齡，請確認出生日期。")),
        (
            MIDDLE_AGED in codes and (age < MIDDLE_AGE or elderly),
            N_("勾選了「中高齡者」，但個案不在45歲至65歲之間，請確認身分別與出生日期。"),
        ),
        (
            RETURNING_WOMAN in codes and sex == "M",
            N_("勾選了「二度就業婦女」，但依身分證字號個案為男性，請確認身分別。"),
        ),
        (
            IDLE_YOUTH in codes and not WORKING_AGE <= age < ADULT_AGE,
            N_("勾選了「15歲以上未滿18歲之未就學未就業少年」，但個案年齡不符，請確認身分別與出生日期。"),
        ),
        (
            ELDERLY in codes and not elderly,
            N_("勾選了「高齡者」，但個案未逾65歲，請確認身分別與出生日期。"),
        ),
        (
            NEW_IMMIGRANT not in codes and kind != "national",
            N_("個案持統一證號，如為新住民請勾選「新住民」。"),
        ),
    )
    return [sentence for holds, sentence in facts if holds]


def needs_guardian_document(birthday: date, referral_date: date) -> bool:
    """Under 18 on the referral date (民法 §12 since 112/1/1)."""
    return age_on(birthday, referral_date) < ADULT_AGE


def _is_past_65(birthday: date, day: date) -> bool:
    """逾65歲 begins the day after the 65th birthday, on which one is 65 and still 中高齡."""
    return age_on(birthday, day - timedelta(days=1)) >= OLD_AGE
