"""What was begun and left, and old correspondence, goes by itself on both databases; what is in use stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.extensions import db
from models.account import Account
from models.api_key import ApiAnswer
from models.batch import BatchUpload
from models.notice import Notice
from models.outbox import Mail, MailState
from models.referral import Attachment, ReferralDraft
from models.staff import SavedSearch
from models.support import SupportAnswer, SupportQuestion
from rules.actor import Actor
from rules.desk import NoticeKind
from rules.permissions import Permission
from services import api_answers, batch, drafts, housekeeping, notices, outbox, saved_searches
from services.drafts import Upload
from services.file_changes import FileChanges
from services.housekeeping import DRAFTS_KEPT, Cleared
from services.retention import Schedule
from services.transaction import transaction
from tests.factories import AT

Act = Callable[[str], Actor]
SCHEDULE = Schedule(60, date(2026, 11, 20))
LONG_AGO = AT.replace(year=2021, month=11, day=10)


def clear(schedule: Schedule = SCHEDULE, *, at: datetime = AT) -> Cleared:
    done = housekeeping.run(db.session, current_app.extensions["file_store"], schedule, at=at)
    db.session.rollback()
    db.session.expire_all()
    return done


def ask(session: Session, by: Actor, at: datetime, *, follows: int | None = None) -> SupportQuestion:
    question = SupportQuestion(
        asked_at=at,
        asker_id=by.user_id,
        asker_name=by.name,
        email="a@demo.example",
        subject="轉介單送不出去",
        text="個案王小明的資料送不出去",
        follows_id=follows,
        submission_key=str(uuid.uuid4()),
    )
    session.add(question)
    session.flush()
    return question


def test_a_draft_left_for_ninety_days_goes_with_its_files(session: Session, act_as: Act) -> None:
    store = current_app.extensions["file_store"]
    with FileChanges(store) as files, transaction(session):
        for name, age in (("referrer", DRAFTS_KEPT + timedelta(seconds=1)), ("referrer2", DRAFTS_KEPT)):
            by, key = act_as(name), str(uuid.uuid4())
            drafts.save(session, key, {"name": "王小明"}, by=by, at=AT - age)
            upload = Upload(drafts.CONSENT, "同意書.pdf", b"%PDF-1.4\n")
            drafts.put_file(session, files, key, upload, by=by, at=AT)
    names = dict(session.execute(select(ReferralDraft.user_id, Attachment.storage_name).join_from(
        Attachment, ReferralDraft, ReferralDraft.id == Attachment.draft_id)).all())  # fmt: skip
    assert clear().drafts == 1
    assert session.scalars(select(ReferralDraft.user_id)).all() == [act_as("referrer2").user_id]
    assert store.load(names[act_as("referrer2").user_id]).startswith(b"%PDF")
    assert session.scalars(select(Attachment.storage_name)).all() == [names[act_as("referrer2").user_id]]
    assert clear().drafts == 0


def test_an_answer_is_kept_for_a_repetition_of_seven_days(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        api_answers.keep(session, "old-key-1", b"{}", {"number": 1}, by=by, at=AT - api_answers.KEPT)
        later = AT - api_answers.KEPT + timedelta(seconds=1)
        api_answers.keep(session, "new-key-1", b"{}", {"number": 2}, by=by, at=later)
    assert clear().answers == 1
    assert [each.answer for each in session.scalars(select(ApiAnswer))] == ['{"number": 2}']


def test_an_upload_nobody_confirmed_goes_after_a_day(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        session.add(
            BatchUpload(
                user_id=by.user_id,
                unit_id=by.unit_id,
                file_name="名冊.xlsx",
                rows="[]",
                consent_at=AT,
                uploaded_at=AT - batch.KEPT,
                submission_key=str(uuid.uuid4()),
            )
        )
    assert clear().uploads == 1
    assert session.scalars(select(BatchUpload)).all() == []


def test_questions_go_with_their_answers_when_the_schedule_is_over(session: Session, act_as: Act) -> None:
    by = act_as("referrer")
    with transaction(session):
        silent, talked = ask(session, by, LONG_AGO), ask(session, by, LONG_AGO)
        follower = ask(session, by, AT, follows=silent.id)
        for question, at in ((silent, LONG_AGO), (talked, AT)):
            session.add(
                SupportAnswer(
                    question_id=question.id, text="請重新整理", answered_at=at, author_id=1, author_name="管"
                )
            )
        kept = [talked.id, follower.id]
    assert clear().questions == 1
    assert sorted(session.scalars(select(SupportQuestion.id))) == kept
    assert session.get_one(SupportQuestion, kept[1]).follows_id is None
    assert session.scalars(select(SupportAnswer.question_id)).all() == [kept[0]]


def test_old_mails_about_several_people_go_and_waiting_ones_stay(session: Session) -> None:
    with transaction(session):
        for key, at, state in (
            ("digest", LONG_AGO, MailState.SENT),
            ("waiting", LONG_AGO, MailState.QUEUED),
            ("recent", AT, MailState.SENT),
        ):
            outbox.queue(
                session, key=key, to="a@demo.example", subject="s", body="王○明", at=at
            ).state = state
    assert clear().mails == 1
    assert sorted(session.scalars(select(Mail.key))) == ["recent", "waiting"]


def test_without_a_schedule_correspondence_stays(session: Session, act_as: Act) -> None:
    with transaction(session):
        ask(session, act_as("referrer"), LONG_AGO)
    assert clear(Schedule(0, SCHEDULE.today)).questions == 0
    assert len(session.scalars(select(SupportQuestion)).all()) == 1


def test_the_searches_of_a_closed_account_are_forgotten(session: Session, act_as: Act) -> None:
    with transaction(session):
        for name in ("manager", "manager2"):
            criteria = {"name": ["王小明"]}
            saved_searches.save(session, "Worklist", name="常用", criteria=criteria, by=act_as(name))
        session.get_one(Account, act_as("manager").user_id).active = False
    assert clear().searches == 1
    assert session.scalars(select(SavedSearch.user_id)).all() == [act_as("manager2").user_id]


def test_the_nightly_job_clears_away_and_tells_how_much(session: Session, act_as: Act) -> None:
    with transaction(session):
        long_ago = datetime.now(UTC) - api_answers.KEPT - timedelta(hours=1)
        api_answers.keep(session, "old-key-1", b"{}", {}, by=act_as("referrer"), at=long_ago)
    assert jobs.clear_away(current_app._get_current_object()).told == "1 answers"


def test_notices_that_nobody_needs_any_more_lapse_even_where_nothing_else_is_ever_deleted(
    session: Session, act_as: Act
) -> None:
    unit_id = act_as("reception").unit_id or 0
    with transaction(session):
        for kind in (NoticeKind.RING, NoticeKind.COMPLAINT):
            notices.tell(session, unit_id, kind, "通知", to=Permission.VISIT_RECEIVE, at=AT, by=None)
    tomorrow = AT + timedelta(days=1)
    for months, lapsed in ((0, 1), (60, 0)):
        assert clear(Schedule(months, date(2026, 11, 20)), at=tomorrow).notices == lapsed
    open_ones = select(Notice.kind).where(Notice.acknowledged_at.is_(None))
    assert session.scalars(open_ones).all() == [NoticeKind.COMPLAINT.value]
