"""Mails against real servers: one that works, is down, hangs, refuses a recipient, and hangs up after taking the mail."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from app import mailer
from app.extensions import db, mail
from models.outbox import Mail, MailState
from services import outbox
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_case
from tests.mailbox import Mailbox, free_port


@pytest.fixture
def smtp() -> Iterator[tuple[Mailbox, int]]:
    kept = Mailbox()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield kept, controller.port
    controller.stop()


@pytest.fixture
def use_server(app: Flask) -> Callable[[int], None]:
    """Points the application at a mail server, with little patience."""

    def use(port: int) -> None:
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TIMEOUT=0.5)
        mail.init_app(app)

    return use


def queued(to: str) -> Mail:
    with transaction(db.session):
        return outbox.queue(db.session, key=to, to=to, subject="轉介單已結案", body="編號 228\n", at=NOW)


def send_all() -> int:
    return outbox.send_due(db.session, mailer.send, at=NOW)


def test_a_mail_arrives_with_its_chinese_subject_and_its_message_id(smtp: Any, use_server: Any) -> None:
    kept, port = smtp
    use_server(port)
    row = queued("worker@example.org")
    assert send_all() == 1
    [message] = kept.messages
    assert str(message["Subject"]) == "轉介單已結案"
    assert message["Message-ID"] == row.message_id
    assert "編號 228" in message.get_content()


def test_a_server_that_is_down_loses_nothing(use_server: Any) -> None:
    use_server(free_port())
    row = queued("worker@example.org")
    assert send_all() == 0
    db.session.refresh(row)
    assert (row.state, row.tries) == (MailState.QUEUED, 1)
    assert row.next_try_at > NOW


def test_a_server_that_accepts_and_says_nothing_is_given_up_on(use_server: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        use_server(silent.getsockname()[1])
        row = queued("worker@example.org")
        assert send_all() == 0
    db.session.refresh(row)
    assert row.state == MailState.QUEUED
    assert "timed out" in row.last_error.lower() or "Timeout" in row.last_error


def test_one_refused_recipient_does_not_hold_up_the_next(smtp: Any, use_server: Any) -> None:
    kept, port = smtp
    use_server(port)
    refused, taken = queued("nobody@example.org"), queued("worker@example.org")
    assert send_all() == 1
    db.session.refresh(refused)
    db.session.refresh(taken)
    assert (refused.state, taken.state) == (MailState.FAILED, MailState.SENT)
    assert [message["To"] for message in kept.messages] == ["worker@example.org"]


def test_a_mail_taken_by_a_server_that_then_hangs_up_is_not_sent_twice(use_server: Any) -> None:
    taken: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=_take_one_and_hang_up, args=(listener, taken))
        thread.start()
        use_server(listener.getsockname()[1])
        row = queued("worker@example.org")
        assert send_all() == 1
        thread.join()
    db.session.refresh(row)
    assert row.state == MailState.SENT
    assert len(taken) == 1


def _take_one_and_hang_up(listener: socket.socket, taken: list[bytes]) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as talk:

        def say(line: str) -> None:
            talk.write(line.encode() + b"\r\n")
            talk.flush()

        say("220 test")
        while True:
            command = talk.readline().split(b" ")[0].strip().upper()
            if command != b"DATA":
                say("250 OK")
                continue
            say("354 go on")
            text = b""
            while (line := talk.readline()) != b".\r\n":
                text += line
            taken.append(text)
            say("250 taken")
            return


def test_without_a_mail_server_mails_wait_in_the_outbox(app: Flask) -> None:
    app.config["MAIL_SERVER"] = ""
    row = queued("worker@example.org")
    assert send_all() == 0
    db.session.refresh(row)
    assert row.state == MailState.QUEUED


def test_the_reply_form_goes_along_only_where_the_setting_allows_it(
    app: Flask, smtp: Any, use_server: Any, act_as: Any
) -> None:
    kept, port = smtp
    use_server(port)
    case = make_case(db.session)
    db.session.commit()
    for allowed in (False, True):
        app.config["MAIL_REPLY_FORM_ATTACHED"] = allowed
        with transaction(db.session):
            outbox.queue(
                db.session,
                key=str(allowed),
                to="worker@example.org",
                subject="s",
                body="b",
                at=NOW,
                referral_id=case.referral_id,
                reply_form_of_id=case.id,
            )
        assert send_all() == 1
    without, with_form = kept.messages
    assert not list(without.iter_attachments())
    [form] = with_form.iter_attachments()
    assert form.get_content()[:5] == b"%PDF-"
    assert form.get_filename() == f"轉介回覆單_{case.referral_id}.pdf"
