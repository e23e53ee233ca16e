"""Addresses to postal codes: the vectors, the whole directory, spellings, hostile texts."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.addresses import Directory, Resolution, Row, Status
from tests.rules.address_examples import addresses

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with gzip.open(
        ROOT / "services/reference/postal_directory_20190415.csv.gz", "rt", encoding="utf-8"
    ) as file:
        return [tuple(cells) for cells in csv.reader(file)][1:]


@pytest.fixture(scope="module")
def taiwan(rows: list[Row]) -> Directory:
    return Directory(rows)


def vectors() -> list[dict[str, str]]:
    with (ROOT / "tests/data/zip5_vectors.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["address"])
def test_every_vector_holds(taiwan: Directory, vector: dict[str, str]) -> None:
    found = taiwan.resolve(vector["address"])
    assert (found.code or "") == vector["expected_zip5"], vector["why"]
    if "[" in vector["why"]:
        status, _, candidates = vector["why"].split("[")[1].rstrip("]").partition("; candidates ")
        assert found.status == status
        assert not candidates or "/".join(found.candidates) == candidates


def test_addresses_made_from_the_directory_give_the_code_of_their_row(
    taiwan: Directory, rows: list[Row]
) -> None:
    """999 of 1000: the rest are houses that two rows of the directory claim."""
    made = wrong = 0
    for code, *place in rows:
        for address in addresses(*place):
            made += 1
            wrong += taiwan.resolve(address).code != code
    assert made > 100_000
    assert wrong / made < 0.001


@pytest.mark.parametrize(
    "address",
    [
        "新竹市東區東大路二段60號",
        "新竹市東區東大路２段６０號",
        "新竹市東區東大路2段60號",
        "新竹市東區東大路二段六十號",
        "新竹市 東區 東大路二段 60 號",
        "新竹市,東區,東大路二段60號",
        "300新竹市東區東大路二段60號",
        "(300)新竹市東區東大路二段60號",
        "30054 新竹市東區東大路二段60號",
        "300-54新竹市東區東大路二段60號",
        "臺灣省新竹市東區東大路二段60號",
        "台灣新竹市東區東大路二段60號",
        "中華民國新竹市東區東大路二段60號",
        "新竹市東區某某里3鄰東大路二段60號",
        "新竹市東區某某里十二鄰東大路二段60號",
        "新竹市東區3鄰東大路二段60號",
        "新竹市東區東大路二段60號5樓之2",
        "新竹市東區東大路二段60號B1",
        "新竹市東區東大路二段臨60號",
        "新竹市東區東大路二段60",
        "新竹市東區東大路二段60 3樓",
        "新竹市東區東大路二段60-1號",
        "新竹市東區東大路二段60號之1",
        "新竹市東區東大路二段60號附1號",
        "新竹東區東大路二段60號",
        "新竹市東大路二段60號",
        "新竹市東區東大路二段\u200b60號\x00",
    ],
)
def test_an_address_is_found_however_it_is_written(taiwan: Directory, address: str) -> None:
    assert taiwan.resolve(address).code == "30054"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("臺北縣板橋市三民路一段101號", "22067"),
        ("桃園縣中壢市中央西路二段300之6號", "32046"),
        ("高雄縣鳳山市建國路一段53號", "83049"),
        ("板橋區三民路一段101號", "22067"),
        ("花蓮市國民三街25號", "97055"),
        ("臺灣臺中市西區臺灣大道一段701號", "40355"),
    ],
)
def test_former_counties_and_districts_without_a_city_are_understood(
    taiwan: Directory, address: str, code: str
) -> None:
    assert taiwan.resolve(address).code == code


@pytest.mark.parametrize("letter", "𧃽𫙮𡍼𥕢𡶛𢊬𡒸𥿄𩻸𥔽𥕟𦰡𨻶𩵺𦋐䧟")
def test_roads_with_rare_characters_are_found(taiwan: Directory, rows: list[Row], letter: str) -> None:
    named = [row for row in rows if letter in row[3]]
    assert named
    for code, *place in named:
        assert {taiwan.resolve(address).code for address in addresses(*place)} == {code}


def test_a_road_with_several_codes_needs_the_number_and_offers_them(taiwan: Directory) -> None:
    found = taiwan.resolve("新竹市北區東大路二段")
    assert found.code is None
    assert found.status is Status.NEED_NUMBER
    assert found.candidates == ("30044", "30054", "30057")
    assert found.zip3 == "300"


def test_a_road_with_one_code_needs_no_number(taiwan: Directory) -> None:
    found = taiwan.resolve("新竹市香山區彩虹路")
    assert (found.code, found.status) == ("30092", Status.OK_ROAD)


def test_a_house_of_an_unknown_road_is_not_put_on_a_shorter_one(taiwan: Directory) -> None:
    known = taiwan.resolve("新竹市北區武陵路105號")
    assert known.code == "30054"
    assert taiwan.resolve("新竹市北區武陵路九段105號").code is None
    assert taiwan.resolve("新竹市北區東大路二段61號").code == "30054"
    assert taiwan.resolve("新竹市北區東大路二段文化新村61號").status is Status.NO_ROAD


def test_the_codes_of_the_directory_are_known_and_no_others(taiwan: Directory) -> None:
    assert taiwan.knows("30054")
    assert taiwan.knows("300")
    assert not taiwan.knows("30000")
    assert not taiwan.knows("3005")
    assert not taiwan.knows("")


def small(*ranges: tuple[str, str]) -> Directory:
    return Directory((code, "新竹市", "東區", "丙路", scope) for code, scope in ranges)


def test_the_narrower_of_two_ranges_wins() -> None:
    directory = small(("10001", "單全"), ("10002", "單  11號至  21號"), ("10003", "　  15號"))
    assert directory.resolve("新竹市東區丙路9號").code == "10001"
    assert directory.resolve("新竹市東區丙路13號").code == "10002"
    found = directory.resolve("新竹市東區丙路15號")
    assert (found.code, found.status) == ("10003", Status.OK_SPECIFIC)


def test_of_two_ranges_with_both_ends_the_narrower_wins() -> None:
    directory = small(("10001", "連   1號至  99號"), ("10002", "連  11號至  21號"))
    assert directory.resolve("新竹市東區丙路15號").code == "10002"
    assert directory.resolve("新竹市東區丙路31號").code == "10001"


def test_two_equal_ranges_are_ambiguous() -> None:
    found = small(("10001", "雙   8號以上"), ("10002", "雙  20號以下")).resolve("新竹市東區丙路10號")
    assert (found.code, found.status, found.candidates) == (None, Status.AMBIGUOUS, ("10001", "10002"))


def test_a_sub_number_belongs_to_the_range_that_ends_at_its_number_only_if_no_other_has_it() -> None:
    ends = small(("10001", "雙  62號以下"), ("10002", "雙  64號以上"))
    assert ends.resolve("新竹市東區丙路62之1號").code == "10001"
    continued = small(("10001", "雙  62號以下"), ("10002", "雙  62之   1號以上"))
    assert continued.resolve("新竹市東區丙路62之1號").code == "10002"


def test_floors_are_asked_for_only_where_no_row_stands_for_the_house() -> None:
    split = small(("10001", "  97號32樓以下"), ("10002", "  97號33樓"))
    assert split.resolve("新竹市東區丙路97號").status is Status.NEED_DETAIL
    assert split.resolve("新竹市東區丙路97號33樓").code == "10002"
    house = small(("10001", "  97號"), ("10002", "  97號33樓"))
    assert house.resolve("新竹市東區丙路97號").code == "10001"
    assert house.resolve("新竹市東區丙路97號33樓").code == "10002"


def test_of_two_ranges_of_floors_the_narrower_wins() -> None:
    directory = small(("10001", "  97號32樓以下"), ("10002", "  97號地下1樓"))
    assert directory.resolve("新竹市東區丙路97號地下一樓").code == "10002"
    assert directory.resolve("新竹市東區丙路97號1樓").code == "10001"


def test_of_two_organisations_with_one_name_in_the_other_the_longer_is_meant() -> None:
    directory = small(("10001", " 240號(地方法院)"), ("10002", " 240號(地方法院檢察署)"))
    assert directory.resolve("新竹市東區丙路240號地方法院").code == "10001"
    assert directory.resolve("新竹市東區丙路240號地方法院檢察署").code == "10002"


def test_an_organisation_with_its_own_code_is_found_by_name_and_never_assumed() -> None:
    shared = small(("10001", " 106號(科技部)"), ("10002", " 106號(研究中心)"), ("10003", "雙全"))
    assert shared.resolve("新竹市東區丙路106號").status is Status.AMBIGUOUS
    assert shared.resolve("新竹市東區丙路106號科技部").code == "10001"


def test_a_range_that_cannot_be_read_keeps_its_code_possible() -> None:
    found = small(("10001", "單全"), ("10002", "河岸以東")).resolve("新竹市東區丙路1號")
    assert (found.code, found.candidates) == (None, ("10001", "10002"))


def test_a_lane_takes_the_place_of_the_number_unless_its_row_names_it() -> None:
    directory = small(("10001", "單  63號以下"), ("10002", "  65巷全"), ("10001", "單  67號以上"))
    assert directory.resolve("新竹市東區丙路61巷4號").code == "10001"
    assert directory.resolve("新竹市東區丙路65巷4號").code == "10002"


@pytest.mark.parametrize("status", Status)
def test_every_status_tells_the_user_something(status: Status) -> None:
    assert Resolution(None, status).reason.endswith("。")


HOSTILE = [
    "9",
    "之",
    "一",
    "村",
    "里",
    "巷",
    "號",
    "1之",
    "一路",
    "()",
    "😀",
    "﷽",
    "\x00",
    "\ud800",
    "-",
    ",",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("before", ["", "新竹市", "新竹市東區", "新竹市東區東大路二段"])
def test_ten_thousand_characters_are_answered(taiwan: Directory, before: str, text: str) -> None:
    assert taiwan.resolve(before + text * 10_000).status in Status


@given(st.text())
def test_no_text_raises(taiwan: Directory, text: str) -> None:
    for before in ("", "新竹市", "新竹市東區", "新竹市東區東大路二段"):
        found = taiwan.resolve(before + text)
        assert found.code is None or found.code in found.candidates


@given(st.text("0123456789之-巷弄號樓附臨鄰村里路段一二十百地下BF() "))
def test_no_tail_made_of_address_letters_raises(taiwan: Directory, text: str) -> None:
    found = taiwan.resolve("新竹市北區東大路二段" + text)
    assert (found.code is not None) == found.status.startswith("ok")


@pytest.mark.parametrize(
    ("code", "county"), [("30054", "新竹市"), ("300", "新竹市"), ("407", "臺中市"), ("000", None)]
)
def test_the_county_of_a_code(taiwan: Directory, code: str, county: str | None) -> None:
    assert taiwan.county_of_code(code) == county


@pytest.mark.parametrize(
    ("address", "county"),
    [("台中縣豐原市", "臺中市"), ("板橋區中正路", "新北市"), ("新竹竹北市", "新竹縣"), ("中正路5號", None)],
)
def test_the_county_of_an_address(taiwan: Directory, address: str, county: str | None) -> None:
    assert taiwan.county_of_address(address) == county
