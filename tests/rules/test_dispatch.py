"""The decision, rule by rule and sentence by sentence. Spec 2-dispatch §4."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dispatch import Facts, Presence, Rule, Verdict, decide, duty
from rules.dispatch_words import cases
from tests.rules.hall import (
    BENEFIT,
    CANDIDATES,
    DISABILITY,
    EMPLOYER,
    GENERAL,
    GROUPS,
    INDIGENOUS,
    MANAGEMENT,
    OLD,
    RECRUITING,
    SEEKING,
    at,
    away,
    owed,
    told,
    why,
)

# The disability group is owed most by far.
SUSPECTED = owed(replace(SEEKING, suspected=True), {DISABILITY: "1.9"})
LEFT = replace(OLD, owner_id=99, owner="林秋香", departed=True, deputies=(30, 50))
EVERYBODY = tuple(one.officer_id for one in CANDIDATES)

# What is asked, the rule, the officer, the sentences.
TABLE = {
    "an old case goes back to its owner": (
        OLD,
        Rule.OWNER,
        20,
        "一般求職舊案：回到 2 號櫃台的原就服員黃志偉，目前空閒。",
    ),
    "a busy owner is still the owner": (
        at(OLD, 20, presence=Presence.SERVING, queue=1, wait_minutes=25),
        Rule.OWNER,
        20,
        "一般求職舊案：回到 2 號櫃台的原就服員黃志偉，目前忙碌，前面等候 1 人，預估 25 分鐘。",
    ),
    "past the wait limit the owner keeps the visit and a redirect is proposed": (
        at(OLD, 20, presence=Presence.SERVING, queue=2, wait_minutes=31),
        Rule.OWNER,
        20,
        "一般求職舊案：回到 2 號櫃台的原就服員黃志偉，目前忙碌，前面等候 2 人，預估 31 分鐘。"
        "預估等候超過 30 分鐘，可詢問民眾是否改由職務代理人或其他櫃台服務。",
    ),
    "the first deputy stands in for an owner who is away": (
        away(OLD, 20),
        Rule.DEPUTY,
        30,
        "一般求職舊案：原就服員黃志偉目前不在勤；由第 1 順位職務代理人、3 號櫃台的吳淑芬服務。",
    ),
    "the second deputy stands in when the first is away too": (
        away(OLD, 20, 30),
        Rule.DEPUTY,
        50,
        "一般求職舊案：原就服員黃志偉目前不在勤；由第 2 順位職務代理人、5 號櫃台的高美蘭服務。",
    ),
    "without deputies on duty the owner's group helps": (
        away(OLD, 20, 30, 50),
        Rule.OWNER_GROUP,
        10,
        "一般求職舊案：原就服員黃志偉目前不在勤；由同屬一般、預估等候最短的 1 號櫃台李佳蓉服務。",
    ),
    "without anybody of the owner's group others help, uncounted": (
        away(OLD, 10, 20, 30, 50),
        Rule.RATIO,
        40,
        "一般求職舊案：原就服員黃志偉目前不在勤；職務代理人與同組櫃台都無法接，由其他櫃台協助，不計新案；"
        "身障本月應得未得 1.0 件為最多；組內 4 號櫃台應得未得 1.0 件且目前空閒。",
    ),
    "the group of an owner who has no counter today helps": (
        replace(OLD, owner_id=99, owner="林秋香", owner_group_id=INDIGENOUS, deputies=()),
        Rule.OWNER_GROUP,
        50,
        "一般求職舊案：原就服員林秋香目前不在勤；由同屬原住民、預估等候最短的 5 號櫃台高美蘭服務。",
    ),
    "an old case whose owner is unknown is shared out uncounted": (
        replace(OLD, owner_id=None, owner=""),
        Rule.RATIO,
        10,
        "一般求職舊案：查無原就服員，由其他櫃台服務，不計新案；一般本月應得未得 0.6 件為最多；"
        "組內 1 號櫃台應得未得 0.3 件且目前空閒。",
    ),
    "a visit that waited too long goes to the deputies first": (
        replace(OLD, redirected=True, excluded=((20, "等候過久"),)),
        Rule.DEPUTY,
        30,
        "一般求職舊案：民眾已久候，改派其他櫃台；由第 1 順位職務代理人、3 號櫃台的吳淑芬服務。",
    ),
    "a new case that waited too long goes to the deputies of the officer it waited for": (
        replace(
            SEEKING, redirected=True, deputies=(50, 30), excluded=((10, "等候過久，改請其他櫃台協助。"),)
        ),
        Rule.DEPUTY,
        50,
        "一般求職新案：民眾已久候，改派其他櫃台；由第 1 順位職務代理人、5 號櫃台的高美蘭服務。",
    ),
    "an old case that its owner refused goes to the deputy": (
        replace(OLD, excluded=((20, "已說明無法接此案。"),)),
        Rule.DEPUTY,
        30,
        "一般求職舊案：原就服員黃志偉這次不接；由第 1 順位職務代理人、3 號櫃台的吳淑芬服務。",
    ),
    "today's appointment goes to its officer, a new case too": (
        replace(SEEKING, appointment_with=60),
        Rule.APPOINTMENT,
        60,
        "一般求職新案：今日與 6 號櫃台的謝宜君有約，前面等候 0 人，預估 0 分鐘。",
    ),
    "an appointment with somebody away falls back to the owner": (
        away(replace(OLD, appointment_with=60), 60),
        Rule.OWNER,
        20,
        "一般求職舊案：今日預約的謝宜君目前無法接；回到 2 號櫃台的原就服員黃志偉，目前空閒。",
    ),
    "a departed officer's benefit case goes to whom the supervisor named": (
        replace(LEFT, business_type="失業給付", kind="benefit", distribution="even", named_id=10),
        Rule.NAMED,
        10,
        "失業給付舊案：原就服員林秋香已離職；督導指定由 1 號櫃台的李佳蓉接辦，不計新案。",
    ),
    "a departed officer's benefit case waits until the supervisor names somebody": (
        replace(LEFT, business_type="失業給付", kind="benefit", distribution="even"),
        Rule.NOBODY,
        None,
        "失業給付舊案：原就服員林秋香已離職；失業給付舊案由督導指定接辦的櫃台，請督導指定。",
    ),
    "a departed officer's job seeker goes to the deputies": (
        LEFT,
        Rule.DEPUTY,
        30,
        "一般求職舊案：原就服員林秋香已離職；由第 1 順位職務代理人、3 號櫃台的吳淑芬服務。",
    ),
    "a departed officer's job seeker goes to the successor once there is one": (
        replace(LEFT, named_id=10),
        Rule.NAMED,
        10,
        "一般求職舊案：原就服員林秋香已離職；督導指定由 1 號櫃台的李佳蓉接辦，不計新案。",
    ),
    "a departed officer's job seeker finds others when the deputies are away": (
        away(LEFT, 30, 50),
        Rule.RATIO,
        10,
        "一般求職舊案：原就服員林秋香已離職；職務代理人與同組櫃台都無法接，由其他櫃台協助，不計新案；"
        "一般本月應得未得 0.8 件為最多；組內 1 號櫃台應得未得 0.5 件且目前空閒。",
    ),
    "a named officer who is away is helped out by others": (
        away(replace(LEFT, business_type="失業給付", kind="benefit", distribution="even", named_id=10), 10),
        Rule.EVEN,
        20,
        "失業給付舊案：原就服員林秋香已離職；指定接辦的就服員目前不在勤，由其他櫃台協助，不計新案；"
        "2 號櫃台本月應得未得 0.3 件為最多且目前空閒。",
    ),
    "a confirmed disability goes to the disability group": (
        replace(SEEKING, disability=True),
        Rule.DISABILITY,
        40,
        "一般求職新案：身障民眾只由身障專責櫃台服務；組內 4 號櫃台應得未得 1.0 件且目前空閒。",
    ),
    "a confirmed disability never falls to another counter": (
        away(replace(SEEKING, disability=True, programme_groups=(INDIGENOUS,)), 40),
        Rule.NOBODY,
        None,
        "一般求職新案：身障專責櫃台目前沒有人能接，請督導決定由誰服務，或為民眾預約他日。",
    ),
    "a disability that is only suspected goes to the other counters": (
        SUSPECTED,
        Rule.RATIO,
        10,
        "一般求職新案：疑似身障由一般（專案）櫃台服務；一般本月應得未得 0.8 件為最多；"
        "組內 1 號櫃台應得未得 0.3 件且目前空閒。",
    ),
    "a suspected disability goes to the disability group when nobody else is there": (
        away(SUSPECTED, 10, 20, 30, 50),
        Rule.RATIO,
        40,
        "一般求職新案：沒有其他櫃台能接疑似身障的民眾，由身障專責櫃台服務；身障本月應得未得 2.9 件為最多；"
        "組內 4 號櫃台應得未得 1.0 件且目前空閒。",
    ),
    "in a mass layoff too a suspected disability goes to the other counters": (
        at(replace(BENEFIT, mass_layoff=True, suspected=True), 40, debt=Fraction(5, 4)),
        Rule.EVEN,
        10,
        "失業給付新案：疑似身障由一般（專案）櫃台服務；大量資遣期間，全部櫃台參與；"
        "1 號櫃台本月應得未得 0.2 件為最多且目前空閒。",
    ),
    "an identity's group comes first": (
        replace(SEEKING, programme_groups=(INDIGENOUS,)),
        Rule.PROGRAMME,
        50,
        "一般求職新案：特定對象優先派原住民；組內 5 號櫃台應得未得 1.0 件且目前空閒。",
    ),
    "others serve when the identity's group is away": (
        away(replace(SEEKING, programme_groups=(INDIGENOUS,)), 50),
        Rule.RATIO,
        10,
        "一般求職新案：特定對象的專責櫃台不在勤或已滿，由其他櫃台服務；一般本月應得未得 0.8 件為最多；"
        "組內 1 號櫃台應得未得 0.3 件且目前空閒。",
    ),
    "a busy counter of the group with the largest debt is where one waits": (
        away(at(SEEKING, 10, presence=Presence.SERVING, queue=2), 20, 30, 40, 50),
        Rule.RATIO,
        10,
        "一般求職新案：一般本月應得未得 1.0 件為最多；組內 1 號櫃台應得未得 1.0 件，目前忙碌，請在該櫃台等候，前面等候 2 人。",
    ),
    "benefit cases are shared by all but the disability and case management groups": (
        at(BENEFIT, 10, debt=Fraction(-1, 2)),
        Rule.EVEN,
        20,
        "失業給付新案：2 號櫃台本月應得未得 0.3 件為最多且目前空閒。",
    ),
    "in a mass layoff all take part": (
        at(replace(BENEFIT, mass_layoff=True), 60, debt=Fraction(5, 4)),
        Rule.EVEN,
        60,
        "失業給付新案：大量資遣期間，全部櫃台參與；6 號櫃台本月應得未得 1.4 件為最多且目前空閒。",
    ),
    "employers go to the recruitment section": (
        RECRUITING,
        Rule.EMPLOYER,
        80,
        "求才新案：求才雇主由求才區接待；8 號櫃台本月應得未得 1.0 件為最多且目前空閒。",
    ),
    "an employer finds nobody when the recruitment section is away": (
        away(RECRUITING, 80),
        Rule.NOBODY,
        None,
        "求才新案：求才區目前沒有人能接，請督導指派；有人到勤時會再派。",
    ),
    "with nobody on duty the supervisor's list takes the visit": (
        away(SEEKING, *EVERYBODY),
        Rule.NOBODY,
        None,
        "一般求職新案：目前沒有櫃台能接一般求職，已列入待派名單；請督導指派，有人到勤時會再派。",
    ),
    "groups without a share get no new case": (
        away(SEEKING, 10, 20, 30, 40, 50),
        Rule.NOBODY,
        None,
        "一般求職新案：能接的櫃台在比例表上都沒有一般求職的比例，請督導檢視比例表，或指派櫃台。",
    ),
}


@pytest.mark.parametrize(("facts", "rule", "officer", "sentences"), TABLE.values(), ids=TABLE.keys())
def test_the_rules(facts: Facts, rule: Rule, officer: int | None, sentences: str) -> None:
    verdict = decide(facts)
    assert (verdict.rule, verdict.officer_id) == (rule, officer)
    assert told(facts) == sentences
    assert verdict.counted == (facts.new_case and officer is not None)


@pytest.mark.parametrize("facts", [case[0] for case in TABLE.values()], ids=TABLE.keys())
def test_a_stored_decision_is_made_again_word_for_word(facts: Facts) -> None:
    stored = json.loads(json.dumps(facts.to_json()))
    assert Facts.from_json(stored) == facts
    verdict = decide(Facts.from_json(stored))
    assert verdict == decide(facts) == Verdict.from_json(json.loads(json.dumps(verdict.to_json())))


@pytest.mark.parametrize("facts", [case[0] for case in TABLE.values()], ids=TABLE.keys())
def test_every_other_counter_is_told_why(facts: Facts) -> None:
    verdict = decide(facts)
    others = [one.counter for one in facts.candidates if one.officer_id != verdict.officer_id]
    assert [passed.counter for passed in verdict.passed] == others
    assert all(
        "%(" not in str(passed.why) and str(passed.why).endswith("。") for passed in verdict.passed
    ) or (facts.excluded)


def test_only_a_wait_beyond_the_limit_is_long() -> None:
    assert [decide(at(OLD, 20, wait_minutes=wait)).long_wait for wait in (30, 31)] == [False, True]


def test_the_reason_of_the_spec() -> None:
    facts = owed(SEEKING, {GENERAL: "0.8", DISABILITY: "0.1"})
    facts = at(at(facts, 30, debt=Fraction(7, 15)), 10, presence=Presence.SERVING)
    assert told(facts) == (
        "一般求職新案：一般本月應得未得 1.4 件為最多；組內 3 號櫃台應得未得 0.8 件且目前空閒。"
    )


def test_a_free_group_goes_before_a_busy_one_that_is_owed_up_to_a_case_more() -> None:
    facts = owed(SEEKING, {GENERAL: "1/2", DISABILITY: "1/10", INDIGENOUS: "-3/5"})
    for officer in (10, 20, 30):
        facts = at(facts, officer, presence=Presence.SERVING)
    verdict = decide(facts)
    assert verdict.officer_id == 40
    assert told(facts).startswith(
        "一般求職新案：身障本月應得未得 0.3 件，與最多的 1.1 件相差不超過一件且有空閒櫃台；"
    )
    assert why(verdict, 1) == "一般應得未得 1.1 件，但沒有空閒的櫃台；相差不大時先派空閒櫃台。"
    assert why(verdict, 5) == "原住民應得未得 -0.4 件，最多者 1.1 件，還沒輪到。"
    assert why(verdict, 6) == "個管在比例表上沒有一般求職的比例。"


@pytest.mark.parametrize(
    ("busy", "free", "officer"),
    [
        ("1.1", "0.1", 40),  # a case apart: courtesy
        ("1.11", "0.1", 10),  # more than a case apart
        ("0.6", "0", 10),  # the free group is owed nothing
        ("1.49", "0.5", 40),
        ("1.5", "0.6", 10),  # somebody is owed a case and a half
    ],
)
def test_courtesy_reaches_a_case_far_only_to_whom_something_is_owed_and_ends_at_a_case_and_a_half(
    busy: str, free: str, officer: int
) -> None:
    """The debts are those with this case's share, of which the general group has 3/4."""
    facts = away(SEEKING, 50, 60, 80)
    for one in (10, 20, 30):
        facts = at(facts, one, presence=Presence.SERVING)
    debts = {GENERAL: str(Fraction(busy) - Fraction(3, 4)), DISABILITY: str(Fraction(free) - Fraction(1, 4))}
    assert decide(owed(facts, debts)).officer_id == officer


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"debt": Fraction(-1, 10)}, "2 號櫃台應得未得 0.2 件，少於 1 號櫃台的 0.3 件。"),
        ({"debt": Fraction(-1, 100)}, "2 號櫃台應得未得 0.32 件，少於 1 號櫃台的 0.33 件。"),
        ({"debt": Fraction(-3, 2)}, "2 號櫃台應得未得 -1.2 件，最多者 0.3 件，還沒輪到。"),
        ({"presence": Presence.CALLED}, "2 號櫃台應得未得 0.3 件，但目前忙碌；相差不大時先派空閒櫃台。"),
        ({"presence": Presence.BREAK}, "2 號櫃台應得未得 0.3 件，但目前忙碌；相差不大時先派空閒櫃台。"),
        ({"queue": 1}, "2 號櫃台應得未得 0.3 件，但目前忙碌；相差不大時先派空閒櫃台。"),
        ({"last_case_at": "2026-11-20T01:00:00+00:00"}, "2 號櫃台應得未得同為 0.3 件，但較近才接過新案。"),
        ({}, "2 號櫃台與 1 號櫃台條件相同，號碼在後。"),
        ({"presence": Presence.AWAY}, "2 號櫃台黃志偉目前不在勤。"),
        ({"presence": Presence.UNSTAFFED}, "2 號櫃台目前無人值勤。"),
    ],
)
def test_why_a_counter_of_the_same_group_was_passed_over(changes: dict[str, object], sentence: str) -> None:
    facts = at(away(SEEKING, 40, 50), 20, **changes)
    assert decide(facts).officer_id == 10
    assert why(decide(facts), 2) == sentence


