"""What reception reads out: why a counter was chosen, and why each other one was passed over. Spec 2-dispatch §4.

Templates with their values, so that a stored reason can be read in another language. The sentences of one reason are read
one after the other with nothing between them. Debts are told with the case in hand included, to one decimal, or to as many
as it takes to tell two of them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rules.courtesy import Behind
from rules.dispatch_facts import Candidate, Presence, Rule, Sentence
from rules.texts import N_

RULE_TEXT: Mapping[Rule, str] = {
    Rule.OWNER: N_("舊案原就服員"),
    Rule.APPOINTMENT: N_("今日預約"),
    Rule.DEPUTY: N_("職務代理人"),
    Rule.OWNER_GROUP: N_("原就服員同組"),
    Rule.NAMED: N_("督導指定接辦"),
    Rule.DISABILITY: N_("身障專責"),
    Rule.PROGRAMME: N_("特定對象優先"),
    Rule.RATIO: N_("依比例派案"),
    Rule.EVEN: N_("平均派案"),
    Rule.EMPLOYER: N_("求才區接待"),
    Rule.OVERRIDE: N_("接待台改派"),
    Rule.NOBODY: N_("無人可派"),
}

# How a reason begins.
NEW = N_("%(type)s新案：")
OLD = N_("%(type)s舊案：")
OWNER_AWAY = N_("原就服員%(owner)s目前不在勤；")
OWNER_EXCLUDED = N_("原就服員%(owner)s這次不接；")
OWNER_LEFT = N_("原就服員%(owner)s已離職；")
OWNER_UNKNOWN = N_("查無原就服員，由其他櫃台服務，不計新案；")
OTHERS_HELP = N_("職務代理人與同組櫃台都無法接，由其他櫃台協助，不計新案；")
NAMED_AWAY = N_("指定接辦的就服員目前不在勤，由其他櫃台協助，不計新案；")
APPOINTED_AWAY = N_("今日預約的%(officer)s目前無法接；")
WAITED = N_("民眾已久候，改派其他櫃台；")
FOR_DISABILITY = N_("身障民眾只由身障專責櫃台服務；")
SUSPECTED = N_("疑似身障由一般（專案）櫃台服務；")
ONLY_DISABILITY_THERE = N_("沒有其他櫃台能接疑似身障的民眾，由身障專責櫃台服務；")
FOR_PROGRAMME = N_("特定對象優先派%(group)s；")
PROGRAMME_FULL = N_("特定對象的專責櫃台不在勤或已滿，由其他櫃台服務；")
FOR_EMPLOYER = N_("求才雇主由求才區接待；")
MASS_LAYOFF = N_("大量資遣期間，全部櫃台參與；")

# A person decides.
OWNER_FREE = N_("回到 %(counter)s 號櫃台的原就服員%(officer)s，目前空閒。")
OWNER_BUSY = N_(
    "回到 %(counter)s 號櫃台的原就服員%(officer)s，目前忙碌，前面等候 %(queue)s 人，預估 %(wait)s 分鐘。"
)
APPOINTED = N_("今日與 %(counter)s 號櫃台的%(officer)s有約，前面等候 %(queue)s 人，預估 %(wait)s 分鐘。")
DEPUTY = N_("由第 %(rank)s 順位職務代理人、%(counter)s 號櫃台的%(officer)s服務。")
SAME_GROUP = N_("由同屬%(group)s、預估等候最短的 %(counter)s 號櫃台%(officer)s服務。")
NAMED = N_("督導指定由 %(counter)s 號櫃台的%(officer)s接辦，不計新案。")
TOO_LONG = N_("預估等候超過 %(limit)s 分鐘，可詢問民眾是否改由職務代理人或其他櫃台服務。")

# Debt decides: a group, a counter of a group, a counter of all.
GROUP_MOST = N_("%(group)s本月應得未得 %(debt)s 件為最多；")
GROUP_COURTESY = N_("%(group)s本月應得未得 %(debt)s 件，與最多的 %(largest)s 件相差不超過一件且有空閒櫃台；")
COUNTER_FREE = N_("組內 %(counter)s 號櫃台應得未得 %(debt)s 件且目前空閒。")
COUNTER_BUSY = N_(
    "組內 %(counter)s 號櫃台應得未得 %(debt)s 件，目前忙碌，請在該櫃台等候，前面等候 %(queue)s 人。"
)
COUNTER_COURTESY = N_(
    "組內 %(counter)s 號櫃台應得未得 %(debt)s 件，與最多的 %(largest)s 件相差不超過一件且目前空閒。"
)
EVEN_FREE = N_("%(counter)s 號櫃台本月應得未得 %(debt)s 件為最多且目前空閒。")
EVEN_BUSY = N_(
    "%(counter)s 號櫃台本月應得未得 %(debt)s 件為最多，目前忙碌，請在該櫃台等候，前面等候 %(queue)s 人。"
)
EVEN_COURTESY = N_(
    "%(counter)s 號櫃台本月應得未得 %(debt)s 件，與最多的 %(largest)s 件相差不超過一件且目前空閒。"
)

# Nobody: what to do.
NO_DISABILITY = N_("身障專責櫃台目前沒有人能接，請督導決定由誰服務，或為民眾預約他日。")
NO_EMPLOYER = N_("求才區目前沒有人能接，請督導指派；有人到勤時會再派。")
NO_SUCCESSOR = N_("失業給付舊案由督導指定接辦的櫃台，請督導指定。")
NO_SHARE = N_("能接的櫃台在比例表上都沒有%(type)s的比例，請督導檢視比例表，或指派櫃台。")
NO_COUNTER = N_("目前沒有櫃台能接%(type)s，已列入待派名單；請督導指派，有人到勤時會再派。")

# Why another counter was passed over.
AWAY = N_("%(counter)s 號櫃台%(officer)s目前不在勤。")
UNSTAFFED = N_("%(counter)s 號櫃台目前無人值勤。")
NOT_OWNER = N_("舊案回到原就服員%(officer)s。")
NOT_APPOINTED = N_("民眾今日預約的是%(officer)s。")
NOT_NAMED = N_("督導已指定%(officer)s接辦。")
NOT_DEPUTY = N_("不是該就服員的職務代理人。")
LATER_DEPUTY = N_("職務代理順位在%(officer)s之後。")
NOT_SAME_GROUP = N_("不屬於原就服員的%(group)s。")
ON_BREAK = N_("同屬%(group)s，但目前暫離。")
LONGER_WAIT = N_("同屬%(group)s，但預估等候 %(wait)s 分鐘，不比 %(counter)s 號櫃台短。")
NOT_DISABILITY = N_("身障民眾只由身障專責櫃台服務。")
NOT_SUSPECTED = N_("疑似身障由一般（專案）櫃台服務。")
NOT_PROGRAMME = N_("特定對象優先派%(group)s。")
FULL = N_("等候 %(queue)s 人，已達%(group)s的上限 %(limit)s 人。")
NOT_SHARING = N_("%(group)s在比例表上沒有%(type)s的比例。")
NOT_IN_POOL = N_("%(group)s不參與%(type)s的平均派案。")
NOT_EMPLOYER = N_("雇主由求才櫃台接待。")
SUPERVISOR_DECIDES = N_("須由督導指定。")

GROUP_BEHIND: Mapping[Behind, str] = {
    Behind.DEBT_TOO_SMALL: N_("%(group)s應得未得 %(debt)s 件，最多者 %(largest)s 件，還沒輪到。"),
    Behind.BUSY: N_("%(group)s應得未得 %(debt)s 件，但沒有空閒的櫃台；相差不大時先派空閒櫃台。"),
    Behind.DEBT: N_("%(group)s應得未得 %(debt)s 件，少於%(next_group)s的 %(next_debt)s 件。"),
    Behind.QUEUE: N_("%(group)s應得未得同為 %(debt)s 件，但等候的人較多。"),
    Behind.RECENT: N_("%(group)s應得未得同為 %(debt)s 件，但較近才接過新案。"),
    Behind.NUMBER: N_("%(group)s與%(next_group)s條件相同，櫃台號碼在後。"),
}
COUNTER_BEHIND: Mapping[Behind, str] = {
    Behind.DEBT_TOO_SMALL: N_("%(counter)s 號櫃台應得未得 %(debt)s 件，最多者 %(largest)s 件，還沒輪到。"),
    Behind.BUSY: N_("%(counter)s 號櫃台應得未得 %(debt)s 件，但目前忙碌；相差不大時先派空閒櫃台。"),
    Behind.DEBT: N_(
        "%(counter)s 號櫃台應得未得 %(debt)s 件，少於 %(next_counter)s 號櫃台的 %(next_debt)s 件。"
    ),
    Behind.QUEUE: N_("%(counter)s 號櫃台應得未得同為 %(debt)s 件，但等候的人較多。"),
    Behind.RECENT: N_("%(counter)s 號櫃台應得未得同為 %(debt)s 件，但較近才接過新案。"),
    Behind.NUMBER: N_("%(counter)s 號櫃台與 %(next_counter)s 號櫃台條件相同，號碼在後。"),
}


def say(template: str, **values: str | int) -> Sentence:
    return Sentence(template, values)


def of_counter(template: str, one: Candidate, **values: str | int) -> Sentence:
    """With the values that tell of a counter and its officer."""
    return Sentence(
        template,
        {
            "counter": one.counter,
            "officer": one.officer,
            "queue": one.queue,
            "wait": one.wait_minutes,
            **values,
        },
    )


def absence(one: Candidate) -> Sentence:
    """Of a counter that is not on duty."""
    if one.presence is Presence.UNSTAFFED:
        return say(UNSTAFFED, counter=one.counter)
    return say(AWAY, counter=one.counter, officer=one.officer)


def cases(debt: Fraction, *others: Fraction) -> str:
    """A debt to one decimal, or up to three where it would read the same as another that differs."""
    for scale in (10, 100, 1000):
        told = _rounded(debt, scale)
        if all(_rounded(other, scale) != told or other == debt for other in others):
            break
    whole, rest = divmod(abs(told), scale)
    return f"{'-' if told < 0 else ''}{whole}.{str(rest + scale)[1:]}"


def _rounded(debt: Fraction, scale: int) -> int:
    """In whole numbers, since a decision tells hundreds of debts; halves away from zero, as people round."""
    numerator, denominator = debt.numerator, debt.denominator
    told = (2 * abs(numerator) * scale + denominator) // (2 * denominator)
    return -told if numerator < 0 else told
