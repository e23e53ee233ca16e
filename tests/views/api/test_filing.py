"""Referrals filed by another system: one, or up to 30; once however often they are sent."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from app.extensions import db
from models.outbox import Mail
from models.person import Person, PersonRevision
from models.referral import Attachment, Referral
from models.trail import Act, TrailEntry, TrailPerson
from services import look_ups, people
from services.transaction import transaction
from tests.factories import fresh_number, make_person, make_referral
from tests.races import race
from tests.views.api.conftest import Program, issued_key

Form = Callable[..., dict[str, Any]]
PDF = base64.b64encode(b"%PDF-1.4\n%consent\n").decode()


@pytest.fixture
def referrer(program: Callable[..., Program]) -> Program:
    return program("referrer")


def referrals() -> list[Referral]:
    return list(db.session.scalars(select(Referral).order_by(Referral.id)))


def refused(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return dict(response.json["error"]["fields"])


def test_a_referral_is_filed_routed_and_mailed(referrer: Program, form: Form) -> None:
    response = referrer.post("/referrals", form(consent_file={"name": "同意書.pdf", "content": PDF}))
    assert response.status_code == 201
    told = response.json
    assert told["receiving_unit"]["code"] == "13"
    assert told["routing_text"] == "一般郵遞區號核對分派"
    assert told["submitted_at"] == "2026-11-20T10:00:00+08:00"
    assert told["attachments"] == ["同意書.pdf"]
    assert response.headers["Location"] == f"/api/v1/referrals/{told['number']}"
    (referral,) = referrals()
    assert (referral.id, referral.state, referral.postal_code) == (told["number"], "submitted", "30054")
    assert [each.code for each in referral.indicators] == [1, 2]
    assert referral.brief.startswith("曾任餐飲")
    assert db.session.scalar(select(func.count()).select_from(Mail)) > 0
    (file,) = db.session.scalars(select(Attachment))
    assert current_app.extensions["file_store"].load(file.storage_name).startswith(b"%PDF")


def test_the_same_key_and_content_make_one_referral(referrer: Program, form: Form) -> None:
    body, key = form(), str(uuid.uuid4())
    first, again = referrer.post("/referrals", body, key=key), referrer.post("/referrals", body, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json
    assert len(referrals()) == 1


def test_the_same_key_with_another_content_is_refused(referrer: Program, form: Form) -> None:
    key = str(uuid.uuid4())
    referrer.post("/referrals", form(), key=key)
    assert "Idempotency-Key" in refused(referrer.post("/referrals", form(), key=key))
    assert len(referrals()) == 1


def test_a_refused_referral_leaves_its_key_free(referrer: Program, form: Form) -> None:
    body, key = form(phone="12"), str(uuid.uuid4())
    assert set(refused(referrer.post("/referrals", body, key=key))) == {"phone"}
    assert referrer.post("/referrals", {**body, "phone": "0912345678"}, key=key).status_code == 201


def test_two_accounts_may_choose_the_same_key(
    program: Callable[..., Program], referrer: Program, form: Form
) -> None:
    body, key = form(), str(uuid.uuid4())
    one = referrer.post("/referrals", body, key=key)
    other = program("referrer2").post("/referrals", body, key=key)
    assert (one.status_code, other.status_code) == (201, 201)
    assert one.json["number"] != other.json["number"]


@pytest.mark.parametrize("key", ["", "short", "a" * 201, "with a blank"])
def test_a_key_that_is_no_name_is_refused(referrer: Program, form: Form, key: str) -> None:
    response = referrer.post("/referrals", form(), headers={"Idempotency-Key": key})
    assert set(refused(response)) == {"Idempotency-Key"}


def test_eight_at_once_with_one_key_make_one_referral(both: Flask, form: Form) -> None:
    program = Program(both, {"X-API-Key": issued_key("referrer")})
    body, key = form(), str(uuid.uuid4())
    answers: list[Any] = []

    def press(_session: Any, _lane: int) -> None:
        answers.append(program.post("/referrals", body, key=key))

    race(both, [(lane,) for lane in range(8)], press, lanes=8)
    assert sorted(each.status_code for each in answers) == [200] * 7 + [201]
    assert len({each.json["number"] for each in answers}) == 1
    assert db.session.scalar(select(func.count()).select_from(Referral)) == 1


def test_every_fault_is_named_at_once(referrer: Program, form: Form) -> None:
    wrong = form(
        national_id="A123456788", phone="1", address="", indicators=[9], consent=False,
        consent_file={"name": "a.exe", "content": PDF},
    )  # fmt: skip
    found = refused(referrer.post("/referrals", wrong))
    assert {"national_id", "phone", "address", "indicators", "consent", "consent_file"} <= set(found)
    assert found["consent"] == "個資同意未勾選"
    assert not referrals()


def test_a_field_nobody_knows_is_refused_by_name(referrer: Program, form: Form) -> None:
    assert set(refused(referrer.post("/referrals", form(state="closed", version=9)))) == {"state", "version"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5), ("name", None), ("birthday", "80/07/07"), ("birthday", "1980-02-30"), ("consent", "true"),
        ("consent", 1), ("indicators", "1,2"), ("indicators", [True]), ("indicators", [1.5]), ("consent_file", "x"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(referrer: Program, form: Form, field: str, value: object) -> None:
    found = refused(referrer.post("/referrals", form(**{field: value})))
    assert {name.split("[")[0].split(".")[0] for name in found} == {field}


def test_a_minor_needs_the_guardians_document_and_nobody_else_may_send_one(
    referrer: Program, form: Form
) -> None:
    minor = form(birthday="2010-01-01")
    assert set(refused(referrer.post("/referrals", minor))) == {"guardian_file"}
    document = {"name": "監護人.pdf", "content": PDF}
    assert referrer.post("/referrals", {**minor, "guardian_file": document}).status_code == 201
    assert set(refused(referrer.post("/referrals", form(guardian_file=document)))) == {"guardian_file"}


def test_a_file_that_is_not_what_its_name_says_is_refused(referrer: Program, form: Form) -> None:
    disguised = {"name": "a.pdf", "content": base64.b64encode(b"MZ not a document").decode()}
    assert "a.pdf" in refused(referrer.post("/referrals", form(consent_file=disguised)))["consent_file"]
    not_base64 = {"name": "a.pdf", "content": "@@@"}
    found = refused(referrer.post("/referrals", form(consent_file=not_base64)))
    assert set(found) == {"consent_file.content"}
    assert not referrals()


def test_a_known_number_under_another_name_tells_nothing_and_leaves_a_trace(
    referrer: Program, form: Form
) -> None:
    with transaction(db.session):
        known = make_person(db.session, name="孫悟空", phone="0977888999")
    number, known_id = known.national_id, known.id
    response = referrer.post("/referrals", form(national_id=number))
    assert set(refused(response)) == {"national_id"}
    assert "孫悟空" not in response.text and "0977888999" not in response.text
    looked = db.session.scalars(select(TrailEntry).where(TrailEntry.act == Act.LOOK_UP)).all()
    assert [each.persons for each in looked] == [1]
    assert not referrals() and db.session.get(Person, known_id).name == "孫悟空"


def test_look_ups_are_counted_as_on_the_screen(
    referrer: Program, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_ups, "REFERRAL_LINE", look_ups.Limits(by_hand=2, asked=100))
    assert [referrer.post("/referrals", form()).status_code for _ in range(2)] == [201, 201]
    response = referrer.post("/referrals", form())
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "600"
    assert len(referrals()) == 2


def test_who_is_registered_under_another_name_at_this_moment_is_a_conflict(
    referrer: Program, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent again, the look-up finds him, and its entry stays."""
    with transaction(db.session):
        number = make_person(db.session, name="孫悟空").national_id
    with monkeypatch.context() as moment:
        moment.setattr(people, "look_up", lambda *_args, **_more: people.LookUp())
        response = referrer.post("/referrals", form(national_id=number))
    assert (response.status_code, response.json["error"]["code"]) == (409, "conflict")
    assert not referrals()
    assert set(refused(referrer.post("/referrals", form(national_id=number)))) == {"national_id"}


