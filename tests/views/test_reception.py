"""接待台 in the browser: find, judge, check in, print, send; nothing typed is lost, nobody else's visitor is seen."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.desk import Counter
from models.desk_rules import BusinessType
from models.desk_staff import Attendance
from models.notice import Notice
from models.ownership import ChangeRequest, Owner
from models.person import Person
from models.trail import Act, TrailEntry, TrailPerson
from models.visit import Visit
from services import appointments, ownership
from services.transaction import transaction
from tests.conftest import NOW, Clock
from tests.factories import fresh_number, make_case, make_desk, make_person, make_referral

HOME = "/desk/reception/"
LIVE = {"X-Requested-With": "fetch", "X-Live": "1"}


class Reception:
    """The reception's browser, and what is asked of it again and again."""

    def __init__(self, as_: Any, csrf: Any) -> None:
        self.browser, self._csrf = as_("reception"), csrf

    def get(self, path: str = HOME, **kwargs: Any) -> Any:
        return self.browser.get(path, **kwargs)

    def post(self, path: str, **data: Any) -> Any:
        return self.browser.post(HOME + path, data=self._csrf(self.browser, data))

    def check_in(self, **data: Any) -> Visit:
        """Of a person; what is not said is as the screen proposes it."""
        sent = self.post("check-in", **{"submission_key": str(uuid.uuid4()), "disability": "none", **data})
        assert sent.status_code == 302, sent.text
        found = db.session.get(Visit, int(sent.location.partition("visit=")[2]))
        assert found is not None
        return found


@pytest.fixture
def reception(app: Flask, as_: Any, csrf: Any) -> Reception:
    make_desk(db.session)
    return Reception(as_, csrf)


@pytest.fixture
def person(reception: Reception) -> Person:
    """Somebody whom the centre knows."""
    with transaction(db.session):
        found = make_person(db.session, name="鐘離玄真")
        make_referral(db.session, person=found)
    return found


def kind(letter: str = "A") -> int:
    return db.session.scalars(select(BusinessType.id).where(BusinessType.letter == letter)).one()


def officer(username: str) -> int:
    return db.session.scalars(select(Account.id).where(Account.username == username)).one()


def counter(number: int) -> int:
    return db.session.scalars(select(Counter.id).where(Counter.number == number)).one()


def again(visit: Visit) -> Visit:
    """As it stands now: the requests have had sessions of their own."""
    db.session.remove()
    return db.session.get_one(Visit, visit.id)


def own(person: Person, act_as: Any, username: str = "counter1") -> None:
    who = act_as(username)
    with transaction(db.session):
        ownership.give(
            db.session,
            unit_id=who.unit_id,
            person_id=person.id,
            business_type_id=kind(),
            to_id=who.user_id,
            cause="new_case",
            by=who,
            at=NOW,
        )


def seen(person: Person, act: Act) -> int:
    entries = select(TrailEntry.id).join(TrailPerson, TrailPerson.entry_id == TrailEntry.id)
    return len(
        db.session.scalars(entries.where(TrailPerson.person_id == person.id, TrailEntry.act == act)).all()
    )


def test_a_number_leads_to_the_person_and_never_stands_in_the_address_or_on_the_page(
    reception: Reception, person: Person
) -> None:
    sent = reception.post("find", search=person.national_id)
    assert sent.location.endswith(f"?person={person.id}")
    page = reception.get(sent.location).text
    assert person.name in page
    assert person.national_id not in page


def test_a_number_nobody_has_opens_the_form_for_a_new_visitor_with_it(reception: Reception) -> None:
    number = fresh_number()
    sent = reception.post("find", search=number)
    assert number not in sent.location
    page = reception.get(sent.location).text
    assert f'value="{number}"' in page
    assert re.search(r'id="register" open', page)


def test_a_new_visitor_needs_no_address(reception: Reception) -> None:
    sent = reception.post("register", national_id=fresh_number(), name="洪七", birthday="72/5/9", phone="")
    page = reception.get(sent.location).text
    assert "洪七" in page
    assert "報到並派案" in page


def test_a_refused_new_visitor_keeps_what_was_typed(reception: Reception) -> None:
    sent = reception.post("register", national_id="A123", name="洪七", birthday="72/5/9")
    assert sent.status_code == 422
    assert 'value="洪七"' in sent.text
    assert "register-national_id-fault" in sent.text


def test_several_of_one_name_are_a_list_that_is_recorded(reception: Reception, person: Person) -> None:
    with transaction(db.session):
        make_referral(db.session, person=make_person(db.session, name=person.name))
    sent = reception.post("find", search=person.name)
    assert person.name not in sent.location
    page = reception.get(sent.location).text
    assert page.count(f"<strong>{person.name}</strong>") == 2
    assert seen(person, Act.LIST) == 1