def test_of_busy_counters_the_shorter_queue_goes_first() -> None:
    facts = away(SEEKING, 40, 50)
    for officer, queue in ((10, 3), (20, 1), (30, 2)):
        facts = at(facts, officer, presence=Presence.SERVING, queue=queue)
    verdict = decide(facts)
    assert verdict.officer_id == 20
    assert why(verdict, 1) == "1 號櫃台應得未得同為 0.3 件，但等候的人較多。"


def test_others_hear_that_the_case_has_its_people() -> None:
    assert why(decide(OLD), 1) == "舊案回到原就服員黃志偉。"
    assert why(decide(away(OLD, 20)), 5) == "職務代理順位在吳淑芬之後。"
    assert why(decide(away(OLD, 20)), 1) == "不是該就服員的職務代理人。"
    assert why(decide(replace(SEEKING, appointment_with=60)), 1) == "民眾今日預約的是謝宜君。"
    assert why(decide(replace(LEFT, named_id=10)), 2) == "督導已指定李佳蓉接辦。"
    assert why(decide(replace(SEEKING, disability=True)), 1) == "身障民眾只由身障專責櫃台服務。"
    assert why(decide(replace(SEEKING, programme_groups=(INDIGENOUS,))), 1) == "特定對象優先派原住民。"
    assert why(decide(BENEFIT), 4) == "身障不參與失業給付的平均派案。"
    assert why(decide(BENEFIT), 8) == "求才不參與失業給付的平均派案。"
    assert why(decide(RECRUITING), 1) == "雇主由求才櫃台接待。"
    assert why(decide(replace(OLD, excluded=((10, "已說明無法接此案。"),))), 1) == "已說明無法接此案。"


