"""Each hole of FAB 5.3 that GeneratedView closes, with a test that fails when it opens again."""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask, flash, redirect
from flask.testing import FlaskClient
from flask_appbuilder.actions import action
from sqlalchemy import select, update

from app.extensions import db
from models.account import Account
from models.case import Case
from models.organisation import Agency, Unit
from models.person import Person
from models.referral import Referral
from services.transaction import transaction
from tests.factories import make_referral
from views.generated.base import METHOD_PERMISSIONS, GeneratedView
from views.generated.filters import InScope
from views.generated.interface import RowAccess

Open = Callable[[str], FlaskClient]
PASSWORD_PAGE = "/account/password/"
Token = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]


class ProbeView(GeneratedView):
    """Shows the actor's own unit only; everything else about it is as open as a generated view can be."""

    datamodel = RowAccess(Unit)
    route_base = "/probe"
    class_permission_name = "Unit"
    method_permission_name = METHOD_PERMISSIONS | {"mark": "write"}
    actions_allowed = True
    list_columns = ["name"]
    add_columns = ["name", "agency", "refers", "phone"]
    edit_columns = ["name", "phone"]
    search_columns = ["name", "agency"]
    order_columns = ["name"]
    base_filters = [["id", InScope, lambda actor: Unit.id == actor.unit_id]]

    @action("mark", "Mark", "")
    def mark(self, items: Any) -> Any:
        for item in items if isinstance(items, list) else [items]:
            item.note = "marked"
        db.session.commit()
        flash("done", "success")
        return redirect("/")


@pytest.fixture
def probe(app: Flask, as_: Open) -> FlaskClient:
    """The administrator, who sits in unit 13 here, before a generated view of units."""
    app.appbuilder.add_view_no_menu(ProbeView)
    with transaction(db.session):
        own = select(Unit.id).where(Unit.code == "13").scalar_subquery()
        db.session.execute(update(Account).where(Account.username == "admin").values(unit_id=own))
    return as_("admin")


def unit(code: str) -> Unit:
    return db.session.scalars(
        select(Unit).where(Unit.code == code).execution_options(populate_existing=True)
    ).one()


def test_an_action_reaches_own_rows_only(probe: FlaskClient, csrf: Token) -> None:
    own, foreign = unit("13").id, unit("08").id
    assert probe.post(f"/probe/action/mark/{foreign}", data=csrf(probe, {})).status_code == 404
    chosen = {"action": "mark", "rowid": [own, foreign]}
    assert probe.post("/probe/action_post", data=csrf(probe, chosen)).status_code == 404
    assert (unit("13").note, unit("08").note) == ("", "")
    assert probe.post(f"/probe/action/mark/{own}", data=csrf(probe, {})).status_code == 302
    assert unit("13").note == "marked"


def test_an_unknown_action_is_not_found(probe: FlaskClient, csrf: Token) -> None:
    assert probe.post("/probe/action_post", data=csrf(probe, {"action": "drop"})).status_code == 404


@pytest.mark.parametrize("address", ["/probe/delete/{}", "/probe/action/mark/{}"])
def test_a_link_changes_nothing(probe: FlaskClient, address: str) -> None:
    assert probe.get(address.format(unit("13").id)).status_code == 405
    assert unit("13").note == ""


@pytest.mark.parametrize("address", ["/probe/show/{}", "/probe/edit/{}"])
def test_a_foreign_row_does_not_exist(probe: FlaskClient, csrf: Token, address: str) -> None:
    assert probe.get(address.format(unit("13").id)).status_code == 200
    assert probe.get(address.format(unit("08").id)).status_code == 404


def test_a_foreign_row_is_neither_edited_nor_deleted(probe: FlaskClient, csrf: Token) -> None:
    foreign = unit("08")
    key, name = foreign.id, foreign.name
    typed = csrf(probe, {"name": "別的", "row_version": foreign.version})
    assert probe.post(f"/probe/edit/{key}", data=typed).status_code == 404
    assert probe.post(f"/probe/delete/{key}", data=csrf(probe, {})).status_code == 404
    assert unit("08").name == name


