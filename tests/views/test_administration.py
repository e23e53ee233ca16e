"""Administration: who may, what is saved, what is refused, and what is never in a form's power."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import func, select

from app.extensions import db
from models.account import Account
from models.content import FAR_FUTURE, Download, News
from models.organisation import Agency, CountyDefault, ServiceArea, Unit
from models.outbox import Mail, MailState
from services import outbox, passwords
from services.transaction import transaction
from tests.conftest import NOW
from tests.databases import PASSWORD

Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]
As = Callable[[str], FlaskClient]
LISTS = {
    "/users/list/": {"admin", "auditor"},
    "/roles/list/": {"admin", "auditor"},
    "/agencies/list/": {"admin"},
    "/units/list/": {"admin"},
    "/service-areas/list/": {"admin"},
    "/service-areas/trial/": {"admin"},
    "/county-defaults/list/": {"admin"},
    "/news/list/": {"admin"},
    "/bulletins/list/": {"admin"},
    "/download-files/list/": {"admin"},
    "/outbox/list/": {"admin"},
}
ROLES = ("admin", "auditor", "referrer", "supervisor", "manager", "reception", "counter1", "itstaff")


def account_of(username: str) -> Account:
    return db.session.scalars(
        select(Account).where(Account.username == username).execution_options(populate_existing=True)
    ).one()


def role_id(name: str) -> str:
    return str(db.session.scalar(select(RoleRow.id).where(RoleRow.name == name)))


def unit_id(name: str = "新竹就業中心") -> str:
    return str(db.session.scalar(select(Unit.id).where(Unit.name == name)))


@pytest.mark.parametrize("username", ROLES)
def test_each_role_opens_its_own_lists_and_no_other(as_: As, username: str) -> None:
    browser = as_(username)
    opened = {path for path in LISTS if browser.get(path).status_code == 200}
    assert opened == {path for path, who in LISTS.items() if username in who}
    assert {browser.get(path).status_code for path in LISTS} <= {200, 403}


def test_nobody_is_sent_to_the_log_in_page(as_: As) -> None:
    for path in LISTS:
        assert as_("").get(path).location.startswith("/login/")


@pytest.mark.parametrize("username", ["auditor", "referrer", "supervisor", "manager"])
def test_who_may_only_read_changes_no_account(as_: As, csrf: Csrf, username: str) -> None:
    browser, target = as_(username), account_of("manager2").id
    for path in (f"/users/edit/{target}", "/users/add", *(f"/users/{target}/{act}" for act in ACTS)):
        assert browser.post(path, data=csrf(browser, {"name": "x"})).status_code == 403, path
    assert account_of("manager2").active


ACTS = ("password", "disable", "enable", "unlock")


@pytest.mark.parametrize("act", ACTS)
def test_accounts_change_by_post_with_a_token_only(as_: As, act: str) -> None:
    browser, target = as_("admin"), account_of("manager2").id
    assert browser.get(f"/users/{target}/{act}").status_code == 405
    assert browser.post(f"/users/{target}/{act}").status_code == 400


def test_accounts_are_not_deleted(app: Flask, as_: As, csrf: Csrf) -> None:
    browser, target = as_("admin"), account_of("manager2").id
    assert browser.post(f"/users/delete/{target}", data=csrf(browser, {})).status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint == "UserView.delete"]


def new_user() -> dict[str, Any]:
    return {
        "username": "wu.mei",
        "name": "吳美",
        "email": "wu@demo.example",
        "unit": unit_id(),
        "roles": role_id("個管員"),
    }


def test_a_new_user_gets_a_password_that_is_shown_once_and_works(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    page = browser.post("/users/add", data=csrf(browser, new_user()))
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    given = re.search(r'id="given-password"[^>]*>([^<]+)<', page.text)
    assert given
    account = account_of("wu.mei")
    assert passwords.password_fits(account, given[1]) and account.must_change_password
    assert (account.name, account.unit.name) == ("吳美", "新竹就業中心")  # type: ignore[union-attr]
    assert given[1] not in browser.get("/users/list/").text
    with browser.session_transaction() as kept:
        assert given[1] not in str(dict(kept))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"username": "王大毛"}, "帳號只能用英文字母"),
        ({"username": "a b"}, "帳號只能用英文字母"),
        ({"username": ""}, "請輸入帳號"),
        ({"email": "admin@demo.jieli.example"}, "電子信箱"),
        ({"name": ""}, "請輸入中文名字"),
        ({"roles": ""}, "請至少選擇一個角色"),
    ],
)
def test_a_faulty_user_is_refused_and_nothing_typed_is_lost(
    as_: As, csrf: Csrf, typed: dict[str, str], sentence: str
) -> None:
    browser = as_("admin")
    page = browser.post("/users/add", data=csrf(browser, new_user() | {"job_title": "個案管理員甲"} | typed))
    assert page.status_code == 200 and sentence in page.text and "個案管理員甲" in page.text
    assert "given-password" not in page.text
    assert (
        db.session.scalar(
            select(func.count()).select_from(Account).where(Account.job_title == "個案管理員甲")
        )
        == 0
    )


def test_a_known_account_name_is_refused(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    page = browser.post("/users/add", data=csrf(browser, new_user() | {"username": "manager"}))
    assert page.status_code == 200 and "given-password" not in page.text and "error-summary" in page.text


def edit_form(username: str) -> dict[str, Any]:
    account = account_of(username)
    return {
        "name": account.name,
        "email": account.email,
        "unit": str(account.unit_id or "__None"),
        "roles": [str(role.id) for role in account.roles],
        "row_version": str(account.version),
    }


def test_a_user_is_edited(as_: As, csrf: Csrf) -> None:
    browser, target = as_("admin"), account_of("manager2").id
    data = edit_form("manager2") | {"name": "陳思妤二", "roles": [role_id("督導"), role_id("個管員")]}
    assert browser.post(f"/users/edit/{target}", data=csrf(browser, data)).status_code == 302
    after = account_of("manager2")
    assert after.name == "陳思妤二" and {role.name for role in after.roles} == {"督導", "個管員"}
    assert (after.version, after.changed_by_name) == (2, "林系統")


def test_columns_that_are_not_on_the_form_are_not_written(as_: As, csrf: Csrf) -> None:
    browser, before = as_("admin"), account_of("manager2")
    kept = (before.username, before.password, before.session_version, before.active, before.login_attempts)
    stuffed = {
        "username": "root", "password": "x", "session_version": "99", "active": "", "login_attempts": "-50",
        "must_change_password": "", "version": "50", "id": "1", "locked_until": "2030-01-01",
    }  # fmt: skip
    browser.post(f"/users/edit/{before.id}", data=csrf(browser, edit_form("manager2") | stuffed))
    after = account_of("manager2")
    assert (after.username, after.password, after.session_version, after.active, after.login_attempts) == kept
    assert after.version == 2 and after.locked_until is None


def test_a_form_opened_before_another_saved_is_refused(as_: As, csrf: Csrf) -> None:
    browser, target, stale = as_("admin"), account_of("manager2").id, edit_form("manager2")
    browser.post(f"/users/edit/{target}", data=csrf(browser, stale | {"job_title": "先存的"}))
    page = browser.post(f"/users/edit/{target}", data=csrf(browser, stale | {"job_title": "後存的"}))
    assert page.status_code == 200 and "林系統" in page.text and "後存的" in page.text
    assert account_of("manager2").job_title == "先存的"


def test_nobody_removes_his_own_administration(as_: As, csrf: Csrf) -> None:
    browser, target = as_("admin"), account_of("admin").id
    data = edit_form("admin") | {"roles": [role_id("稽核")]}
    page = browser.post(f"/users/edit/{target}", data=csrf(browser, data))
    assert page.status_code == 200 and "不能移除自己" in page.text
    assert [role.name for role in account_of("admin").roles] == ["管理者"]


def test_nobody_disables_himself(as_: As, csrf: Csrf) -> None:
    browser, target = as_("admin"), account_of("admin").id
    browser.post(f"/users/{target}/disable", data=csrf(browser, {}))
    assert "不能停用自己的帳號" in browser.get("/users/list/").text
    assert account_of("admin").active


def test_disabling_ends_the_users_session_at_once_and_enabling_lets_him_in(as_: As, csrf: Csrf) -> None:
    browser, his, target = as_("admin"), as_("manager2"), account_of("manager2").id
    assert his.get("/").status_code == 200
    browser.post(f"/users/{target}/disable", data=csrf(browser, {}))
    assert his.get("/").status_code == 302 and not account_of("manager2").active
    browser.post(f"/users/{target}/enable", data=csrf(browser, {}))
    assert account_of("manager2").active and as_("manager2").get("/").status_code == 200


def test_a_lock_is_seen_and_ended(as_: As, csrf: Csrf) -> None:
    browser, target = as_("admin"), account_of("manager2").id
    with transaction(db.session):
        account_of("manager2").locked_until = NOW + timedelta(minutes=9)
    assert "鎖定至" in browser.get("/users/list/").text
    assert "解除鎖定" in browser.get(f"/users/show/{target}").text
    browser.post(f"/users/{target}/unlock", data=csrf(browser, {}))
    assert account_of("manager2").locked_until is None
    assert "解除鎖定</button>" not in browser.get(f"/users/show/{target}").text.split("flashes")[-1]


def test_a_reset_password_replaces_the_old_one_and_ends_the_session(as_: As, csrf: Csrf) -> None:
    browser, his, target = as_("admin"), as_("manager2"), account_of("manager2").id
    page = browser.post(f"/users/{target}/password", data=csrf(browser, {}))
    given = re.search(r'id="given-password"[^>]*>([^<]+)<', page.text)
    assert given and passwords.password_fits(account_of("manager2"), given[1])
    assert not passwords.password_fits(account_of("manager2"), PASSWORD)
    assert his.get("/").status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("_flt_0_username=SUPERVISOR3", ["supervisor3"]),
        ("_flt_0_name=大毛", ["manager"]),
        ("_flt_0_name=%25", []),
        ("_flt_0_role={auditor}", ["auditor"]),
        ("_flt_0_unit={unit}&_flt_0_username=manager", ["manager", "manager2"]),
    ],
)
def test_users_are_found_by_account_name_unit_and_role(as_: As, query: str, found: list[str]) -> None:
    page = as_("admin").get("/users/list/?" + query.format(auditor=role_id("稽核"), unit=unit_id())).text
    assert re.findall(r"<tr>\s*<td[^>]*>([a-z0-9]+)</td>", page) == found


def test_a_role_reads_as_sentences(as_: As) -> None:
    page = as_("auditor").get(f"/roles/show/{role_id('轉介人員')}").text
    assert "建立轉介單:查詢個案、新增個案、上傳附件、送出" in page and "can_" not in page


def test_roles_are_read_only(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    for path in ("/roles/add", "/roles/edit/1", "/roles/delete/1"):
        assert browser.post(path, data=csrf(browser, {"name": "x"})).status_code == 404


def test_an_agency_in_use_is_not_deleted_and_says_what_to_do(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    used = db.session.scalar(select(Agency.id).where(Agency.name == "社政單位"))
    browser.post(f"/agencies/delete/{used}", data=csrf(browser, {}))
    assert "可改為停用" in browser.get("/agencies/list/").text
    assert db.session.get(Agency, used) is not None


def test_an_agency_that_nothing_refers_to_is_deleted(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    assert (
        browser.post("/agencies/add", data=csrf(browser, {"name": "衛政單位", "active": "y"})).status_code
        == 302
    )
    made = db.session.scalars(select(Agency).where(Agency.name == "衛政單位")).one()
    assert (made.active, made.changed_by_name) == (True, "林系統")
    browser.post(f"/agencies/delete/{made.id}", data=csrf(browser, {}))
    assert db.session.scalar(select(Agency.id).where(Agency.name == "衛政單位")) is None


def new_unit() -> dict[str, Any]:
    agency = db.session.scalar(select(Agency.id).where(Agency.name == "社政單位"))
    return {"agency": str(agency), "name": "測試服務中心", "refers": "y", "active": "y"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"receives": "y"}, "收案單位須有單位代碼"),
        ({"refers": ""}, "請勾選轉介、收案其中至少一項"),
        ({"receives": "y", "code": "1-3"}, "單位代碼為1到8個"),
        ({"postal_code": "30"}, "郵遞區號為3、5或6碼"),
        ({"phone": "call me"}, "電話只能有數字"),
        ({"name": " "}, "請輸入單位名稱"),
    ],
)
def test_a_faulty_unit_is_refused_at_its_field(
    as_: As, csrf: Csrf, typed: dict[str, str], sentence: str
) -> None:
    browser = as_("admin")
    page = browser.post(
        "/units/add", data=csrf(browser, {k: v for k, v in (new_unit() | typed).items() if v})
    )
    assert page.status_code == 200 and sentence in page.text and "error-summary" in page.text
    assert db.session.scalar(select(Unit.id).where(Unit.name == "測試服務中心")) is None


def test_a_unit_is_added_and_switched_off(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    browser.post("/units/add", data=csrf(browser, new_unit()))
    made = db.session.scalars(select(Unit).where(Unit.name == "測試服務中心")).one()
    off = {key: value for key, value in new_unit().items() if key != "active"} | {
        "row_version": str(made.version)
    }
    browser.post(f"/units/edit/{made.id}", data=csrf(browser, off))
    db.session.expire_all()
    assert not db.session.get_one(Unit, made.id).active


@pytest.mark.parametrize("prefix", ["", "30", "3004123", "30a", "３００"])
def test_a_prefix_has_three_to_six_digits(as_: As, csrf: Csrf, prefix: str) -> None:
    browser = as_("admin")
    before = db.session.scalar(select(func.count()).select_from(ServiceArea))
    data = csrf(browser, {"prefix": prefix, "unit": unit_id(), "source": "公文"})
    assert browser.post("/service-areas/add", data=data).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(ServiceArea)) == before


def test_a_referring_unit_gets_no_service_area(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    data = {"prefix": "300416", "unit": unit_id("高雄市旗山社會福利服務中心"), "source": ""}
    assert browser.post("/service-areas/add", data=csrf(browser, data)).status_code == 200
    assert db.session.scalar(select(ServiceArea.id).where(ServiceArea.prefix == "300416")) is None


def test_the_trial_tells_unit_and_deciding_row(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    page = browser.get("/service-areas/trial/?q=新竹市北區中央路241號").text
    assert "新竹就業中心" in page and "30041" in page
    browser.post(
        "/service-areas/add",
        data=csrf(
            browser,
            {"prefix": "30041", "unit": unit_id("板橋就業服務站(委辦新北市政府)"), "source": "公文一號"},
        ),
    )
    page = browser.get("/service-areas/trial/?q=新竹市北區中央路241號").text
    assert "板橋就業服務站" in page and "公文一號" in page


@pytest.mark.parametrize("typed", ["火星", "9", "%00", "<script>", "x" * 3000])
def test_the_trial_answers_anything(as_: As, typed: str) -> None:
    page = as_("admin").get(f"/service-areas/trial/?q={typed}")
    assert (
        page.status_code == 200 and "<script>" not in page.text.partition("<main")[2].partition("</main>")[0]
    )


def test_a_county_default_is_added_once(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    for _ in range(2):
        browser.post("/county-defaults/add", data=csrf(browser, {"county": "花蓮縣", "unit": unit_id()}))
    assert db.session.scalar(select(func.count()).where(CountyDefault.county == "花蓮縣")) == 1
    page = browser.post("/county-defaults/add", data=csrf(browser, {"county": "火星縣", "unit": unit_id()}))
    assert page.status_code == 200


def test_news_is_shown_from_its_first_day_to_its_last(as_: As, csrf: Csrf, clock: Any) -> None:
    browser = as_("admin")
    data = {"text": "系統維護公告", "shown_from": "115/11/21", "shown_until": "115/11/22"}
    assert browser.post("/news/add", data=csrf(browser, data)).status_code == 302
    made = db.session.scalars(select(News)).one()
    assert (made.shown_from, made.shown_until) == (date(2026, 11, 21), date(2026, 11, 22))
    shown = []
    for days in range(4):
        clock.now = NOW + timedelta(days=days)
        shown.append("系統維護公告" in as_("manager").get("/").text)
    assert shown == [False, True, True, False]


def test_news_without_a_last_day_stays(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    browser.post(
        "/news/add", data=csrf(browser, {"text": "長期公告", "shown_from": "115/11/20", "shown_until": ""})
    )
    made = db.session.scalars(select(News)).one()
    assert made.shown_until == FAR_FUTURE
    form = browser.get(f"/news/edit/{made.id}").text
    assert 'value="115/11/20"' in form and "9999" not in form and "8088" not in form
    assert "不限期" in browser.get("/news/list/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "字" * 251}, "250"),
        ({"text": ""}, "請輸入內容"),
        ({"shown_from": "115/2/30"}, "沒有「115/2/30」這一天"),
        ({"shown_from": ""}, "請輸入日期"),
        ({"shown_until": "115/11/19"}, "結束日期不能早於開始日期"),
    ],
)
def test_faulty_news_is_refused(as_: As, csrf: Csrf, typed: dict[str, str], sentence: str) -> None:
    browser = as_("admin")
    data = {"text": "公告", "shown_from": "115/11/20", "shown_until": ""} | typed
    page = browser.post("/news/add", data=csrf(browser, data))
    assert page.status_code == 200 and sentence in page.text
    assert db.session.scalar(select(func.count()).select_from(News)) == 0


def test_a_bulletin_is_read_without_a_log_in_and_is_text(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    data = {"text": "<b>颱風</b>停班", "shown_from": "115/11/20", "shown_until": ""}
    browser.post("/bulletins/add", data=csrf(browser, data))
    assert "&lt;b&gt;颱風&lt;/b&gt;停班" in as_("").get("/login/").text


PDF = b"%PDF-1.7\n%%EOF"


def stored() -> set[str]:
    store = current_app.extensions["file_store"]
    return (
        {path.rpartition("/")[2] for path in store.system.ls(store.root, detail=False)}
        if store.system.exists(store.root)
        else set()
    )


def publish(
    browser: FlaskClient, csrf: Csrf, name: str = "個案轉介單 範本.pdf", content: bytes = PDF, **more: str
) -> Any:
    data = csrf(browser, {"title": "轉介單範本", "file": (BytesIO(content), name), "expires_on": "", **more})
    return browser.post("/download-files/add", data=data, content_type="multipart/form-data")


def test_a_published_file_keeps_its_chinese_name_and_its_content(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    assert publish(browser, csrf).status_code == 302
    made = db.session.scalars(select(Download)).one()
    assert (made.file_name, made.extension, made.size) == ("個案轉介單 範本.pdf", "pdf", len(PDF))
    answer = as_("manager").get(f"/downloads/{made.id}")
    assert answer.data == PDF and answer.headers["Content-Disposition"].startswith("attachment")
    assert "%E5%80%8B%E6%A1%88" in answer.headers["Content-Disposition"]


def test_an_expired_file_is_gone(as_: As, csrf: Csrf, clock: Any) -> None:
    browser = as_("admin")
    publish(browser, csrf, expires_on="115/11/20")
    made = db.session.scalars(select(Download)).one()
    assert as_("manager").get(f"/downloads/{made.id}").status_code == 200
    clock.now = NOW + timedelta(days=1)
    assert as_("manager").get(f"/downloads/{made.id}").status_code == 404


def test_a_replaced_file_leaves_the_store(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    publish(browser, csrf)
    first, made = stored(), db.session.scalars(select(Download)).one()
    data = {
        "title": "新版",
        "file": (BytesIO(PDF + b"2"), "新版.pdf"),
        "expires_on": "",
        "row_version": str(made.version),
    }
    answer = browser.post(
        f"/download-files/edit/{made.id}", data=csrf(browser, data), content_type="multipart/form-data"
    )
    assert answer.status_code == 302
    assert len(stored()) == 1 and stored() != first
    assert as_("manager").get(f"/downloads/{made.id}").data == PDF + b"2"


def test_an_edit_without_a_file_keeps_it(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    publish(browser, csrf)
    before, made = stored(), db.session.scalars(select(Download)).one()
    data = {"title": "新名稱", "expires_on": "116/1/1", "row_version": str(made.version)}
    browser.post(
        f"/download-files/edit/{made.id}", data=csrf(browser, data), content_type="multipart/form-data"
    )
    assert stored() == before
    db.session.expire_all()
    assert db.session.get_one(Download, made.id).title == "新名稱"


def test_a_deleted_file_leaves_the_store(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    publish(browser, csrf)
    made = db.session.scalars(select(Download)).one()
    browser.post(f"/download-files/delete/{made.id}", data=csrf(browser, {}))
    assert stored() == set() and db.session.scalar(select(Download.id)) is None


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.exe", b"MZ", "可執行檔"),
        ("a.pdf", b"", "空的"),
        ("a.pdf", b"hello", "副檔名"),
        ("", b"", "請選擇要上傳的檔案"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(
    as_: As, csrf: Csrf, name: str, content: bytes, sentence: str
) -> None:
    browser = as_("admin")
    page = publish(browser, csrf, name, content)
    assert page.status_code == 200 and sentence in page.text and "轉介單範本" in page.text
    assert stored() == set() and db.session.scalar(select(Download.id)) is None


def test_a_file_whose_row_is_refused_leaves_the_store(as_: As, csrf: Csrf) -> None:
    browser = as_("admin")
    page = publish(browser, csrf, title="長" * 101)
    assert page.status_code == 200 and stored() == set()


def queued_mail(state: MailState) -> int:
    with transaction(db.session):
        mail = outbox.queue(
            db.session, key=state, to="a@example.org", subject="結案通知", body="內容", at=NOW
        )
        mail.state, mail.tries, mail.last_error = state, 9, "SMTP refused"
    return mail.id


def test_a_failed_mail_is_sent_again(as_: As, csrf: Csrf) -> None:
    browser, mail = as_("admin"), queued_mail(MailState.FAILED)
    assert "寄送失敗" in browser.get("/outbox/list/?_flt_0_state=failed").text
    browser.post(f"/outbox/{mail}/resend", data=csrf(browser, {}))
    found = db.session.get_one(Mail, mail, populate_existing=True)
    assert (found.state, found.tries) == (MailState.QUEUED, 0)


def test_a_sent_mail_is_not_sent_again(as_: As, csrf: Csrf) -> None:
    browser, mail = as_("admin"), queued_mail(MailState.SENT)
    browser.post(f"/outbox/{mail}/resend", data=csrf(browser, {}))
    assert "已寄出或正在寄送" in browser.get("/outbox/list/").text
    assert db.session.get_one(Mail, mail, populate_existing=True).state == MailState.SENT


def test_the_outbox_is_filtered_by_state(as_: As) -> None:
    queued_mail(MailState.FAILED)
    browser = as_("admin")
    assert "結案通知" not in browser.get("/outbox/list/?_flt_0_state=sent").text
    assert "結案通知" in browser.get("/outbox/list/?_flt_0_state=failed").text


def test_others_send_no_mail_again(as_: As, csrf: Csrf) -> None:
    mail = queued_mail(MailState.FAILED)
    for username in ("auditor", "supervisor", "manager"):
        browser = as_(username)
        assert browser.post(f"/outbox/{mail}/resend", data=csrf(browser, {})).status_code == 403
    assert as_("admin").get(f"/outbox/{mail}/resend").status_code == 405