def test_of_the_owners_group_the_shortest_wait_serves_and_a_break_comes_last() -> None:
    facts = replace(away(OLD, 20, 50), deputies=())
    facts = at(at(facts, 10, presence=Presence.BREAK), 30, presence=Presence.SERVING, wait_minutes=40)
    assert decide(facts).officer_id == 30
    assert why(decide(facts), 1) == "同屬一般，但目前暫離。"
    facts = at(facts, 10, presence=Presence.SERVING, wait_minutes=55)
    assert why(decide(facts), 1) == "同屬一般，但預估等候 55 分鐘，不比 3 號櫃台短。"
    assert why(decide(facts), 4) == "不屬於原就服員的一般。"


def test_a_disabled_visitor_keeps_a_general_owner_but_gets_no_general_deputy() -> None:
    facts = replace(OLD, disability=True)
    assert decide(facts).rule is Rule.OWNER
    assert decide(away(facts, 20)).rule is Rule.DISABILITY
    assert decide(away(facts, 20, 40)).rule is Rule.NOBODY


def test_a_suspected_disability_is_told_at_the_disability_counter_and_owed_to_the_others_alone() -> None:
    assert why(decide(SUSPECTED), 4) == "疑似身障由一般（專案）櫃台服務。"
    assert duty(SUSPECTED) == [[1, 6, [10, 20, 30]], [3, 2, [50]], [4, 0, [60]], [5, 0, [80]]]
    layoff = replace(BENEFIT, mass_layoff=True, suspected=True)
    assert duty(layoff) == [[0, 1, [10, 20, 30, 50, 60]]]
    alone = away(SUSPECTED, 10, 20, 30, 50)
    assert duty(alone) == [[2, 2, [40]], [4, 0, [60]], [5, 0, [80]]]


