"""Notices: they reach whom they concern, in words, until somebody has pressed 知道了."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from models.notice import Notice
from models.visit import Visit
from rules.desk import NOTICE_TEXT, NoticeKind
from rules.permissions import Permission as P
from rules.visit_flow import State
from services import notices
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_visit

LIVE = {"X-Requested-With": "fetch", "X-Live": "1"}
HELP = "%(counter)s 號櫃台請求協助"


@pytest.fixture
def unit_id(app: Flask, act_as: Any) -> int:
    with transaction(db.session):
        make_desk(db.session)
    found: int = act_as("counter1").unit_id
    return found


def tell(unit_id: int, kind: NoticeKind, to: Any, template: str = HELP, **values: Any) -> int:
    with transaction(db.session):
        notice = notices.tell(db.session, unit_id, kind, template, to=to, at=NOW, by=None, **values)
        db.session.flush()
        return notice.id


def heard(as_: Any, username: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = as_(username).get("/desk/pulse", headers=LIVE).json["notices"]
    return found


def test_a_notice_is_a_sentence_with_its_kind_in_words(as_: Any, unit_id: int) -> None:
    tell(unit_id, NoticeKind.EMERGENCY, P.VISIT_RECEIVE, counter=3)
    (notice,) = heard(as_, "reception")
    assert (notice["word"], notice["text"]) == ("緊急求助", "3 號櫃台請求協助")


def test_an_emergency_ranks_before_a_ring_and_a_ring_before_the_rest(as_: Any, unit_id: int) -> None:
    for kind in (NoticeKind.LONG_WAIT, NoticeKind.RING, NoticeKind.EMERGENCY):
        tell(unit_id, kind, P.VISIT_RECEIVE, counter=1)
    ranked = sorted(heard(as_, "reception"), key=lambda notice: notice["rank"])
    assert [notice["kind"] for notice in ranked] == ["emergency", "ring", "long_wait"]


def test_a_notice_to_one_officer_is_not_shown_to_the_next(as_: Any, act_as: Any, unit_id: int) -> None:
    tell(unit_id, NoticeKind.RING, act_as("counter1").user_id, counter=1)
    assert len(heard(as_, "counter1")) == 1
    assert heard(as_, "counter2") == []


def test_one_press_acknowledges_and_the_notice_is_gone(
    as_: Any, act_as: Any, csrf: Any, unit_id: int
) -> None:
    notice_id = tell(unit_id, NoticeKind.RING, act_as("counter1").user_id, counter=1)
    browser = as_("counter1")
    before = browser.get("/desk/pulse", headers=LIVE).json["serial"]
    answer = browser.post(f"/desk/notices/{notice_id}/acknowledge", data=csrf(browser, {}), headers=LIVE)
    after = browser.get("/desk/pulse", headers=LIVE).json
    assert answer.status_code == 204
    assert after["notices"] == [] and after["serial"] > before
    assert db.session.get(Notice, notice_id).acknowledged_by_id == act_as("counter1").user_id  # type: ignore[union-attr]


def test_somebody_elses_notice_cannot_be_acknowledged(as_: Any, act_as: Any, csrf: Any, unit_id: int) -> None:
    notice_id = tell(unit_id, NoticeKind.RING, act_as("counter1").user_id, counter=1)
    browser = as_("counter2")
    answer = browser.post(f"/desk/notices/{notice_id}/acknowledge", data=csrf(browser, {}), headers=LIVE)
    assert answer.status_code == 404
    assert db.session.get(Notice, notice_id).acknowledged_at is None  # type: ignore[union-attr]


def test_the_answer_to_a_ring_is_kept_with_the_visit(as_: Any, act_as: Any, csrf: Any, unit_id: int) -> None:
    visit_id = make_visit(db.session, officer="counter1", sent_at=NOW).id
    db.session.commit()
    notice_id = tell(unit_id, NoticeKind.RING, act_as("counter1").user_id, counter=1, visit_id=visit_id)
    browser = as_("counter1")
    browser.post(f"/desk/notices/{notice_id}/acknowledge", data=csrf(browser, {}), headers=LIVE)
    visit = db.session.get_one(Visit, visit_id)
    assert visit.acknowledged_at == NOW and visit.state == State.WAITING
    assert heard(as_, "counter1") == []


def test_without_scripts_the_notices_are_a_page_with_a_button_each(as_: Any, csrf: Any, unit_id: int) -> None:
    notice_id = tell(unit_id, NoticeKind.EMERGENCY, P.VISIT_RECEIVE, counter=3)
    browser = as_("reception")
    assert "3 號櫃台請求協助" in browser.get("/desk/notices/").text
    answer = browser.post(f"/desk/notices/{notice_id}/acknowledge", data=csrf(browser, {}))
    assert answer.status_code == 302
    assert "3 號櫃台請求協助" not in browser.get(answer.headers["Location"]).text


def test_the_bar_is_on_the_pages_of_the_desks_people_only(as_: Any, unit_id: int) -> None:
    assert 'id="pulse"' in as_("reception").get("/").text
    assert 'id="pulse"' not in as_("referrer").get("/").text


def test_every_kind_of_notice_has_a_word() -> None:
    assert set(NOTICE_TEXT) == set(NoticeKind)


def test_an_english_reader_reads_the_business_type_of_a_notice_in_english(as_: Any, unit_id: int) -> None:
    tell(
        unit_id,
        NoticeKind.UNDISPATCHED,
        P.VISIT_RECEIVE,
        "%(ticket)s：%(type)s",
        ticket="A001",
        type="失業給付",
    )
    browser = as_("reception")
    browser.get("/lang/en")
    (notice,) = browser.get("/desk/pulse", headers=LIVE).json["notices"]
    assert notice["text"] == "A001：Benefit"
