"""個案服務歷程: who reads what, and what the buttons do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.case import Case, Extension
from models.outbox import Mail, MailState
from models.referral import Attachment
from models.trail import TrailEntry, TrailPerson
from rules.actor import Actor
from rules.service_record import Provided
from services import cases, outbox
from services.service_records import record_service
from services.transaction import transaction
from tests.factories import AT, make_case, make_person, make_referral
from tests.views.statements import counted

TODAY = date(2026, 11, 20)
NUMBER = "A123456789"

As = Callable[[str], FlaskClient]
Cast = Callable[[str], Actor]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def case(app: Flask) -> Case:
    with transaction(db.session):
        person = make_person(
            db.session,
            national_id=NUMBER,
            name="唐三藏",
            other_phone="0977888999",
            address="新竹市北區中央路241號",
        )
        referral = make_referral(
            db.session, person=person, identities=(2, 16), brief="曾任廚師", expectation="白天班"
        )
        return make_case(db.session, referral=referral)


@pytest.fixture
def served(case: Case, act_as: Cast) -> Case:
    with transaction(db.session):
        record_service(db.session, case.id, Provided((1,)), submission_key="k", by=act_as("manager"), at=AT)
    return case


@pytest.fixture
def press(as_: As, csrf: Csrf) -> Callable[..., str]:
    """Presses a button of the case and gives the message on the page that follows."""

    def send(username: str, url: str, **data: str) -> str:
        browser = as_(username)
        answer = browser.post(url, data=csrf(browser, data))
        assert answer.status_code == 302
        following = browser.get(answer.location)
        assert following.status_code == 200
        found = re.search(r'class="flash-text"><strong>[^<]*</strong>　(.*?)</div>', following.text)
        return found[1] if found else ""

    return send


def page(browser: FlaskClient, case: Case, rest: str = "") -> Any:
    return browser.get(f"/cases/{case.id}{rest}")


class TestReading:
    def test_the_page_has_what_the_manual_shows(self, served: Case, as_: As) -> None:
        text = page(as_("manager"), served).text
        for told in (
            "A1****6789", "0912345678", "0977888999", "069/07/07", "03-5123456", "新竹市北區中央路241號",
            "中高齡者、性侵害被害人", "個案表示想找工作、參加職業訓練或創業。", "曾任廚師", "白天班",
            "社政單位", "高雄市旗山社會福利服務中心", "葉淑花", "07-6617464#3333", "轉介回覆單", "延期三個月", "結案",
        ):  # fmt: skip
            assert told in text
        assert NUMBER not in text

    @pytest.mark.parametrize("reader", ["manager", "supervisor"])
    def test_who_serves_the_case_opens_it(self, case: Case, as_: As, reader: str) -> None:
        assert "唐三藏" in page(as_(reader), case).text

    @pytest.mark.parametrize("stranger", ["manager2", "manager3", "supervisor3", "referrer2"])
    @pytest.mark.parametrize("rest", ["", "/reply-form", "/reply-form.pdf", "/attachments/1"])
    def test_for_everybody_else_it_does_not_exist(
        self, case: Case, as_: As, stranger: str, rest: str
    ) -> None:
        assert page(as_(stranger), case, rest).status_code == 404

    @pytest.mark.parametrize("rest", ["", "/reply-form", "/reply-form.pdf", "/attachments/1"])
    def test_an_administrator_reads_no_case(self, case: Case, as_: As, rest: str) -> None:
        assert page(as_("admin"), case, rest).status_code == 403

    def test_nobody_is_sent_to_the_log_in(self, case: Case, as_: As) -> None:
        answer = page(as_(""), case)
        assert answer.status_code == 302 and "/login/" in answer.location

    def test_the_referring_unit_sees_the_history_but_not_the_persons_data(
        self, served: Case, as_: As
    ) -> None:
        text = page(as_("referrer"), served).text
        assert "服務紀錄" in text and "1.就業服務" in text and "列印轉介回覆單" in text
        for kept in ("A1****6789", "0912345678", "曾任廚師", "延期三個月", f"/cases/{served.id}/close"):
            assert kept not in text

    def test_a_closed_case_offers_no_action(self, served: Case, as_: As, act_as: Cast) -> None:
        with transaction(db.session):
            cases.close(db.session, served.id, base_url="", by=act_as("manager"), at=AT)
        text = page(as_("manager"), served).text
        assert "已結案" in text and "列印轉介回覆單" in text
        for gone in ("extend", "close", "records/new", "reopen"):
            assert f"/cases/{served.id}/{gone}" not in text
        assert "/reopen" in page(as_("supervisor"), served).text

    def test_the_timeline_has_services_extensions_and_mails_newest_first(
        self, served: Case, as_: As, act_as: Cast, app: Flask
    ) -> None:
        with transaction(db.session):
            db.session.get_one(Case, served.id).due_date = TODAY
        with transaction(db.session):
            cases.extend(
                db.session, served.id, due_before=TODAY, by=act_as("manager"), at=AT + timedelta(hours=1)
            )
            cases.close(db.session, served.id, base_url="", by=act_as("manager"), at=AT + timedelta(hours=2))
        stream = page(as_("manager"), served).text.partition('class="timeline"')[2]
        places = [
            stream.index(text)
            for text in ("郵件通知", "延至 116/2/20", "1.就業服務", "收案並派案", "送出轉介單")
        ]
        assert places == sorted(places)

    def test_ten_records_take_as_many_statements_as_one(self, served: Case, as_: As, act_as: Cast) -> None:
        def statements() -> int:
            with counted() as sent:
                page(as_("manager"), served)
            return len(sent)

        before = statements()
        with transaction(db.session):
            for key in range(9):
                entry = Provided((1,), remark=f"第{key}次")
                record_service(
                    db.session, served.id, entry, submission_key=str(key), by=act_as("manager"), at=AT
                )
        assert statements() == before


class TestRevealing:
    def test_the_number_is_shown_and_logged(self, case: Case, as_: As, csrf: Csrf, act_as: Cast) -> None:
        browser = as_("manager")
        answer = browser.post(f"/cases/{case.id}/reveal", data=csrf(browser, {}))
        assert answer.json == {"national_id": NUMBER}
        assert answer.headers["Cache-Control"] == "no-store"
        entry = db.session.scalars(select(TrailEntry).where(TrailEntry.act == "reveal")).one()
        whom = db.session.scalars(select(TrailPerson.person_id).where(TrailPerson.entry_id == entry.id)).all()
        assert (entry.actor_id, whom) == (act_as("manager").user_id, [case.referral.person_id])

    @pytest.mark.parametrize(("stranger", "status"), [("manager2", 404), ("referrer", 404), ("admin", 403)])
    def test_others_see_nothing(self, case: Case, as_: As, csrf: Csrf, stranger: str, status: int) -> None:
        browser = as_(stranger)
        answer = browser.post(f"/cases/{case.id}/reveal", data=csrf(browser, {}))
        assert answer.status_code == status and NUMBER not in answer.text
        assert db.session.scalar(select(func.count(TrailEntry.id))) == 0


class TestExtending:
    def test_too_early(self, case: Case, press: Callable[..., str]) -> None:
        due = case.due_date.isoformat()
        assert press("manager", f"/cases/{case.id}/extend", due_before=due) == "未達成延長日期條件"
        assert db.session.scalar(select(func.count(Extension.id))) == 0

    def test_in_time_and_pressed_twice(self, case: Case, press: Callable[..., str]) -> None:
        with transaction(db.session):
            db.session.get_one(Case, case.id).due_date = TODAY
        for _press in range(2):
            message = press("manager", f"/cases/{case.id}/extend", due_before=TODAY.isoformat())
            assert message == "已延期三個月,應結案日期為 116/2/20。"
        assert db.session.scalar(select(func.count(Extension.id))) == 1

    @pytest.mark.parametrize("due", ["", "tomorrow"])
    def test_a_form_without_the_date_is_refused(self, case: Case, as_: As, csrf: Csrf, due: str) -> None:
        browser = as_("manager")
        data = csrf(browser, {"due_before": due})
        assert browser.post(f"/cases/{case.id}/extend", data=data).status_code == 400


class TestClosing:
    @pytest.fixture(autouse=True)
    def _with_a_mail_server(self, app: Flask) -> None:
        app.config["MAIL_SERVER"] = "mail.example.org"

    @pytest.mark.parametrize("server", ["mail.example.org", ""], ids=["down", "none"])
    def test_while_the_mail_server_is_down(
        self, served: Case, press: Callable[..., str], app: Flask, server: str
    ) -> None:
        app.config["MAIL_SERVER"] = server
        message = press("manager", f"/cases/{served.id}/close")
        assert message == "成功結案!!郵件尚未寄出,系統將自動重送"
        assert db.session.scalar(select(func.count(Mail.id))) == 1

    def test_when_the_mail_leaves_at_once(
        self, served: Case, press: Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The jobs, here in the waiting itself, take the mail from the outbox."""
        waits = outbox.wait_until_sent

        def send_and_wait(session: Any, mail_id: int) -> bool:
            outbox.send_due(session, lambda mail: None, at=AT)
            return waits(session, mail_id, seconds=0)

        monkeypatch.setattr(outbox, "wait_until_sent", send_and_wait)
        assert press("manager", f"/cases/{served.id}/close") == "成功結案!!郵件成功寄出!!"
        assert db.session.scalars(select(Mail.state)).all() == [MailState.SENT]

    def test_a_case_without_a_service_record_asks_once_more(
        self, case: Case, press: Callable[..., str], as_: As
    ) -> None:
        assert "此個案尚無服務紀錄,仍要結案嗎?" in page(as_("manager"), case).text
        assert press("manager", f"/cases/{case.id}/close") == "此個案尚無服務紀錄,仍要結案嗎?"
        assert db.session.scalar(select(Case.closed_on)) is None
        assert press("manager", f"/cases/{case.id}/close", unserved="1").startswith("成功結案!!")

    def test_who_comes_second_reads_who_was_first(self, served: Case, press: Callable[..., str]) -> None:
        press("supervisor", f"/cases/{served.id}/close")
        assert press("manager", f"/cases/{served.id}/close") == "此個案已由 郭玲巧 結案"

    def test_it_asks_before(self, served: Case, as_: As) -> None:
        assert 'data-confirm="確定要結案嗎?"' in page(as_("manager"), served).text

    @pytest.mark.parametrize("action", ["close", "extend"])
    def test_the_case_of_a_colleague_does_not_exist(
        self, served: Case, as_: As, csrf: Csrf, action: str
    ) -> None:
        browser = as_("manager2")
        data = csrf(browser, {"due_before": "2027-02-20", "unserved": "1"})
        assert browser.post(f"/cases/{served.id}/{action}", data=data).status_code == 404

    def test_without_the_token_nothing_happens(self, served: Case, as_: As) -> None:
        assert as_("manager").post(f"/cases/{served.id}/close").status_code == 400
        assert db.session.scalar(select(Case.closed_on)) is None

    def test_a_supervisor_reopens_with_a_reason(
        self, served: Case, press: Callable[..., str], as_: As, csrf: Csrf
    ) -> None:
        press("manager", f"/cases/{served.id}/close")
        browser = as_("supervisor")
        refused = browser.post(f"/cases/{served.id}/reopen", data=csrf(browser, {"reason": ""}))
        assert refused.status_code == 422 and "請填寫原因，讓對方知道為什麼。" in refused.text
        done = press("supervisor", f"/cases/{served.id}/reopen", reason="再度求職")
        assert done == "已重新開案,並已通知個管員與轉介單位。"


