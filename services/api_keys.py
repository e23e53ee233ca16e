"""Keys of agencies' own systems: issued for an account, narrower than it, shown once, ended at any time.

A key holds 256 random bits, so that SHA-256 is hash enough and a request pays no slow one (docs/adr/0007).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, update

from models.account import Account
from models.api_key import ApiKey
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.gather import Gather
from rules.permissions import Permission
from rules.texts import N_, check_line
from services import accounts
from services.transaction import AnySession

P = Permission
SCOPES = (P.REFERRAL_SUBMIT, P.REFERRAL_FOLLOW, P.CASE_WORK, P.ROSTER_READ)
"""What a key can be good for; everything else is for people at a screen."""

MOST_DAYS = 365
_FORM = re.compile(r"jieli_([0-9a-f]{16})_([0-9a-f]{64})")
_GONE = N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。")


@dataclass(frozen=True)
class Issued:
    """`text` is the key itself, which is stored nowhere."""

    key: ApiKey
    text: str


def issue(
    session: AnySession,
    *,
    account_id: int,
    label: str,
    scopes: Collection[str],
    expires_on: date,
    by: Actor,
    at: datetime,
) -> Issued:
    """Raises `Faults` of the fields named like the arguments."""
    _require(by)
    gather, today = Gather(), local_date(at)
    named, account = "", session.get(Account, account_id)
    with gather:
        if account is None or not account.active:
            raise FieldFault("account_id", N_("請選擇使用中的帳號。"))
    with gather:
        named = check_line(label, field="label", limit=100, missing=N_("請填寫用途,例如系統的名稱。"))
    with gather:
        _check_scopes(session, account, scopes)
    with gather:
        if not today < expires_on <= today + timedelta(days=MOST_DAYS):
            raise FieldFault("expires_on", N_("到期日應在明天至一年之內。"))
    gather.raise_any()
    prefix, secret = secrets.token_hex(8), secrets.token_hex(32)
    key = ApiKey(
        account_id=account_id,
        label=named,
        prefix=prefix,
        secret_hash=_hashed(secret),
        scopes=[each.name for each in SCOPES if each.name in scopes],
        made_at=at,
        made_by_id=by.user_id,
        expires_on=expires_on,
    )
    session.add(key)
    session.flush()
    return Issued(key, f"jieli_{prefix}_{secret}")


def revoke(session: AnySession, key_id: int, *, by: Actor, at: datetime) -> None:
    """From its next request on the key opens nothing, and neither do the tokens made with it."""
    _require(by)
    revoked = session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if not revoked:
        raise RuleBroken(N_("這把金鑰先前已經撤銷。"))


def with_text(session: AnySession, text: str, *, at: datetime) -> ApiKey | None:
    """The usable key that was sent; None for any other text, and nobody is told why."""
    parts = _FORM.fullmatch(text)
    if parts is None:
        return None
    key = session.scalars(_usable(at).where(ApiKey.prefix == parts[1])).one_or_none()
    fits = hmac.compare_digest(key.secret_hash if key else "", _hashed(parts[2]))
    return key if fits else None


def with_id(session: AnySession, key_id: int, *, at: datetime) -> ApiKey | None:
    """The same key, for a token that was made with it."""
    return session.scalars(_usable(at).where(ApiKey.id == key_id)).one_or_none()


def actor_of(session: AnySession, key: ApiKey, *, address: str) -> Actor:
    """The account, with those of its permissions that the key was issued for. A right the account lost, the key lost."""
    granted = accounts.grants(session, key.account_id).permissions
    account = key.account
    return Actor(
        user_id=account.id,
        name=account.get_full_name(),
        unit_id=account.unit_id,
        permissions=granted & ({P.API_USE} | _known(key.scopes)),
        address=address,
    )


def is_first_use(key: ApiKey, *, on: date) -> bool:
    """Of this day: only then is there something to write."""
    return key.last_used_on is None or key.last_used_on < on


def note_use(session: AnySession, key: ApiKey, *, on: date) -> None:
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key.id, or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < on))
        .values(last_used_on=on)
        .execution_options(synchronize_session=False)
    )


def possible_scopes(permissions: Collection[Permission]) -> tuple[Permission, ...]:
    """What a key for an account with these permissions may be issued for."""
    return tuple(each for each in SCOPES if each in permissions) if P.API_USE in permissions else ()


def _usable(at: datetime) -> Select[Any]:
    """An account whose password was given to it has not been taken over by its owner yet."""
    return (
        select(ApiKey)
        .join(ApiKey.account)
        .where(
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_on >= local_date(at),
            Account.active.is_(True),
            Account.must_change_password.is_(False),
        )
        .execution_options(populate_existing=True)
    )


def _check_scopes(session: AnySession, account: Account | None, scopes: Collection[str]) -> None:
    if not scopes:
        raise FieldFault("scopes", N_("請至少選擇一項用途範圍。"))
    if account is None:
        return
    possible = possible_scopes(accounts.grants(session, account.id).permissions)
    if set(scopes) - {each.name for each in possible}:
        raise FieldFault("scopes", N_("這個帳號沒有所選的權限,請只選擇帳號本身可以做的事。"))


def _known(names: Iterable[str]) -> frozenset[Permission]:
    return frozenset(each for each in SCOPES if each.name in set(names))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _require(by: Actor) -> None:
    if not by.may(P.API_KEY_WRITE):
        raise NotFound(_GONE)
