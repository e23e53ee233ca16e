"""People: look-ups that tell nothing, the count against fishing, registering in a race, corrections and reveals."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from models.person import NameSuffix, Person, PersonRevision
from models.trail import TrailEntry, TrailPerson
from rules.actor import Actor
from rules.errors import FieldFault, NotFound, StaleVersion, TooMany
from rules.person import PersonFields
from services import look_ups, people
from services.transaction import transaction
from tests.factories import AT, fresh_number, make_person

Act = Callable[[str], Actor]


def fields(**changed: object) -> PersonFields:
    return replace(
        PersonFields(
            name="豬八戒",
            national_id=fresh_number(),
            birthday=date(1990, 3, 4),
            phone="0911222333",
            home_phone=None,
            other_phone=None,
            address="新竹市東區東大路二段60號",
            postal_code="30054",
        ),
        **changed,  # type: ignore[arg-type]
    )


def ask(session: Session, by: Actor, name: str, number: str) -> people.LookUp:
    with transaction(session):
        return people.look_up(session, name=name, national_id=number, by=by, at=AT)


def test_a_person_is_found_by_name_and_number(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session, name="唐三藏")
    assert ask(session, act_as("referrer"), " 唐 三藏", person.national_id.lower()).person == person


def test_an_indigenous_name_is_found_with_any_sort_of_dot(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session, name="巫凱‧達利")
    assert ask(session, act_as("referrer"), "巫凱・達利", person.national_id).person == person


def test_nobody_is_found_by_an_unknown_number(session: Session, act_as: Act) -> None:
    assert ask(session, act_as("referrer"), "唐三藏", fresh_number()) == people.LookUp()


def test_a_known_number_with_another_name_is_refused_without_a_word_about_the_person(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        person = make_person(session, name="唐三藏")
    found = ask(session, act_as("referrer"), "沙悟淨", person.national_id)
    assert found.person is None
    assert str(found.refusal) == people.DOES_NOT_FIT
    assert "唐" not in str(found.refusal)


def test_each_look_up_is_logged_also_the_refused_one(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session)
    by = act_as("referrer")
    ask(session, by, person.name, person.national_id)
    ask(session, by, "別人", person.national_id)
    ask(session, by, "別人", fresh_number())
    logged = session.scalars(select(TrailEntry).order_by(TrailEntry.id)).all()
    assert [entry.persons for entry in logged] == [1, 1, 0]
    whom = session.execute(select(TrailPerson.entry_id, TrailPerson.person_id)).all()
    assert set(whom) == {(logged[0].id, person.id), (logged[1].id, person.id)}
    assert {(entry.actor_id, entry.act) for entry in logged} == {(by.user_id, "look_up")}
    assert logged[0].asked_hash == person.national_id_hash != logged[2].asked_hash


def test_the_thirty_first_look_up_in_ten_minutes_is_refused_and_later_ones_pass(
    session: Session, act_as: Act
) -> None:
    by = act_as("referrer")
    for _ in range(look_ups.REFERRAL_LINE.by_hand):
        ask(session, by, "唐三藏", fresh_number())
    with pytest.raises(TooMany):
        ask(session, by, "唐三藏", fresh_number())
    ask(session, act_as("referrer2"), "唐三藏", fresh_number())
    with transaction(session):
        later = AT + look_ups.WINDOW + timedelta(seconds=1)
        people.look_up(session, name="唐三藏", national_id=fresh_number(), by=by, at=later)


def test_registering_counts_as_a_look_up(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    for _ in range(look_ups.REFERRAL_LINE.by_hand):
        ask(session, by, "唐三藏", fresh_number())
    with pytest.raises(TooMany), transaction(session):
        people.register(session, fields(), by=by, at=AT)


@pytest.mark.parametrize(
    ("name", "number", "field"), [("", "A123456789", "name"), ("唐三藏", "A123456788", "national_id")]
)
def test_a_look_up_with_a_fault_names_its_field(
    session: Session, act_as: Act, name: str, number: str, field: str
) -> None:
    with pytest.raises(FieldFault) as refused:
        ask(session, act_as("referrer"), name, number)
    assert refused.value.field == field


@pytest.mark.parametrize("username", ["supervisor", "manager", "admin", "auditor"])
def test_only_referring_units_look_people_up(session: Session, act_as: Act, username: str) -> None:
    with pytest.raises(NotFound):
        ask(session, act_as(username), "唐三藏", fresh_number())


def test_a_registered_person_is_stored_with_sex_and_can_be_searched_by_parts_of_the_name(
    session: Session, act_as: Act
) -> None:
    typed = fields(name="豬八戒", national_id=fresh_number(second="2"))
    with transaction(session):
        person = people.register(session, typed, by=act_as("referrer"), at=AT).person
    assert person is not None
    assert (person.sex, person.national_id_kind, person.changed_by_name) == ("F", "national", "葉淑花")
    found = session.scalars(select(NameSuffix.suffix).where(NameSuffix.person_id == person.id)).all()
    assert sorted(found) == sorted(["豬八戒", "八戒", "戒"])


def test_a_name_of_fifty_characters_and_rare_ones_is_stored_whole(session: Session, act_as: Act) -> None:
    name = "𠮷𡘙" + "拉罕‧達利" * 9 + "吉娃斯"
    assert len(name) == 50
    with transaction(session):
        person = people.register(session, fields(name=name), by=act_as("referrer"), at=AT).person
    session.expire_all()
    assert person is not None and session.get_one(Person, person.id).name == name


def test_registering_a_known_person_gives_the_row_that_is_there(session: Session, act_as: Act) -> None:
    with transaction(session):
        known = make_person(session, name="唐三藏", phone="0987654321")
    typed = fields(name="唐三藏", national_id=known.national_id)
    with transaction(session):
        found = people.register(session, typed, by=act_as("referrer2"), at=AT)
    assert found.person == known
    assert known.phone == "0987654321"


def test_registering_a_known_number_under_another_name_is_refused(session: Session, act_as: Act) -> None:
    with transaction(session):
        known = make_person(session, name="唐三藏")
    with transaction(session):
        found = people.register(session, fields(national_id=known.national_id), by=act_as("referrer"), at=AT)
    assert found.person is None and str(found.refusal) == people.DOES_NOT_FIT


def test_an_unknown_postal_code_saves_nobody(session: Session, act_as: Act) -> None:
    with pytest.raises(FieldFault, match="檢查到郵遞區號不在設定中: 12345") as refused, transaction(session):
        people.register(session, fields(postal_code="12345"), by=act_as("referrer"), at=AT)
    assert refused.value.field == "postal_code"
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_two_units_registering_one_person_at_once_make_one_row(both: Flask, act_as: Act) -> None:
    typed = fields()
    actors = [act_as("referrer"), act_as("referrer2")]
    db.session.remove()
    barrier, found = threading.Barrier(2), []

    def register(by: Actor) -> None:
        with both.app_context():
            barrier.wait()
            with transaction(db.session):
                found.append(people.register(db.session, typed, by=by, at=AT))
            db.session.remove()

    threads = [threading.Thread(target=register, args=(by,)) for by in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.refusal for each in found] == [None, None]
    assert len({each.person.id for each in found}) == 1
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def as_fields(person: Person, **changed: object) -> PersonFields:
    held = {name: getattr(person, name) for name in PersonFields.__dataclass_fields__}
    return PersonFields(**{**held, **changed})  # type: ignore[arg-type]


def test_a_correction_keeps_what_stood_there(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session, phone="0912345678")
    with transaction(session):
        people.update(
            session, person.id, as_fields(person, phone="0900111222"),
            opened_version=person.version, by=act_as("referrer"), at=AT,
        )  # fmt: skip
    assert person.phone == "0900111222"
    revision = session.scalars(select(PersonRevision)).one()
    assert json.loads(revision.before)["phone"] == "0912345678"


def test_saving_over_somebody_elses_correction_is_refused_with_who_when_and_what(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        person = make_person(session)
    opened = person.version
    with transaction(session):
        people.update(
            session, person.id, as_fields(person, phone="0900111222"),
            opened_version=opened, by=act_as("referrer2"), at=AT,
        )  # fmt: skip
    mine = as_fields(person, phone="0900333444")
    with pytest.raises(StaleVersion) as refused, transaction(session):
        people.update(session, person.id, mine, opened_version=opened, by=act_as("referrer"), at=AT)
    assert "何明德 於 115/11/20 10:00 修改" in str(refused.value)
    assert "連絡電話" in str(refused.value) and "居住地址" not in str(refused.value)
    session.refresh(person)
    assert person.phone == "0900111222"


def test_saving_what_somebody_else_has_saved_already_is_no_conflict(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session)
    same, opened = as_fields(person, phone="0900111222"), person.version
    for username in ("referrer2", "referrer"):
        with transaction(session):
            people.update(session, person.id, same, opened_version=opened, by=act_as(username), at=AT)
    assert session.scalar(select(func.count()).select_from(PersonRevision)) == 1


def test_a_renamed_person_is_found_by_the_new_name_only(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session, name="王小明")
        people.update(
            session, person.id, as_fields(person, name="李小華"),
            opened_version=person.version, by=act_as("referrer"), at=AT,
        )  # fmt: skip
    assert set(session.scalars(select(NameSuffix.suffix))) == {"李小華", "小華", "華"}


def test_a_reveal_gives_the_whole_number_and_is_logged(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session)
    with transaction(session):
        shown = people.reveal(
            session, person, screen="CaseHistory.reveal", ground="本人承辦的個案", by=act_as("manager"), at=AT
        )
    assert shown == person.national_id
    entry = session.scalars(select(TrailEntry)).one()
    assert (entry.act, entry.screen, entry.ground) == ("reveal", "CaseHistory.reveal", "本人承辦的個案")
    assert session.scalars(select(TrailPerson.person_id)).all() == [person.id]


def test_who_serves_nobody_reveals_nothing(session: Session, act_as: Act) -> None:
    with transaction(session):
        person = make_person(session)
    with pytest.raises(NotFound), transaction(session):
        people.reveal(session, person, screen="", ground="", by=act_as("admin"), at=AT)
