"""整批派案 and 整批轉案 by the supervisor, from the ticked rows to what became of each."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from app.extensions import db
from models.case import Assignment, Case
from models.outbox import Mail
from models.referral import Referral
from models.trail import TrailEntry
from services.intake import take_in
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import close_case, make_absence, make_case, make_person, make_referral
from tests.staff import account_id, make_supervisors

NAMES = ("唐三藏", "孫悟空", "豬八戒")


@pytest.fixture
def referrals(app) -> list[int]:
    with transaction(db.session):
        return [make_referral(db.session, person=make_person(db.session, name=name)).id for name in NAMES]


@pytest.fixture
def cases(app) -> list[int]:
    with transaction(db.session):
        made = [make_referral(db.session, person=make_person(db.session, name=name)) for name in NAMES]
        return [make_case(db.session, referral=referral).id for referral in made]


def ids(*usernames: str) -> list[int]:
    return [account_id(db.session, username) for username in usernames]


def planned(page: str) -> list[str]:
    """The plan that the confirmation would send."""
    return re.findall(r'name="row" value="([0-9-]+)"', page)


def press(browser, csrf, url, rows):
    return browser.post(url, data=csrf(browser, {"row": rows}))


# intake


def test_the_rows_of_the_list_can_be_ticked_without_a_script(as_, referrals):
    page = as_("supervisor").get("/intake/").text
    assert re.search(r'<form class="bulk-bar" id="bulk" method="get" action="/intake/bulk/"', page)
    ticked = re.findall(r'<input type="checkbox" name="id" value="(\d+)" form="bulk"', page)
    assert sorted(map(int, ticked)) == referrals


def test_it_works_from_the_ticked_rows_to_a_case_of_each(as_, csrf, referrals):
    browser = as_("supervisor")
    chosen = browser.get("/intake/bulk/", query_string={"id": referrals[:2]}).text
    assert "唐三藏" in chosen and "孫悟空" in chosen and "豬八戒" not in chosen
    asked = browser.get(
        "/intake/bulk/confirm", query_string={"id": referrals[:2], "to": ids("manager", "manager2")}
    ).text
    manager, manager2 = ids("manager", "manager2")
    assert planned(asked) == [f"{referrals[0]}-{manager}", f"{referrals[1]}-{manager2}"]
    done = press(browser, csrf, "/intake/bulk/", planned(asked))
    assert done.status_code == 200 and "已收案並派案 2 件。" in done.text
    made = {case.referral_id: case for case in db.session.scalars(select(Case))}
    assert {key: case.case_manager_id for key, case in made.items()} == {
        referrals[0]: manager,
        referrals[1]: manager2,
    }
    assert all(f'href="/cases/{case.id}"' in done.text for case in made.values())


def test_more_rows_than_one_press_may_do_are_counted_and_not_dropped_unsaid(as_, referrals):
    """Also when hardly any of the first two hundred are still waiting."""

    def page(number):
        sent = [*referrals, *range(9000, 9000 + number - len(referrals))]
        return as_("supervisor").get("/intake/bulk/", query_string={"id": sent}).text

    assert "勾選了 201 筆，一次最多 200 筆" in page(201)
    assert "一次最多" not in page(200)


def test_those_with_less_get_more(as_, referrals):
    with transaction(db.session):
        make_case(db.session, manager="manager")
        make_case(db.session, manager="manager")
    manager, manager2 = ids("manager", "manager2")
    asked = as_("supervisor").get(
        "/intake/bulk/confirm", query_string={"id": referrals, "to": [manager, manager2]}
    )
    takers = [row.split("-")[1] for row in planned(asked.text)]
    assert takers == [str(manager2), str(manager2), str(manager)]
    assert "未結案 2 → 3 件" in asked.text and "未結案 0 → 2 件" in asked.text


def test_a_row_that_a_colleague_took_meanwhile_says_so_and_the_others_are_done(as_, csrf, act_as, referrals):
    browser, (manager,) = as_("supervisor"), ids("manager")
    with transaction(db.session):
        (rival,) = make_supervisors(db.session, like=act_as("supervisor"), number=1)
        take_in(db.session, referrals[0], case_manager_id=manager, by=rival, at=NOW, base_url="https://x")
    answer = press(browser, csrf, "/intake/bulk/", [f"{each}-{manager}" for each in referrals])
    assert answer.status_code == 200
    assert f"此轉介單已由 {rival.name} 收案" in answer.text
    assert "已收案並派案 2 件。" in answer.text and "有 1 件沒有辦理" in answer.text


def test_nothing_done_at_all_is_a_conflict(as_, csrf, referrals):
    answer = press(as_("supervisor"), csrf, "/intake/bulk/", [f"{referrals[0]}-{ids('manager3')[0]}"])
    assert answer.status_code == 409 and "不在本單位" in answer.text


def test_pressed_twice_it_politely_shows_the_same(as_, csrf, referrals):
    browser, (manager,) = as_("supervisor"), ids("manager")
    rows = [f"{each}-{manager}" for each in referrals]
    press(browser, csrf, "/intake/bulk/", rows)
    again = press(browser, csrf, "/intake/bulk/", rows)
    assert again.status_code == 200 and again.text.count("先前已由您辦理") == 3
    assert db.session.scalar(select(func.count()).select_from(Case)) == 3
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3


def test_nothing_ticked_leads_back_with_a_word_and_nobody_chosen_is_said_at_the_choice(as_, csrf, referrals):
    browser = as_("supervisor")
    assert browser.get("/intake/bulk/").location == "/intake/"
    assert "請先勾選要處理的資料列。" in browser.get("/intake/").text
    nobody = browser.get("/intake/bulk/confirm", query_string={"id": referrals})
    assert nobody.status_code == 422 and "請至少選擇一位個管員。" in nobody.text
    assert 'href="#to"' in nobody.text
    assert press(browser, csrf, "/intake/bulk/", ["x-1", "3", "", "1-2-3"]).location == "/intake/"


def test_what_is_gone_by_now_is_counted_and_left_out(as_, referrals):
    with transaction(db.session):
        make_case(db.session, referral=db.session.get_one(Referral, referrals[0]))
    page = as_("supervisor").get("/intake/bulk/", query_string={"id": referrals}).text
    assert "有 1 筆已由同事處理" in page and "唐三藏" not in page


def test_somebody_absent_comes_last_marked_and_the_confirmation_warns(as_, referrals):
    with transaction(db.session):
        make_absence(db.session, "manager", date(2026, 11, 19), date(2026, 11, 25))
    browser, (manager, manager2) = as_("supervisor"), ids("manager", "manager2")
    for url in (f"/intake/{referrals[0]}/assign", f"/intake/bulk/?id={referrals[0]}"):
        page = browser.get(url).text
        assert "請假至 115/11/25" in page
        assert page.index(f'value="{manager2}"') < page.index(f'value="{manager}"')
    warning = "王大毛 請假至 115/11/25，確定仍要由他承辦嗎？"
    assert warning in browser.get("/intake/bulk/confirm", query_string={"id": referrals, "to": manager}).text
    assert warning in browser.get(f"/intake/{referrals[0]}/confirm?case_manager_id={manager}").text
    assert (
        "確定仍要由他承辦嗎"
        not in browser.get("/intake/bulk/confirm", query_string={"id": referrals, "to": manager2}).text
    )


# transfer


def test_all_cases_of_one_case_manager_are_spread_over_the_others(as_, csrf, cases):
    browser, (manager, manager2, boss) = as_("supervisor"), ids("manager", "manager2", "supervisor")
    listed = browser.get(f"/transfers/?manager={manager}").text
    assert f'href="/transfers/bulk/?manager={manager}"' in listed
    chosen = browser.get(f"/transfers/bulk/?manager={manager}").text
    assert all(name in chosen for name in NAMES)
    assert f'name="to" value="{manager}"' not in chosen
    asked = browser.get("/transfers/bulk/confirm", query_string={"id": cases, "to": [manager2, boss]}).text
    done = press(browser, csrf, "/transfers/bulk/", planned(asked))
    assert "已轉案 3 件。" in done.text
    held = sorted(case.case_manager_id for case in db.session.scalars(select(Case)))
    assert set(held) == {manager2, boss}
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3


def test_a_page_that_is_outdated_says_so_at_its_row(as_, csrf, cases):
    browser, (manager, manager2, boss) = as_("supervisor"), ids("manager", "manager2", "supervisor")
    press(browser, csrf, "/transfers/bulk/", [f"{cases[0]}-{manager}-{boss}"])
    rows = [f"{each}-{manager}-{manager2}" for each in cases]
    answer = press(browser, csrf, "/transfers/bulk/", rows)
    assert answer.status_code == 200
    assert "此個案已由 郭玲巧 轉給 郭玲巧" in answer.text and "已轉案 2 件。" in answer.text
    assert db.session.get_one(Case, cases[0]).case_manager_id == boss
    again = press(browser, csrf, "/transfers/bulk/", rows[1:])
    assert again.status_code == 200 and again.text.count("先前已由您辦理") == 2
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 6


def test_a_closed_case_is_not_offered(as_, cases):
    with transaction(db.session):
        close_case(db.session, db.session.get_one(Case, cases[0]))
    page = as_("supervisor").get("/transfers/bulk/", query_string={"id": cases}).text
    assert "唐三藏" not in page and "有 1 筆已由同事處理" in page


def test_another_units_supervisor_finds_and_moves_nothing(as_, csrf, cases, referrals):
    browser, (manager, manager3) = as_("supervisor3"), ids("manager", "manager3")
    assert browser.get("/transfers/bulk/", query_string={"id": cases}).location == "/transfers/"
    assert browser.get(f"/transfers/bulk/?manager={manager}").location == "/transfers/"
    answer = press(browser, csrf, "/transfers/bulk/", [f"{cases[0]}-{manager}-{manager3}"])
    assert answer.status_code == 409 and "唐三藏" not in answer.text
    answer = press(browser, csrf, "/intake/bulk/", [f"{referrals[0]}-{manager3}"])
    assert answer.status_code == 409 and "唐三藏" not in answer.text
    assert {case.case_manager_id for case in db.session.scalars(select(Case))} == {manager}


def test_every_page_that_shows_names_is_on_the_trail(as_, csrf, cases):
    browser, (manager, manager2) = as_("supervisor"), ids("manager", "manager2")
    browser.get("/transfers/bulk/", query_string={"id": cases})
    browser.get("/transfers/bulk/confirm", query_string={"id": cases, "to": manager2})
    press(browser, csrf, "/transfers/bulk/", [f"{each}-{manager}-{manager2}" for each in cases])
    seen = db.session.scalars(select(TrailEntry).order_by(TrailEntry.id)).all()
    assert [(entry.screen, entry.persons) for entry in seen] == [
        ("TransferBulk.ask", 3),
        ("TransferBulk.check", 3),
        ("TransferBulk.transfer", 3),
    ]


def test_one_page_never_takes_more_than_a_transaction_should_hold(as_, cases, monkeypatch):
    monkeypatch.setattr("views.bulk.MOST", 2)
    page = as_("supervisor").get("/transfers/bulk/", query_string={"id": cases}).text
    assert "一次最多 2 筆" in page and "豬八戒" not in page
