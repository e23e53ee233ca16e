import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.routing import Basis, Routing, ServiceArea, route

HSINCHU, BANQIAO, ZHUBEI, KAOHSIUNG = 13, 8, 14, 40
AREAS = [
    ServiceArea("300", HSINCHU),
    ServiceArea("30054", ZHUBEI),
    ServiceArea("300541", BANQIAO),
    ServiceArea("236", BANQIAO),
    ServiceArea("3", KAOHSIUNG),
    ServiceArea("", KAOHSIUNG),
]


@pytest.mark.parametrize(
    ("zip_code", "routing"),
    [
        ("30012", Routing(HSINCHU, Basis.POSTAL_CODE, "300")),
        ("300", Routing(HSINCHU, Basis.POSTAL_CODE, "300")),
        ("30054", Routing(ZHUBEI, Basis.POSTAL_CODE, "30054")),
        ("300542", Routing(ZHUBEI, Basis.POSTAL_CODE, "30054")),
        ("300541", Routing(BANQIAO, Basis.POSTAL_CODE, "300541")),
        ("23659", Routing(BANQIAO, Basis.POSTAL_CODE, "236")),
        ("99999", Routing(KAOHSIUNG, Basis.COUNTY_DEFAULT)),
        ("30", Routing(KAOHSIUNG, Basis.COUNTY_DEFAULT)),
        ("", Routing(KAOHSIUNG, Basis.COUNTY_DEFAULT)),
        (None, Routing(KAOHSIUNG, Basis.COUNTY_DEFAULT)),
    ],
)
def test_the_longest_prefix_wins_and_the_county_catches_the_rest(zip_code, routing):
    assert route(zip_code, AREAS, KAOHSIUNG) == routing


def test_without_a_county_default_the_referral_waits_for_an_administrator():
    assert route("99999", AREAS, None) == Routing(None, Basis.UNROUTED)


def test_the_basis_reads_as_in_the_manual():
    assert [basis.text for basis in Basis] == [
        "一般郵遞區號核對分派",
        "縣市預設單位分派",
        "人工指定分派",
        "尚無收案單位,待人工指定",
    ]


codes = st.text("0123", min_size=3, max_size=6)


@given(
    codes, st.dictionaries(codes, st.integers(1, 9)), st.one_of(st.none(), st.integers(10, 19)), st.randoms()
)
def test_the_order_of_the_table_never_matters(zip_code, table, county_default, random):
    areas = [ServiceArea(prefix, unit) for prefix, unit in table.items()]
    answer = route(zip_code, areas, county_default)
    random.shuffle(areas)
    assert route(zip_code, areas, county_default) == answer
    fitting = [prefix for prefix in table if zip_code.startswith(prefix)]
    assert answer.deciding_prefix == max(fitting, key=len, default=None)
    assert answer.unit_id == (table[answer.deciding_prefix] if fitting else county_default)