def test_who_has_refused_is_nobody_else_to_take_a_suspected_disability() -> None:
    facts = replace(away(SUSPECTED, 20, 30, 50), excluded=((10, "已說明無法接此案。"),))
    assert decide(facts).officer_id == 40
    assert [group for group, _, _ in duty(facts)] == [GENERAL, DISABILITY, MANAGEMENT, EMPLOYER]


def test_a_suspected_disability_keeps_owner_and_appointment_but_gets_no_deputy_of_the_disability_group() -> (
    None
):
    old = replace(OLD, suspected=True, owner_id=40, owner="劉建宏", deputies=(40, 30))
    assert decide(old).rule is Rule.OWNER
    assert decide(replace(SUSPECTED, appointment_with=40)).rule is Rule.APPOINTMENT
    moved = replace(SUSPECTED, redirected=True, deputies=(40, 30), excluded=((10, "等候過久"),))
    verdict = decide(moved)
    assert (verdict.rule, verdict.officer_id) == (Rule.DEPUTY, 30)
    assert why(verdict, 4) == "疑似身障由一般（專案）櫃台服務。"


def test_a_decision_from_before_the_suspicion_was_a_fact_is_made_again_as_it_was() -> None:
    stored = SEEKING.to_json()
    del stored["suspected"], stored["owner_group_id"]
    assert Facts.from_json(stored) == SEEKING


