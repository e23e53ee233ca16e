"""重新送出: corrected, routed anew, once; number and date stay, and the timeline says what was corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.outbox import Mail
from models.person import Person
from models.referral import Attachment, Referral, ReferralDraft
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.errors import AlreadyDone, FieldFault, NotFound, StaleVersion
from rules.person import PersonFields
from rules.referral_flow import State
from rules.referral_form import ReferralFields
from services import drafts
from services.drafts import Draft, Upload
from services.file_changes import FileChanges
from services.file_store import FileStore
from services.referral_moves import return_
from services.resubmission import PersonChanged, begin, resubmit
from services.transaction import transaction
from tests.factories import AT, make_person, make_referral
from tests.races import race
from tests.staff import make_supervisors

Cast = Callable[[str], Actor]
PDF = b"%PDF-1.4\n%%EOF\n"
URL = "https://jieli.example"
LATER = AT + timedelta(days=40)
SAID = ReferralFields((1, 2), (2,), "", "曾任餐飲內場三年,目前待業。", "希望找白天班的工作。")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path / "store"))


def returned(session: Session, boss: Actor, **values: Any) -> int:
    with transaction(session):
        referral_id = make_referral(session, **values).id
    with transaction(session):
        return_(session, referral_id, reason="電話為空號", base_url=URL, by=boss, at=AT)
    return referral_id


def start(session: Session, store: FileStore, referral_id: int, by: Actor) -> Draft:
    with FileChanges(store) as files, transaction(session):
        return begin(session, files, referral_id, by=by, at=AT)


def put(session: Session, store: FileStore, draft: Draft, kind: str, name: str, by: Actor) -> None:
    with FileChanges(store) as files, transaction(session):
        upload = Upload(kind, name, PDF)
        drafts.put_file(session, files, draft.key, upload, by=by, at=AT, referral_id=draft.referral_id)


def as_fields(person: Person, **changed: Any) -> PersonFields:
    fields = {name: getattr(person, name) for name in PersonFields.__dataclass_fields__}
    return PersonFields(**fields | changed)


def send(
    session: Session, store: FileStore, draft: Draft, by: Actor, said: ReferralFields = SAID, **changed: Any
) -> Referral:
    person = as_fields(session.get_one(Person, draft.person_id), **changed)
    session.rollback()
    with FileChanges(store) as files, transaction(session):
        return resubmit(
            session, files, draft.referral_id or 0, key=draft.key, person=person, fields=said,
            base_url=URL, by=by, at=LATER,
        )  # fmt: skip


def sent_again(session: Session) -> list[TimelineEntry]:
    return list(session.scalars(select(TimelineEntry).where(TimelineEntry.move == "resubmit")))


def test_the_form_is_filled_as_it_was_sent_without_the_id(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    draft = start(session, store, returned(session, act_as("supervisor")), act_as("referrer"))
    assert (draft.typed["phone"], draft.typed["identities"]) == ("0912345678", ["2"])
    assert draft.typed["brief"] == "曾任餐飲內場三年,目前待業。"
    assert "national_id" not in draft.typed


def test_what_was_typed_is_found_again_until_the_referral_comes_back_once_more(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    boss, by = act_as("supervisor"), act_as("referrer")
    referral_id = returned(session, boss)
    draft = start(session, store, referral_id, by)
    with transaction(session):
        typed = {**draft.typed, "brief": "改過的"}
        drafts.save(session, draft.key, typed, by=by, at=AT, referral_id=referral_id)
    assert start(session, store, referral_id, by).typed["brief"] == "改過的"
    with transaction(session):
        (colleague,) = make_supervisors(session, like=by, number=1)
    send(session, store, start(session, store, referral_id, colleague), colleague)
    with transaction(session):
        return_(session, referral_id, reason="還缺一項", base_url=URL, by=boss, at=LATER)
    assert start(session, store, referral_id, by).typed["brief"] == "曾任餐飲內場三年,目前待業。"


def test_a_new_referral_in_hand_stays_as_it_is(session: Session, store: FileStore, act_as: Cast) -> None:
    by, key = act_as("referrer"), "11111111-1111-4111-8111-111111111111"
    with transaction(session):
        drafts.save(session, key, {"brief": "另一位"}, by=by, at=AT)
    draft = start(session, store, returned(session, act_as("supervisor")), by)
    send(session, store, draft, by)
    kept = drafts.load(session, by=by)
    assert kept and (kept.key, kept.typed) == (key, {"brief": "另一位"})


def test_number_and_date_stay_and_the_corrections_are_named(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    by = act_as("referrer")
    referral_id = returned(session, act_as("supervisor"), at=AT)
    said = replace(SAID, identities=(2, 19), other_identity="自立青年", brief="已更新")
    draft = start(session, store, referral_id, by)
    put(session, store, draft, "consent", "同意書.pdf", by)
    referral = send(session, store, draft, by, said, phone="0922333444")
    assert (referral.id, referral.referral_date, referral.state) == (
        referral_id,
        date(2026, 11, 20),
        "submitted",
    )
    assert (referral.brief, referral.other_identity, referral.submitted_at) == ("已更新", "自立青年", LATER)
    assert [item.code for item in referral.identities] == [2, 19]
    assert referral.person.phone == "0922333444"
    (entry,) = sent_again(session)
    assert entry.detail["changed"] == ["phone", "identities", "brief", "consent"]
    assert "0922333444" not in str(entry.detail)


def test_a_corrected_address_leads_to_another_centre_whose_supervisors_hear_of_it(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    by = act_as("referrer")
    draft = start(session, store, returned(session, act_as("supervisor")), by)
    referral = send(session, store, draft, by, address="新北市板橋區文化路一段10號", postal_code="22041")
    assert referral.receiving_unit.code == "08"
    assert (referral.postal_code, referral.routing_prefix) == ("22041", "220")
    last = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert last.recipient == "supervisor3@demo.jieli.example" and "重新送出" in last.body
    with pytest.raises(AlreadyDone, match="補正後重新送出，改由 板橋"), transaction(session):
        return_(session, referral.id, reason="?", base_url=URL, by=act_as("supervisor"), at=LATER)


def test_a_new_file_takes_the_former_ones_place(session: Session, store: FileStore, act_as: Cast) -> None:
    by, boss = act_as("referrer"), act_as("supervisor")
    referral_id = returned(session, boss)
    for name in ("舊.pdf", "新.pdf"):
        draft = start(session, store, referral_id, by)
        put(session, store, draft, "consent", name, by)
        send(session, store, draft, by)
        if name == "舊.pdf":
            with transaction(session):
                return_(session, referral_id, reason="缺蓋章", base_url=URL, by=boss, at=LATER)
    assert list(session.scalars(select(Attachment.name))) == ["新.pdf"]
    assert len(store.names()) == 1


def test_a_minor_needs_the_guardians_document_by_the_age_on_the_referral_date(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    """18 by the time it's sent again, 17 when it was referred."""
    by = act_as("referrer")
    person = {"birthday": date(2008, 12, 1)}
    with transaction(session):
        young = make_person(session, **person)
    draft = start(session, store, returned(session, act_as("supervisor"), person=young), by)
    with pytest.raises(FieldFault, match="法定監護人同意書"):
        send(session, store, draft, by)
    put(session, store, draft, "guardian", "監護人.pdf", by)
    assert {each.kind for each in send(session, store, draft, by).attachments} == {"guardian"}


