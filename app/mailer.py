"""Sends one mail of the outbox over SMTP."""

from __future__ import annotations

import logging
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from flask_mail import Message

from app.extensions import db, mail
from models.case import Case
from models.outbox import Mail
from reports.case_reply import reply_form_of
from reports.fonts import load_fonts
from reports.pdf import MissingGlyph
from reports.reply_form import pdf
from services.outbox import Refused

log = logging.getLogger("jieli.mail")
PERMANENT = range(500, 600)


class NoServer(Exception):
    """MAIL_SERVER is not set: mails wait in the outbox."""


def send(row: Mail) -> None:
    """Returns when the server has taken the mail; raises `Refused` when it never will, anything else for now."""
    if not current_app.config["MAIL_SERVER"]:
        raise NoServer("MAIL_SERVER is not set")
    message = Message(row.subject, recipients=[row.recipient], body=row.body)
    message.msgId = row.message_id
    if row.reply_form_of_id and current_app.config["MAIL_REPLY_FORM_ATTACHED"]:
        _attach_reply_form(message, row)
    taken = False
    try:
        with _patience(current_app.config["MAIL_TIMEOUT"]), mail.connect() as connection:
            connection.send(message)
            taken = True
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Refused(f"recipient refused ({code})") if code in PERMANENT else error) from error
    except (OSError, smtplib.SMTPException):
        if not taken:  # a server that hangs up after taking the mail has taken it
            raise


def _attach_reply_form(message: Message, row: Mail) -> None:
    """As it reads when the mail leaves. A name that no face can draw must not keep the mail back: the link is in it."""
    faces = tuple(Path(face) for face in current_app.config["PDF_FACES"])
    fonts = load_fonts(Path(current_app.config["FONT_DIR"]), faces)
    case = db.session.get_one(Case, row.reply_form_of_id)
    try:
        message.attach(
            f"轉介回覆單_{row.referral_id}.pdf",
            "application/pdf",
            pdf(reply_form_of(db.session, case), fonts),
        )
    except MissingGlyph as missing:
        log.warning("reply form of case %s not attached: %s", case.id, type(missing).__name__)


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Flask-Mail opens its connection without a time limit; a silent server would hold the job for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