def test_a_new_disability_case_is_not_taken_along_by_an_appointment_elsewhere() -> None:
    assert decide(replace(SEEKING, disability=True, appointment_with=10)).officer_id == 40
    assert decide(replace(SEEKING, disability=True, appointment_with=40)).rule is Rule.APPOINTMENT


def test_a_programme_group_at_its_limit_is_spared_while_there_are_others() -> None:
    facts = at(replace(SEEKING, programme_groups=(INDIGENOUS,)), 50, queue=2, presence=Presence.SERVING)
    facts = owed(facts, {INDIGENOUS: "1.2"})
    verdict = decide(facts)
    assert (verdict.rule, verdict.group_id) == (Rule.RATIO, GENERAL)
    assert why(verdict, 5) == "等候 2 人，已達原住民的上限 2 人。"
    alone = away(facts, 10, 20, 30, 40)
    assert decide(alone).officer_id == 50


def test_full_is_no_reason_for_a_visitor_without_that_identity() -> None:
    facts = owed(at(SEEKING, 50, queue=9, presence=Presence.SERVING), {INDIGENOUS: "2"})
    assert decide(facts).officer_id == 50


def test_the_first_of_several_identities_comes_first() -> None:
    second = replace(GROUPS[0], id=9, name="更生", kind="programme", share=1)
    moved = replace(CANDIDATES[0], group_id=9)
    facts = replace(
        SEEKING,
        groups=(*GROUPS, second),
        candidates=(moved, *CANDIDATES[1:]),
        programme_groups=(9, INDIGENOUS),
    )
    assert decide(facts).officer_id == 10
    assert decide(away(facts, 10)).officer_id == 50


