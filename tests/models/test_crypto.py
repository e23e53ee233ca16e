"""Encryption at rest: what it keeps secret, what it notices, and which keys open what."""

from __future__ import annotations

import pytest

from models.crypto import KeyRing, UnreadableSecret, new_key

TEXT = "新竹市東區東大路二段60號".encode()


def ring(*keys: str, hash_key: str = "aGFzaCBrZXkgZm9yIHRlc3RzIG9ubHksIDMyIGJ5dGU=") -> KeyRing:
    made = KeyRing()
    made.configure(list(keys), hash_key)
    return made


def test_what_was_encrypted_is_read_again() -> None:
    keys = ring(new_key())
    assert keys.decrypt(keys.encrypt(TEXT)) == TEXT


def test_the_stored_value_shows_nothing_and_is_never_twice_the_same() -> None:
    keys = ring(new_key())
    first, second = keys.encrypt(TEXT), keys.encrypt(TEXT)
    assert TEXT not in first
    assert first != second


@pytest.mark.parametrize("position", [0, 5, 20, -1], ids=["key id", "nonce", "text", "tag"])
def test_one_altered_bit_is_noticed(position: int) -> None:
    keys = ring(new_key())
    stored = bytearray(keys.encrypt(TEXT))
    stored[position] ^= 1
    with pytest.raises(UnreadableSecret):
        keys.decrypt(bytes(stored))


def test_a_value_cut_short_is_noticed() -> None:
    keys = ring(new_key())
    for stored in (b"", keys.encrypt(TEXT)[:10], keys.encrypt(TEXT)[:-1]):
        with pytest.raises(UnreadableSecret):
            keys.decrypt(stored)


def test_the_first_key_writes_and_all_keys_read() -> None:
    old, new = new_key(), new_key()
    before, after = ring(old), ring(new, old)
    stored = before.encrypt(TEXT)
    assert after.decrypt(stored) == TEXT
    assert not after.is_current(stored)
    fresh = after.encrypt(TEXT)
    assert after.is_current(fresh)
    assert ring(new).decrypt(fresh) == TEXT


def test_a_missing_key_is_named_by_its_id_and_the_value_stays_unsaid() -> None:
    stored = ring(new_key()).encrypt(TEXT)
    with pytest.raises(UnreadableSecret, match=stored[:4].hex()):
        ring(new_key()).decrypt(stored)


def test_the_search_hash_depends_on_the_hash_key_alone() -> None:
    number = "A123456789"
    assert ring(new_key()).search_hash(number) == ring(new_key()).search_hash(number)
    other = ring(new_key(), hash_key=new_key())
    assert other.search_hash(number) != ring(new_key()).search_hash(number)
    assert number not in ring(new_key()).search_hash(number)


@pytest.mark.parametrize("wrong", [[], [""], ["c2hvcnQ="], [new_key(), "c2hvcnQ="]])
def test_a_key_of_a_wrong_length_is_refused(wrong: list[str]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ring(*wrong)
