"""常用條件 through HTTP: saved from a list, opened again, on custom and generated lists."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from services.transaction import transaction
from tests.factories import fresh_number, make_person, make_referral

Open = Callable[[str], FlaskClient]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]


def save(browser: FlaskClient, csrf: Csrf, screen: str, query: str, label: str = "常用") -> Any:
    return browser.post(f"/saved-searches/{screen}/", data=csrf(browser, {"query": query, "label": label}))


def chips(browser: FlaskClient, screen: str) -> dict[str, str]:
    page = browser.get(f"/saved-searches/{screen}/", headers={"X-Requested-With": "fetch"}).text
    found = re.findall(r'<a class="saved-chip" href="([^"]*)">.*?</span>([^<]*)</a>', page)
    return {name: html.unescape(address) for address, name in found}


def test_a_search_is_saved_and_its_chip_finds_the_same(as_: Open, csrf: Csrf) -> None:
    with transaction(db.session):
        make_referral(db.session, person=make_person(db.session, name="唐三藏"))
        make_referral(db.session, person=make_person(db.session, name="王小明"))
    browser = as_("supervisor")
    answer = save(browser, csrf, "ReferralListView", "_flt_0_name=三藏&page=3")
    assert answer.status_code == 302 and answer.location.startswith("/referral-list/list/")
    address = chips(browser, "ReferralListView")["常用"]
    page = browser.get(address).text
    assert "唐三藏" in page and "王小明" not in page and "page" not in address


def test_the_order_of_a_list_is_kept_and_its_page_is_not(as_: Open, csrf: Csrf) -> None:
    browser = as_("supervisor")
    save(browser, csrf, "Roster", "state=open&sort=-referral_date&page=7&_external=1&strange=1")
    assert chips(browser, "Roster") == {"常用": "/roster/?state=open&sort=-referral_date"}


def test_a_national_id_is_sealed_in_every_address_and_still_found(as_: Open, csrf: Csrf) -> None:
    number = fresh_number()
    with transaction(db.session):
        make_referral(db.session, person=make_person(db.session, name="唐三藏", national_id=number))
        make_referral(db.session, person=make_person(db.session, name="王小明"))
    browser = as_("referrer")
    found = browser.post("/referrals/status/search", data=csrf(browser, {"national_id": number}))
    sealed = found.location.partition("?")[2]
    answer = save(browser, csrf, "ReferralStatus", sealed)
    address = chips(browser, "ReferralStatus")["常用"]
    assert number not in answer.location and number not in address
    page = browser.get(address).text
    assert "唐三藏" in page and "王小明" not in page
    assert number not in browser.get("/saved-searches/ReferralStatus/?" + sealed).text


def test_criteria_that_cannot_be_read_are_not_saved_and_the_name_stays_typed(as_: Open, csrf: Csrf) -> None:
    browser = as_("supervisor")
    answer = save(browser, csrf, "Roster", "date_from=115/2/30", label="二月")
    assert answer.status_code == 422 and "沒有「115/2/30」這一天" in answer.text
    assert 'value="二月"' in answer.text
    assert save(browser, csrf, "Roster", "").status_code == 422
    assert chips(browser, "Roster") == {}


def test_one_can_delete_ones_own_and_nobody_elses(as_: Open, csrf: Csrf) -> None:
    browser, colleague = as_("supervisor"), as_("supervisor3")
    save(browser, csrf, "Roster", "state=open")
    page = browser.get("/saved-searches/Roster/?state=closed").text
    address = re.search(r'action="(/saved-searches/Roster/\d+/delete)"', page)[1]  # type: ignore[index]
    assert colleague.post(address, data=csrf(colleague, {})).status_code == 404
    assert chips(colleague, "Roster") == {}
    answer = browser.post(address, data=csrf(browser, {"query": "state=closed"}))
    assert answer.location == "/roster/?state=closed" and chips(browser, "Roster") == {}


@pytest.mark.parametrize("screen", ["Home", "none", "Roster", "CaseHistory"])
def test_a_list_one_may_not_open_has_no_saved_searches(as_: Open, csrf: Csrf, screen: str) -> None:
    browser = as_("referrer")
    expected = 403 if screen == "Roster" else 404
    assert browser.get(f"/saved-searches/{screen}/").status_code == expected
    assert save(browser, csrf, screen, "state=open").status_code == expected


def test_a_name_is_text_and_never_markup(as_: Open, csrf: Csrf) -> None:
    browser = as_("supervisor")
    save(browser, csrf, "Roster", "state=open", label="<b>粗</b>")
    assert "<b>粗" not in browser.get("/saved-searches/Roster/").text


@pytest.mark.parametrize(
    ("address", "screen", "who"),
    [
        ("/roster/?state=open", "Roster", "supervisor"),
        ("/cases/mine/", "Worklist", "manager"),
        ("/case-list/list/?_flt_0_name=x", "CaseListView", "manager"),
    ],
)
def test_every_list_offers_the_menu_with_its_own_criteria(
    as_: Open, address: str, screen: str, who: str
) -> None:
    query = address.partition("?")[2]
    wanted = f"/saved-searches/{screen}/" + (f"?{query}" if query else "")
    assert f'data-load="{html.escape(wanted)}"' in as_(who).get(address).text


def test_more_criteria_than_any_list_has_are_a_bad_request(as_: Open) -> None:
    assert as_("supervisor").get("/saved-searches/Roster/?" + "a=1&" * 101).status_code == 400
