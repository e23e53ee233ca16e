"""請假登錄, the cases of those who are not there, and what an administrator hears when somebody leaves."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.case import Case
from models.organisation import Unit
from models.outbox import Mail
from models.staff import Absence
from models.trail import TrailEntry
from reports.figures import work_counts
from services.transaction import transaction
from tests.factories import close_case, make_absence, make_case, make_person, make_referral
from tests.staff import account_id
from tests.views.statements import counted

TODAY = date(2026, 11, 20)


@pytest.fixture
def case_id(app) -> int:
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏")
        case = make_case(db.session, referral=make_referral(db.session, person=person))
        other = make_referral(db.session, person=make_person(db.session, name="孫悟空"))
        make_case(db.session, referral=other, manager="manager2")
        return case.id


def absent(first=TODAY, last=date(2026, 11, 25), who="manager") -> int:
    with transaction(db.session):
        return make_absence(db.session, who, first, last).id


def alter(**values) -> None:
    with transaction(db.session):
        account = db.session.get_one(Account, account_id(db.session, "manager"))
        for name, value in values.items():
            setattr(account, name, value)


def elsewhere() -> int:
    return db.session.scalars(select(Unit.id).where(Unit.code == "17")).one()


# the list


def test_while_everybody_is_there_the_list_is_empty_and_says_so(as_, case_id):
    page = as_("supervisor").get("/cases/uncovered/").text
    assert "唐三藏" not in page and "目前沒有這樣的個案" in page


def test_it_shows_the_cases_of_the_absent_with_the_day_until_when(as_, case_id):
    absent()
    page = as_("supervisor").get("/cases/uncovered/").text
    assert "唐三藏" in page and "孫悟空" not in page and "請假至 115/11/25" in page
    assert f'name="id" value="{case_id}" form="bulk"' in page and 'action="/transfers/bulk/"' in page


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: alter(active=False), "帳號已停用"),
        (lambda: alter(unit_id=elsewhere()), "已調離本單位"),
        (lambda: alter(unit_id=None), "已調離本單位"),
        (lambda: alter(roles=[]), "已無個管員權限"),
    ],
)
def test_it_shows_the_cases_of_those_who_left_with_the_reason(as_, case_id, change, reason):
    change()
    absent()  # whoever has left for good is not said to be absent
    page = as_("supervisor").get("/cases/uncovered/").text
    assert "唐三藏" in page and "孫悟空" not in page
    assert reason in page and "請假至" not in page


def test_other_days_can_be_asked_for(as_, case_id):
    absent(date(2026, 12, 1), date(2026, 12, 4))
    browser = as_("supervisor")
    assert "唐三藏" not in browser.get("/cases/uncovered/").text
    for query in ("absent_from=115/12/4", "absent_from=115/11/25&absent_to=115/12/1", "absent_to=115/12/1"):
        assert "唐三藏" in browser.get(f"/cases/uncovered/?{query}").text, query
    assert "唐三藏" not in browser.get("/cases/uncovered/?absent_from=115/12/5").text
    faulty = browser.get("/cases/uncovered/?absent_from=115/13/1")
    assert faulty.status_code == 200 and 'href="#absent_from"' in faulty.text


def test_a_closed_case_waits_for_nobody(as_, case_id):
    absent()
    with transaction(db.session):
        close_case(db.session, db.session.get_one(Case, case_id))
    assert "唐三藏" not in as_("supervisor").get("/cases/uncovered/").text


def test_other_units_see_nothing_of_it(as_, case_id):
    absent()
    assert "唐三藏" not in as_("supervisor3").get("/cases/uncovered/").text
    alter(unit_id=elsewhere())
    assert "唐三藏" not in as_("supervisor4").get("/cases/uncovered/").text


def test_the_menu_counts_what_the_list_shows(as_, act_as, case_id):
    assert work_counts(db.session, act_as("supervisor"), TODAY).uncovered == 0
    absent()
    assert work_counts(db.session, act_as("supervisor"), TODAY).uncovered == 1
    alter(unit_id=elsewhere())
    assert work_counts(db.session, act_as("supervisor"), TODAY).uncovered == 1
    assert work_counts(db.session, act_as("manager2"), TODAY).uncovered is None


def test_the_file_has_the_rows_and_the_reasons_of_the_list(as_, case_id):
    absent()
    answer = as_("supervisor").get("/cases/uncovered/export.xlsx")
    assert answer.status_code == 200
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.data)).active.values]
    assert any("唐三藏" in row and "請假至 115/11/25" in row for row in rows)


def test_whoever_reads_it_is_on_the_trail(as_, case_id):
    absent()
    as_("supervisor").get("/cases/uncovered/")
    entry = db.session.scalars(select(TrailEntry)).one()
    assert (entry.screen, entry.persons) == ("Uncovered.index", 1)


def test_the_list_takes_as_many_statements_with_many_rows_as_with_one(as_, case_id):
    absent()
    browser = as_("supervisor")
    with counted() as one:
        browser.get("/cases/uncovered/")
    with transaction(db.session):
        for _ in range(30):
            make_case(db.session)
    with counted() as many:
        browser.get("/cases/uncovered/?size=50")
    assert len(many) == len(one) <= 9, "\n".join(many)


# absence


def days(**values) -> dict[str, object]:
    manager = account_id(db.session, "manager")
    return {"account": manager, "starts_on": "115/11/23", "ends_on": "115/11/24", "note": "特休", **values}


def test_a_supervisor_registers_changes_and_deletes_an_absence(as_, csrf):
    browser = as_("supervisor")
    assert browser.post("/absences/add", data=csrf(browser, days())).location == "/absences/list/"
    absence = db.session.scalars(select(Absence)).one()
    assert (absence.starts_on, absence.ends_on, absence.changed_by_name) == (
        date(2026, 11, 23),
        date(2026, 11, 24),
        "郭玲巧",
    )
    page = browser.get("/absences/list/").text
    assert "王大毛" in page and "115/11/23" in page and "特休" in page
    edited = days(ends_on="115/11/27", row_version=absence.version)
    assert browser.post(f"/absences/edit/{absence.id}", data=csrf(browser, edited)).status_code == 302
    assert db.session.scalars(select(Absence.ends_on)).one() == date(2026, 11, 27)
    assert browser.post(f"/absences/delete/{absence.id}", data=csrf(browser, {})).status_code == 302
    assert db.session.scalars(select(Absence)).all() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ends_on": "115/11/22"}, "結束日期不能早於開始日期。"),
        ({"starts_on": "115/11/20", "ends_on": "115/11/23"}, "王大毛 在 115/11/23 至 115/11/25 已登錄請假"),
        ({"account": "__None"}, "請選擇請假的同仁。"),
        ({"ends_on": ""}, "請輸入日期"),
    ],
)
def test_a_refused_absence_says_why_and_keeps_what_was_typed(as_, csrf, typed, sentence):
    if "starts_on" in typed:
        absent(date(2026, 11, 23), date(2026, 11, 25))
    before = db.session.scalars(select(Absence.id)).all()
    browser = as_("supervisor")
    answer = browser.post("/absences/add", data=csrf(browser, days(**typed)))
    assert sentence in answer.text and 'value="特休"' in answer.text
    assert db.session.scalars(select(Absence.id)).all() == before


def test_only_the_own_units_people_are_offered_and_taken(as_, csrf):
    browser = as_("supervisor")
    form = browser.get("/absences/add").text
    assert "王大毛" in form and "張以恩" not in form
    foreign = days(account=account_id(db.session, "manager3"))
    assert browser.post("/absences/add", data=csrf(browser, foreign)).status_code == 200
    assert db.session.scalars(select(Absence)).all() == []


def test_an_absence_of_another_unit_does_not_exist(as_, csrf):
    absence_id = absent()
    browser = as_("supervisor3")
    assert "王大毛" not in browser.get("/absences/list/").text
    assert browser.get(f"/absences/edit/{absence_id}").status_code == 404
    assert browser.post(f"/absences/delete/{absence_id}", data=csrf(browser, {})).status_code == 404
    assert db.session.get(Absence, absence_id) is not None


def test_absences_can_be_found_by_name_and_by_day(as_):
    absent()
    browser = as_("supervisor")
    assert "王大毛" in browser.get("/absences/list/?_flt_0_who=大毛&_flt_0_on=115/11/25").text
    assert "王大毛" not in re.sub(
        "<select.*?</select>", "", browser.get("/absences/list/?_flt_0_on=115/11/26").text
    )


# departure


def test_whoever_disables_an_account_hears_what_is_left_and_the_supervisors_get_a_mail(as_, csrf, case_id):
    browser = as_("admin")
    user = account_id(db.session, "manager")
    browser.post(f"/users/{user}/disable", data=csrf(browser, {}))
    assert "尚有 1 件未結案個案,已通知督導。" in browser.get(f"/users/show/{user}").text
    assert [mail.recipient for mail in db.session.scalars(select(Mail))] == ["supervisor@demo.jieli.example"]


def test_so_does_whoever_moves_one_to_another_unit(as_, csrf, case_id):
    browser, account = as_("admin"), db.session.get_one(Account, account_id(db.session, "manager"))
    form = {
        name: getattr(account, name)
        for name in ("name", "english_name", "job_title", "email", "phone", "extension")
    } | {"roles": [role.id for role in account.roles], "row_version": account.version}
    user, unit_id = account.id, account.unit_id
    browser.post(f"/users/edit/{user}", data=csrf(browser, form | {"unit": unit_id, "phone": "03-1"}))
    assert "尚有" not in browser.get(f"/users/show/{user}").text
    version = db.session.get_one(Account, user).version
    moved = form | {"unit": elsewhere(), "row_version": version}
    browser.post(f"/users/edit/{user}", data=csrf(browser, moved))
    assert "尚有 1 件未結案個案,已通知督導。" in browser.get(f"/users/show/{user}").text
    assert len(db.session.scalars(select(Mail)).all()) == 1
