"""An upload kept, checked against the database and confirmed once, on both databases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from models.batch import BatchUpload
from models.crypto import KEYS
from models.organisation import ServiceArea
from models.outbox import Mail
from models.person import NameSuffix, Person, PersonRevision
from models.referral import Referral, ReferralIdentity, ReferralIndicator
from models.timeline import TimelineEntry
from models.trail import TrailEntry, TrailPerson
from rules.actor import Actor
from rules.errors import FieldFault, NotFound, StaleVersion, TooMany
from rules.names import suffixes
from services import batch, look_ups, people
from services.batch_check import Verdict
from services.batch_workbook import read_workbook
from services.transaction import transaction
from tests.batch_files import row, workbook
from tests.factories import AT, fresh_number, make_person, make_referral
from tests.races import race
from tests.views.statements import counted

Act = Callable[[str], Actor]
BASE = "https://jieli.example"


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def send(session: Session, by: Actor, *rows: Sequence[Any], key: str = "", at: Any = AT) -> int:
    sheet = read_workbook("名單.xlsx", workbook(rows))
    with transaction(session):
        return batch.upload(
            session, sheet, key=key or str(uuid.uuid4()), file_name="名單.xlsx", by=by, at=at
        ).id


def verdicts(session: Session, upload_id: int, by: Actor) -> list[Verdict]:
    return batch.verdicts(session, batch.load(session, upload_id, by=by), at=AT)


def marks(session: Session, upload_id: int, by: Actor) -> frozenset[str]:
    return frozenset(each.mark for each in verdicts(session, upload_id, by) if each.check.good)


def confirm(
    session: Session,
    upload_id: int,
    by: Actor,
    chosen: frozenset[str] | None = None,
    *,
    guardian: bool = False,
) -> bool:
    shown = marks(session, upload_id, by) if chosen is None else chosen
    with transaction(session):
        return batch.confirm(session, upload_id, marks=shown, guardian=guardian, base_url=BASE, by=by, at=AT)


def test_good_rows_become_referrals_and_the_others_stay(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    upload_id = send(
        session, by,
        row(A="唐三藏", G="1,4", H="5,7"), row(B="A123456788"), row(A="孫悟空", E="新北市板橋區中山路一段161號", D=None),
    )  # fmt: skip
    assert count(session, Referral) == count(session, Person) == 0, "nothing is written by the check"
    assert confirm(session, upload_id, by)
    first, second = session.scalars(select(Referral).order_by(Referral.id)).all()
    assert (first.person.name, first.receiving_unit.name, first.batch_row) == ("唐三藏", "新竹就業中心", 2)
    assert (second.person.name, second.receiving_unit.code, second.batch_row) == ("孫悟空", "08", 4)
    assert [item.code for item in first.indicators] == [1, 4]
    assert [item.code for item in first.identities] == [5, 7]
    assert (first.batch_id, first.brief, first.version) == (upload_id, "測試資料", 1)
    assert [each.number for each in batch.load(session, upload_id, by=by).rows] == [3]
    entries = session.scalars(select(TimelineEntry).order_by(TimelineEntry.referral_id)).all()
    assert [(entry.referral_id, entry.move, entry.to_state) for entry in entries] == [
        (first.id, "submit", "submitted"), (second.id, "submit", "submitted"),
    ]  # fmt: skip
    assert entries[0].detail == {
        "unit_id": first.receiving_unit_id,
        "unit": "新竹就業中心",
        "basis": "postal_code",
    }
    assert count(session, NameSuffix) == 6


def test_each_supervisor_gets_one_mail_that_names_the_numbers(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    far = {"E": "新北市板橋區中山路一段161號", "D": None}
    confirm(session, send(session, by, row(A="唐三藏"), row(), row(**far)), by)
    near, other = session.scalars(select(Mail).order_by(Mail.id)).all()
    numbers = session.scalars(select(Referral.id).order_by(Referral.id)).all()
    assert (
        all(f"轉介單 {number}（" in near.body for number in numbers[:2]) and str(numbers[2]) not in near.body
    )
    assert f"轉介單 {numbers[2]}（" in other.body and "唐○藏" in near.body and "唐三藏" not in near.body
    assert near.recipient != other.recipient


def test_confirming_twice_writes_once(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    upload_id = send(session, by, row(), row())
    shown = marks(session, upload_id, by)
    assert confirm(session, upload_id, by, shown) and not confirm(session, upload_id, by, shown)
    assert count(session, Referral) == 2 and count(session, Mail) == 1
    assert batch.load(session, upload_id, by=by).upload.rows is None, "nothing is left of it"


def test_sending_the_file_twice_keeps_it_once(session: Session, act_as: Act) -> None:
    by, key = act_as("referrer"), str(uuid.uuid4())
    assert send(session, by, row(), key=key) == send(session, by, row(), key=key)
    with pytest.raises(NotFound):
        send(session, act_as("referrer2"), row(), key=key)
    assert count(session, BatchUpload) == count(session, TrailEntry) == 1


def test_only_the_uploader_finds_it(session: Session, act_as: Act) -> None:
    upload_id = send(session, act_as("referrer"), row())
    for stranger in ("referrer2", "supervisor", "admin"):
        with pytest.raises(NotFound):
            batch.load(session, upload_id, by=act_as(stranger))
        with pytest.raises(NotFound), transaction(session):
            batch.discard(session, upload_id, by=act_as(stranger))


def test_a_known_persons_row_is_updated_and_what_stood_there_is_kept(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        person = make_person(session, name="唐 三藏", phone="0911111111", home_phone="03-5123456")
    upload_id = send(session, by, row(A="唐三藏", B=person.national_id, C=date(1980, 7, 7)))
    [verdict] = verdicts(session, upload_id, by)
    assert "將更新：姓名、連絡電話。" in str(verdict.check.warnings[-1])
    confirm(session, upload_id, by)
    person = session.get_one(Person, person.id)
    assert (person.phone, person.home_phone, person.version) == ("0912345678", "03-5123456", 2)
    assert (person.changed_by_name, count(session, Person)) == (by.name, 1)
    assert "0911111111" in session.scalars(select(PersonRevision.before)).one()
    found = session.scalars(select(NameSuffix.suffix).where(NameSuffix.person_id == person.id)).all()
    assert sorted(found) == sorted(suffixes("唐三藏"))


def test_a_known_number_under_another_name_tells_nothing_about_its_holder(
    session: Session, act_as: Act
) -> None:
    by = act_as("referrer")
    with transaction(session):
        person = make_person(session, name="唐三藏")
        referral = make_referral(session, person=person)
    [verdict] = verdicts(session, send(session, by, row(A="孫悟空", B=person.national_id)), by)
    [fault] = verdict.check.faults
    assert fault.field == "B2" and "姓名與身分證字號不相符" in str(fault)
    told = " ".join(map(str, (*verdict.check.faults, *verdict.check.warnings)))
    assert "唐" not in told and str(referral.id) not in told and "更新" not in told


def test_of_several_names_for_one_number_not_even_the_right_one_is_told(
    session: Session, act_as: Act
) -> None:
    """Thirty rows would try thirty names, and count as one look-up."""
    by = act_as("referrer")
    with transaction(session):
        number = make_person(session, name="唐三藏").national_id
    tried = [row(A=name, B=number) for name in ("孫悟空", "唐三藏", "豬八戒")]
    told = [
        [fault.template for fault in each.check.faults]
        for each in verdicts(session, send(session, by, *tried), by)
    ]
    assert told[0] == told[1] == told[2] and len(told[0]) == 1


def test_an_open_referral_is_warned_of_and_not_refused(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        former = make_referral(session, person=make_person(session, name="唐三藏"), referrer="referrer2")
    upload_id = send(session, by, row(A="唐三藏", B=former.person.national_id))
    [verdict] = verdicts(session, upload_id, by)
    assert f"轉介單 {former.id} 號尚未結案(新竹就業中心)" in str(verdict.check.warnings[-1])
    assert confirm(session, upload_id, by)


def test_a_warning_that_came_after_the_check_page_is_shown_first(session: Session, act_as: Act) -> None:
    by, number = act_as("referrer"), fresh_number()
    upload_id = send(session, by, row(A="唐三藏", B=number))
    shown = marks(session, upload_id, by)
    with transaction(session):
        make_referral(session, person=make_person(session, name="唐三藏", national_id=number))
    with pytest.raises(StaleVersion):
        confirm(session, upload_id, by, shown)
    assert count(session, Referral) == 1
    assert confirm(session, upload_id, by)


def test_what_another_unit_wrote_after_the_check_page_is_not_overwritten_unseen(
    session: Session, act_as: Act
) -> None:
    """The warning reads the same, but what it would overwrite is not what was there."""
    by = act_as("referrer")
    with transaction(session):
        person = make_person(session, name="唐三藏", phone="0911111111")
    upload_id = send(session, by, row(A="唐三藏", B=person.national_id, F="0922222222"))
    shown = marks(session, upload_id, by)
    with transaction(session):
        session.get_one(Person, person.id).phone = "0933333333"
    with pytest.raises(StaleVersion):
        confirm(session, upload_id, by, shown)
    assert session.get_one(Person, person.id).phone == "0933333333"
    assert confirm(session, upload_id, by)


def test_a_row_that_turned_faulty_stays_behind_and_the_others_are_written(
    session: Session, act_as: Act
) -> None:
    by, number = act_as("referrer"), fresh_number()
    upload_id = send(session, by, row(A="唐三藏", B=number), row(A="孫悟空"))
    shown = marks(session, upload_id, by)
    with transaction(session):
        make_person(session, name="別人", national_id=number)
    assert confirm(session, upload_id, by, shown)
    assert session.scalars(select(Person.name).join(Referral, Referral.person_id == Person.id)).all() == [
        "孫悟空"
    ]
    assert [each.number for each in batch.load(session, upload_id, by=by).rows] == [2]


def test_the_unit_is_the_one_of_the_confirmation(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    upload_id = send(session, by, row())
    [before] = verdicts(session, upload_id, by)
    with transaction(session):
        session.delete(session.scalars(select(ServiceArea).where(ServiceArea.prefix == "300")).one())
    confirm(session, upload_id, by)
    referral = session.scalars(select(Referral)).one()
    assert before.unit == "新竹就業中心" and referral.receiving_unit_id is None
    assert (referral.routing_basis, count(session, Mail)) == ("unrouted", 0)


def test_two_rows_about_one_person_make_one_person_with_the_later_data(session: Session, act_as: Act) -> None:
    by, number = act_as("referrer"), fresh_number()
    upload_id = send(session, by, row(B=number), row(B=number, F="0987654321"))
    assert confirm(session, upload_id, by)
    person = session.scalars(select(Person)).one()
    assert (person.phone, count(session, Referral)) == ("0987654321", 2)


def test_only_the_chosen_rows_are_written(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    upload_id = send(session, by, row(), row())
    second = frozenset(mark for mark in marks(session, upload_id, by) if mark.startswith("3-"))
    confirm(session, upload_id, by, second)
    assert session.scalars(select(Referral.batch_row)).all() == [3]


@pytest.mark.parametrize("chosen", [frozenset(), frozenset({"3-nonsense"}), frozenset({"9-abc"})])
def test_without_a_good_row_nothing_is_confirmed(
    session: Session, act_as: Act, chosen: frozenset[str]
) -> None:
    by = act_as("referrer")
    upload_id = send(session, by, row(), row(F=None))
    with pytest.raises(FieldFault, match="至少勾選一列"):
        confirm(session, upload_id, by, chosen)
    assert batch.load(session, upload_id, by=by).upload.confirmed_at is None


def test_a_minor_needs_the_guardians_consent_to_be_confirmed(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    upload_id = send(session, by, row(C="2010/1/1", H=None))
    with pytest.raises(FieldFault, match="法定代理人"):
        confirm(session, upload_id, by)
    assert confirm(session, upload_id, by, guardian=True)


def test_the_batch_leaves_one_entry_with_everybody_it_found(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        known = [make_person(session, name="唐三藏") for _ in range(2)]
    numbers = [fresh_number() for _ in range(2)]
    told = [row(A="唐三藏", B=person.national_id) for person in known]
    send(session, by, *told, *(row(B=number) for number in numbers), row(B="nonsense"))
    entry = session.scalars(select(TrailEntry)).one()
    assert (entry.act, entry.screen, entry.persons) == ("look_up", batch.SCREEN, 2)
    # Whoever is asked later whether a number was looked up has its hash, also if nobody had the number then.
    unknown = sorted(KEYS.search_hash(number) for number in numbers)
    assert json.loads(entry.criteria) == {"asked": 4, "unknown": unknown}
    assert set(session.scalars(select(TrailPerson.person_id))) == {person.id for person in known}


def test_batches_are_no_way_to_fish(session: Session, act_as: Act) -> None:
    """180 numbers an hour, whether asked singly or together, discarded or not."""
    by = act_as("referrer")
    for _ in range(5):
        upload_id = send(session, by, *(row() for _ in range(30)))
        with transaction(session):
            batch.discard(session, upload_id, by=by)
    with transaction(session):
        people.look_up(session, name="唐三藏", national_id=fresh_number(), by=by, at=AT)
    with pytest.raises(TooMany):
        send(session, by, *(row() for _ in range(30)))
    send(session, by, *(row() for _ in range(29)))
    with pytest.raises(TooMany), transaction(session):
        people.look_up(session, name="唐三藏", national_id=fresh_number(), by=by, at=AT)
    send(session, act_as("referrer2"), row())
    send(session, by, row(), at=AT + look_ups.HOUR)


def test_nobody_piles_up_uploads_that_he_does_not_confirm(session: Session, act_as: Act) -> None:
    """Not even of rows without a number, which are no look-ups."""
    by, key = act_as("referrer"), str(uuid.uuid4())
    first = send(session, by, row(), key=key)
    for _ in range(batch.MOST_UNCONFIRMED - 1):
        send(session, by, row(B=None))
    with pytest.raises(TooMany, match="20"):
        send(session, by, row(B=None))
    assert send(session, by, row(), key=key) == first, "the same file again is no new one"
    send(session, act_as("referrer2"), row())
    confirm(session, first, by)
    send(session, by, row())
    with pytest.raises(TooMany):
        send(session, by, row())
    send(session, by, row(), at=AT + timedelta(hours=1))


def test_what_is_not_confirmed_goes_after_a_day_and_referrals_stay(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    kept = send(session, by, row(), at=AT + timedelta(hours=1))
    send(session, by, row())
    done = send(session, by, row(), row(F=None))
    confirm(session, done, by)
    with transaction(session):
        assert batch.discard_old(session, at=AT + batch.KEPT) == 2
        assert batch.discard_old(session, at=AT + batch.KEPT) == 0
    session.expire_all()
    assert sorted(session.scalars(select(BatchUpload.id))) == sorted([kept, done])
    assert session.get_one(BatchUpload, done).rows is None and count(session, Referral) == 1


def test_discarding_deletes_the_rows_at_once(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    open_one, done = send(session, by, row()), send(session, by, row(), row(F=None))
    confirm(session, done, by)
    with transaction(session):
        batch.discard(session, open_one, by=by)
        batch.discard(session, done, by=by)
    assert session.get(BatchUpload, open_one) is None
    assert session.get_one(BatchUpload, done).rows is None and count(session, Referral) == 1


def test_eight_confirmations_at_once_write_once(both: Flask, act_as: Act) -> None:
    by = act_as("referrer")
    upload_id = send(db.session(), by, row(), row())
    shown = marks(db.session(), upload_id, by)

    def press(session: Session, _lane: int) -> None:
        with transaction(session):
            batch.confirm(session, upload_id, marks=shown, guardian=False, base_url=BASE, by=by, at=AT)

    outcomes = race(both, [(lane,) for lane in range(8)], press, lanes=8)
    assert [error for _, error in outcomes] == [None] * 8
    assert count(db.session(), Referral) == 2 and count(db.session(), Mail) == 1


def test_a_person_registered_while_two_batches_write_is_made_once(both: Flask, act_as: Act) -> None:
    by, number = act_as("referrer"), fresh_number()
    uploads = [send(db.session(), by, row(B=number)) for _ in range(4)]
    shown = {each: marks(db.session(), each, by) for each in uploads}

    def press(session: Session, upload_id: int) -> None:
        with transaction(session):
            batch.confirm(
                session, upload_id, marks=shown[upload_id], guardian=False, base_url=BASE, by=by, at=AT
            )

    outcomes = race(both, [(each,) for each in uploads], press, lanes=4)
    assert {type(error) for _, error in outcomes} == {type(None), StaleVersion}
    assert count(db.session(), Person) == count(db.session(), Referral) == 1, (
        "the others see the warning first"
    )


def test_new_people_are_written_in_one_order_so_that_two_batches_never_wait_for_each_other(
    session: Session, act_as: Act
) -> None:
    by, numbers = act_as("referrer"), [fresh_number() for _ in range(12)]
    confirm(session, send(session, by, *(row(B=number) for number in numbers)), by)
    written = session.scalars(select(Person.national_id_hash).order_by(Person.id)).all()
    assert len(written) == 12 and written == sorted(written)


def test_the_rows_are_encrypted_at_rest(session: Session, act_as: Act) -> None:
    send(session, act_as("referrer"), row(A="唐三藏"))
    [stored] = session.connection().exec_driver_sql("SELECT rows FROM batch_upload").one()
    assert "唐三藏".encode() not in bytes(stored) and b"0912345678" not in bytes(stored)


@pytest.mark.parametrize("known", [False, True], ids=["new people", "known people"])
def test_checking_and_writing_take_as_many_statements_for_thirty_rows_as_for_one(
    session: Session, act_as: Act, known: bool
) -> None:
    by = act_as("referrer")
    found = []
    for number in (1, 30):
        numbers = [fresh_number() for _ in range(number)]
        if known:
            with transaction(session):
                for each in numbers:
                    make_person(session, name="測試人員1", national_id=each)
        upload_id = send(session, by, *(row(B=each) for each in numbers))
        session.expunge_all()
        with counted() as checking:
            shown = marks(session, upload_id, by)
        session.commit()
        session.expunge_all()
        with counted() as writing:
            confirm(session, upload_id, by, shown)
        found.append((len(checking), len(writing)))
    assert found[0] == found[1]
    checked, written = found[1]
    assert checked <= 6 and written <= 15, found
    assert count(session, ReferralIndicator) == count(session, ReferralIdentity) == 62