def test_benefit_cases_open_to_a_group_by_its_flag() -> None:
    groups = tuple(replace(group, takes_benefit=True) for group in GROUPS)
    facts = at(replace(BENEFIT, groups=groups), 40, debt=Fraction(1))
    assert decide(facts).officer_id == 40


def test_an_excluded_officer_gets_nothing_whatever_is_owed() -> None:
    facts = at(replace(SEEKING, excluded=((10, "已說明無法接此案。"),)), 10, debt=Fraction(2))
    assert decide(facts).officer_id == 20


def test_the_duty_list_has_whom_a_case_entitles() -> None:
    assert duty(away(SEEKING, 20, 50)) == [[1, 6, [10, 30]], [2, 2, [40]], [4, 0, [60]], [5, 0, [80]]]
    assert duty(at(SEEKING, 10, presence=Presence.BREAK))[0] == [1, 6, [10, 20, 30]]
    assert duty(BENEFIT) == [[0, 1, [10, 20, 30, 50]]]
    assert duty(replace(BENEFIT, mass_layoff=True)) == [[0, 1, [10, 20, 30, 40, 50, 60]]]
    assert duty(RECRUITING) == [[0, 1, [80]]]
    assert duty(away(RECRUITING, 80)) == [[0, 1, []]]


def test_the_duty_list_is_the_same_in_whatever_order_the_people_come() -> None:
    turned = replace(SEEKING, groups=GROUPS[::-1], candidates=CANDIDATES[::-1])
    assert duty(turned) == duty(SEEKING)


