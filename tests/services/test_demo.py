from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.extensions import db
from models.base import Model
from models.case import Case, Extension
from models.content import Download
from models.outbox import Mail, MailState
from models.person import Person
from models.referral import Attachment, Referral, ReferralIdentity
from models.scopes import own_cases, received_referrals
from models.timeline import TimelineEntry
from reports import notices
from rules import national_id
from rules.actor import Actor
from rules.calendar import age_on, local_date
from rules.due_dates import Urgency, may_extend, urgency
from rules.identities import IDENTITIES
from rules.referral_flow import Move, State
from rules.uploads import check_upload
from services import postal
from services.demo import world
from services.file_changes import FileChanges
from services.routing import assign_unit
from services.transaction import transaction
from tests.conftest import NOW, Clock, application

TODAY = local_date(NOW)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def seeded(
    request: pytest.FixtureRequest, font_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """One world for all tests of the module, on each database: they read it and leave it as it is."""
    template = request.getfixturevalue(f"{request.param}_template")
    for _app in application(template, Clock(), font_dir, tmp_path_factory.mktemp("seeded")):
        _seed(db.session())
        yield db.session()


def _seed(session: Session) -> int:
    with FileChanges(current_app.extensions["file_store"]) as changes, transaction(session):
        return world.seed(session, changes, at=NOW, base_url="https://jieli.example")


def _counts(session: Session) -> dict[str, int]:
    tables: list[Table] = list(Model.metadata.tables.values())
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_seeding_twice_leaves_the_world_as_it_was(seeded: Session) -> None:
    before = _counts(seeded)
    assert _seed(seeded) == 0
    assert _counts(seeded) == before


def test_every_state_and_every_identity_occurs(seeded: Session) -> None:
    assert set(seeded.scalars(select(Referral.state))) == {state.value for state in State}
    assert set(seeded.scalars(select(ReferralIdentity.code))) == {identity.code for identity in IDENTITIES}


@pytest.mark.parametrize("supervisor", ["supervisor", "supervisor3", "supervisor4"])
def test_each_centre_has_referrals_waiting_some_of_them_for_long(
    seeded: Session, act_as: Callable[[str], Actor], supervisor: str
) -> None:
    waiting = select(Referral.referral_date).where(
        received_referrals(act_as(supervisor)), Referral.state == State.SUBMITTED
    )
    ages = [(TODAY - day).days for day in seeded.scalars(waiting)]
    assert len([age for age in ages if age > 3]) >= 2
    assert min(ages) == 0


@pytest.mark.parametrize("manager", ["manager", "manager2", "manager3", "manager4"])
def test_each_case_manager_has_red_rows_words_for_them_and_quiet_ones(
    seeded: Session, act_as: Callable[[str], Actor], manager: str
) -> None:
    cases = seeded.scalars(select(Case).where(own_cases(act_as(manager)), Case.closed_on.is_(None))).all()
    assert {urgency(case.due_date, TODAY) for case in cases} == set(Urgency)
    assert any(may_extend(case.due_date, TODAY) and case.due_date >= TODAY for case in cases)
    assert any(case.extensions for case in cases)
    assert any(len(case.assignments) == 2 for case in cases)


def test_the_timelines_hold_every_move_but_corrections(seeded: Session) -> None:
    told = set(seeded.scalars(select(TimelineEntry.move)))
    assert told >= set(Move) - {Move.CORRECT_SERVICE}


def test_the_timelines_go_forward_and_never_beyond_now(seeded: Session) -> None:
    for referral_id in seeded.scalars(select(Referral.id)):
        entries = (
            select(TimelineEntry).where(TimelineEntry.referral_id == referral_id).order_by(TimelineEntry.id)
        )
        moments = [entry.at for entry in seeded.scalars(entries)]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW


def test_no_mail_of_the_past_waits_to_be_sent(seeded: Session) -> None:
    mails = seeded.scalars(select(Mail)).all()
    assert mails
    assert {mail.state for mail in mails} == {MailState.SENT}
    assert all(mail.sent_at == mail.queued_at for mail in mails)


def test_one_referral_has_no_unit_and_the_list_of_areas_is_whole_again(seeded: Session) -> None:
    unrouted = seeded.scalars(select(Referral).where(Referral.receiving_unit_id.is_(None))).all()
    assert [referral.state for referral in unrouted] == [State.SUBMITTED]
    assert assign_unit(seeded, unrouted[0].postal_code, "").unit_id is not None


def test_the_people_are_of_every_kind(seeded: Session) -> None:
    people = seeded.scalars(select(Person)).all()
    assert {person.national_id_kind for person in people} == {"national", "resident_new", "resident_old"}
    ages = [age_on(person.birthday, TODAY) for person in people]
    assert min(ages) < 18
    assert max(ages) > 65
    assert any(len(person.name) > 20 for person in people)
    assert any(ord(char) > 0xFFFF for person in people for char in person.name)
    assert "唐三藏" not in {person.name for person in people}


def test_numbers_pass_the_check_and_addresses_have_their_code(seeded: Session) -> None:
    directory = postal.directory(seeded)
    for person in seeded.scalars(select(Person)):
        assert national_id.inspect(person.national_id).sex == person.sex
        assert directory.resolve(person.address).code == person.postal_code


def test_who_is_under_18_came_with_a_guardians_document(seeded: Session) -> None:
    for referral in seeded.scalars(select(Referral)):
        young = age_on(referral.person.birthday, referral.referral_date) < 18
        assert ("guardian" in {each.kind for each in referral.attachments}) == young


def test_the_attachments_are_files_that_an_upload_would_accept(seeded: Session) -> None:
    store = current_app.extensions["file_store"]
    for attachment in seeded.scalars(select(Attachment).limit(40)):
        assert (
            check_upload(attachment.name, store.load(attachment.storage_name)).value == attachment.extension
        )


def test_an_expired_download_is_gone_and_the_forms_stay_for_good(seeded: Session) -> None:
    offered = {download.file_name: download for download in notices.downloads(seeded, TODAY)}
    assert {"個資同意書.zip", "轉介整批上傳範本.xlsx"} <= set(offered)
    assert offered["轉介整批上傳範本.xlsx"].expires_on == date(9999, 12, 31)
    assert seeded.scalar(select(func.count()).select_from(Download)) == len(offered) + 1


def test_bulletin_and_news_are_shown_today(seeded: Session) -> None:
    assert "111-11 上線測試" in [bulletin.text for bulletin in notices.bulletins(seeded, TODAY)]
    assert len(notices.news(seeded, TODAY)) == 3


def test_the_extensions_of_the_demo_were_allowed_on_their_day(seeded: Session) -> None:
    extensions = seeded.scalars(select(Extension)).all()
    assert extensions
    for extension in extensions:
        assert may_extend(extension.due_before, local_date(extension.extended_at))


def test_the_referrals_are_numbered_in_the_order_of_their_days(seeded: Session) -> None:
    days = seeded.scalars(select(Referral.referral_date).order_by(Referral.id)).all()
    assert list(days) == sorted(days)


def test_states_are_spread_like_an_office_at_work(seeded: Session) -> None:
    counted = Counter(seeded.scalars(select(Referral.state)))
    assert counted[State.OPEN] > counted[State.CLOSED] > counted[State.WITHDRAWN]
