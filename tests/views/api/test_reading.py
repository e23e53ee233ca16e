"""What programs read: the same rows as the screens of the account, recorded in the trail, IDs masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from models.trail import Act, TrailEntry, TrailPerson
from rules.permissions import Permission as P
from services.transaction import transaction
from tests.factories import make_case, make_person, make_record, make_referral
from tests.views.api.conftest import Program

Programs = Callable[..., Program]


def seen() -> list[tuple[str, set[int]]]:
    """The trail's entries of the API: the screen and the persons."""
    entries = db.session.scalars(select(TrailEntry).where(TrailEntry.act == Act.API).order_by(TrailEntry.id))
    return [
        (
            entry.screen,
            set(db.session.scalars(select(TrailPerson.person_id).where(TrailPerson.entry_id == entry.id))),
        )
        for entry in entries
    ]


def test_the_codes_are_those_on_offer(program: Programs) -> None:
    told = program("manager").get("/codes").json
    assert told["indicators"][0]["code"] == 1
    assert {"code": 19, "label": "其他"} in told["identities"]


def test_an_address_has_its_code_and_its_unit(program: Programs) -> None:
    told = program("referrer").post("/postal-code", {"address": "新竹市東區東大路二段60號"}).json
    assert (told["code"], told["receiving_unit"]["code"]) == ("30054", "13")
    unknown = program("referrer").post("/postal-code", {"address": "月球寧靜海"}).json
    assert (unknown["code"], unknown["receiving_unit"]) == (None, None)
    assert unknown["reason"]


def test_an_address_never_stands_in_an_address_bar(program: Programs) -> None:
    assert program("referrer").get("/postal-code", address="新竹市").status_code == 405


def test_a_unit_lists_what_it_sent_and_nothing_else(program: Programs) -> None:
    with transaction(db.session):
        own = make_case(db.session, referral=make_referral(db.session)).referral
        make_referral(db.session, referrer="referrer2")
    told = program("referrer").get("/referrals").json
    (row,) = told["referrals"]
    assert (row["number"], row["state"], row["referral_date"]) == (own.id, "open", "2026-11-20")
    assert row["due_date"] == "2027-02-20"
    assert (told["total"], told["has_next"]) == (1, False)
    assert seen() == [("ReferralApi.list_referrals", {own.person_id})]


def test_a_list_is_filtered_and_paged(program: Programs) -> None:
    with transaction(db.session):
        for day in (1, 2, 3):
            make_referral(db.session, referral_date=date(2026, 11, day))
        make_case(db.session, referral=make_referral(db.session, referral_date=date(2026, 11, 4)))
    referrer = program("referrer")

    def days(**query: Any) -> list[str]:
        return [row["referral_date"][-2:] for row in referrer.get("/referrals", **query).json["referrals"]]

    assert days() == ["04", "03", "02", "01"]
    assert days(state="open") == ["04"]
    assert days(date_from="2026-11-02", date_to="2026-11-03") == ["03", "02"]
    assert days(size=3, page=2) == ["01"]
    assert referrer.get("/referrals", size=3).json["has_next"]


@pytest.mark.parametrize(
    "query",
    [
        {"size": "101"},
        {"size": "0"},
        {"page": "x"},
        {"state": "lost"},
        {"date_from": "115/11/1"},
        {"name": "唐"},
    ],
)
def test_a_query_that_means_nothing_is_refused_by_name(program: Programs, query: dict[str, str]) -> None:
    response = program("referrer").get("/referrals", **query)
    assert response.status_code == 422
    assert set(response.json["error"]["fields"]) == set(query)


def test_a_referral_tells_its_story(program: Programs) -> None:
    with transaction(db.session):
        case = make_case(db.session, referral=make_referral(db.session, identities=(3,)))
        make_record(db.session, case)
    referral, person = case.referral, case.referral.person
    told = program("referrer").get(f"/referrals/{referral.id}").json
    assert told["state"] == "open" and told["case"]["number"] == case.id
    assert told["case"]["service_count"] == 1
    assert told["person"]["national_id"] == f"{person.national_id[:2]}****{person.national_id[-4:]}"
    assert [each["code"] for each in told["identities"]] == [3]
    assert "收案並派案" in [each["title"] for each in told["timeline"]]
    assert all(each["at"].endswith("+08:00") for each in told["timeline"])
    assert seen() == [("ReferralApi.read_referral", {person.id})]


