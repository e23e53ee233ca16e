"""Mails leave after the commit, each once, whatever the mail server does."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from models.outbox import Mail, MailState
from services import outbox
from services.transaction import transaction
from tests.conftest import NOW


def queued(session: Session, key: str = "occasion") -> Mail:
    with transaction(session):
        return outbox.queue(session, key=key, to="a@example.org", subject="主旨", body="內容", at=NOW)


def test_a_mail_is_sent_and_noted(session: Session) -> None:
    mail, sent = queued(session), []
    assert outbox.send_due(session, sent.append, at=NOW) == 1
    assert [each.id for each in sent] == [mail.id]
    assert session.get_one(Mail, mail.id).state == MailState.SENT


def test_a_sent_mail_is_not_sent_again(session: Session) -> None:
    queued(session)
    outbox.send_due(session, lambda mail: None, at=NOW)
    assert outbox.send_due(session, lambda mail: pytest.fail("sent twice"), at=NOW + timedelta(days=30)) == 0


def test_one_occasion_makes_one_mail(session: Session) -> None:
    assert queued(session).id == queued(session).id


def test_a_rolled_back_transaction_sends_nothing(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), transaction(session):
        outbox.queue(session, key="k", to="a@example.org", subject="s", body="b", at=NOW)
        raise ZeroDivisionError
    assert outbox.send_due(session, lambda mail: pytest.fail("sent"), at=NOW) == 0


def test_a_server_that_is_down_delays_the_mail_with_growing_pauses(session: Session) -> None:
    def down(mail: Mail) -> None:
        raise ConnectionRefusedError

    mail, at, pauses = queued(session), NOW, []
    for _ in range(4):
        outbox.send_due(session, down, at=at)
        session.expire_all()
        pauses.append(mail.next_try_at - at)
        assert outbox.send_due(session, down, at=mail.next_try_at - timedelta(seconds=1)) == 0
        at = mail.next_try_at
    assert pauses == sorted(set(pauses))
    assert outbox.send_due(session, lambda mail: None, at=at) == 1


def test_a_mail_is_given_up_after_the_last_pause_and_can_be_sent_again_by_hand(session, act_as) -> None:
    def down(mail: Mail) -> None:
        raise TimeoutError

    mail, at = queued(session), NOW
    while mail.state != MailState.FAILED:
        outbox.send_due(session, down, at=at)
        session.expire_all()
        at = mail.next_try_at
    assert mail.tries == len(outbox.PAUSES) + 1
    with transaction(session):
        outbox.resend(session, mail.id, by=act_as("admin"), at=at)
    assert outbox.send_due(session, lambda mail: None, at=at) == 1


def test_a_refused_recipient_does_not_hold_up_the_others(session: Session) -> None:
    first, second = queued(session, "1"), queued(session, "2")

    def refuse_first(mail: Mail) -> None:
        if mail.id == first.id:
            raise outbox.Refused("no such mailbox")

    assert outbox.send_due(session, refuse_first, at=NOW) == 1
    session.expire_all()
    assert (first.state, second.state) == (MailState.FAILED, MailState.SENT)
    assert "no such mailbox" in first.last_error


def test_a_mail_left_by_a_dead_process_is_sent_after_its_lease(session: Session) -> None:
    mail = queued(session)
    with transaction(session):
        mail.state, mail.claimed_at = MailState.SENDING, NOW
    assert outbox.send_due(session, lambda mail: None, at=NOW + outbox.LEASE - timedelta(seconds=1)) == 0
    assert outbox.send_due(session, lambda mail: None, at=NOW + outbox.LEASE) == 1


def test_eight_job_processes_send_each_mail_once(both: Flask) -> None:
    ids = [queued(db.session(), str(number)).id for number in range(20)]
    sent: list[int] = []

    def work() -> None:
        with both.app_context():
            outbox.send_due(db.session, lambda mail: sent.append(mail.id), at=NOW)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == ids


def test_waiting_ends_when_the_mail_is_sent_and_after_the_limit(both: Flask) -> None:
    session = db.session()
    mail = queued(session)
    assert outbox.wait_until_sent(session, mail.id, seconds=0) is False

    def work() -> None:
        with both.app_context():
            outbox.send_due(db.session, lambda mail: None, at=NOW)

    thread = threading.Thread(target=work)
    thread.start()
    assert outbox.wait_until_sent(session, mail.id, seconds=20) is True
    thread.join()


def test_only_an_administrator_sends_again(session, act_as) -> None:
    from rules.errors import NotFound

    mail = queued(session)
    with pytest.raises(NotFound), transaction(session):
        outbox.resend(session, mail.id, by=act_as("supervisor"), at=NOW)


def test_all_that_was_given_up_is_sent_again_and_nothing_else(session, act_as) -> None:
    from rules.errors import NotFound

    for key, state in (("1", MailState.FAILED), ("2", MailState.FAILED), ("3", MailState.SENT)):
        mail = queued(session, key)
        with transaction(session):
            mail.state = state
    with pytest.raises(NotFound), transaction(session):
        outbox.resend_failed(session, by=act_as("supervisor"), at=NOW)
    with transaction(session):
        assert outbox.resend_failed(session, by=act_as("admin"), at=NOW) == 2
    sent: list[str] = []
    assert outbox.send_due(session, lambda mail: sent.append(mail.key), at=NOW) == 2
    assert sent == ["1", "2"]


def test_a_mail_that_no_key_opens_holds_up_no_other(session: Session) -> None:
    from sqlalchemy import LargeBinary, type_coerce, update

    broken, whole = queued(session, "1"), queued(session, "2")
    with transaction(session):
        session.execute(
            update(Mail).where(Mail.id == broken.id).values(body=type_coerce(b"not ours", LargeBinary))
        )
    session.expire_all()
    sent: list[int] = []
    assert outbox.send_due(session, lambda mail: sent.append(mail.id), at=NOW) == 1
    session.expire_all()
    assert sent == [whole.id] and broken.state == MailState.QUEUED
    assert broken.last_error.startswith("UnreadableSecret")
