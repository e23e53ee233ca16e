"""郵件寄送 on the screen: found by state, recipient and day; why it has not left, in words; a second chance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select

from app.extensions import db
from models.outbox import Mail, MailState
from rules.permissions import Permission, Role
from services import outbox, support
from services.transaction import transaction
from tests.conftest import NOW

As = Callable[[str], FlaskClient]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]


def a_mail(key: str, state: MailState = MailState.FAILED, at: datetime = NOW, error: str = "") -> int:
    with transaction(db.session):
        mail = outbox.queue(
            db.session, key=key, to=f"{key}@office.example", subject=f"主旨{key}", body=f"內容{key}", at=at
        )
        mail.state, mail.tries, mail.last_error = state, 9, error
    return mail.id


def states() -> dict[str, str]:
    rows = db.session.scalars(select(Mail).execution_options(populate_existing=True))
    return {mail.key: mail.state for mail in rows}


def test_all_failed_mails_are_queued_again_and_no_other(as_: As, csrf: Csrf) -> None:
    for key, state in (
        ("a", MailState.FAILED),
        ("b", MailState.FAILED),
        ("c", MailState.SENT),
        ("d", MailState.SENDING),
    ):
        a_mail(key, state)
    browser = as_("admin")
    assert "有 2 封郵件寄送失敗" in browser.get("/outbox/list/").text
    browser.post("/outbox/resend-failed", data=csrf(browser, {}))
    assert states() == {"a": "queued", "b": "queued", "c": "sent", "d": "sending"}
    page = browser.get("/outbox/list/").text
    assert "已將 2 封寄送失敗的郵件重新排入寄送" in page and "全部重新寄送" not in page


def test_without_a_failed_mail_nothing_is_done(as_: As, csrf: Csrf) -> None:
    a_mail("a", MailState.SENT)
    browser = as_("admin")
    browser.post("/outbox/resend-failed", data=csrf(browser, {}))
    assert "目前沒有寄送失敗的郵件" in browser.get("/outbox/list/").text and states() == {"a": "sent"}


@pytest.mark.parametrize("username", ["auditor", "supervisor", "referrer"])
def test_others_send_none_again(as_: As, csrf: Csrf, username: str) -> None:
    a_mail("a")
    browser = as_(username)
    assert browser.post("/outbox/resend-failed", data=csrf(browser, {})).status_code == 403
    assert states() == {"a": "failed"} and as_("admin").get("/outbox/resend-failed").status_code == 405


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("_flt_0_state=failed", {"a", "c"}),
        ("_flt_0_recipient=B@OFFICE", {"b"}),
        ("_flt_0_queued_from=115/11/20", {"b", "c"}),
        ("_flt_0_queued_to=115/11/19", {"a"}),
        ("_flt_0_queued_from=115/11/20&_flt_0_state=failed", {"c"}),
        ("_flt_0_state=nothing", set()),
        ("_flt_0_queued_to=soon", set()),
    ],
)
def test_mails_are_found_by_state_recipient_and_day(as_: As, query: str, found: set[str]) -> None:
    a_mail("a", at=NOW - timedelta(hours=10, seconds=1))  # 115/11/19 23:59:59 in Taipei
    a_mail("b", MailState.SENT, at=NOW - timedelta(hours=10))
    a_mail("c")
    page = as_("admin").get(f"/outbox/list/?{query}").text
    assert {key for key in "abc" if f"主旨{key}" in page} == found


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ("Refused: recipient refused (550)", "信箱不存在或已停用"),
        ("NoServer: MAIL_SERVER is not set", "尚未設定郵件伺服器"),
        ("ConnectionRefusedError: [Errno 111]", "連不上郵件伺服器"),
        ("TimeoutError: timed out", "郵件伺服器沒有回應"),
        ("SomethingNew: x", "寄送時發生錯誤"),
    ],
)
def test_an_error_reads_as_a_sentence_and_the_page_keeps_what_was_said(
    as_: As, noted: str, words: str
) -> None:
    mail, browser = a_mail("a", error=noted), as_("admin")
    assert words in browser.get("/outbox/list/").text
    page = browser.get(f"/outbox/show/{mail}").text
    assert words in page and noted in page


def test_a_mail_is_read(as_: As) -> None:
    assert "內容a" in as_("admin").get(f"/outbox/show/{a_mail('a')}").text


def test_an_answer_of_the_support_is_read_by_who_may_answer_only(as_: As) -> None:
    mail, browser = a_mail(support.answer_mail_key(1)), as_("admin")
    assert "內容support-answer:1" in browser.get(f"/outbox/show/{mail}").text
    with transaction(db.session):
        role = db.session.query(RoleRow).filter_by(name=Role.ADMIN.value).one()
        role.permissions = [
            each
            for each in role.permissions
            if (each.permission.name, each.view_menu.name) != Permission.SUPPORT_ANSWER.pair
        ]
    page = browser.get(f"/outbox/show/{mail}").text
    assert "內容support-answer:1" not in page and "只有可回覆提問的人員能看" in page
