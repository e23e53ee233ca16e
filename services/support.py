"""線上客服: a question is stored and told to the support desk, an answer goes to the asker's mailbox. Spec 1-referral §6."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update

from models.support import SupportAnswer, SupportQuestion
from reports import mails
from reports.staff import everyone_with
from rules.actor import Actor
from rules.calendar import local_date, local_time_text
from rules.errors import AlreadyDone, NotFound, StaleVersion, TooMany
from rules.permissions import Permission
from rules.support import check_answer, check_question, page_path
from rules.texts import N_
from services import accounts, outbox
from services.transaction import AnySession

MOST = 10
BATCH = 500
WINDOW = timedelta(hours=1)
NO_QUESTION = N_("找不到這筆提問,可能已移除,或不在您可查看的範圍。")
ANSWER_MAIL = "support-answer:"


def ask(
    session: AnySession,
    typed: Mapping[str, str],
    *,
    submission_key: str,
    mailbox: str,
    base_url: str,
    by: Actor,
    at: datetime,
    screen: str = "",
    follows_id: int | None = None,
) -> SupportQuestion:
    """Checks and stores; the same form again gives the question that the first sending made.

    The mail goes to `mailbox`, or where there is none to everybody who may answer. `follows_id`: a former question of
    the same user. Raises `Faults`, `TooMany` after ten questions in an hour, `StaleVersion` for a used key.
    """
    _require(by, Permission.SUPPORT_ASK)
    question = check_question(typed)
    accounts.take_turn(session, by.user_id)
    if first := session.scalar(
        select(SupportQuestion).where(SupportQuestion.submission_key == submission_key)
    ):
        if (first.asker_id, first.subject, first.text) == (by.user_id, question.subject, question.text):
            return first
        raise StaleVersion(N_("這張表單已經送出過,請重新開啟表單後再填寫。"))
    _check_rate(session, by, at)
    row = SupportQuestion(
        asked_at=at,
        asker_id=by.user_id,
        asker_name=question.asker_name,
        email=question.email,
        subject=question.subject,
        text=question.text,
        screen=page_path(screen),
        follows_id=own_question(session, follows_id, by=by).id if follows_id else None,
        submission_key=submission_key,
    )
    session.add(row)
    session.flush()
    letter = mails.support_asked(question_id=row.id, asked_at=at, base_url=base_url)
    desk = (
        [mailbox] if mailbox else [each.email for each in everyone_with(session, Permission.SUPPORT_ANSWER)]
    )
    for number, address in enumerate(desk):
        key = f"support-question:{row.id}:{number}"
        outbox.queue(session, key=key, to=address, subject=letter.subject, body=letter.body, at=at)
    return row


def answer(
    session: AnySession,
    question_id: int,
    text: str,
    *,
    opened_version: int,
    base_url: str,
    by: Actor,
    at: datetime,
) -> SupportAnswer:
    """Once for each version of the question: who opened it before another's answer reads that one first.

    What is sent a second time unchanged gives the first answer; anything later is a supplement. Raises a `FieldFault`
    at `text`, `AlreadyDone` naming who answered, `NotFound`.
    """
    _require(by, Permission.SUPPORT_ANSWER)
    checked = check_answer(text)
    changed = session.execute(
        update(SupportQuestion)
        .where(SupportQuestion.id == question_id, SupportQuestion.version == opened_version)
        .values(
            version=SupportQuestion.version + 1, answered_at=func.coalesce(SupportQuestion.answered_at, at)
        )
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if not changed:
        last = _last_answer(session, question_id)
        if (last.author_id, last.text) == (by.user_id, checked):
            return last
        raise AlreadyDone(
            N_(
                "此提問已由 %(who)s 於 %(when)s 回覆,您的內容尚未寄出。請先看下方的回覆,仍需補充時再送出一次。"
            ),
            who=last.author_name,
            when=local_time_text(last.answered_at),
        )
    given = SupportAnswer(
        question_id=question_id, text=checked, answered_at=at, author_id=by.user_id, author_name=by.name
    )
    session.add(given)
    session.flush()
    _write_to_asker(session, given, base_url=base_url, at=at)
    return given


def discard_old(session: AnySession, *, before: datetime) -> int:
    """Questions without a word since, with their answers; gives the number of questions. A later one follows none then."""
    spoken = exists().where(
        SupportAnswer.question_id == SupportQuestion.id, SupportAnswer.answered_at >= before
    )
    old = session.scalars(select(SupportQuestion.id).where(SupportQuestion.asked_at < before, ~spoken)).all()
    for start in range(0, len(old), BATCH):
        some = old[start : start + BATCH]
        for change in (
            update(SupportQuestion)
            .where(SupportQuestion.follows_id.in_(some))
            .values(follows_id=None, version=SupportQuestion.version + 1),
            delete(SupportAnswer).where(SupportAnswer.question_id.in_(some)),
            delete(SupportQuestion).where(SupportQuestion.id.in_(some)),
        ):
            session.execute(change, execution_options={"synchronize_session": False})
    return len(old)


def own_question(session: AnySession, question_id: int, *, by: Actor) -> SupportQuestion:
    """Raises `NotFound` for a question of somebody else, as for none."""
    wanted = SupportQuestion.id == question_id, SupportQuestion.asker_id == by.user_id
    found = session.scalar(select(SupportQuestion).where(*wanted))
    if found is None:
        raise NotFound(NO_QUESTION)
    return found


def answer_mail_key(answer_id: int) -> str:
    """Names the mail that carried the answer."""
    return f"{ANSWER_MAIL}{answer_id}"


def _write_to_asker(session: AnySession, given: SupportAnswer, *, base_url: str, at: datetime) -> None:
    question = session.get_one(SupportQuestion, given.question_id, populate_existing=True)
    letter = mails.support_answered(
        question_id=question.id,
        asked_on=local_date(question.asked_at),
        answer=given.text,
        supplement=question.answered_at != given.answered_at,
        base_url=base_url,
    )
    outbox.queue(
        session,
        key=answer_mail_key(given.id),
        to=question.email,
        subject=letter.subject,
        body=letter.body,
        at=at,
    )


def _last_answer(session: AnySession, question_id: int) -> SupportAnswer:
    found = session.scalars(
        select(SupportAnswer)
        .where(SupportAnswer.question_id == question_id)
        .order_by(SupportAnswer.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound(NO_QUESTION)
    return found


def _check_rate(session: AnySession, by: Actor, at: datetime) -> None:
    recent = select(func.count()).where(
        SupportQuestion.asker_id == by.user_id, SupportQuestion.asked_at > at - WINDOW
    )
    if (session.scalar(recent) or 0) >= MOST:
        raise TooMany(N_("一小時內最多提問10次,請稍後再送出。您輸入的內容都還在。"))


def _require(by: Actor, permission: Permission) -> None:
    if not by.may(permission):
        raise NotFound(NO_QUESTION)
