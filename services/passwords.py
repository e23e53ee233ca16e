"""Passwords: checked, changed by their owner, given by an administrator. Hashing is slow by design.

A given password is shown once and kept nowhere but as its hash; it opens nothing but the page that changes it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from werkzeug.security import check_password_hash, generate_password_hash

from models.account import Account, OldPassword
from rules.errors import FieldFault
from rules.passwords import MAX_LENGTH, character_classes, check_new
from rules.texts import N_
from services.accounts import end_sessions, unlock
from services.transaction import AnySession

OLD_PASSWORDS = 3
MINIMUM_AGE = timedelta(days=1)
# A hash that no password opens: an unknown account takes as long as a known one.
NOBODY = generate_password_hash(secrets.token_urlsafe(32), method="scrypt")
# Read out over the telephone and copied from paper: no characters that look like others.
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 4, 4


def password_fits(account: Account | None, password: str) -> bool:
    """Takes the same time whether the account exists or not. Call it outside of a transaction."""
    if len(password) > MAX_LENGTH:
        password = ""
    fits = check_password_hash(account.password if account and account.password else NOBODY, password)
    return fits and account is not None


def change_password(session: AnySession, account: Account, *, old: str, new: str, at: datetime) -> None:
    """The owner's own change; ends all his sessions. Raises FieldFault at `old_password` or `password`."""
    if not password_fits(account, old):
        raise FieldFault("old_password", N_("舊密碼不正確,請重新輸入。"))
    changed = account.password_changed_at
    if changed and not account.must_change_password and at - changed < MINIMUM_AGE:
        raise FieldFault("password", N_("密碼變更後一天內不能再次變更,如需重設請洽系統管理者。"))
    check_new(new, username=account.username, name=account.name)
    if any(check_password_hash(used, new) for used in _used_hashes(session, account)):
        raise FieldFault("password", N_("新密碼不能與最近三次使用過的密碼相同,請換一個。"))
    _store(session, account, new, at=at)
    account.must_change_password = False


def give_password(session: AnySession, account: Account, *, at: datetime) -> str:
    """A new password, to be changed at the next log-in; ends all sessions and any lock. Gives it, to be shown once."""
    given = generate()
    _store(session, account, given, at=at)
    account.must_change_password = True
    unlock(account)
    return given


def generate() -> str:
    """As `check_new` asks for: `Wq7d-Kx3m-Rt9p-Hv2c`."""
    while True:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
        password = "-".join(groups)
        if character_classes(password) == 4:
            return password


def _store(session: AnySession, account: Account, password: str, *, at: datetime) -> None:
    if account.password and account.id:
        session.add(OldPassword(user_id=account.id, password_hash=account.password, replaced_at=at))
        session.flush()
        mine = OldPassword.user_id == account.id
        kept = select(OldPassword.id).where(mine).order_by(OldPassword.id.desc()).limit(OLD_PASSWORDS - 1)
        session.execute(delete(OldPassword).where(mine, OldPassword.id.not_in(kept.scalar_subquery())))
    account.password = generate_password_hash(password, method="scrypt")
    account.password_changed_at = at
    end_sessions(account)


def _used_hashes(session: AnySession, account: Account) -> list[str]:
    """The current password and those kept: the last three."""
    old = session.scalars(select(OldPassword.password_hash).where(OldPassword.user_id == account.id)).all()
    return [*([account.password] if account.password else []), *old]
