"""線上客服 on the screen: asked from any page, read under 我的提問, answered by administrators."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.account import Account
from models.outbox import Mail
from models.support import SupportAnswer, SupportQuestion
from services import support
from services.transaction import transaction
from tests.conftest import NOW
from tests.views.statements import counted

As = Callable[[str], FlaskClient]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]
ActAs = Callable[[str], Any]
FETCH = {"X-Requested-With": "fetch"}


def typed(**more: str) -> dict[str, str]:
    return {
        "subject": "附件無法上傳",
        "text": "按送出沒有反應",
        "asker_name": "王小明",
        "email": "wang@office.example",
        "page": "/referrals/new/",
        "follows": "",
        "submission_key": str(uuid.uuid4()),
    } | more


def a_question(act_as: ActAs, username: str = "referrer", **more: Any) -> int:
    at = more.pop("at", NOW)
    with transaction(db.session):
        return support.ask(
            db.session,
            typed(**more),
            submission_key=str(uuid.uuid4()),
            mailbox="",
            base_url="https://jieli.example",
            by=act_as(username),
            at=at,
        ).id


def questions() -> int:
    return db.session.scalar(select(func.count()).select_from(SupportQuestion)) or 0


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("username", ["referrer", "supervisor", "manager", "reception", "auditor", "admin"])
def test_every_page_leads_to_the_support_and_tells_where_it_was(as_: As, username: str) -> None:
    page = as_(username).get("/account/?name=x").text
    assert 'class="support-spot" href="/support/new?page=/account/" data-support' in page


def test_who_must_first_change_a_given_password_is_not_led_astray(as_: As) -> None:
    with transaction(db.session):
        db.session.query(Account).filter_by(username="manager").one().must_change_password = True
    assert "support-spot" not in as_("manager").get("/account/password/").text


def test_the_form_is_filled_with_who_asks(as_: As) -> None:
    page = as_("manager").get("/support/new?page=/cases/mine/").text
    assert 'value="王大毛"' in page and 'value="manager@' in page and 'value="/cases/mine/"' in page
    assert "回覆內容會直接寄送至提問人員之電子信箱，提問前，請先確認電子郵件地址是否正確。" in page


def test_a_dialog_gets_the_form_alone(as_: As) -> None:
    page = as_("manager").get("/support/new", headers=FETCH).text
    assert page.lstrip().startswith("<form") and "<html" not in page


def test_a_question_is_sent_and_shown(as_: As, csrf: Csrf) -> None:
    browser = as_("referrer")
    answer = browser.post("/support/new", data=csrf(browser, typed()))
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    assert "按送出沒有反應" in page and "待回覆" in page and "wang@office.example" in page
    assert db.session.scalar(select(SupportQuestion.screen)) == "/referrals/new/"


def test_the_dialog_says_the_number_and_the_page_stays(as_: As, csrf: Csrf) -> None:
    browser = as_("referrer")
    answer = browser.post("/support/new", data=csrf(browser, typed()), headers=FETCH)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert f"提問編號 {db.session.scalar(select(SupportQuestion.id))}" in answer.text


def test_a_double_click_asks_once(as_: As, csrf: Csrf) -> None:
    browser, data = as_("referrer"), typed()
    places = {browser.post("/support/new", data=csrf(browser, data)).location for _ in range(2)}
    assert len(places) == 1 and questions() == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"subject": " "}, "請輸入主旨內容"),
        ({"text": ""}, "請輸入問題內容"),
        ({"asker_name": ""}, "請輸入提問人員"),
        ({"email": "wang"}, "這不是電子信箱地址"),
        ({"text": "個案 A123456789"}, "含有身分證字號 A1****6789"),
        ({"text": "長" * 2001}, "最多2000個字"),
    ],
)
@pytest.mark.parametrize("headers", [{}, FETCH], ids=["page", "dialog"])
def test_a_faulty_question_is_refused_at_its_field_and_kept(
    as_: As, csrf: Csrf, fault: dict[str, str], sentence: str, headers: dict[str, str]
) -> None:
    browser, data = as_("referrer"), typed(**fault)
    page = browser.post("/support/new", data=csrf(browser, data), headers=headers)
    (field,) = fault
    control = {"asker_name": "asker"}.get(field, field)
    assert page.status_code == 422 and sentence in page.text
    assert f'id="support-{control}-fault"' in page.text and f'href="#support-{control}"' in page.text
    for kept in data.values():
        assert kept.strip() in page.text
    assert questions() == 0


def test_too_many_questions_are_refused_and_the_text_kept(as_: As, csrf: Csrf, act_as: ActAs) -> None:
    for _ in range(support.MOST):
        a_question(act_as)
    browser = as_("referrer")
    page = browser.post("/support/new", data=csrf(browser, typed(text="第十一個")), headers=FETCH)
    assert page.status_code == 429 and "一小時內最多提問10次" in page.text and "第十一個" in page.text


def test_a_used_key_is_replaced_so_that_the_text_can_be_sent(as_: As, csrf: Csrf) -> None:
    browser, data = as_("referrer"), typed()
    browser.post("/support/new", data=csrf(browser, data))
    page = browser.post("/support/new", data=csrf(browser, data | {"text": "另一個問題"}))
    assert page.status_code == 409 and "另一個問題" in page.text and data["submission_key"] not in page.text


def test_a_lost_session_loses_no_question(as_: As) -> None:
    stale = typed() | {"csrf_token": "of a session that is over"}
    page = as_("").post("/support/new", data=stale, headers={"Origin": "http://localhost"})
    assert page.status_code == 400 and "按送出沒有反應" in page.text and "再送出一次" in page.text
    fetched = as_("").post("/support/new", data=stale, headers=FETCH)
    assert fetched.status_code == 401 and (fetched.json or {})["code"] == "csrf"


def test_everybody_reads_his_own_questions_only(as_: As, act_as: ActAs) -> None:
    mine, other = a_question(act_as, subject="我的主旨"), a_question(act_as, "manager", subject="別人的主旨")
    browser = as_("referrer")
    page = main(browser.get("/support/").text)
    assert "我的主旨" in page and "別人的主旨" not in page
    assert browser.get(f"/support/{mine}").status_code == 200
    assert browser.get(f"/support/{other}").status_code == 404
    assert browser.get(f"/support/new?follows={other}").status_code == 404


def test_a_further_question_names_the_former(as_: As, csrf: Csrf, act_as: ActAs) -> None:
    first, browser = a_question(act_as), as_("referrer")
    form = browser.get(f"/support/new?follows={first}").text
    assert f"接續提問 {first}" in form and 'value="附件無法上傳"' in form
    answer = browser.post("/support/new", data=csrf(browser, typed(follows=str(first))))
    page = main(browser.get(answer.location).text)
    assert "接續自提問" in page and f'href="/support/{first}"' in page
    assert "後續提問" in main(browser.get(f"/support/{first}").text)


def give_answer(browser: FlaskClient, csrf: Csrf, question: int, text: str, version: int = 1) -> Any:
    data = csrf(browser, {"text": text, "version": str(version)})
    return browser.post(f"/support-desk/{question}/answer", data=data)


def test_an_answer_is_read_by_the_asker_and_mailed(as_: As, csrf: Csrf, act_as: ActAs) -> None:
    question, admin = a_question(act_as), as_("admin")
    assert give_answer(admin, csrf, question, "請改用 <b>jpg</b>").status_code == 302
    page = main(as_("referrer").get(f"/support/{question}").text)
    assert "請改用 &lt;b&gt;jpg&lt;/b&gt;" in page and "已回覆" in page
    mail = db.session.scalars(select(Mail).where(Mail.recipient == "wang@office.example")).one()
    assert "請改用 <b>jpg</b>" in mail.body
    desk = main(admin.get(f"/support-desk/{question}").text)
    assert "待寄送" in desk and f"/outbox/show/{mail.id}" in desk


def test_the_second_answer_is_stopped_shown_the_first_and_kept(as_: As, csrf: Csrf, act_as: ActAs) -> None:
    question, first, second = a_question(act_as), as_("admin"), as_("admin")
    give_answer(first, csrf, question, "第一個回覆")
    page = give_answer(second, csrf, question, "第二個回覆")
    assert page.status_code == 409 and "此提問已由 林系統 於 115/11/20 10:00 回覆" in page.text
    assert "第一個回覆" in page.text and "第二個回覆</textarea>" in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert version and give_answer(second, csrf, question, "第二個回覆", int(version[1])).status_code == 302
    assert [each.text for each in db.session.scalars(select(SupportAnswer).order_by(SupportAnswer.id))] == [
        "第一個回覆",
        "第二個回覆",
    ]


@pytest.mark.parametrize(("text", "sentence"), [("", "請輸入回覆內容"), ("A123456789", "含有身分證字號")])
def test_a_faulty_answer_is_refused_at_its_field(
    as_: As, csrf: Csrf, act_as: ActAs, text: str, sentence: str
) -> None:
    page = give_answer(as_("admin"), csrf, a_question(act_as), text)
    assert page.status_code == 422 and sentence in page.text and 'id="text-fault"' in page.text
    assert f"{text}</textarea>" in page.text


def test_a_broken_version_is_no_way_round(as_: As, csrf: Csrf, act_as: ActAs) -> None:
    question, browser = a_question(act_as), as_("admin")
    give_answer(browser, csrf, question, "第一個回覆")
    data = csrf(browser, {"text": "第二個回覆", "version": "x"})
    assert browser.post(f"/support-desk/{question}/answer", data=data).status_code == 409


def found(browser: FlaskClient, query: str) -> list[str]:
    return re.findall(r'href="/support-desk/(\d+)"', main(browser.get(f"/support-desk/?{query}").text))


def test_the_desk_is_searched_by_state_asker_and_day(as_: As, csrf: Csrf, act_as: ActAs) -> None:
    early = NOW.replace(hour=0) - timedelta(days=1)  # 115/11/19 08:00 in Taipei
    old, new = str(a_question(act_as, at=early, asker_name="陳先生")), str(a_question(act_as))
    browser = as_("admin")
    assert found(browser, "") == [old, new]
    give_answer(browser, csrf, int(old), "好的")
    assert found(browser, "") == [new, old]
    assert found(browser, "state=waiting") == [new] and found(browser, "state=answered") == [old]
    assert found(browser, "asker=陳") == [old] and found(browser, "asker=%25") == []
    assert found(browser, "asked_to=115/11/19") == [old] and found(browser, "asked_from=115/11/20") == [new]
    assert found(browser, f"number={new}") == [new]
    assert found(browser, "state=nothing") == []


def test_the_last_moment_of_a_day_in_taipei_belongs_to_it(as_: As, act_as: ActAs) -> None:
    midnight = NOW.replace(hour=16)  # 115/11/21 00:00 in Taipei
    a_question(act_as, at=midnight)
    assert found(as_("admin"), "asked_to=115/11/20") == []
    assert len(found(as_("admin"), "asked_from=115/11/21")) == 1


def test_what_waits_is_counted_beside_the_menu_and_on_the_home_page(as_: As, act_as: ActAs) -> None:
    a_question(act_as)
    page = as_("admin").get("/").text
    assert 'href="/support-desk/?state=waiting"' in main(page) and "待回覆的客服提問" in main(page)
    assert "待回覆的客服提問" not in as_("referrer").get("/").text


@pytest.mark.parametrize("username", ["supervisor", "referrer", "auditor"])
def test_others_open_no_desk(as_: As, csrf: Csrf, act_as: ActAs, username: str) -> None:
    question, browser = a_question(act_as), as_(username)
    assert browser.get("/support-desk/").status_code == 403
    assert browser.get(f"/support-desk/{question}").status_code == 403
    assert give_answer(browser, csrf, question, "x").status_code == 403


@pytest.mark.parametrize(("address", "username"), [("/support/", "referrer"), ("/support-desk/", "admin")])
def test_the_lists_take_as_many_statements_however_long(
    as_: As, act_as: ActAs, address: str, username: str
) -> None:
    browser = as_(username)
    taken = []
    for more in (1, 8):
        for _ in range(more):
            a_question(act_as)
        with counted() as sent:
            assert browser.get(address).status_code == 200
        taken.append(len(sent))
    assert taken[0] == taken[1] <= 9, "\n".join(sent)


def test_who_cannot_log_in_reads_whom_to_call(app: Flask, as_: As) -> None:
    assert "請洽所屬單位的系統管理者" in as_("").get("/login/").text
    app.config.update(SUPPORT_PHONE="02-8995-6399", SUPPORT_MAIL="desk@office.example")
    page = as_("").get("/login/").text
    assert 'href="tel:02-8995-6399"' in page and 'href="mailto:desk@office.example"' in page
    assert "support-spot" not in page
