"""線上客服: a question is stored once and told to the desk; answers go to the asker, each read before the next."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, func, select, type_coerce
from sqlalchemy.orm import Session

from app.extensions import db
from models.account import Account
from models.outbox import Mail
from models.support import SupportAnswer, SupportQuestion
from reports.figures import work_counts
from rules.actor import Actor
from rules.errors import AlreadyDone, Faults, FieldFault, NotFound, StaleVersion, TooMany
from services import support
from services.transaction import transaction
from tests.conftest import NOW
from tests.races import race

As = Callable[[str], Actor]
URL = "https://jieli.example/"
TYPED = {
    "subject": "王大華的轉介單",
    "text": "王大華的附件打不開",
    "asker_name": "王小明",
    "email": "wang@office.example",
}


def asked(session: Session, by: Actor, key: str = "", mailbox: str = "", **more: Any) -> SupportQuestion:
    with transaction(session):
        return support.ask(
            session,
            TYPED | more.pop("typed", {}),
            submission_key=key or str(uuid.uuid4()),
            mailbox=mailbox,
            base_url=URL,
            by=by,
            at=more.pop("at", NOW),
            **more,
        )


def answered(
    session: Any, question: int, by: Actor, text: str = "請重新上傳。", version: int = 1
) -> SupportAnswer:
    with transaction(session):
        return support.answer(
            session, question, text, opened_version=version, base_url=URL, by=by, at=NOW + timedelta(hours=2)
        )


def mails(session: Session) -> Sequence[Mail]:
    return session.scalars(select(Mail).order_by(Mail.id)).all()


def test_a_question_is_stored_with_the_page_it_was_asked_on(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"), screen="/referrals/status/?name=王大華")
    session.expire_all()
    found = session.get_one(SupportQuestion, question.id)
    assert (found.text, found.screen, found.answered_at) == (TYPED["text"], "/referrals/status/", None)


def test_text_answer_and_mail_are_encrypted_at_rest(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"))
    answered(session, question.id, act_as("admin"))
    for column in (SupportQuestion.text, SupportAnswer.text, Mail.body):
        stored = session.scalars(select(type_coerce(column, LargeBinary))).all()
        assert stored and not any("上傳".encode() in each or "附件".encode() in each for each in stored)


def test_the_desk_is_told_the_number_and_nothing_else(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"), mailbox="desk@office.example")
    (mail,) = mails(session)
    assert mail.recipient == "desk@office.example"
    assert f"{URL}support-desk/{question.id}" in mail.body
    assert "王" not in mail.subject + mail.body and "附件" not in mail.body


def test_without_a_mailbox_everybody_who_may_answer_is_told(session: Session, act_as: As) -> None:
    asked(session, act_as("referrer"))
    administrator = session.scalar(select(Account.email).where(Account.username == "admin"))
    assert [mail.recipient for mail in mails(session)] == [administrator]


def test_the_same_form_again_is_the_same_question(session: Session, act_as: As) -> None:
    key, referrer = str(uuid.uuid4()), act_as("referrer")
    assert asked(session, referrer, key).id == asked(session, referrer, key).id
    assert len(mails(session)) == 1


def test_another_text_under_a_used_key_is_not_swallowed(session: Session, act_as: As) -> None:
    key, referrer = str(uuid.uuid4()), act_as("referrer")
    asked(session, referrer, key)
    with pytest.raises(StaleVersion):
        asked(session, referrer, key, typed={"text": "別的問題"})


def test_a_faulty_question_is_not_stored(session: Session, act_as: As) -> None:
    with pytest.raises(Faults):
        asked(session, act_as("referrer"), typed={"email": "wang"})
    assert session.scalar(select(func.count()).select_from(SupportQuestion)) == 0


def test_the_eleventh_question_of_an_hour_waits(session: Session, act_as: As) -> None:
    referrer = act_as("referrer")
    for _ in range(support.MOST):
        asked(session, referrer)
    with pytest.raises(TooMany):
        asked(session, referrer)
    assert asked(session, act_as("manager"))
    assert asked(session, referrer, at=NOW + support.WINDOW)


def test_a_further_question_follows_an_own_one_only(session: Session, act_as: As) -> None:
    first = asked(session, act_as("referrer"))
    assert asked(session, act_as("referrer"), follows_id=first.id).follows_id == first.id
    with pytest.raises(NotFound):
        asked(session, act_as("manager"), follows_id=first.id)


def test_an_answer_is_mailed_whole_to_the_address_of_the_question(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"))
    answered(session, question.id, act_as("admin"), "請重新上傳。\n謝謝")
    mail = mails(session)[-1]
    assert mail.recipient == "wang@office.example"
    assert "請重新上傳。\n謝謝" in mail.body and f"{URL}support/{question.id}" in mail.body
    session.expire_all()
    assert session.get_one(SupportQuestion, question.id).answered_at == NOW + timedelta(hours=2)


def test_who_answers_second_is_told_who_was_first(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"))
    answered(session, question.id, act_as("admin"))
    other = Actor(act_as("itstaff").user_id, "第二人", None, act_as("admin").permissions)
    with pytest.raises(AlreadyDone, match=r"林系統 於 115/11/20 12:00"):
        answered(session, question.id, other, "我的回覆")
    assert session.scalar(select(func.count()).select_from(SupportAnswer)) == 1


def test_a_supplement_is_a_second_mail_and_keeps_the_first_answer(session: Session, act_as: As) -> None:
    question, admin = asked(session, act_as("referrer")), act_as("admin")
    answered(session, question.id, admin)
    with transaction(session):
        support.answer(
            session,
            question.id,
            "另請更新瀏覽器。",
            opened_version=2,
            base_url=URL,
            by=admin,
            at=NOW + timedelta(hours=3),
        )
    session.expire_all()
    found = session.get_one(SupportQuestion, question.id)
    assert [each.text for each in found.answers] == ["請重新上傳。", "另請更新瀏覽器。"]
    assert found.answered_at == NOW + timedelta(hours=2)
    assert "補充回覆" in mails(session)[-1].subject


def test_an_answer_sent_twice_is_one_mail(session: Session, act_as: As) -> None:
    question, admin = asked(session, act_as("referrer")), act_as("admin")
    assert answered(session, question.id, admin).id == answered(session, question.id, admin).id
    assert len(mails(session)) == 2


def test_eight_administrators_at_once_give_one_answer(both: Flask, act_as: As) -> None:
    question, admin = asked(db.session(), act_as("referrer")).id, act_as("admin")
    accounts = db.session.scalars(select(Account.id).order_by(Account.id).limit(8)).all()
    staff = [Actor(each, f"管理者{each}", None, admin.permissions) for each in accounts]

    def press(session: Any, by: Actor) -> None:
        answered(session, question, by, f"{by.name}的回覆")

    outcomes = race(both, [(each,) for each in staff], press, lanes=8)
    errors = [error for _, error in outcomes if error]
    assert len(errors) == 7 and all(isinstance(error, AlreadyDone) for error in errors)
    assert len({str(error) for error in errors}) == 1
    assert db.session.scalar(select(func.count()).select_from(SupportAnswer)) == 1


def test_an_answer_with_a_national_id_is_refused(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"))
    with pytest.raises(FieldFault):
        answered(session, question.id, act_as("admin"), "A123456789 已更正")
    assert len(mails(session)) == 1


def test_others_neither_answer_nor_learn_that_there_is_a_question(session: Session, act_as: As) -> None:
    question = asked(session, act_as("referrer"))
    with pytest.raises(NotFound):
        answered(session, question.id, act_as("supervisor"))
    with pytest.raises(NotFound):
        answered(session, 987654321, act_as("admin"))


def test_an_administrator_sees_how_many_wait(session: Session, act_as: As) -> None:
    first, admin = asked(session, act_as("referrer")), act_as("admin")
    asked(session, act_as("manager"))
    assert work_counts(session, admin, NOW.date()).unanswered == 2
    answered(session, first.id, admin)
    assert work_counts(session, admin, NOW.date()).unanswered == 1
    assert work_counts(session, act_as("referrer"), NOW.date()).unanswered is None
