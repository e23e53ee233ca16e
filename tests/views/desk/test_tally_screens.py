"""派案量表 and 前台督導 through HTTP."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask

from app.extensions import db
from services.transaction import transaction
from tests.desk_days import arrive, officer_of
from tests.factories import AT, make_desk

DAY = "115/11/20"


@pytest.fixture
def officer(app: Flask, act_as: Any) -> str:
    """Whose counter has the one case of the day."""
    make_desk(db.session)
    with transaction(db.session):
        visit = arrive(db.session, act_as, at=AT)
        return officer_of(db.session, visit)


def test_the_day_goes_from_the_counters_confirmation_to_the_approval(
    officer: str, as_: Any, csrf: Any, act_as: Any
) -> None:
    reception, _boss, me = as_("reception"), as_("supervisor"), as_(officer)
    page = me.get("/desk/tally/mine").text
    key = page.partition('name="reported-')[2].partition('"')[0]
    refused = reception.post("/desk/tally/sign", data=csrf(reception, {"day": DAY, "until": "12:00"}))
    assert refused.status_code == 302
    assert "尚未核對" in reception.get("/desk/tally/").text
    wrong = me.post("/desk/tally/mine", data=csrf(me, {"day": DAY, f"reported-{key}": "x"}))
    assert wrong.status_code == 422 and "error-summary" in wrong.text
    me.post("/desk/tally/mine", data=csrf(me, {"day": DAY, f"reported-{key}": "2"}))
    assert "件數不符" in reception.get("/desk/tally/").text
    me.post("/desk/tally/mine", data=csrf(me, {"day": DAY, f"reported-{key}": "1"}))
    reception.post("/desk/tally/sign", data=csrf(reception, {"day": DAY, "until": "12:00"}))
    assert "看簽署時的數字" in reception.get("/desk/tally/").text


def test_what_the_supervisor_accepts_stands_on_the_sheet_and_in_the_file(
    officer: str, as_: Any, csrf: Any, act_as: Any
) -> None:
    reception, boss, me = as_("reception"), as_("supervisor"), act_as(officer)
    assert "以量表的件數認可" not in reception.get("/desk/tally/").text
    assert "以量表的件數認可" in boss.get("/desk/tally/").text
    asked = {"day": DAY, "officer_id": me.user_id}
    boss.post("/desk/tally/accept", data=csrf(boss, {**asked, "reason": " "}))
    assert "請填寫認可的原因" in boss.get("/desk/tally/").text
    boss.post("/desk/tally/accept", data=csrf(boss, {**asked, "reason": "突發病假，已電話核對"}))
    page = reception.get("/desk/tally/").text
    assert "督導認可" in page and "突發病假，已電話核對" in page and "簽署前還要處理" not in page
    answer = boss.get(f"/desk/tally/export.xlsx?day={DAY}")
    _title, head, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    seals = {row[2]: row[-1] for row in rows}
    assert head[-1] == "櫃台核對"
    assert seals[me.name] == f"督導認可：突發病假，已電話核對（{act_as('supervisor').name}）"
    assert "已認可量表的件數" in as_(officer).get("/desk/tally/mine").text
    reception.post("/desk/tally/sign", data=csrf(reception, {"day": DAY, "until": "12:00"}))
    assert "看簽署時的數字" in reception.get("/desk/tally/").text


def test_the_file_has_the_figures_of_the_page(officer: str, as_: Any) -> None:
    answer = as_("supervisor").get(f"/desk/tally/export.xlsx?day={DAY}")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[1][:4] == ("櫃台", "專案櫃台", "就服員", "一般求職 新案")
    assert rows[-1][2:4] == ("合計", 1)


def test_the_sheet_alone_is_what_a_live_page_fetches(officer: str, as_: Any) -> None:
    answer = as_("reception").get("/desk/tally/", headers={"X-Requested-With": "fetch"})
    assert answer.text.lstrip().startswith('<div id="tally-sheet"') and "<html" not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/desk/tally/month",
        "/desk/supervision/",
        "/desk/supervision/undispatched",
        "/desk/supervision/refusals/",
        "/desk/supervision/requests/",
        "/desk/supervision/overtime/",
        "/desk/unended/",
        "/desk/appointment-rate/",
        "/desk/dashboard/",
        "/desk/dashboard/?months=3",
        "/desk/dashboard/hours/export.ods",
        "/desk/tally/month/export.xlsx",
        "/desk/supervision/overtime/export.ods",
    ],
)
def test_the_supervisors_screens_open_in_both_languages(address: str, officer: str, as_: Any) -> None:
    boss = as_("supervisor")
    assert boss.get(address).status_code == 200
    boss.get("/lang/en")
    assert boss.get(address).status_code == 200


def test_a_supervisor_of_another_centre_sees_an_empty_sheet(officer: str, as_: Any) -> None:
    page = as_("supervisor3").get("/desk/tally/").text
    assert "這一天沒有排定的櫃台" in page


def test_the_last_day_of_the_calendar_has_no_sheet_and_today_is_shown(officer: str, as_: Any) -> None:
    for address in ("/desk/tally/", "/desk/tally/export.xlsx"):
        assert as_("supervisor").get(f"{address}?day=8088/12/31").status_code == 200
    assert as_(officer).get("/desk/tally/mine?day=8088/12/31").status_code == 200
