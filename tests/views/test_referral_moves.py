"""退回, 改派其他中心, 撤回, 修正後重新送出 on the screen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.account import Account
from models.organisation import Unit
from models.referral import Attachment, Referral, ReferralDraft
from models.trail import TrailEntry
from services import referral_moves
from services.transaction import transaction
from tests.factories import AT, close_case, make_case, make_person, make_referral
from tests.staff import account_id

Login = Callable[[str], FlaskClient]
URL = "https://jieli.example"
FETCH = {"X-Requested-With": "fetch"}
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def waiting(app: Any) -> int:
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏", national_id="A123456789")
        return make_referral(db.session, person=person).id


@pytest.fixture
def returned(waiting: int, act_as: Any) -> int:
    with transaction(db.session):
        referral_moves.return_(
            db.session, waiting, reason="電話為空號<b>", base_url=URL, by=act_as("supervisor"), at=AT
        )
    return waiting


def state_of(referral_id: int) -> str:
    return db.session.scalars(select(Referral.state).where(Referral.id == referral_id)).one()


def unit_id(code: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def post(browser: FlaskClient, csrf: Any, address: str, **form: Any) -> Any:
    return browser.post(address, data=csrf(browser, form))


class TestTheSupervisor:
    def test_finds_both_moves_beside_intake(self, as_: Login, waiting: int) -> None:
        browser = as_("supervisor")
        for page in (f"/intake/{waiting}", f"/intake/{waiting}/assign"):
            text = browser.get(page).text
            assert f'href="/intake/{waiting}/return"' in text and f'href="/intake/{waiting}/reroute"' in text

    def test_returns_from_the_dialog_to_the_list(self, as_: Login, csrf: Any, waiting: int) -> None:
        browser = as_("supervisor")
        asked = browser.get(f"/intake/{waiting}/return", headers=FETCH).text
        assert "退回原因" in asked and "唐三藏" in asked and "<html" not in asked
        done = post(browser, csrf, f"/intake/{waiting}/return", reason="電話為空號", back="page=1")
        assert done.location == "/intake/?page=1"
        assert f"轉介單 {waiting} 已退回,並已通知轉介單位。" in browser.get(done.location).text
        assert state_of(waiting) == "returned"

    def test_without_a_reason_the_page_comes_back_whole_with_what_was_chosen(
        self, as_: Login, csrf: Any, waiting: int
    ) -> None:
        browser, there = as_("supervisor"), unit_id("08")
        refused = post(browser, csrf, f"/intake/{waiting}/reroute", reason=" ", unit_id=there)
        assert refused.status_code == 422 and "請填寫原因" in refused.text
        assert re.search(rf'value="{there}" required checked', refused.text)
        for part in ("<html", "改派其他中心", "確定改派", 'name="csrf_token"'):
            assert part in refused.text

    def test_no_unit_chosen_keeps_the_reason(self, as_: Login, csrf: Any, waiting: int) -> None:
        refused = post(as_("supervisor"), csrf, f"/intake/{waiting}/reroute", reason="住在板橋")
        assert refused.status_code == 422
        assert "請從名單中選擇使用中的收案單位" in refused.text and "住在板橋</textarea>" in refused.text

    def test_passes_it_on_and_both_centres_see_it_where_it_is(
        self, as_: Login, csrf: Any, waiting: int
    ) -> None:
        browser, there = as_("supervisor"), unit_id("08")
        choice = browser.get(f"/intake/{waiting}/reroute").text
        assert f'name="unit_id" value="{unit_id("13")}"' not in choice
        done = post(browser, csrf, f"/intake/{waiting}/reroute", reason="住在板橋", unit_id=there)
        page = browser.get(done.location).text
        assert "已改派至 板橋就業服務站" in page and "唐三藏" not in page
        assert "唐三藏" in as_("supervisor3").get("/intake/").text
        again = browser.get(f"/intake/{waiting}/assign")
        assert again.status_code == 409 and "此轉介單已由 郭玲巧 改派至 板橋就業服務站" in again.text
        history = as_("referrer").get(f"/referrals/{waiting}").text
        assert "由 新竹就業中心 改派至 板橋就業服務站" in history and "原因:住在板橋" in history

    def test_the_rules_unit_is_chosen_beforehand_where_it_is_another(self, as_: Login, waiting: int) -> None:
        with transaction(db.session):
            person = make_person(db.session, postal_code="22055", address="新北市板橋區文化路一段10號")
            elsewhere = make_referral(db.session, person=person, unit="13").id
        browser = as_("supervisor")
        page = browser.get(f"/intake/{elsewhere}/reroute").text
        assert re.search(rf'value="{unit_id("08")}" required checked', page)
        assert "required checked" not in browser.get(f"/intake/{waiting}/reroute").text


class TestTheReferringUnit:
    def test_withdraws_with_a_reason(self, as_: Login, csrf: Any, waiting: int) -> None:
        browser = as_("referrer")
        assert f'href="/referrals/{waiting}/withdraw"' in browser.get(f"/referrals/{waiting}").text
        empty = post(browser, csrf, f"/referrals/{waiting}/withdraw", reason="")
        assert empty.status_code == 422 and "請填寫原因" in empty.text
        done = post(browser, csrf, f"/referrals/{waiting}/withdraw", reason="個案已自行就業")
        page = browser.get(done.location).text
        assert "已撤回" in page and "個案已自行就業" in page
        assert "/withdraw" not in page
        late = browser.get(f"/referrals/{waiting}/withdraw")
        assert late.status_code == 409 and "已由 葉淑花 撤回" in late.text
        assert f'href="/referrals/{waiting}"' in late.text

    def test_reads_above_all_why_it_came_back(self, as_: Login, returned: int) -> None:
        page = as_("referrer").get(f"/referrals/{returned}").text
        assert "新竹就業中心 郭玲巧" in page and "電話為空號&lt;b&gt;" in page
        assert "修正後重新送出" in page
        for other in ("supervisor",):
            assert "修正後重新送出" not in as_(other).get(f"/referrals/{returned}").text

    def test_of_another_unit_finds_nothing(self, as_: Login, csrf: Any, returned: int) -> None:
        browser = as_("referrer2")
        for path in ("begin", "", "draft", "draft/discard", "postal-code", "files/consent"):
            answer = post(browser, csrf, f"/referrals/{returned}/correction/{path}", key="x")
            assert answer.status_code in (302, 400, 404, 409, 422), path
        assert browser.get(f"/referrals/{returned}/correction/").status_code == 404
        assert browser.get(f"/referrals/{returned}/withdraw").status_code == 404
        assert db.session.scalar(select(func.count()).select_from(ReferralDraft)) == 0


class Correction:
    """A referrer at the form of a returned referral."""

    def __init__(self, browser: FlaskClient, csrf: Any, referral_id: int) -> None:
        self.browser, self.csrf, self.address = browser, csrf, f"/referrals/{referral_id}/correction/"
        begun = post(browser, csrf, f"{self.address}begin")
        assert begun.location == self.address
        self.page = browser.get(self.address).text
        self.typed: dict[str, Any] = {
            "key": re.search(r'name="key"[^>]*value="([^"]+)"', self.page)[1],  # type: ignore[index]
            "name": "唐三藏", "birthday": "69/07/07", "phone": "0912345678", "home_phone": "03-5123456",
            "consent": "y", "expectation": "希望找白天班的工作。",
            "address": "新竹市東區東大路二段60號", "postal_code": "30054",
            "indicators": ["1"], "identities": ["5"], "brief": "曾任廚師。",
        }  # fmt: skip

    def post(self, path: str = "", *, fetch: bool = False, **changed: Any) -> Any:
        data = self.csrf(self.browser, self.typed | changed)
        return self.browser.post(
            self.address + path, data=data, headers=FETCH if fetch else {}, content_type="multipart/form-data"
        )


class TestTheCorrection:
    def test_shows_what_somebody_else_stored_meanwhile_beside_what_was_typed(
        self, as_: Login, csrf: Any, returned: int
    ) -> None:
        correction = Correction(as_("referrer"), csrf, returned)
        with transaction(db.session):
            person = db.session.get_one(Referral, returned).person
            person.phone, person.changed_by_name, person.changed_at = "0955666777", "李小華", AT
        refused = correction.post(phone="0922333444")
        assert refused.status_code == 409
        assert "李小華" in refused.text and "取消補正」後" not in refused.text
        assert "<td>0955666777</td><td>0922333444</td>" in refused.text
        assert 'value="0922333444"' in refused.text and "曾任廚師。" in refused.text
        sent = correction.post(phone="0922333444")
        assert sent.status_code == 302
        db.session.rollback()
        assert db.session.get_one(Referral, returned).person.phone == "0922333444"

    def test_shows_the_reason_and_the_form_as_it_was_sent(self, as_: Login, csrf: Any, returned: int) -> None:
        page = Correction(as_("referrer"), csrf, returned).page
        assert "電話為空號&lt;b&gt;" in page and 'value="0912345678"' in page
        assert "A1****6789" in page and "A123456789" not in page
        assert "重新送出" in page and "送出通報紀錄" not in page
        assert "data-look-up" not in page.replace("data-look-up-state", "")

    def test_is_sent_to_the_unit_of_the_corrected_address(self, as_: Login, csrf: Any, returned: int) -> None:
        form = Correction(as_("referrer"), csrf, returned)
        sent = form.post(address="新北市板橋區文化路一段10號", postal_code="22055", phone="0922333444")
        assert sent.location == f"/referrals/{returned}"
        page = form.browser.get(sent.location).text
        assert "已重新送出" in page and "板橋就業服務站" in page
        assert "補正項目:連絡電話、居住地址、郵遞區號、轉介評估指標、個案身分別、個人簡述" in page
        assert form.post().location == f"/referrals/{returned}"  # a second click finds it sent
        assert state_of(returned) == "submitted"

    def test_a_refusal_keeps_what_was_typed_and_the_file(self, as_: Login, csrf: Any, returned: int) -> None:
        form = Correction(as_("referrer"), csrf, returned)
        refused = form.post(phone="12", brief="改了<i>", consent_file=(io.BytesIO(PDF), "新同意書.pdf"))
        assert refused.status_code == 422
        assert (
            'value="12"' in refused.text
            and "改了&lt;i&gt;" in refused.text
            and "新同意書.pdf" in refused.text
        )
        assert "電話為空號" in refused.text and state_of(returned) == "returned"
        assert form.post().status_code == 302
        assert db.session.scalars(select(Attachment.name)).all() == ["新同意書.pdf"]

    def test_saves_itself_looks_codes_up_and_takes_files_for_a_script(
        self, as_: Login, csrf: Any, returned: int
    ) -> None:
        form = Correction(as_("referrer"), csrf, returned)
        assert "已暫存" in form.post("draft", fetch=True, brief="改到一半").json["message"]
        assert "改到一半" in form.browser.get(form.address).text
        assert form.post("postal-code", fetch=True, asked="address").json["code"] == "30054"
        file = form.post("files/consent", fetch=True, consent_file=(io.BytesIO(PDF), "同意書.pdf")).json
        removed = form.post(f"files/{file['id']}/remove", fetch=True)
        assert removed.status_code == 200
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0

    def test_without_scripts_each_step_leads_back_to_it(self, as_: Login, csrf: Any, returned: int) -> None:
        form = Correction(as_("referrer"), csrf, returned)
        assert form.post("draft").location == form.address
        assert form.post("postal-code", postal_code="").location == form.address
        assert form.post("postal-code", address="沒有這條路").status_code == 422

    def test_cancelled_leads_back_and_late_saves_make_no_draft(
        self, as_: Login, csrf: Any, returned: int
    ) -> None:
        form = Correction(as_("referrer"), csrf, returned)
        gone = form.post("draft/discard")
        assert gone.location == f"/referrals/{returned}"
        assert form.post("draft", fetch=True).status_code == 409
        assert form.browser.get(form.address).location == f"/referrals/{returned}"
        assert db.session.scalar(select(func.count()).select_from(ReferralDraft)) == 0

    def test_who_is_too_late_hears_who_sent_it(self, as_: Login, csrf: Any, returned: int) -> None:
        form = Correction(as_("referrer"), csrf, returned)
        with transaction(db.session):
            colleague = db.session.scalars(select(Account).where(Account.username == "referrer3")).one()
            colleague.unit_id = db.session.get_one(Referral, returned).referring_unit_id
            name = colleague.name
        other = Correction(as_("referrer3"), csrf, returned)
        assert other.post().status_code == 302
        late = form.post()
        assert late.status_code == 409 and f"此轉介單已由 {name} 重新送出" in late.text

    def test_opening_it_is_in_the_trail(self, as_: Login, csrf: Any, returned: int) -> None:
        Correction(as_("referrer"), csrf, returned)
        screens = select(TrailEntry.screen).where(TrailEntry.screen == "ReferralCorrection.open")
        assert db.session.scalars(screens).all() == ["ReferralCorrection.open"]


class TestReopening:
    @pytest.fixture
    def closed(self, app: Any) -> int:
        with transaction(db.session):
            case = make_case(db.session)
            close_case(db.session, case)
            return case.id

    def test_a_reason_that_is_missing_leaves_the_dialog_open(
        self, as_: Login, csrf: Any, closed: int
    ) -> None:
        refused = post(as_("supervisor"), csrf, f"/cases/{closed}/reopen", reason=" ")
        assert refused.status_code == 422
        assert "data-open-now" in refused.text and "請填寫原因" in refused.text

    def test_a_case_whose_manager_has_left_leads_to_its_transfer(
        self, as_: Login, csrf: Any, closed: int
    ) -> None:
        with transaction(db.session):
            db.session.get_one(Account, account_id(db.session, "manager")).active = False
        browser = as_("supervisor")
        done = post(browser, csrf, f"/cases/{closed}/reopen", reason="個案再度求職")
        assert done.location == f"/transfers/{closed}/assign"
        assert "王大毛 的帳號已停用或已調離本單位,請立即轉案" in browser.get(done.location).text