@pytest.mark.parametrize(
    ("debt", "others", "text"),
    [
        ("0", (), "0.0"),
        ("-1/100", (), "0.0"),
        ("-1.25", (), "-1.3"),
        ("-1/20", (), "-0.1"),
        ("1.4", ("1.44",), "1.40"),
        ("1.4", ("1.4",), "1.4"),
        ("1/3", ("3334/10000",), "0.333"),
    ],
)
def test_debts_are_told_to_as_many_decimals_as_tell_them_apart(
    debt: str, others: tuple[str, ...], text: str
) -> None:
    assert cases(Fraction(debt), *map(Fraction, others)) == text


DEBTS = st.fractions(-2, 2, max_denominator=12)


@st.composite
def halls(draw: st.DrawFn) -> Facts:
    base = draw(st.sampled_from((SEEKING, BENEFIT, RECRUITING, OLD, LEFT)))
    return replace(
        base,
        disability=(known := draw(st.sampled_from(("", "suspected", "confirmed")))) == "confirmed",
        suspected=known == "suspected",
        owner_group_id=draw(st.sampled_from((None, GENERAL, INDIGENOUS))),
        programme_groups=draw(st.sampled_from(((), (INDIGENOUS,)))),
        named_id=draw(st.sampled_from((None, 10))),
        appointment_with=draw(st.sampled_from((None, None, 60))),
        mass_layoff=draw(st.booleans()),
        redirected=draw(st.booleans()),
        excluded=draw(st.sampled_from(((), ((20, "已說明無法接此案。"),)))),
        groups=tuple(replace(group, debt=draw(DEBTS)) for group in base.groups),
        candidates=tuple(
            replace(
                one,
                presence=draw(st.sampled_from(Presence)),
                queue=draw(st.integers(0, 3)),
                wait_minutes=draw(st.integers(0, 60)),
                debt=draw(DEBTS),
            )
            for one in base.candidates
        ),
    )


@given(halls(), st.randoms())
def test_the_order_in_which_the_counters_are_given_decides_nothing(facts: Facts, random: object) -> None:
    candidates = list(facts.candidates)
    random.shuffle(candidates)  # type: ignore[attr-defined]
    turned = decide(replace(facts, candidates=tuple(candidates)))
    assert (turned.officer_id, turned.reason) == (decide(facts).officer_id, decide(facts).reason)


@given(halls())
def test_whatever_the_hall_nobody_away_gets_anything_and_every_word_is_filled_in(facts: Facts) -> None:
    verdict = decide(facts)
    chosen = [one for one in facts.candidates if one.officer_id == verdict.officer_id]
    assert not any(one.presence in {Presence.AWAY, Presence.UNSTAFFED} for one in chosen)
    words = [str(sentence) for sentence in (*verdict.reason, *(one.why for one in verdict.passed))]
    assert all(words)
    assert not any("%(" in word for word in words)
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