def test_a_ticket_leads_to_its_visit(reception: Reception, person: Person) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    assert reception.post("find", search="a1").location.endswith(f"?visit={visit.id}")


def test_what_nobody_fits_is_said_and_stays_typed(reception: Reception) -> None:
    sent = reception.post("find", search="查無此人")
    assert sent.status_code == 422
    assert 'value="查無此人"' in sent.text
    assert "登錄新的民眾" in sent.text


def test_the_card_shows_the_appointment_the_owner_and_the_case(
    reception: Reception, person: Person, act_as: Any
) -> None:
    own(person, act_as)
    with transaction(db.session):
        make_case(db.session, referral=make_referral(db.session, person=person))
        who = act_as("counter2")
        appointments.book(
            db.session,
            person_id=person.id,
            business_type_id=kind(),
            officer_id=who.user_id,
            starts_at=NOW + timedelta(hours=1),
            material="",
            key="1",
            by=who,
            at=NOW,
        )
    page = reception.get(f"{HOME}?person={person.id}").text
    for text in ("11:00", "黃志偉", "李佳蓉", "王大毛", "個案服務單"):
        assert text in page
    assert "/cases/" not in page  # reception may not open it


def test_a_person_of_no_business_with_the_centre_is_not_found(reception: Reception) -> None:
    with transaction(db.session):
        stranger = make_person(db.session)
    assert reception.get(f"{HOME}?person={stranger.id}").status_code == 404


def test_the_check_in_says_counter_and_reason_and_is_recorded(reception: Reception, person: Person) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    before = seen(person, Act.VIEW)
    page = reception.get(f"{HOME}?visit={visit.id}").text
    assert "A001" in page
    assert f"{again(visit).counter.number}<small>號櫃台" in page
    assert "一般求職新案" in page
    assert "為什麼不是其他櫃台" in page
    assert seen(person, Act.VIEW) == before + 1


def test_a_double_click_checks_in_once(reception: Reception, person: Person) -> None:
    data = {"person_id": person.id, "business_type_id": kind(), "submission_key": str(uuid.uuid4())}
    assert reception.check_in(**data).id == reception.check_in(**data).id
    assert len(db.session.scalars(select(Visit)).all()) == 1


def test_a_judgement_against_the_evidence_without_a_note_comes_back_as_it_was_chosen(
    reception: Reception, person: Person
) -> None:
    sent = reception.post(
        "check-in",
        person_id=person.id,
        business_type_id=kind("B"),
        new_case="old",
        identities="4",
        disability="suspected",
    )
    assert sent.status_code == 422
    assert "check-note-fault" in sent.text
    for chosen in ('value="old" class="is-own" checked', 'value="suspected" class="is-suspected" checked'):
        assert chosen in sent.text
    assert re.search(rf'name="business_type_id" value="{kind("B")}" required checked', sent.text)
    assert db.session.scalars(select(Visit)).all() == []


def test_the_phone_check_makes_an_old_case_of_the_officer_asked(reception: Reception, person: Person) -> None:
    visit = reception.check_in(
        person_id=person.id, business_type_id=kind(), asked_officer_id=officer("counter3"), known="yes"
    )
    assert (visit.new_case, visit.basis, visit.officer_id) == (False, "phone_check", officer("counter3"))


def test_whom_reception_asked_needs_an_answer_and_nothing_typed_is_lost(
    reception: Reception, person: Person
) -> None:
    page = reception.get(f"{HOME}?person={person.id}").text
    assert not re.search(r'name="known" value="\w+" checked', page), "an answer is chosen, never assumed"
    data = {"person_id": person.id, "business_type_id": kind(), "asked_officer_id": officer("counter3")}
    refused = reception.post("check-in", **data, disability="suspected")
    assert refused.status_code == 422
    assert "check-known-fault" in refused.text and 'href="#check-known"' in refused.text
    assert f'<option value="{officer("counter3")}" selected>' in refused.text
    assert 'value="suspected" class="is-suspected" checked' in refused.text


def test_the_answer_on_the_telephone_is_on_the_card_and_in_the_form_that_corrects(
    reception: Reception, person: Person
) -> None:
    asked = {"asked_officer_id": officer("counter3"), "known": "no"}
    visit = reception.check_in(person_id=person.id, business_type_id=kind(), **asked)
    page = reception.get(f"{HOME}?visit={visit.id}").text
    assert "去電 吳淑芬 核對：不是其個案。" in page
    assert f'<option value="{officer("counter3")}" selected>' in page
    assert 'name="known" value="no" checked' in page


