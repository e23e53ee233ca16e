"""JSON Web Tokens: a key's stand-in for 15 minutes, so that the key itself travels once and not with every request.

A token names its key and the account's session version; both are looked up at each request, so revoking the key, disabling
the account or changing its password ends the token at once. It carries no rights of its own.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from models.api_key import ApiKey

LIFETIME = timedelta(minutes=15)
_ALGORITHM = "HS256"
_AUDIENCE = "jieli-api-v1"


@dataclass(frozen=True)
class Claims:
    key_id: int
    account_id: int
    session_version: int


def signing_key(secret_key: str) -> bytes:
    """Of its own, so that nothing else signed with SECRET_KEY can pass for a token."""
    return hmac.digest(secret_key.encode(), b"api token", hashlib.sha256)


def make(key: ApiKey, *, secret_key: str, at: datetime) -> str:
    claims = {
        "aud": _AUDIENCE,
        "sub": str(key.account_id),
        "key": key.id,
        "session": key.account.session_version,
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
    }
    return jwt.encode(claims, signing_key(secret_key), algorithm=_ALGORITHM)


def read(text: str, *, secret_key: str, at: datetime) -> Claims | None:
    """None for what is not a token of ours, or not any more."""
    try:
        claims = jwt.decode(
            text,
            signing_key(secret_key),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            # The moment is an argument here as everywhere; the library would ask the machine's clock.
            options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False},
        )
        if claims["exp"] <= at.timestamp():
            return None
        return Claims(int(claims["key"]), int(claims["sub"]), int(claims["session"]))
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return None