def test_who_is_registered_under_the_same_name_at_this_moment_is_a_conflict_too(
    referrer: Program, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lest what was sent is dropped and what the other wrote passes for it; sent again, it is written."""
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏", phone="0911111111")
        body = form(national_id=person.national_id, phone="0922222222")
    with monkeypatch.context() as moment:
        moment.setattr(people, "look_up", lambda *_args, **_more: people.LookUp())
        assert referrer.post("/referrals", body).status_code == 409
    assert not referrals()
    assert referrer.post("/referrals", body).status_code == 201
    assert referrals()[0].person.phone == "0922222222"


@pytest.mark.parametrize("known", [False, True], ids=["new people", "known people"])
def test_two_batches_about_the_same_people_in_opposite_order_never_wait_for_each_other(
    both: Flask, form: Form, known: bool
) -> None:
    programs = [Program(both, {"X-API-Key": issued_key(each)}) for each in ("referrer", "referrer2")]
    bodies = [form(phone=f"09123456{digits}") for digits in range(10, 40)]
    if known:
        with transaction(db.session):
            for body in bodies:
                make_person(db.session, name=body["name"], national_id=body["national_id"])
    answers: list[Any] = []

    def press(_session: Any, lane: int) -> None:
        rows = bodies if lane else bodies[::-1]
        answers.append(programs[lane].post("/referrals/batch", {"referrals": rows}))

    race(both, [(0,), (1,)], press, lanes=2)
    assert not [each.text for each in answers if "同時有其他人" in each.text]
    assert {each.status_code for each in answers} <= {201, 409}
    assert 201 in {each.status_code for each in answers}


def test_the_people_of_a_batch_are_written_in_one_order(referrer: Program, form: Form) -> None:
    """That of an upload: known ones by their id, then new ones by the hash of their number."""
    with transaction(db.session):
        first, second = (make_person(db.session, name="唐三藏") for _ in range(2))
    new = [form() for _ in range(6)]
    rows = [*new, *(form(national_id=each.national_id, phone="0987654321") for each in (second, first))]
    assert referrer.post("/referrals/batch", {"referrals": rows}).status_code == 201
    db.session.rollback()
    changed = db.session.scalars(select(PersonRevision.person_id).order_by(PersonRevision.id)).all()
    assert changed == [first.id, second.id]
    written = db.session.scalars(
        select(Person.national_id_hash).where(Person.id > second.id).order_by(Person.id)
    ).all()
    assert len(written) == 6 and written == sorted(written)


@pytest.mark.parametrize("field", ["name", "address", "brief", "other_identity", "national_id"])
def test_half_a_character_is_refused(referrer: Program, form: Form, field: str) -> None:
    """JSON can carry what is no text: half of a surrogate pair, which no database stores."""
    response = referrer.post("/referrals", form(**{field: "唐\ud800"}))
    assert field in refused(response)


def test_a_batch_has_the_limit_of_batches_and_leaves_room_for_others(
    referrer: Program, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_ups, "REFERRAL_LINE", look_ups.Limits(by_hand=3, asked=6))
    batch = {"referrals": [form() for _ in range(4)]}
    assert referrer.post("/referrals/batch", batch).status_code == 201
    assert referrer.post("/referrals", form()).status_code == 201
    refused_batch = referrer.post("/referrals/batch", {"referrals": [form(), form()]})
    assert refused_batch.status_code == 429
    assert len(referrals()) == 5


def test_the_trail_names_the_operation_that_looked_people_up(referrer: Program, form: Form) -> None:
    with transaction(db.session):
        known = make_person(db.session, name="孫悟空")
        whom, number = known.id, known.national_id
    referrer.post("/referrals", form())
    referrer.post("/referrals/batch", {"referrals": [form(), form(name="孫悟空", national_id=number)]})
    looked = db.session.scalars(
        select(TrailEntry).where(TrailEntry.act == Act.LOOK_UP).order_by(TrailEntry.id)
    ).all()
    assert [(each.screen, each.persons) for each in looked] == [
        ("ReferralApi.file_referral", 0),
        ("ReferralApi.file_batch", 1),
    ]
    criteria = json.loads(looked[1].criteria)
    assert criteria.keys() == {"asked", "unknown"}
    assert criteria["asked"] == 2 and len(criteria["unknown"]) == 1, "one of the two numbers nobody has"
    named = select(TrailPerson.person_id).where(TrailPerson.entry_id == looked[1].id)
    assert db.session.scalars(named).all() == [whom]


def test_a_known_person_is_corrected_and_what_was_not_said_stays(referrer: Program, form: Form) -> None:
    with transaction(db.session):
        person = make_person(db.session, home_phone="03-5123456", other_phone="0911222333")
    number, person_id = person.national_id, person.id
    assert (
        referrer.post("/referrals", form(national_id=number, phone="0955666777", other_phone="")).status_code
        == 201
    )
    known = db.session.get(Person, person_id)
    assert (known.phone, known.home_phone, known.other_phone) == ("0955666777", "03-5123456", None)
    assert db.session.scalar(select(func.count()).select_from(PersonRevision)) == 1


def test_what_a_screen_would_ask_comes_as_a_warning(referrer: Program, form: Form) -> None:
    with transaction(db.session):
        referral = make_referral(db.session)
    number, earlier = referral.person.national_id, referral.id
    response = referrer.post("/referrals", form(national_id=number, identities=[11]))
    assert response.status_code == 201
    warnings = response.json["warnings"]
    assert any("高齡者" in each for each in warnings) and any(f"{earlier} 號" in each for each in warnings)


def test_a_batch_is_filed_whole(referrer: Program, form: Form) -> None:
    response = referrer.post("/referrals/batch", {"referrals": [form(), form(name="沙悟淨")]})
    assert response.status_code == 201
    assert (response.json["filed"], response.json["refused"]) == (2, 0)
    assert [each["row"] for each in response.json["results"]] == [0, 1]
    assert [each["referral"]["number"] for each in response.json["results"]] == [
        each.id for each in referrals()
    ]


def test_a_batch_with_a_fault_is_not_filed_at_all(referrer: Program, form: Form) -> None:
    bad = form(birthday="yesterday")
    found = refused(referrer.post("/referrals/batch", {"referrals": [form(), bad, form(phone="1")]}))
    assert set(found) == {"referrals[1].birthday", "referrals[2].phone"}
    assert not referrals()


def test_faulty_rows_are_skipped_when_asked(referrer: Program, form: Form) -> None:
    body = {"referrals": [form(), form(phone="1"), form()], "skip_faulty": True}
    key = str(uuid.uuid4())
    response = referrer.post("/referrals/batch", body, key=key)
    assert response.status_code == 201
    assert (response.json["filed"], response.json["refused"]) == (2, 1)
    assert set(response.json["results"][1]["error"]["fields"]) == {"phone"}
    assert response.json["results"][1]["referral"] is None
    assert referrer.post("/referrals/batch", body, key=key).json == response.json
    assert len(referrals()) == 2


def test_one_person_twice_in_a_batch_is_refused(referrer: Program, form: Form) -> None:
    number = fresh_number()
    found = refused(
        referrer.post("/referrals/batch", {"referrals": [form(national_id=number), form(national_id=number)]})
    )
    assert set(found) == {"referrals[0].national_id", "referrals[1].national_id"}


@pytest.mark.parametrize("rows", [[], ["x"], [{}] * 31, {}])
def test_a_batch_has_one_to_thirty_rows(referrer: Program, rows: object) -> None:
    assert set(refused(referrer.post("/referrals/batch", {"referrals": rows}))) == {"referrals"}


def test_a_batch_that_was_skipped_over_leaves_traces_of_its_look_ups(referrer: Program, form: Form) -> None:
    """Else a faulty row in each batch would make fishing for people invisible."""
    refused(referrer.post("/referrals/batch", {"referrals": [form(), form(phone="1")]}))
    looked = db.session.scalars(select(TrailEntry).where(TrailEntry.act == Act.LOOK_UP)).all()
    assert len(looked) == 1