class TestAttachments:
    @pytest.fixture
    def attachment(self, app: Flask, case: Case) -> Attachment:
        with transaction(db.session):
            made = Attachment(
                referral_id=case.referral_id,
                kind="consent",
                name="唐三藏身分證.zip",
                extension="zip",
                size=5,
                sha256="0" * 64,
                storage_name=app.extensions["file_store"].save(b"hello"),
                uploaded_at=AT,
                uploaded_by_id=case.referral.submitted_by_id,
            )
            db.session.add(made)
        return made

    @pytest.mark.parametrize("reader", ["manager", "supervisor", "referrer"])
    def test_it_is_downloaded_under_the_name_of_the_manual(
        self, case: Case, attachment: Attachment, as_: As, reader: str
    ) -> None:
        answer = page(as_(reader), case, f"/attachments/{attachment.id}")
        name = f"附件1_{case.referral_id}_2026-11-20.zip"
        assert answer.data == b"hello" and answer.mimetype == "application/zip"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;") and disposition.isascii()
        assert name in unquote(disposition)
        assert "身分證" not in unquote(disposition), (
            "the name it was uploaded under may tell about the person"
        )

    def test_it_stands_on_the_page_of_its_own_case_only(
        self, case: Case, attachment: Attachment, as_: As
    ) -> None:
        assert f"附件1_{case.referral_id}_2026-11-20.zip" in page(as_("manager"), case).text
        with transaction(db.session):
            other = make_case(db.session)
        assert page(as_("manager"), other, f"/attachments/{attachment.id}").status_code == 404

    @pytest.mark.parametrize("damage", ["lost", "cut off", "altered"])
    def test_a_file_that_cannot_be_read_gives_a_clear_sentence(
        self, app: Flask, case: Case, attachment: Attachment, as_: As, damage: str
    ) -> None:
        stored = Path(app.config["FILE_STORE"]) / attachment.storage_name
        content = stored.read_bytes()
        stored.write_bytes(content[:10] if damage == "cut off" else content[:-1] + bytes([content[-1] ^ 1]))
        if damage == "lost":
            stored.unlink()
        answer = page(as_("manager"), case, f"/attachments/{attachment.id}")
        assert answer.status_code == 404
        assert f"檔案「附件1_{case.referral_id}_2026-11-20.zip」已遺失或損壞" in answer.text


def test_who_closes_a_case_without_records_a_second_time_reads_who_was_first(
    case: Case, press: Callable[..., str]
) -> None:
    press("supervisor", f"/cases/{case.id}/close", unserved="1")
    assert press("manager", f"/cases/{case.id}/close") == "此個案已由 郭玲巧 結案"
