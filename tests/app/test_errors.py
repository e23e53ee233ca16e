"""When something goes wrong: a sentence and a code for the user, the cause for the log, personal data for nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import AdminShutdown, DeadlockDetected

from app.extensions import db
from models.account import Account
from models.crypto import KEYS, new_key
from models.person import Person
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken, StaleVersion, TooMany
from services.transaction import transaction
from tests.factories import make_case
from views.access import database

Login = Callable[[str], FlaskClient]
WithToken = Callable[[FlaskClient, dict[str, str]], dict[str, str]]
MESSAGE = "secret of the test\nsecond line"
FETCH = {"X-Requested-With": "fetch"}
TELLTALES = ("Traceback", "SELECT", "INSERT", "sqlalchemy", "File &#34;", "線上使用者", "secret of the test")


@pytest.fixture
def broken(both: Flask) -> Iterator[FlaskClient]:
    """An application with routes that break, for a user who is logged in."""

    @both.get("/break/code")
    def code() -> str:
        raise ValueError(MESSAGE)

    @both.get("/break/statement")
    def statement() -> str:
        row = {"name": "唐三藏線上使用者", "phone": "0912345678", "national_id": "A123456789"}
        database().execute(sa.insert(Person).values(**row))
        return ""

    yield both.test_client()


def shown_code(text: str) -> str:
    found = re.search(r"錯誤代碼\s*<strong>([0-9A-F]{8})</strong>", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize("path", ["/break/code", "/break/statement"])
def test_an_unexpected_error_shows_a_code_that_the_log_has(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = broken.get(path)
    assert answer.status_code == 500
    assert "系統發生錯誤" in answer.text
    assert not [telltale for telltale in TELLTALES if telltale in answer.text]
    code = shown_code(answer.text)
    logged = [record for record in caplog.records if code in record.getMessage()]
    assert [record.exc_info is not None for record in logged] == [True]
    assert path in logged[0].getMessage()


def test_the_log_tells_where_and_never_whom(broken: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    from app.logs import Discreet

    broken.get("/break/statement")
    broken.get("/break/code?name=唐三藏")
    written = "\n".join(Discreet("%(message)s").format(record) for record in caplog.records)
    assert "test_errors.py" in written
    assert "IntegrityError" in written or "NotNullViolation" in written
    assert "INSERT INTO person" in written
    for personal in ("唐三藏", "0912345678", "A123456789", "Failing row", "second line"):
        assert personal not in written


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/no/such/page", 404, "找不到這個頁面或資料"),
        ("/users/list/", 403, "沒有使用權限"),
        ("/logout/", 405, "不能這樣操作"),
    ],
)
def test_a_refused_request_gets_a_chinese_page_with_the_menu(
    as_: Login, path: str, status: int, heading: str
) -> None:
    answer = as_("manager").get(path)
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in answer.text
    assert "個管員" in answer.text
    assert (
        "Not Found" not in answer.text and "Forbidden" not in answer.text and "Method Not" not in answer.text
    )


def test_too_much_data_is_refused_with_a_sentence(app: Flask, as_: Login) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = as_("referrer").post("/login/", data={"username": "x" * 2000})
    assert answer.status_code == 413
    assert "檔案太大" in answer.text


def test_a_form_without_its_token_is_explained(as_: Login) -> None:
    answer = as_("").post("/login/", data={"username": "supervisor"})
    assert answer.status_code == 400
    assert "放太久" in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("沒有這筆。"), 404),
        (AlreadyDone("已由 %(who)s 收案。", who="王督導"), 409),
        (StaleVersion("剛被修改。"), 409),
        (RuleBroken("不行。"), 422),
        (FieldFault("name", "請輸入姓名。"), 422),
        (TooMany("太多次。"), 429),
    ],
)
def test_each_kind_of_refusal_has_its_status(app: Flask, error: RuleBroken, status: int) -> None:
    @app.get("/refuse")
    def refuse() -> str:
        raise error

    browser = app.test_client()
    page, data = browser.get("/refuse"), browser.get("/refuse", headers=FETCH)
    assert (page.status_code, data.status_code) == (status, status)
    assert str(error) in page.text
    assert data.json == {"message": str(error), "code": ""}


def test_a_deadlock_is_a_conflict_that_may_be_sent_again(app: Flask) -> None:
    def collide() -> str:
        raise sa.exc.OperationalError("UPDATE person", {}, DeadlockDetected())

    app.add_url_rule("/collide", view_func=collide)
    app.add_url_rule("/api/v1/collide", "collide_api", collide)
    browser = app.test_client()
    page, program = browser.get("/collide"), browser.get("/api/v1/collide")
    assert (page.status_code, program.status_code) == (409, 409)
    assert "同時有其他人在處理相同的資料,請再試一次。" in page.text
    assert program.json["error"]["code"] == "conflict"
    assert "請再試一次" in program.json["error"]["message"]


def test_another_failure_of_the_database_is_no_conflict(app: Flask) -> None:
    def fail() -> str:
        raise sa.exc.OperationalError("SELECT 1", {}, AdminShutdown())

    app.add_url_rule("/fail", view_func=fail)
    assert app.test_client().get("/fail").status_code == 500


def test_a_script_gets_errors_as_data(broken: FlaskClient) -> None:
    answer = broken.get("/break/code", headers=FETCH)
    assert answer.status_code == 500
    assert re.fullmatch("[0-9A-F]{8}", answer.json["code"])
    assert "系統發生錯誤" in answer.json["message"]


def test_without_its_database_the_application_still_answers(
    as_: Login, caplog: pytest.LogCaptureFixture
) -> None:
    browser = as_("supervisor")
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ab_user RENAME TO elsewhere")
    for path in ("/", "/no/such/page"):
        answer = browser.get(path)
        assert answer.status_code == 500
        assert shown_code(answer.text) in caplog.text
        assert "主選單" not in answer.text


def test_a_value_of_a_missing_key_is_a_sentence_and_not_a_crash(
    app: Flask, as_: Login, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(db.session):
        case = make_case(db.session)
    browser, kept = as_("manager"), (dict(KEYS.ciphers), KEYS.current)
    assert browser.get(f"/cases/{case.id}").status_code == 200
    try:
        KEYS.configure([new_key()], app.config["DATA_HASH_KEY"])
        answer = browser.get(f"/cases/{case.id}")
    finally:
        KEYS.ciphers, KEYS.current = kept
    assert answer.status_code == 500
    assert "目前無法解密" in answer.text
    assert "key id" not in answer.text
    assert "UnreadableSecret" in caplog.text and shown_code(answer.text) in caplog.text


def test_nothing_typed_at_the_log_in_reaches_the_log(
    as_: Login, csrf: WithToken, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser = as_("")
    for username in ("supervisor", "A123456789", "nobody\x00"):
        browser.post(
            "/login/", data=csrf(browser, {"username": username, "password": "Wrong-Pass-0912345678"})
        )
    assert "Wrong-Pass" not in caplog.text
    assert "A123456789" not in caplog.text


def test_nothing_typed_into_the_referral_form_reaches_the_log(
    as_: Login, csrf: WithToken, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser = as_("referrer")
    typed = {
        "name": "沙悟淨",
        "national_id": "A123456789",
        "phone": "0912345678",
        "address": "新竹市東區東大路二段60號",
    }
    for path in ("look-up", "draft", ""):
        browser.post(f"/referrals/new/{path}", data=csrf(browser, typed), headers=FETCH)
    assert not [text for text in typed.values() if text in caplog.text]


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999"])
@pytest.mark.parametrize(
    "place", ["/cases/{}", "/cases/{}/reply-form", "/referrals/{}", "/case-list/show/{}"]
)
def test_a_number_that_no_row_can_have_leads_nowhere(both: Flask, place: str, number: str) -> None:
    browser = both.test_client()
    account = db.session.query(Account).filter_by(username="manager").one()
    with browser.session_transaction() as kept:
        kept["_user_id"] = account.get_id()
    assert browser.get(place.format(number)).status_code == 404


@pytest.mark.parametrize("path", ["/login/", "/", "/roster/", "/saved-searches/Roster/", "/no-such-page"])
def test_an_address_with_bytes_that_are_no_utf_8_breaks_no_page(
    as_: Callable[[str], FlaskClient], path: str
) -> None:
    big5 = "name=\xa4\xfd"  # 王, as a program of the nineties sends it
    answer = as_("supervisor").open(path, environ_overrides={"QUERY_STRING": big5})
    assert answer.status_code < 500 and "系統發生錯誤" not in answer.text