def test_a_disability_is_confirmed_only_with_its_evidence(reception: Reception, person: Person) -> None:
    data = {"person_id": person.id, "business_type_id": kind(), "disability": "confirmed"}
    assert "check-disability_evidence" in reception.post("check-in", **data).text
    visit = reception.check_in(**data, disability_evidence="handbook")
    assert visit.counter_id == counter(4)


def test_an_employer_goes_upstairs_and_the_section_is_told(reception: Reception) -> None:
    visit = reception.check_in(
        form="employer",
        business_type_id=kind("D"),
        visitor="大同公司 王經理",
        section="徵作業員",
        volunteer="陳志工",
    )
    assert (visit.counter_id, visit.visitor, visit.person_id) == (counter(8), "大同公司 王經理", None)
    assert [notice.kind for notice in db.session.scalars(select(Notice))] == ["employer"]


def test_a_visitor_without_papers_keeps_the_name_when_no_business_was_chosen(reception: Reception) -> None:
    sent = reception.post("check-in", form="papers", visitor="阿德")
    assert sent.status_code == 422
    assert 'value="阿德"' in sent.text
    assert re.search(r'id="papers" open', sent.text)


def test_the_ticket_has_neither_name_nor_number(reception: Reception, person: Person) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    page = reception.get(f"{HOME}visits/{visit.id}/ticket").text
    assert "A001" in page and "一般求職" in page and "115/11/20 10:00" in page
    for secret in (person.name, person.national_id, "A1****"):
        assert secret not in page


def test_sending_rings_and_after_a_minute_the_neighbours_are_shown(
    reception: Reception, person: Person, clock: Clock
) -> None:
    visit = reception.check_in(
        person_id=person.id, business_type_id=kind(), asked_officer_id=officer("counter2"), known="yes"
    )
    reception.post(f"visits/{visit.id}/send")
    status = f"{HOME}visits/{visit.id}/status"
    assert "請轉知鄰櫃" not in reception.get(status).text
    clock.now = NOW + timedelta(seconds=61)
    page = reception.get(status).text
    assert "李佳蓉" in page and "吳淑芬" in page and "121" in page


def test_a_sending_is_taken_back_within_two_minutes(
    reception: Reception, person: Person, clock: Clock
) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    card, status = f"{HOME}?visit={visit.id}", f"{HOME}visits/{visit.id}/status"
    assert "收回這個步驟" not in reception.get(card).text
    reception.post(f"visits/{visit.id}/send")
    assert "收回這個步驟" in reception.get(card).text and "收回這個步驟" in reception.get(status).text
    reception.post(f"visits/{visit.id}/undo")
    assert again(visit).sent_at is None and "收回這個步驟" not in reception.get(card).text
    reception.post(f"visits/{visit.id}/send")
    clock.now = NOW + timedelta(minutes=2, seconds=1)
    assert "收回這個步驟" not in reception.get(status).text
    late = reception.post(f"visits/{visit.id}/undo")
    assert "超過兩分鐘" in reception.get(late.location).text and again(visit).sent_at == NOW


def test_an_override_needs_its_reason_and_keeps_the_counter_chosen(
    reception: Reception, person: Person
) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    other = counter(2 if visit.counter_id != counter(2) else 3)
    refused = reception.post(f"visits/{visit.id}/override", counter_id=other, reason=" ")
    assert refused.status_code == 422
    assert f'<option value="{other}" selected>' in refused.text
    reception.post(f"visits/{visit.id}/override", counter_id=other, reason="民眾行動不便，就近服務。")
    visit = again(visit)
    assert (visit.counter_id, visit.overridden) == (other, True)


def test_who_is_too_late_reads_why(reception: Reception, person: Person) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    reception.post(f"visits/{visit.id}/leave", reason="民眾臨時有事。")
    sent = reception.post(f"visits/{visit.id}/send")
    assert "已經離開" in reception.get(sent.location).text


def test_a_correction_dispatches_anew(reception: Reception, person: Person) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    reception.post(
        f"visits/{visit.id}/judge",
        business_type_id=kind(),
        disability="confirmed",
        disability_evidence="system",
    )
    visit = again(visit)
    assert (visit.disability, visit.counter_id) == ("confirmed", counter(4))


def test_a_correction_of_something_else_leaves_receptions_own_judgement_as_it_was(
    reception: Reception, person: Person
) -> None:
    visit = reception.check_in(
        person_id=person.id, business_type_id=kind(), new_case="old", note="本人出示舊案紀錄"
    )
    page = reception.get(f"{HOME}?visit={visit.id}").text
    form = dict(re.findall(r'name="(new_case|disability|known)" value="(\w*)"[^>]* checked', page))
    form["note"] = "".join(re.findall(r'id="judge-note"[^>]* value="([^"]*)"', page))
    assert form == {"new_case": "old", "disability": "none", "note": "本人出示舊案紀錄"}
    reception.post(f"visits/{visit.id}/judge", **form, identities="4")
    visit = again(visit)
    assert (visit.new_case, visit.basis, visit.basis_note) == (False, "reception", "本人出示舊案紀錄")
    assert (visit.identities, visit.counted) == ([4], False)


