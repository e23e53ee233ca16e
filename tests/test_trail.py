"""Whatever shows a person leaves an entry: every address is opened by every role, and what comes back is read.

The walk knows no list of screens: it looks for the person in the answer. A new screen is walked as soon as it is there.
"""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.extensions import db
from models.crypto import KEYS
from models.organisation import Unit
from models.referral import Attachment
from models.staff import Absence
from models.trail import Act, TrailEntry, TrailPerson
from rules.national_id import mask
from rules.permissions import Role
from rules.referral_flow import State
from services import trail
from services.transaction import transaction
from tests.access_table import PUBLIC, TABLE, allowed
from tests.desk_world import appear
from tests.factories import AT, close_case, make_case, make_person, make_record, make_referral
from tests.test_access import WITH_ROLE
from views.sealed import seal

NAME, PHONE, ADDRESS = "鐘離玄真", "0933777123", "新竹市東區光復路二段101號"
BRIEF, SAID = "曾在書局工作七年", "家中老母需人照料"


# Parts of an open page: the trail hears of a person once a day for their screen (`views.trail.shown_live`).
ASKS_BY_ITSELF = {"Reception.appointments", "Reception.agreed"}
# What hangs in the hall, updates by itself or goes round as figures names nobody, whoever asks.
NEVER = {
    "Board",
    "BoardKey",
    "Pulse",
    "Notices",
    "Tally",
    "DeskDashboard",
    "DeskSupervision",
    "AppointmentRate",
    "Unended",
}


@dataclass
class World:
    """One person in every state a referral and a visit can have, and the ids that addresses are made of."""

    person_id: int
    traces: tuple[str, ...]
    ids: dict[str, list[Any]] = field(default_factory=dict)


@pytest.fixture
def world(app: Flask) -> World:
    with transaction(db.session):
        person = make_person(db.session, name=NAME, phone=PHONE, address=ADDRESS)
        waiting = make_referral(db.session, person=person, brief=BRIEF)
        returned = make_referral(db.session, person=person, state=State.RETURNED, brief=BRIEF)
        open_case = make_case(db.session, referral=make_referral(db.session, person=person, brief=BRIEF))
        closed = make_case(db.session, referral=make_referral(db.session, person=person, brief=BRIEF))
        record = make_record(db.session, open_case)
        make_record(db.session, closed)
        close_case(db.session, closed)
        file = Attachment(
            referral_id=open_case.referral_id,
            kind="consent",
            name="同意書.pdf",
            extension="pdf",
            size=4,
            sha256="",
            storage_name=app.extensions["file_store"].save(b"%PDF"),
            uploaded_at=AT,
            uploaded_by_id=waiting.submitted_by_id,
        )
        absence = Absence(
            account_id=open_case.case_manager_id, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 25)
        )
        db.session.add_all((file, absence))
        db.session.flush()
        entry = trail.record(
            db.session, Act.VIEW, by=None, at=AT, screen="CaseHistory.show", persons=[person.id]
        )
        unit_id = db.session.scalars(select(Unit.id).where(Unit.code == "13")).one()
        desk = appear(db.session, person, SAID)
        return World(
            person.id,
            (NAME, PHONE, ADDRESS, person.national_id, mask(person.national_id), BRIEF, SAID),
            {
                "referral_id": [waiting.id, returned.id, open_case.referral_id, closed.referral_id],
                "case_id": [open_case.id, closed.id],
                "record_id": [record.id],
                "attachment_id": [file.id],
                "person_id": [person.id],
                "entry_id": [entry],
                "kind": ["xlsx", "ods"],
                "locale": ["zh_Hant_TW"],
                "pk": [waiting.id, open_case.id, record.id, unit_id, *desk["visit_id"][3:4]],
                **desk,
            },
        )


def addresses(app: Flask, rule: Rule, world: World) -> Iterator[str]:
    """The rule with every combination of ids; an id that the world has none of becomes nobody's."""
    names = sorted(rule.arguments)
    for chosen in itertools.product(*(world.ids.get(name, [1]) for name in names)):
        with app.test_request_context():
            adapter = app.url_map.bind("localhost")
            yield adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)), method="GET")


def readable(response: TestResponse) -> str:
    """What a person can read in the answer, files opened."""
    content = response.get_data()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    if content.startswith(b"%PDF-"):
        return subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
        ).stdout.decode()
    if response.is_json:  # its Chinese is escaped
        return json.dumps(response.json, ensure_ascii=False)
    return content.decode(errors="replace")


def _screen(endpoint: str) -> str:
    return endpoint.partition(".")[0]


def newest() -> int:
    return db.session.scalar(select(func.max(TrailEntry.id))) or 0


