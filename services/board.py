"""The address of the hall's board: a random key, of which only the hash is kept. Spec 2-dispatch §6."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select

from models.desk import Desk
from rules.actor import Actor
from rules.errors import NotFound
from rules.permissions import Permission
from rules.texts import check_line
from services import desk
from services.transaction import AnySession

NOTICE_LIMIT = 100
KEY_BYTES = 32


def open_board(session: AnySession, *, by: Actor) -> str:
    """Gives the key of a new address; the one before stops at once. Raises `NotFound` without a front desk."""
    key = secrets.token_urlsafe(KEY_BYTES)
    _own(session, by).board_key_hash = _hash(key)
    session.flush()
    return key


def close_board(session: AnySession, *, by: Actor) -> None:
    """No address shows the board any more. Raises `NotFound` without a front desk."""
    _own(session, by).board_key_hash = ""
    session.flush()


def write_notice(session: AnySession, text: str, *, by: Actor) -> None:
    """The line at the foot of the board. Raises `FieldFault` at `notice`."""
    tidied = check_line(text, field="notice", limit=NOTICE_LIMIT)
    _own(session, by).notice = tidied
    session.flush()


def desk_of(session: AnySession, key: str) -> Desk | None:
    """The front desk whose board this key opens."""
    return session.scalars(select(Desk).where(Desk.board_key_hash == _hash(key))).first()


def _own(session: AnySession, by: Actor) -> Desk:
    if not by.may(Permission.BOARD_WRITE):
        raise NotFound(desk.NO_DESK)
    desk.hold(session, by.unit_id)
    return session.scalars(select(Desk).where(Desk.unit_id == by.unit_id)).one()


def _hash(key: str) -> str:
    """Keys are random, so a plain hash gives nothing away."""
    return hashlib.sha256(key.encode()).hexdigest()
