"""The language of delivery ranges: each pattern of the directory, judged at its bounds."""

from __future__ import annotations

import pytest

from rules.addresses import parse_scope
from rules.addresses.numerals import house_digits, road_digits, value_of
from rules.addresses.place import parse_place
from rules.addresses.scope import Verdict


def covers(scope: str, tail: str) -> bool:
    parsed, place = parse_scope(scope), parse_place(tail)
    assert parsed is not None
    assert place is not None
    return parsed.judge(place) is Verdict.HIT


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        ("全", ["", "1號", "7巷2弄3號"], []),
        ("單全", ["1號", "3巷2號"], ["2號", "4巷1號"]),
        ("雙全", ["2號"], ["1號"]),
        ("單  25之   3號以下", ["25之3號", "25號", "1號"], ["25之4號", "24號", "27號"]),
        ("單  27號以上", ["27號", "27之1號", "99號"], ["25號", "28號"]),
        ("雙  34號至  38號", ["34號", "36之9號", "38號"], ["32號", "35號", "38之1號", "40號"]),
        ("連   6號至  17號", ["6號", "7號", "17號"], ["5號", "18號"]),
        ("　   7號", ["7號"], ["7之1號", "7巷1號", "8號"]),
        ("　  15之   2號", ["15之2號"], ["15號", "15之3號"]),
        ("　  55之   1至之   4號", ["55之1號", "55之4號"], ["55號", "55之5號"]),
        ("　   1號至   1之   2號", ["1號", "1之2號"], ["1之3號"]),
        ("　  14號含附號", ["14號", "14之8號"], ["15號"]),
        ("　   2附號全", ["2之1號"], ["2號", "3號"]),
        ("　   1之   3號及以上附號", ["1之3號", "1之9號"], ["1之2號", "2號"]),
        ("連  49號含附號以下", ["49之5號", "1號"], ["50號"]),
        ("連  28號至  45號含附號全", ["28號", "45之3號"], ["46號"]),
        ("　  92巷全", ["92巷", "92巷1號", "92巷3弄1號"], ["92號", "93巷1號"]),
        ("　 244巷雙  10號以下", ["244巷10號", "244巷2弄9號"], ["244巷12號", "10號", "244巷9號"]),
        ("　  59巷   2弄全", ["59巷2弄4號"], ["59巷4號", "2弄4號"]),
        ("　1250巷  96弄單  11號至  39號", ["1250巷96弄11號"], ["1250巷96弄9號", "1250巷11號"]),
        ("　  90弄全", ["90弄2號"], ["90號", "3巷90弄2號"]),
        ("單  19號至 131巷", ["19號", "131巷8號"], ["133巷1號"]),
        ("　   5號  5至   9樓", ["5號5樓", "5號9F"], ["5號4樓", "5號"]),
        ("　   5號10樓以上", ["5號10樓"], ["5號9樓"]),
        ("　   5號 4樓以下", ["5號1樓"], ["5號5樓"]),
        ("　  97號地下1樓", ["97號地下1樓", "97號B1", "97號地下一樓"], ["97號1樓"]),
        ("單   3號以下   2樓以上", ["1號2樓"], ["1號1樓", "1號"]),
        ("　 439號南棟", ["439號南棟3樓"], ["439號北棟", "439號"]),
        ("   8號（沙鹿區公所）", ["8號沙鹿區公所"], ["8號"]),
    ],
)
def test_a_scope_covers_its_houses_and_no_others(scope: str, inside: list[str], outside: list[str]) -> None:
    assert [tail for tail in inside if not covers(scope, tail)] == []
    assert [tail for tail in outside if covers(scope, tail)] == []


@pytest.mark.parametrize("text", ["", "河岸以東", "單", "以上", "5號6號", "巷全", "單5號以上以下"])
def test_what_is_no_sentence_of_the_language_is_not_read(text: str) -> None:
    assert parse_scope(text) is None


@pytest.mark.parametrize("tail", ["南路5號", "二段5號", "文化街5號", "三民大道5號"])
def test_the_rest_of_another_road_is_no_place(tail: str) -> None:
    assert parse_place(tail) is None


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("二十", 20),
        ("七十九", 79),
        ("一百零五", 105),
        ("百二十", 120),
        ("一千零十", 1010),
        ("一二三", 123),
        ("二〇", 20),
    ],
)
def test_numerals_are_read_with_and_without_units(numeral: str, value: int) -> None:
    assert value_of(numeral) == value


def test_numerals_become_digits_only_before_their_units() -> None:
    assert road_digits("三民區三多一路二段") == "三民區三多1路2段"
    assert house_digits("二巷七之一號") == "2巷7之1號"
    assert house_digits("三德大樓五樓") == "三德大樓5樓"