def recorded_since(entry_id: int, person_id: int) -> list[TrailEntry]:
    found = (
        select(TrailEntry)
        .join(TrailPerson, TrailPerson.entry_id == TrailEntry.id)
        .where(TrailEntry.id > entry_id, TrailPerson.person_id == person_id)
    )
    return list(db.session.scalars(found))


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_shown_a_person_is_recorded(
    role: Role, app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    username = "supervisor" if role is Role.SUPERVISOR else WITH_ROLE[role]
    unrecorded, seen = [], set()
    for rule in app.url_map.iter_rules():
        roles = allowed(rule.endpoint)
        if "GET" not in (rule.methods or ()) or roles is PUBLIC or role not in roles:
            continue
        for address in addresses(app, rule, world):
            before = newest()
            response = as_(username).get(address)
            assert response.status_code < 500, address
            text = readable(response)
            traces = [trace for trace in world.traces if trace in text]
            is_file = rule.endpoint == "CaseHistory.attachment" and response.status_code == 200
            if not traces and not is_file:
                continue
            seen.add(rule.endpoint)
            if rule.endpoint in ASKS_BY_ITSELF:
                told = {_screen(entry.screen) for entry in recorded_since(0, world.person_id)}
                left = _screen(rule.endpoint) in told
            else:
                told = {entry.screen for entry in recorded_since(before, world.person_id)}
                left = rule.endpoint in told
            if not left:
                unrecorded.append(f"{address} ({rule.endpoint}) shows {traces} and leaves no entry")
    assert not unrecorded, "\n".join(unrecorded)
    expected = {
        Role.REFERRER: {"ReferralStatus.index", "ReferralStatus.export", "ReferralDetail.show"},
        Role.SUPERVISOR: {
            "Roster.index",
            "Roster.export",
            "Intake.index",
            "Intake.show",
            "Transfer.index",
            "AppointmentList.export",
            "DeskRefusals.index",
            "DeskRefusals.export",
            "DeskRefusals.show",
            "DeskRequests.export",
            "DeskRequests.show",
            "EvidenceView.list",
            "HandedOver.export",
            "OfficerDepartures.depart",
            "OfficerDepartures.done",
            "VisitListView.export",
            "VisitListView.list",
        },
        Role.CASE_MANAGER: {"Worklist.index", "CaseHistory.show", "CaseHistory.attachment"},
        Role.ADMIN: {"ReferralListView.list"},
        Role.RECEPTION: {
            "Reception.index",
            "AppointmentBook.index",
            "AppointmentBook.show",
            "PermanentTransfers.index",
        },
        Role.COUNTER: {
            "AppointmentBook.grid",
            "AppointmentList.index",
            "CounterDesk.index",
            "CounterDesk.prepare",
            "CounterDesk.absent",
            "HandedOverToMe.index",
            "PermanentTransfers.propose",
        },
    }
    assert expected.get(role, set()) <= seen, "the walk itself must see what it guards"
    assert not {each.partition(".")[0] for each in seen} & NEVER, "tickets and counters, no person"


def test_what_cannot_be_recorded_is_not_shown(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_args: Any, **_kwargs: Any) -> int:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(trail, "record", full_disk)
    for address in (f"/cases/{world.ids['case_id'][0]}", "/cases/mine/", "/cases/search/export.xlsx"):
        response = as_("manager").get(address)
        assert response.status_code == 500
        assert not any(trace in readable(response) for trace in world.traces)


def test_a_list_is_one_entry_with_its_criteria_and_the_persons_on_it(
    world: World, as_: Callable[[str], FlaskClient], act_as: Any
) -> None:
    with transaction(db.session):
        make_referral(db.session)
    before = newest()
    as_("referrer").get("/referrals/status/", query_string={"name": "鐘離"})
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.id > before)).one()
    assert (entry.act, entry.actor_id, entry.screen) == (
        "list",
        act_as("referrer").user_id,
        "ReferralStatus.index",
    )
    assert "鐘離" in entry.criteria
    whom = db.session.scalars(select(TrailPerson.person_id).where(TrailPerson.entry_id == entry.id)).all()
    assert whom == [world.person_id]


def test_the_id_that_was_searched_for_is_masked_in_the_entry(
    world: World, as_: Callable[[str], FlaskClient], app: Flask
) -> None:
    number = world.traces[3]
    with app.test_request_context():
        sealed = seal(number)
    before = newest()
    assert NAME in as_("referrer").get("/referrals/status/", query_string={"national_id": sealed}).text
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.id > before)).one()
    assert mask(number) in entry.criteria and number not in entry.criteria


def test_a_redirect_shows_nobody(world: World, as_: Callable[[str], FlaskClient], csrf: Any) -> None:
    before = newest()
    browser = as_("manager")
    case_id = world.ids["case_id"][0]
    assert browser.post(f"/cases/{case_id}/close", data=csrf(browser, {})).status_code == 302
    assert newest() == before


def test_the_search_hash_of_a_look_up_is_kept_and_the_number_is_not(
    world: World, as_: Callable[[str], FlaskClient], csrf: Any
) -> None:
    browser = as_("referrer")
    number = world.traces[3]
    form = csrf(browser, {"key": str(uuid.uuid4()), "name": NAME, "national_id": number})
    browser.post("/referrals/new/look-up", data=form)
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.act == "look_up")).one()
    assert entry.asked_hash == KEYS.search_hash(number)
    assert number not in entry.criteria


def test_the_table_of_roles_is_walked_whole() -> None:
    assert set(WITH_ROLE) == set(Role) and TABLE
