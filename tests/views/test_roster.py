"""清冊: filters, order, scope, and the file that equals the screen."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
import python_calamine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.case import Case
from models.organisation import Agency, Unit
from services.transaction import transaction
from tests.factories import close_case, make_case, make_person, make_record, make_referral

Open = Callable[[str], FlaskClient]
HEADINGS = [
    "序號",
    "轉介機關",
    "轉介單位",
    "轉介日期",
    "個案姓名",
    "個案身分別",
    "性別",
    "年齡",
    "收案機關",
    "收案單位",
    "狀態",
    "結案日期",
    "服務歷程",
    "結案資訊",
]


@pytest.fixture
def referrals(app: Any) -> dict[str, int]:
    """Three for unit 13 (waiting, open, closed) and one for another; the newest first is waiting, open, closed."""
    with transaction(db.session):
        waiting = make_referral(
            db.session,
            person=make_person(db.session, name="陳待收", birthday=date(2000, 11, 21)),
            referral_date=date(2026, 11, 3),
            identities=(3, 19),
            other_identity="街友",
        )
        open_one = make_referral(
            db.session,
            person=make_person(db.session, name="=1+1"),
            referrer="referrer2",
            referral_date=date(2026, 11, 2),
            identities=(2,),
        )
        done = make_referral(
            db.session,
            person=make_person(db.session, name="王結案"),
            referral_date=date(2026, 10, 1),
            identities=(5,),
        )
        foreign = make_referral(db.session, person=make_person(db.session, name="外人"), unit="08")
        case = make_case(db.session, referral=open_one)
        make_record(db.session, case, services=(1, 3), other_service="陪同面試", served_on=date(2026, 11, 4))
        make_record(db.session, case, reasons=(1,), served_on=date(2026, 11, 5))
        case = make_case(db.session, referral=done, manager="manager2")
        make_record(db.session, case, served_on=date(2026, 10, 9))
        make_record(db.session, case, reasons=(1, 2), served_on=date(2026, 10, 20))
        close_case(db.session, case, on=date(2026, 10, 25))
        return {"waiting": waiting.id, "open": open_one.id, "closed": done.id, "foreign": foreign.id}


def names(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'<a href="/referrals/\d+">(.*?)</a>', page)]


def search(browser: FlaskClient, **criteria: object) -> list[str]:
    answer = browser.get("/roster/", query_string=criteria)
    assert answer.status_code == 200
    return names(answer.text)


def exported(browser: FlaskClient, kind: str = "xlsx", **criteria: object) -> list[list[Any]]:
    """All rows of the file, the title's and the head's included."""
    answer = browser.get(f"/roster/export.{kind}", query_string=criteria)
    assert answer.status_code == 200
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_index(0)
        .to_python()
    )


def test_the_unit_sees_what_was_sent_to_it_newest_first(as_: Open, referrals: dict[str, int]) -> None:
    assert search(as_("supervisor")) == ["陳待收", "=1+1", "王結案"]
    assert search(as_("supervisor3")) == ["外人"]


def unit_id(name: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.name == name)).one()


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"date_from": "115/11/3"}, ["陳待收"]),
        ({"date_to": "1151002"}, ["王結案"]),
        ({"date_from": "115/10/1", "date_to": "115/11/2"}, ["=1+1", "王結案"]),
        ({"state": "submitted"}, ["陳待收"]),
        ({"state": "closed"}, ["王結案"]),
        ({"identity": "3"}, ["陳待收"]),
        ({"identity": "14"}, []),
        ({"state": "open", "identity": "5"}, []),
    ],
)
def test_filters_add_up(
    as_: Open, referrals: dict[str, int], criteria: dict[str, str], found: list[str]
) -> None:
    assert search(as_("supervisor"), **criteria) == found


def test_a_date_that_does_not_exist_is_refused_at_its_field(as_: Open) -> None:
    page = as_("supervisor").get("/roster/", query_string={"date_to": "115/2/30"}).text
    control = re.search(r'<input[^>]*id="date_to"[^>]*>', page)
    assert control and 'value="115/2/30"' in control[0]
    assert 'aria-invalid="true"' in control[0] and 'aria-describedby="date_to-fault"' in control[0]
    assert re.search(r'id="date_to-fault">.*?沒有「115/2/30」這一天', page, re.DOTALL)


def test_agency_unit_and_case_manager_are_filters(as_: Open, referrals: dict[str, int]) -> None:
    sender = db.session.scalars(select(Account).where(Account.username == "referrer2")).one()
    manager = db.session.scalars(select(Account).where(Account.username == "manager2")).one()
    social = db.session.scalars(select(Agency.id).where(Agency.name == "社政單位")).one()
    labour = db.session.scalars(select(Agency.id).where(Agency.name == "勞政單位")).one()
    browser = as_("supervisor")
    assert search(browser, referring_unit=sender.unit_id) == ["=1+1"]
    assert search(browser, referring_agency=social) == ["陳待收", "=1+1", "王結案"]
    assert search(browser, referring_agency=labour) == []
    assert search(browser, manager=manager.id) == ["王結案"]
    assert search(browser, receiving_unit=manager.unit_id) == ["陳待收", "=1+1", "王結案"]
    assert search(browser, receiving_unit=unit_id("板橋就業服務站(委辦新北市政府)")) == []


@pytest.mark.parametrize(
    "criteria", [{"date_from": "115/13/1"}, {"state": "xx"}, {"manager": "1 OR 1=1"}, {"identity": "²"}]
)
def test_a_faulty_filter_finds_nothing_and_says_so(
    as_: Open, referrals: dict[str, int], criteria: dict[str, str]
) -> None:
    answer = as_("supervisor").get("/roster/", query_string=criteria)
    assert answer.status_code == 200 and names(answer.text) == []
    assert "error-summary" in answer.text
    assert len(exported(as_("supervisor"), **criteria)) == 2


def test_the_file_has_the_columns_of_the_manual_and_the_filters_above_them(
    as_: Open, referrals: dict[str, int]
) -> None:
    title, head, *rows = exported(as_("supervisor"), state="closed", date_from="115/1/1")
    assert title[0] == "清冊　通報日期起:115/1/1　狀態:已結案"
    assert head == HEADINGS
    assert rows == [
        [
            1,
            "社政單位",
            "高雄市旗山社會福利服務中心",
            "115/10/1",
            "王結案",
            "低收入戶或中低收入戶中有工作能力者",
            "男",
            46,
            "勞動部勞動力發展署桃竹苗分署",
            "新竹就業中心",
            "已結案",
            "115/10/25",
            "(115/10/9)1.就業服務\n(115/10/20)1.無法聯繫3次以上(3次不同日期及時段)、2.已就業(打工)，明確表示無需就業服務",
            "無法聯繫3次以上(3次不同日期及時段)。已就業(打工)，明確表示無需就業服務。",
        ]
    ]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_file_holds_exactly_the_rows_of_the_list_in_its_order(
    as_: Open, referrals: dict[str, int], kind: str
) -> None:
    browser = as_("supervisor")
    rows = exported(browser, kind, date_from="115/10/1", page=2, size=25)[2:]
    assert [row[4] for row in rows] == search(browser, date_from="115/10/1") == ["陳待收", "=1+1", "王結案"]
    assert [row[0] for row in rows] == [1, 2, 3]
    assert rows[0][7] == 25, "full years today: the birthday is tomorrow"
    assert rows[0][5] == "身心障礙者、其他(街友)"
    assert rows[1][10] == "未結案,預計應結案日期: 116/2/2"
    assert rows[1][12].split("\n") == [
        "(115/11/4)1.就業服務",
        "(115/11/4)3.其他：陪同面試",
        "(115/11/5)1.無法聯繫3次以上(3次不同日期及時段)",
    ]
    assert rows[1][13] == "", "an open case has no outcome"


def test_a_cell_that_looks_like_a_formula_stays_text(as_: Open, referrals: dict[str, int]) -> None:
    content = as_("supervisor").get("/roster/export.xlsx?state=open").data
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cell = sheet.cell(3, 5)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert (
        sheet.freeze_panes is not None
        and sheet.column_dimensions["M"].width > sheet.column_dimensions["A"].width
    )


def test_a_closed_case_without_a_record_says_so(as_: Open, app: Any) -> None:
    with transaction(db.session):
        close_case(db.session, make_case(db.session), on=date(2026, 11, 20))
    assert exported(as_("supervisor"))[2][-2:] == ["", "無服務紀錄"]


def test_a_long_history_is_folded_on_screen_with_its_count(as_: Open, referrals: dict[str, int]) -> None:
    page = as_("supervisor").get("/roster/?state=closed").text
    assert re.search(r"<summary>.*（共 2 筆）.*</summary>", page)
    assert "(115/10/9)1.就業服務" in page


def test_batches_of_a_long_file_join_without_a_gap(
    as_: Open, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.lists.BATCH", 2)
    with transaction(db.session):
        person = make_person(db.session)
        made = [make_referral(db.session, person=person, identities=(n % 5 + 1,)).id for n in range(5)]
    rows = exported(as_("supervisor"))[2:]
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5]
    assert len({row[5] for row in rows}) == 5, made


def test_other_roles_are_refused_and_nobody_is_sent_to_log_in(as_: Open) -> None:
    for address in ("/roster/", "/roster/export.xlsx"):
        assert as_("").get(address).location.startswith("/login/")
        for role in ("manager", "referrer", "admin", "reception"):
            assert as_(role).get(address).status_code == 403, (role, address)


def test_an_unknown_file_format_is_not_found(as_: Open) -> None:
    assert as_("supervisor").get("/roster/export.exe").status_code == 404


def test_choices_offer_the_own_unit_and_its_case_managers_only(as_: Open, referrals: dict[str, int]) -> None:
    with transaction(db.session):
        make_case(
            db.session,
            referral=make_referral(db.session, unit="08"),
            manager="manager3",
            supervisor="supervisor3",
        )
    page = as_("supervisor").get("/roster/").text
    managers = re.search(r'<select[^>]* name="manager".*?</select>', page, re.S)[0]  # type: ignore[index]
    assert "王大毛" in managers and "陳思妤" in managers and "張以恩" not in managers
    assert db.session.scalars(select(Case.id)).all()
