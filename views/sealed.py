"""Secrets on their way through an address: encrypted, so that neither history nor a proxy's log can read them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from models.crypto import KEYS, UnreadableSecret

MARK = "~"


def seal(text: str) -> str:
    return MARK + urlsafe_b64encode(KEYS.encrypt(text.encode())).decode()


def unseal(text: str) -> str:
    """What `seal` was given; a text that was not sealed, or not by us, comes back as it is and finds nothing."""
    if not text.startswith(MARK):
        return text
    try:
        return KEYS.decrypt(urlsafe_b64decode(text.removeprefix(MARK))).decode()
    except (UnreadableSecret, ValueError):
        return text