def test_a_long_wait_rises_with_the_deputies_and_one_press_redirects(
    reception: Reception, person: Person, clock: Clock
) -> None:
    visit = reception.check_in(
        person_id=person.id, business_type_id=kind(), asked_officer_id=officer("counter1"), known="yes"
    )
    clock.now = NOW + timedelta(minutes=31)
    page = reception.get(f"{HOME}counters", headers=LIVE).text
    assert "已等 31 分" in page and "職代" in page
    reception.post(f"visits/{visit.id}/notify", stay="nobody")
    assert [notice.kind for notice in db.session.scalars(select(Notice))] == ["long_wait"]
    sent = reception.post(f"visits/{visit.id}/redirect", stay=f"person:{person.id}")
    assert sent.location.endswith(f"?person={person.id}")
    assert again(visit).counter_id == counter(2)


def test_the_undispatched_stand_with_their_reason(reception: Reception, person: Person, act_as: Any) -> None:
    who = act_as("counter4")
    with transaction(db.session):
        db.session.add(
            Attendance(
                unit_id=who.unit_id,
                officer_id=who.user_id,
                kind="leave",
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(hours=3),
            )
        )
    reception.check_in(
        person_id=person.id, business_type_id=kind(), disability="confirmed", disability_evidence="handbook"
    )
    page = reception.get(f"{HOME}counters", headers=LIVE).text
    assert "待派案" in page and "A001" in page and "身障" in page


def test_live_parts_show_no_person_and_leave_no_entry(reception: Reception, person: Person) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    before = len(db.session.scalars(select(TrailEntry.id)).all())
    for path in (f"{HOME}counters", f"{HOME}counters?debts=1", f"{HOME}visits/{visit.id}/status"):
        page = reception.get(path, headers=LIVE)
        assert page.status_code == 200
        assert person.name not in page.text
    assert len(db.session.scalars(select(TrailEntry.id)).all()) == before


def test_debts_come_on_demand(reception: Reception, person: Person) -> None:
    reception.check_in(person_id=person.id, business_type_id=kind())
    assert 'class="debts"' not in reception.get(f"{HOME}counters", headers=LIVE).text
    assert re.search(r"<dd>-0\.\d</dd>", reception.get(f"{HOME}counters?debts=1", headers=LIVE).text)


def test_a_complaint_about_an_officer_reaches_the_supervisor_from_the_card(
    reception: Reception, person: Person, act_as: Any
) -> None:
    own(person, act_as)
    data = {"person_id": person.id, "owner": f"{kind()}:{officer('counter1')}", "complaint": "1"}
    refused = reception.post("change-officer", **data, reason="")
    assert refused.status_code == 422
    assert "一案到底機制是為『縮短業務申辦流程』及『提升個人隱私』所建置" in refused.text
    assert re.search(r'name="complaint" value="1" checked', refused.text)
    reception.post("change-officer", **data, reason="民眾表示服務態度不佳。")
    assert db.session.scalars(select(ChangeRequest)).one().complaint is True
    assert db.session.scalars(select(Notice.kind)).all() == ["complaint"]
    assert db.session.scalars(select(Owner.officer_id)).one() == officer("counter1")


@pytest.mark.parametrize("username", ["counter1", "supervisor", "referrer", "auditor", "itstaff"])
def test_other_roles_do_not_receive(reception: Reception, as_: Any, username: str) -> None:
    assert as_(username).get(HOME).status_code == 403


def test_another_centres_visit_is_not_found(reception: Reception, person: Person, act_as: Any) -> None:
    visit = reception.check_in(person_id=person.id, business_type_id=kind())
    elsewhere = make_desk(db.session, "08").unit_id
    with transaction(db.session):
        db.session.get_one(Account, officer("reception")).unit_id = elsewhere
    assert reception.get(f"{HOME}?visit={visit.id}").status_code == 404
    assert reception.get(f"{HOME}visits/{visit.id}/ticket").status_code == 404
    for step in ("send", "notify", "redirect", "judge"):
        assert reception.post(f"visits/{visit.id}/{step}").status_code == 404
    assert reception.post(f"visits/{visit.id}/leave", reason="走了").status_code == 404


def test_a_unit_without_a_front_desk_says_so(app: Flask, as_: Any) -> None:
    page = as_("reception").get(HOME)
    assert page.status_code == 404
    assert "沒有設立前台" in page.text