def test_cancelling_leaves_the_referral_returned_and_no_file(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    by = act_as("referrer")
    referral_id = returned(session, act_as("supervisor"))
    draft = start(session, store, referral_id, by)
    put(session, store, draft, "consent", "新.pdf", by)
    with FileChanges(store) as files, transaction(session):
        drafts.discard(session, files, by=by, referral_id=referral_id)
    assert session.get_one(Referral, referral_id).state == State.RETURNED
    assert store.names() == []


def test_a_form_that_was_cancelled_or_sent_elsewhere_is_refused(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    by = act_as("referrer")
    referral_id = returned(session, act_as("supervisor"))
    draft = start(session, store, referral_id, by)
    with FileChanges(store) as files, transaction(session):
        drafts.discard(session, files, by=by, referral_id=referral_id)
    for late in (
        lambda: send(session, store, draft, by),
        lambda: drafts.save(session, draft.key, {}, by=by, at=AT, referral_id=referral_id),
    ):
        with pytest.raises(StaleVersion):
            late()
        session.rollback()
    assert session.scalar(select(func.count()).select_from(ReferralDraft)) == 0


def test_somebody_elses_correction_of_the_person_is_not_overwritten(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    by = act_as("referrer")
    draft = start(session, store, returned(session, act_as("supervisor")), by)
    with transaction(session):
        person = session.get_one(Person, draft.person_id)
        person.phone, person.changed_by_name, person.changed_at = "0955666777", "李小華", AT
    with pytest.raises(PersonChanged, match="李小華"):
        send(session, store, draft, by, phone="0922333444")
    assert session.get_one(Person, draft.person_id).phone == "0955666777"


def test_who_has_seen_somebody_elses_correction_may_send_his_own(
    session: Session, store: FileStore, act_as: Cast
) -> None:
    """And nothing that was typed or uploaded is lost meanwhile."""
    by = act_as("referrer")
    draft = start(session, store, returned(session, act_as("supervisor")), by)
    put(session, store, draft, "consent", "新.pdf", by)
    with transaction(session):
        session.get_one(Person, draft.person_id).phone = "0955666777"
    with pytest.raises(PersonChanged):
        send(session, store, draft, by, phone="0922333444")
    with transaction(session):
        drafts.save(session, draft.key, {"phone": "0922333444"}, by=by, at=AT, referral_id=draft.referral_id)
        seen = drafts.renew_person(session, draft.key, by=by, at=AT, referral_id=draft.referral_id)
    assert seen.typed == {"phone": "0922333444"} and set(seen.files) == {"consent"}
    assert send(session, store, draft, by, phone="0922333444").state == State.SUBMITTED
    assert session.get_one(Person, draft.person_id).phone == "0922333444"


@pytest.mark.parametrize("who", ["referrer2", "supervisor", "admin"])
def test_for_anybody_else_there_is_no_such_referral(
    session: Session, store: FileStore, act_as: Cast, who: str
) -> None:
    referral_id = returned(session, act_as("supervisor"))
    with pytest.raises(NotFound):
        start(session, store, referral_id, act_as(who))


def test_eight_colleagues_send_it_once_and_seven_hear_who(
    both: Flask, session: Session, store: FileStore, act_as: Cast
) -> None:
    with transaction(session):
        colleagues = make_supervisors(session, like=act_as("referrer"), number=8)
    referral_id = returned(session, act_as("supervisor"))
    forms = {by: start(session, store, referral_id, by) for by in colleagues}

    def press(own: Session, by: Actor) -> None:
        send(own, store, forms[by], by)

    outcomes = race(both, [(by,) for by in colleagues], press, lanes=8)
    (winner,) = (args[0] for args, error in outcomes if error is None)
    losers = [error for _, error in outcomes if error is not None]
    assert [type(error) for error in losers] == [AlreadyDone] * 7
    assert {str(error) for error in losers} == {f"此轉介單已由 {winner.name} 重新送出"}
    session.expire_all()
    assert len(sent_again(session)) == 1
    mails = select(Mail.recipient).where(Mail.subject.contains("補正，待收案"))
    assert list(session.scalars(mails)) == ["supervisor@demo.jieli.example"]


def test_a_double_click_sends_once_and_finds_it_sent(
    both: Flask, session: Session, store: FileStore, act_as: Cast
) -> None:
    by = act_as("referrer")
    draft = start(session, store, returned(session, act_as("supervisor")), by)
    outcomes = race(
        both, [(n,) for n in range(4)], lambda own, _n: send(own, store, draft, by) and None, lanes=4
    )
    assert [error for _, error in outcomes] == [None] * 4
    session.expire_all()
    assert len(sent_again(session)) == 1