def test_another_units_referral_does_not_exist(program: Programs) -> None:
    with transaction(db.session):
        referral = make_referral(db.session, referrer="referrer2")
    assert program("referrer").get(f"/referrals/{referral.id}").status_code == 404
    assert program("referrer2").get(f"/referrals/{referral.id}").status_code == 200


def test_no_answer_holds_a_whole_national_id(program: Programs) -> None:
    with transaction(db.session):
        case = make_case(db.session)
    number = case.referral.person.national_id
    referrer, supervisor = program("referrer"), program("supervisor")
    answers = [
        referrer.get("/referrals"),
        referrer.get(f"/referrals/{case.referral_id}"),
        *(supervisor.get(path) for path in ("/cases", f"/cases/{case.id}", "/roster")),
    ]
    texts = [str(answer.json) for answer in answers]
    assert all("唐三藏" in text for text in texts), "each shows the person"
    assert not [text for text in texts if number in text]


def test_a_case_manager_reads_his_own_cases_and_a_supervisor_the_units(program: Programs) -> None:
    with transaction(db.session):
        own = make_case(db.session, manager="manager")
        colleagues = make_case(db.session, manager="manager2")
        foreign = make_case(db.session, manager="manager3", supervisor="supervisor3")

    def numbers(who: Program) -> set[int]:
        return {row["number"] for row in who.get("/cases").json["cases"]}

    manager, supervisor = program("manager"), program("supervisor")
    assert numbers(manager) == {own.id}
    assert numbers(supervisor) == {own.id, colleagues.id}
    assert manager.get(f"/cases/{colleagues.id}").status_code == 404
    assert supervisor.get(f"/cases/{colleagues.id}").status_code == 200
    assert supervisor.get(f"/cases/{foreign.id}").status_code == 404
    assert numbers(program("supervisor", P.CASE_WORK)) == set(), (
        "without the roster's scope, the own ones only"
    )


def test_a_case_comes_with_its_records(program: Programs) -> None:
    with transaction(db.session):
        case = make_case(db.session)
        make_record(db.session, case, services=(1,), remark="約定下週面談。")
        make_record(db.session, case, reasons=(1, 2), provided=False)
    told = program("manager").get(f"/cases/{case.id}").json
    assert told["service_count"] == 2
    assert [each["provided"] for each in told["service_records"]] == [True, False]
    assert [each["code"] for each in told["service_records"][1]["reasons"]] == [1, 2]
    assert told["person"]["address"].startswith("新竹市")
    assert seen() == [("CaseApi.read_case", {case.referral.person_id})]


def test_the_roster_is_that_of_the_own_unit(program: Programs) -> None:
    with transaction(db.session):
        case = make_case(db.session, referral=make_referral(db.session, identities=(3, 9)))
        make_record(db.session, case)
        waiting = make_referral(db.session)
        make_referral(db.session, unit="08")
    supervisor = program("supervisor", P.ROSTER_READ)
    rows = supervisor.get("/roster").json["roster"]
    assert {row["number"] for row in rows} == {case.referral_id, waiting.id}
    served = next(row for row in rows if row["number"] == case.referral_id)
    assert served["sex"] == "M" and served["age"] == 46
    assert len(served["history"]) == 1
    assert [row["number"] for row in supervisor.get("/roster", identity=9).json["roster"]] == [
        case.referral_id
    ]
    assert [row["number"] for row in supervisor.get("/roster", state="submitted").json["roster"]] == [
        waiting.id
    ]
    assert supervisor.get("/roster", identity="x").status_code == 422


def test_a_search_for_a_wildcard_finds_no_more(program: Programs) -> None:
    with transaction(db.session):
        make_referral(db.session, person=make_person(db.session))
    response = program("referrer").get("/referrals", state="%")
    assert response.status_code == 422


def test_who_is_read_by_a_program_stands_in_the_trail_with_what_was_asked(program: Programs) -> None:
    with transaction(db.session):
        make_referral(db.session)
    program("referrer").get("/referrals", state="submitted")
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.act == Act.API)).one()
    assert '"state": "submitted"' in entry.criteria
    assert entry.ground == "本單位送出的轉介單"
