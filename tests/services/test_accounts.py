"""Log-ins are counted and locked whatever happens at once; passwords follow the rules; sessions end when they must."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.extensions import db
from models.account import Account
from rules.actor import Actor
from rules.errors import FieldFault, RuleBroken, StaleVersion
from rules.passwords import check_new
from services import accounts, passwords
from services.transaction import transaction
from tests.conftest import NOW
from tests.databases import FAST_HASH, PASSWORD

FIFTEEN_MINUTES = timedelta(minutes=15)


def account_of(session: Session, username: str = "manager") -> Account:
    return session.scalars(
        select(Account).where(Account.username == username).execution_options(populate_existing=True)
    ).one()


def try_to_log_in(session: Session, username: str, password: str, at: datetime = NOW) -> bool:
    """As the log-in page does it."""
    with transaction(session):
        account = accounts.claim_attempt(session, username, at=at)
    fits = passwords.password_fits(account, password)
    if account is None:
        return False
    with transaction(session):
        if fits:
            accounts.record_success(session, account, at=at)
        else:
            accounts.record_failure(session, account)
    return fits


def fail(session: Session, times: int, at: datetime = NOW) -> None:
    for _ in range(times):
        assert not try_to_log_in(session, "manager", "wrong", at)


def test_four_failures_do_not_lock(session: Session) -> None:
    fail(session, 4)
    assert try_to_log_in(session, "manager", PASSWORD)


def test_the_fifth_failure_locks_even_for_the_right_password(session: Session) -> None:
    fail(session, 5)
    assert not try_to_log_in(session, "manager", PASSWORD)
    assert account_of(session).locked_until == NOW + FIFTEEN_MINUTES


def test_a_success_starts_the_count_anew(session: Session) -> None:
    fail(session, 4)
    assert try_to_log_in(session, "manager", PASSWORD)
    fail(session, 4)
    assert try_to_log_in(session, "manager", PASSWORD)


def test_the_lock_ends_after_fifteen_minutes_and_not_before(session: Session) -> None:
    fail(session, 5)
    assert not try_to_log_in(session, "manager", PASSWORD, NOW + FIFTEEN_MINUTES - timedelta(seconds=1))
    assert try_to_log_in(session, "manager", PASSWORD, NOW + FIFTEEN_MINUTES)


def test_guessing_on_does_not_make_the_lock_longer(session: Session) -> None:
    fail(session, 5)
    fail(session, 5, NOW + timedelta(minutes=14))
    assert try_to_log_in(session, "manager", PASSWORD, NOW + FIFTEEN_MINUTES)


def test_an_attempt_that_dies_over_the_fifth_try_locks_for_no_longer_than_fifteen_minutes(
    session: Session,
) -> None:
    for _ in range(5):
        with transaction(session):
            accounts.claim_attempt(session, "manager", at=NOW)  # and nobody notes down how it went
    assert not try_to_log_in(session, "manager", PASSWORD)
    assert try_to_log_in(session, "manager", PASSWORD, NOW + FIFTEEN_MINUTES)


def test_twenty_guesses_at_once_are_no_more_than_five(both: Flask) -> None:
    ready = threading.Barrier(20)

    def guess(_number: int) -> bool:
        with both.app_context():
            ready.wait()
            with transaction(db.session):
                claimed = accounts.claim_attempt(db.session, "manager", at=NOW) is not None
            db.session.remove()
            return claimed

    with ThreadPoolExecutor(20) as pool:
        looked_at = list(pool.map(guess, range(20)))
    assert sum(looked_at) == 5
    assert account_of(db.session()).locked_until == NOW + FIFTEEN_MINUTES


@pytest.mark.parametrize("username", ["nobody", "Manager", "manager\0", "man\u202eager", ""])
def test_an_unknown_account_cannot_be_claimed(session: Session, username: str) -> None:
    assert accounts.claim_attempt(session, username, at=NOW) is None


def test_a_disabled_account_cannot_be_claimed(session: Session) -> None:
    with transaction(session):
        accounts.disable(account_of(session), by=None)
    assert not try_to_log_in(session, "manager", PASSWORD)


def test_an_unlocked_account_opens_at_once(session: Session) -> None:
    fail(session, 5)
    with transaction(session):
        accounts.unlock(account_of(session))
    assert try_to_log_in(session, "manager", PASSWORD)


def test_an_unknown_account_takes_a_hash_as_a_known_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def remember(stored: str, _typed: str) -> bool:
        hashed.append(stored)
        return True

    monkeypatch.setattr(passwords, "check_password_hash", remember)
    assert passwords.password_fits(None, "anything") is False
    assert hashed == [passwords.NOBODY] and passwords.NOBODY.startswith("scrypt:")


def change(session: Session, old: str, new: str, at: datetime = NOW) -> None:
    with transaction(session):
        passwords.change_password(session, account_of(session), old=old, new=new, at=at)


def in_days(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_the_last_three_passwords_are_refused_and_the_fourth_is_free(session: Session) -> None:
    first, second, third, fourth = PASSWORD, "Second-pass-22", "Third-pass-333", "Fourth-pass-44"
    change(session, first, second, in_days(1))
    change(session, second, third, in_days(2))
    for used in (first, second, third):
        with pytest.raises(FieldFault, match="最近三次"):
            change(session, third, used, in_days(4))
    change(session, third, fourth, in_days(4))
    change(session, fourth, first, in_days(6))
    assert check_password_hash(account_of(session).password, first)


def test_a_password_is_changed_once_a_day_only(session: Session) -> None:
    change(session, PASSWORD, "Second-pass-22")
    with pytest.raises(FieldFault, match="一天內") as fault:
        change(session, "Second-pass-22", "Third-pass-333", NOW + timedelta(hours=23))
    assert fault.value.field == "password"
    change(session, "Second-pass-22", "Third-pass-333", NOW + timedelta(hours=24))


def test_a_given_password_may_be_changed_at_once(session: Session) -> None:
    with transaction(session):
        given = passwords.give_password(session, account_of(session), at=NOW)
    assert account_of(session).must_change_password
    change(session, given, "Second-pass-22")
    assert not account_of(session).must_change_password


def test_the_given_password_counts_among_the_last_three(session: Session) -> None:
    with transaction(session):
        given = passwords.give_password(session, account_of(session), at=NOW)
    with pytest.raises(FieldFault, match="最近三次"):
        change(session, given, given)


def test_the_old_password_must_fit(session: Session) -> None:
    with pytest.raises(FieldFault) as fault:
        change(session, "wrong", "Second-pass-22")
    assert fault.value.field == "old_password"
    assert check_password_hash(account_of(session).password, PASSWORD)


def test_the_rules_for_new_passwords_are_asked(session: Session) -> None:
    with pytest.raises(FieldFault, match="12"):
        change(session, PASSWORD, "Short-1")


def test_stored_passwords_are_scrypt_hashes(session: Session) -> None:
    change(session, PASSWORD, "Second-pass-22")
    assert account_of(session).password.startswith("scrypt:")


def test_given_passwords_pass_the_rules_and_differ() -> None:
    given = {passwords.generate() for _ in range(200)}
    assert len(given) == 200
    for password in given:
        check_new(password, username="manager", name="王大毛")
        assert not set("0O1lI") & set(password)


def test_a_password_change_ends_all_sessions(session: Session) -> None:
    before = account_of(session).get_id()
    change(session, PASSWORD, "Second-pass-22")
    assert account_of(session).get_id() != before


def test_a_given_password_ends_all_sessions_and_the_lock(session: Session) -> None:
    fail(session, 5)
    before = account_of(session).get_id()
    with transaction(session):
        given = passwords.give_password(session, account_of(session), at=NOW)
    assert account_of(session).get_id() != before
    assert try_to_log_in(session, "manager", given)


def test_disabling_ends_all_sessions(session: Session) -> None:
    before = account_of(session).get_id()
    with transaction(session):
        accounts.disable(account_of(session), by=None)
    assert account_of(session).get_id() != before


def test_a_log_in_ends_no_session(session: Session) -> None:
    before = account_of(session).get_id()
    assert try_to_log_in(session, "manager", PASSWORD)
    assert account_of(session).get_id() == before


def test_nobody_disables_himself(session: Session, act_as: Callable[[str], Actor]) -> None:
    with pytest.raises(RuleBroken, match="自己"):
        accounts.disable(account_of(session, "admin"), by=act_as("admin"))


def test_nobody_takes_the_administration_of_accounts_from_himself(
    session: Session, act_as: Callable[[str], Actor]
) -> None:
    account = account_of(session, "admin")
    accounts.check_own_roles(account, by=act_as("admin"))
    account.roles = list(account_of(session, "auditor").roles)
    with pytest.raises(FieldFault) as fault:
        accounts.check_own_roles(account, by=act_as("admin"))
    assert fault.value.field == "roles"


def test_another_administrator_may_take_it(session: Session, act_as: Callable[[str], Actor]) -> None:
    account = account_of(session, "admin")
    account.roles = []
    accounts.check_own_roles(account, by=replace(act_as("admin"), user_id=-1))


def test_the_faster_of_two_administrators_wins(session: Session, act_as: Callable[[str], Actor]) -> None:
    account = account_of(session)
    with transaction(session):
        accounts.touch(session, account, by=act_as("admin"), at=NOW)
    stale = account_of(session)
    stale.version  # noqa: B018  read before the other one saves
    session.expunge(stale)
    with transaction(session):
        accounts.touch(session, account_of(session), by=act_as("admin"), at=NOW)
    with pytest.raises(StaleVersion):
        accounts.touch(session, stale, by=act_as("admin"), at=NOW)


def test_a_log_in_does_not_make_an_open_form_stale(session: Session) -> None:
    version = account_of(session).version
    assert try_to_log_in(session, "manager", PASSWORD)
    assert account_of(session).version == version


def test_an_email_belongs_to_one_account_whatever_its_case(
    session: Session, act_as: Callable[[str], Actor]
) -> None:
    account = account_of(session)
    values = {**dict.fromkeys(accounts.OWN_FIELDS, ""), "name": "王大毛", "email": "ADMIN@demo.jieli.example"}
    with pytest.raises(FieldFault) as fault, transaction(session):
        accounts.edit_own(session, account, values, by=act_as("manager"), at=NOW)
    assert fault.value.field == "email"


def test_editing_the_own_account_looks_at_no_other_field(
    session: Session, act_as: Callable[[str], Actor]
) -> None:
    account = account_of(session)
    unit = account.unit_id
    values = {**dict.fromkeys(accounts.OWN_FIELDS, ""), "name": "王 大毛", "email": "w@demo.example"}
    with transaction(session):
        more = {**values, "unit_id": "1", "active": "", "roles": "1", "username": "x", "login_attempts": "0"}
        accounts.edit_own(session, account, more, by=act_as("manager"), at=NOW)
    found = account_of(session)
    assert (found.name, found.email, found.unit_id, found.username) == (
        "王 大毛",
        "w@demo.example",
        unit,
        "manager",
    )
    assert found.active and [role.name for role in found.roles] == ["個管員"]


def test_a_hash_of_another_method_is_still_read(session: Session) -> None:
    account = Account(
        username="x", name="x", password=generate_password_hash("Other-pass-11", method=FAST_HASH)
    )
    assert passwords.password_fits(account, "Other-pass-11")
