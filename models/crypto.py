"""Personal data at rest: AES-256-GCM for what is only shown, a keyed hash for what is searched.

The keys come from the configuration and never from the database. A key ring holds the current key first and older keys
behind it, so that a rotation can re-encrypt row by row while the application runs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary, TypeDecorator

NONCE_BYTES = 12
KEY_ID_BYTES = 4


class UnreadableSecret(Exception):
    """No key of the ring opens this value: a key is missing from the configuration, or the value was altered."""


@dataclass
class KeyRing:
    """The configured keys. Value layout: 4 bytes of key id, 12 of nonce, the ciphertext with its tag."""

    ciphers: dict[bytes, AESGCM] = field(default_factory=dict)
    current: bytes = b""
    hash_key: bytes = b""

    def configure(self, keys: list[str], hash_key: str) -> None:
        """`keys`: base64 of 32 bytes each, the current one first. `hash_key`: base64 of 32 bytes, never rotated."""
        decoded = [base64.b64decode(key) for key in keys]
        if not decoded or any(len(key) != 32 for key in decoded):
            raise ValueError("DATA_KEYS needs at least one base64 key of 32 bytes")
        self.ciphers = {_key_id(key): AESGCM(key) for key in decoded}
        self.current = _key_id(decoded[0])
        self.hash_key = base64.b64decode(hash_key)
        if len(self.hash_key) != 32:
            raise ValueError("DATA_HASH_KEY needs a base64 key of 32 bytes")

    def encrypt(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return self.current + nonce + self.ciphers[self.current].encrypt(nonce, plain, None)

    def decrypt(self, stored: bytes) -> bytes:
        key_id, nonce = stored[:KEY_ID_BYTES], stored[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        try:
            return self.ciphers[key_id].decrypt(nonce, stored[KEY_ID_BYTES + NONCE_BYTES :], None)
        except (KeyError, InvalidTag, ValueError) as error:  # ValueError: cut short
            raise UnreadableSecret(f"key id {key_id.hex()}") from error

    def is_current(self, stored: bytes) -> bool:
        return stored[:KEY_ID_BYTES] == self.current

    def search_hash(self, text: str) -> str:
        """The same text gives the same hash: for exact search of the national ID without storing it in the clear."""
        return hmac.new(self.hash_key, text.encode(), hashlib.sha256).hexdigest()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:KEY_ID_BYTES]


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


KEYS = KeyRing()


class Secret(TypeDecorator[str]):
    """Text encrypted at rest. It can be neither searched nor sorted in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else KEYS.encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else KEYS.decrypt(value).decode()
