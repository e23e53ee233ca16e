"""What a walk over addresses does not reach: steps that need a form, ids in the query, a draft, an upload, an API key.

Each step is taken; when the answer shows the person, there must be an entry of that very screen that names the person.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from models.account import Account
from models.person import Person
from models.referral import Referral
from models.trail import Act, TrailEntry, TrailPerson
from services import batch, trail
from services.batch_workbook import read_workbook
from services.transaction import transaction
from tests.batch_files import row, workbook
from tests.factories import AT, make_case, make_record, make_referral
from tests.test_trail import ADDRESS, BRIEF, NAME, PHONE, World, newest, readable, recorded_since, world
from tests.views.api.conftest import Program, program

__all__ = ["program", "world"]  # fixtures
As = Callable[[str], FlaskClient]
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def proves(world: World) -> Callable[..., TestResponse]:
    """`proves(screen, take)`: the answer shows the person, and an entry of this screen says so."""

    def prove(screen: str, take: Callable[[], TestResponse], act: Act | None = None) -> TestResponse:
        before = newest()
        response = take()
        db.session.expire_all()
        text = readable(response) + (
            json.dumps(response.json, ensure_ascii=False) if response.is_json else ""
        )
        assert any(trace in text for trace in world.traces), f"{screen} {response.status_code} shows nobody"
        entries = recorded_since(before, world.person_id)
        assert [each for each in entries if each.screen == screen and act in (None, each.act)], screen
        return response

    return prove


def test_dialogs_over_a_page(world: World, as_: As, proves: Any) -> None:
    waiting, case = world.ids["referral_id"][0], world.ids["case_id"][0]
    manager2 = db.session.scalars(select(Account.id).where(Account.username == "manager2")).one()
    for screen, path in (
        ("Intake.assign", f"/intake/{waiting}/assign"),
        ("Intake.confirm", f"/intake/{waiting}/confirm?case_manager_id={manager2}"),
        ("Intake.send_back", f"/intake/{waiting}/return"),
        ("Intake.reroute", f"/intake/{waiting}/reroute"),
        ("Transfer.assign", f"/transfers/{case}/assign"),
        ("Transfer.confirm", f"/transfers/{case}/confirm?to_id={manager2}"),
    ):
        proves(screen, lambda path=path: as_("supervisor").get(path, headers=FETCH))


def test_refused_forms_show_the_person_once_more(world: World, as_: As, csrf: Any, proves: Any) -> None:
    waiting, case = world.ids["referral_id"][0], world.ids["case_id"][0]
    for user, screen, path in (
        ("supervisor", "Intake.send_back", f"/intake/{waiting}/return"),
        ("supervisor", "Intake.reroute", f"/intake/{waiting}/reroute"),
        ("referrer", "ReferralWithdrawal.withdraw", f"/referrals/{waiting}/withdraw"),
        ("manager", "CaseRecords.new", f"/cases/{case}/records/new"),
    ):
        browser = as_(user)
        form = csrf(browser, {"submission_key": str(uuid.uuid4()), "key": str(uuid.uuid4())})
        response = proves(screen, lambda b=browser, p=path, f=form: b.post(p, data=f))
        assert response.status_code == 422


def test_many_at_once(world: World, as_: As, proves: Any) -> None:
    waiting, case = world.ids["referral_id"][0], world.ids["case_id"][0]
    manager2 = db.session.scalars(select(Account.id).where(Account.username == "manager2")).one()
    for screen, base, of in (
        ("IntakeBulk", "/intake/bulk/", waiting),
        ("TransferBulk", "/transfers/bulk/", case),
    ):
        for step, path in (("ask", f"{base}?id={of}"), ("check", f"{base}confirm?id={of}&to={manager2}")):
            proves(f"{screen}.{step}", lambda path=path: as_("supervisor").get(path))


def test_a_person_who_was_looked_up(world: World, as_: As, csrf: Any, proves: Any) -> None:
    browser = as_("referrer")
    person = db.session.get_one(Person, world.person_id)
    form = csrf(browser, {"key": str(uuid.uuid4()), "name": person.name, "national_id": person.national_id})
    found = proves(
        "ReferralSubmit.look_up",
        lambda: browser.post("/referrals/new/look-up", data=form, headers=FETCH),
        Act.VIEW,
    )
    assert found.json["fields"]["phone"] == PHONE
    proves("ReferralSubmit.new", lambda: browser.get("/referrals/new/"))
    proves("ReferralSubmit.person", lambda: browser.get("/referrals/new/person"))
    refused = proves("ReferralSubmit.send", lambda: browser.post("/referrals/new/", data=form))
    assert refused.status_code == 422


def test_a_returned_referral_that_is_corrected(world: World, as_: As, csrf: Any, proves: Any) -> None:
    browser, number = as_("referrer"), world.ids["referral_id"][1]
    begun = browser.post(f"/referrals/{number}/correction/begin", data=csrf(browser, {}))
    assert begun.status_code == 302
    path = begun.location
    proves("ReferralCorrection.open", lambda: browser.get(path))


def test_the_pages_and_files_of_an_upload(world: World, as_: As, act_as: Any, proves: Any) -> None:
    person, by = db.session.get_one(Person, world.person_id), act_as("referrer")
    told = {"A": NAME, "B": person.national_id, "E": ADDRESS, "F": PHONE}
    sheet = read_workbook("名單.xlsx", workbook([row(**told), row(**told | {"G": "999"})]))
    faulty = read_workbook("名單.xlsx", workbook([row(**told | {"G": "999"})]))
    with transaction(db.session):
        uploads = [
            batch.upload(db.session, each, key=str(uuid.uuid4()), file_name="名單.xlsx", by=by, at=AT).id
            for each in (sheet, faulty)
        ]
    browser = as_("referrer")
    for upload in uploads:
        proves("ReferralBatch.check", lambda upload=upload: browser.get(f"/referrals/batch/{upload}"))
        path = f"/referrals/batch/{upload}/faulty.xlsx"
        proves("ReferralBatch.faulty", lambda path=path: browser.get(path), Act.DOWNLOAD)


def test_what_programs_read(world: World, program: Callable[..., Program], proves: Any) -> None:
    number, case = world.ids["referral_id"][0], world.ids["case_id"][0]
    for user, screen, path in (
        ("referrer", "ReferralApi.list_referrals", "/referrals"),
        ("referrer", "ReferralApi.read_referral", f"/referrals/{number}"),
        ("manager", "CaseApi.list_cases", "/cases"),
        ("manager", "CaseApi.read_case", f"/cases/{case}"),
        ("supervisor", "RosterApi.read_roster", "/roster"),
    ):
        caller = program(user)
        proves(screen, lambda caller=caller, path=path: caller.get(path), Act.API)


def test_a_referral_without_a_unit(world: World, as_: As) -> None:
    """The administrator chooses a unit by the district alone; if the page should ever say whose it is, it is recorded."""
    with transaction(db.session):
        person = db.session.get_one(Person, world.person_id)
        number = make_referral(db.session, person=person, brief=BRIEF, receiving_unit=None).id
    for path in ("/unrouted/", f"/unrouted/{number}"):
        before = newest()
        text = readable(as_("admin").get(path))
        if any(trace in text for trace in world.traces):
            assert recorded_since(before, world.person_id), path


def test_who_comes_while_an_export_is_recorded_is_not_in_the_file(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the entry and the file's first byte there is a moment in which others work on."""
    record = trail.record
    came: list[int] = []

    def slowly(session: Any, *args: Any, **more: Any) -> int:
        entry = record(session, *args, **more)
        came.append(make_record(session, make_case(session, referral=make_referral(session))).id)
        newcomer = session.scalars(select(Referral).order_by(Referral.id.desc())).first().person
        newcomer.name = f"後來居上{len(came)}"
        return entry

    monkeypatch.setattr(trail, "record", slowly)
    for user, path in (("supervisor", "/roster/export.xlsx"), ("admin", "/referral-list/export?format=xlsx")):
        before = newest()
        text = readable(as_(user).get(path))
        assert NAME in text and f"後來居上{len(came)}" not in text, path
        entry = db.session.scalars(select(TrailEntry).where(TrailEntry.id > before)).one()
        named = db.session.scalars(select(TrailPerson.person_id).where(TrailPerson.entry_id == entry.id))
        assert world.person_id in named.all()
    assert len(came) == 2


def test_head_is_recorded_like_get(world: World, as_: As) -> None:
    before = newest()
    as_("manager").head(f"/cases/{world.ids['case_id'][0]}")
    assert recorded_since(before, world.person_id)


def test_a_criterion_given_twice_is_kept_twice(world: World, as_: As) -> None:
    """The list applies both: an entry with the first alone would hide what was searched for."""
    before = newest()
    as_("admin").get("/referral-list/list/?_flt_0_name=鐘離&_flt_0_name=玄真")
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.id > before)).one()
    assert "鐘離" in entry.criteria and "玄真" in entry.criteria
