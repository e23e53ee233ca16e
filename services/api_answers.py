"""Once and only once: what was answered to a change, by the Idempotency-Key that the program sent with it."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from models.api_key import ApiAnswer
from models.crypto import KEYS
from rules.actor import Actor
from rules.errors import FieldFault
from rules.texts import N_
from services import accounts
from services.transaction import AnySession

HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)
_FORM = re.compile(r"[\x21-\x7e]{8,200}")


def checked(key: str | None) -> str:
    """Raises a fault of the header."""
    if key is None or not _FORM.fullmatch(key):
        raise FieldFault(HEADER, N_("請附上 Idempotency-Key 標頭:8至200個英數字或符號,每件送件各用一個。"))
    return key


def known(session: AnySession, key: str, content: bytes, *, by: Actor) -> Any | None:
    """What was answered before, as JSON. Locks the account's row: one program's requests with one key follow each other.

    Raises a fault of the header when the key came with another content.
    """
    accounts.take_turn(session, by.user_id)
    found = session.scalars(
        select(ApiAnswer).where(ApiAnswer.account_id == by.user_id, ApiAnswer.key_hash == _key_hash(key))
    ).one_or_none()
    if found is None:
        return None
    if found.content_hash != _content_hash(content):
        raise FieldFault(HEADER, N_("這個 Idempotency-Key 已用於另一件內容不同的送件,請改用新的。"))
    return json.loads(found.answer)


def keep(session: AnySession, key: str, content: bytes, answer: Any, *, by: Actor, at: datetime) -> None:
    session.add(
        ApiAnswer(
            account_id=by.user_id,
            key_hash=_key_hash(key),
            content_hash=_content_hash(content),
            answer=json.dumps(answer, ensure_ascii=False),
            made_at=at,
        )
    )
    session.flush()


def discard_old(session: AnySession, *, at: datetime) -> int:
    """Gives the number of answers. Whoever sends a request again after so long makes another one: docs/api.md says so."""
    gone = session.execute(
        delete(ApiAnswer).where(ApiAnswer.made_at <= at - KEPT).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _key_hash(key: str) -> str:
    return KEYS.search_hash(f"idempotency key {key}")


def _content_hash(content: bytes) -> str:
    return KEYS.search_hash(content.decode())