def test_nobody_sees_the_filter_of_somebody_else(app: Flask) -> None:
    """Six users filter at once in eight threads; each page must hold its own user's value."""
    names = ("supervisor", "supervisor3", "supervisor4", "manager", "manager2", "admin")
    users = {
        name: db.session.scalars(select(Account).where(Account.username == name)).one().get_id()
        for name in names
    }
    app.test_client_class = FlaskClient
    db.session.remove()

    def wrong_pages(name: str) -> int:
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = users[name], True
        wrong = 0
        for _ in range(15):
            page = client.get("/referral-list/list/", query_string={"_flt_0_name": f"only-{name}"}).text
            active = json.loads(re.search(r'id="active-filters">(.*?)</script>', page)[1])  # type: ignore[index]
            wrong += [entry[2] for entry in active] != [[f"only-{name}"]]
        return wrong

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(wrong_pages, names)) == 0
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize(
    "query",
    [
        "page_ReferralListView=abc",
        "page_ReferralListView=-1",
        "psize_ReferralListView=1e9",
        "xpage_=abc",
        "_flt_9_name=x",
        "_flt_0_nothing=x",
        "x_flt_0_name=x",
        "_flt_0_name=%00",
        "_external=1&_scheme=javascript",
    ],
)
@pytest.mark.parametrize("address", ["/referral-list/list/", "/referral-list/export"])
def test_a_malformed_address_is_refused_and_no_error(as_: Open, address: str, query: str) -> None:
    assert as_("supervisor").get(f"{address}?{query}").status_code == 400


def numbers(page: str) -> list[int]:
    """The first cell of each row."""
    return [int(found) for found in re.findall(r"<tr>\s*<td class=\"number\">(\d+)</td>", page)]


def test_a_page_size_that_is_not_offered_is_ignored(as_: Open) -> None:
    with transaction(db.session):
        person = make_referral(db.session).person
        for _ in range(29):
            make_referral(db.session, person=person)
    browser = as_("supervisor")
    assert len(numbers(browser.get("/referral-list/list/?psize_ReferralListView=100000").text)) == 25
    assert len(numbers(browser.get("/referral-list/list/?psize_ReferralListView=50").text)) == 30


def test_nothing_is_sorted_by_a_column_that_is_not_offered(as_: Open) -> None:
    with transaction(db.session):
        for key in (3, 1, 5, 2, 4):
            make_referral(db.session, submission_key=str(uuid.UUID(int=key)))
    browser = as_("supervisor")
    plain = numbers(browser.get("/referral-list/list/").text)
    assert plain == sorted(plain, reverse=True) and len(plain) == 5
    for hidden in ("submission_key", "person_id", "brief", "person.national_id_hash", "no_such"):
        page = browser.get(f"/referral-list/list/?_oc_ReferralListView={hidden}&_od_ReferralListView=asc")
        assert page.status_code == 200
        assert numbers(page.text) == plain, hidden
    offered = browser.get("/referral-list/list/?_oc_ReferralListView=id&_od_ReferralListView=asc").text
    assert numbers(offered) == plain[::-1]


def test_no_form_holds_a_table_that_grows(app: Flask) -> None:
    """A relation among the columns of a form makes FAB load the whole related table into it, unless the view brings its own field."""
    growing = {Person, Referral, Case, Account}
    for view in app.appbuilder.baseviews:
        if not isinstance(view, GeneratedView):
            continue
        own = {
            *(view.add_form_extra_fields or ()),
            *(view.edit_form_extra_fields or ()),
            *(view.search_form_extra_fields or ()),
        }
        for name in {*view.search_columns, *view.add_columns, *view.edit_columns} - own:
            access = view.datamodel
            if name in access.get_columns_list() and access.is_relation(name):
                assert access.get_related_model(name) not in growing, (type(view).__name__, name)


def test_columns_that_nobody_named_are_neither_shown_nor_searched_nor_sorted(app: Flask) -> None:
    class Bare(GeneratedView):
        datamodel = RowAccess(Account)
        route_base = "/bare"
        class_permission_name = "User"
        read_only = True
        list_columns = ["username"]

    bare = Bare()
    assert (bare.show_columns, bare.search_columns, bare.order_columns, bare.add_columns) == (
        ["username"],
        [],
        [],
        [],
    )


def test_a_view_must_name_what_it_shows_and_saves() -> None:
    class Nothing(GeneratedView):
        datamodel = RowAccess(Agency)
        list_columns = ["name"]

    with pytest.raises(TypeError, match="add_columns"):
        Nothing()


def typed_unit(**values: Any) -> dict[str, Any]:
    agency = db.session.scalars(select(Agency.id).order_by(Agency.id)).first()
    return {"name": "新單位", "agency": agency, "refers": "y", "phone": "02-1", **values}


def test_a_database_error_shows_no_sql_and_loses_no_text(probe: FlaskClient, csrf: Token) -> None:
    """A unit that neither refers nor receives breaks a check of the table."""
    typed = {key: value for key, value in typed_unit().items() if key != "refers"}
    answer = probe.post("/probe/add", data=csrf(probe, typed))
    assert answer.status_code == 200
    assert "這筆資料無法儲存" in answer.text and 'value="新單位"' in answer.text
    assert not re.search(r"INSERT|CHECK|sqlalche|ck_unit", answer.text)


def test_a_form_saves_its_own_columns_only(probe: FlaskClient, csrf: Token) -> None:
    forged = typed_unit(version="99", note="forged", changed_by_name="forged", id="4711")
    assert probe.post("/probe/add", data=csrf(probe, forged)).status_code == 302
    made = db.session.scalars(select(Unit).where(Unit.name == "新單位")).one()
    assert (made.version, made.note, made.changed_by_name) == (1, "", "林系統")
    assert made.id != 4711


def test_the_address_presets_no_column(probe: FlaskClient, csrf: Token) -> None:
    """FAB fills the form's relation from `_flt_0_agency` and hides it."""
    first, second = db.session.scalars(select(Agency.id).order_by(Agency.id).limit(2)).all()
    assert (
        probe.post(
            f"/probe/add?_flt_0_agency={second}", data=csrf(probe, typed_unit(agency=first))
        ).status_code
        == 302
    )
    assert db.session.scalars(select(Unit).where(Unit.name == "新單位")).one().agency_id == first


def test_saving_over_a_newer_version_is_refused_and_keeps_what_was_typed(
    probe: FlaskClient, csrf: Token
) -> None:
    opened = unit("13")
    key, version = opened.id, opened.version
    assert f'name="row_version" value="{version}"' in probe.get(f"/probe/edit/{key}").text
    first = csrf(probe, {"name": "先存的名稱", "phone": "1", "row_version": version})
    assert probe.post(f"/probe/edit/{key}", data=first).status_code == 302
    late = probe.post(
        f"/probe/edit/{key}", data=csrf(probe, {"name": "晚存的名稱", "phone": "2", "row_version": version})
    )
    assert late.status_code == 200
    assert "已由 林系統 修改(115/11/20 10:00)" in late.text
    assert 'value="晚存的名稱"' in late.text and "<dd>先存的名稱</dd>" in late.text
    assert unit("13").name == "先存的名稱"
    again = re.search(r'name="row_version" value="(\d+)"', late.text)[1]  # type: ignore[index]
    meant = csrf(probe, {"name": "晚存的名稱", "phone": "2", "row_version": again})
    assert probe.post(f"/probe/edit/{key}", data=meant).status_code == 302
    assert unit("13").name == "晚存的名稱"


def test_a_read_only_list_has_no_form(as_: Open, csrf: Token) -> None:
    browser = as_("supervisor")
    for path in ("add", "edit/1", "delete/1", "action/x/1", "action_post", "download/x"):
        assert browser.post(f"/case-list/{path}", data=csrf(browser, {})).status_code == 404, path


def test_a_generated_list_sends_nobody_to_log_in_and_refuses_other_roles(as_: Open) -> None:
    for address in (
        "/referral-list/list/",
        "/referral-list/export",
        "/case-list/list/",
        "/service-record-list/export",
    ):
        assert as_("").get(address).location.startswith("/login/"), address
        assert as_("referrer").get(address).status_code == 403, address


def test_a_given_password_is_changed_before_any_generated_list(as_: Open) -> None:
    with transaction(db.session):
        db.session.execute(
            update(Account).where(Account.username == "manager").values(must_change_password=True)
        )
    assert as_("manager").get("/case-list/list/").location == PASSWORD_PAGE
