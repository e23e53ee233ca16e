"""Accounts: what a user may do, the count of failed log-ins with its lock, and the ends of sessions.

Failed log-ins are counted by conditional updates, never by read and write: 20 guesses at once are 20 guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_appbuilder.security.sqla.models import (
    Permission as PermissionRow,
)
from flask_appbuilder.security.sqla.models import (
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import case, func, literal, select, update

from models.account import Account
from models.base import Moment
from rules.actor import Actor
from rules.errors import FieldFault, RuleBroken, StaleVersion
from rules.permissions import Permission
from rules.permissions import Role as RoleName
from rules.texts import N_, check_line, has_unprintable
from services.transaction import AnySession

ATTEMPTS = 5
LOCK = timedelta(minutes=15)
OWN_FIELDS = ("name", "english_name", "job_title", "email", "phone", "extension")
PAIRS = {permission.pair: permission for permission in Permission}
SEPARATOR = "\n"


@dataclass(frozen=True)
class Grants:
    roles: tuple[str, ...]
    permissions: frozenset[Permission]


def grants(session: AnySession, user_id: int) -> Grants:
    """Roles and permissions of a user; none if there is no such user."""
    found = with_grants(session, user_id)
    return found[1] if found else Grants((), frozenset())


def with_grants(session: AnySession, user_id: int) -> tuple[Account, Grants] | None:
    """The account with its unit, roles and permissions in one statement: what every request begins with."""
    held = select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == user_id)
    roles = select(func.aggregate_strings(Role.name, SEPARATOR)).where(Role.id.in_(held))
    pairs = (
        select(func.aggregate_strings(PermissionRow.name + " " + ViewMenu.name, SEPARATOR))
        .select_from(assoc_permissionview_role)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(PermissionRow, PermissionRow.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(assoc_permissionview_role.c.role_id.in_(held))
    )
    row = session.execute(
        select(Account, roles.scalar_subquery(), pairs.scalar_subquery()).where(Account.id == user_id)
    ).one_or_none()
    if row is None:
        return None
    account, role_names, pair_names = row
    known = {role.value: place for place, role in enumerate(RoleName)}
    named = sorted(_parts(role_names), key=lambda name: (known.get(name, len(known)), name))
    pairs_held = (tuple(text.split(" ", 1)) for text in _parts(pair_names))
    permissions = frozenset(PAIRS[pair] for pair in pairs_held if pair in PAIRS)
    return account, Grants(tuple(named), permissions)


def _parts(text: str | None) -> list[str]:
    return text.split(SEPARATOR) if text else []


def claim_attempt(session: AnySession, username: str, *, at: datetime) -> Account | None:
    """Count one more try before the password is looked at; the fifth in a row locks the account for 15 minutes.

    The lock stands from the claim on, so parallel guesses together get no more than five, and a process that dies
    over the fifth leaves no account locked for good. None when there is no such account, it is disabled or locked;
    the caller must not tell which.
    """
    if has_unprintable(username):
        return None
    named = Account.username == username
    session.execute(  # a lock that has run out starts a new count
        update(Account)
        .where(named, Account.locked_until <= at)
        .values(login_attempts=0, locked_until=None)
        .execution_options(synchronize_session=False)
    )
    claimed = session.execute(
        update(Account)
        .where(named, Account.active.is_(True), Account.locked_until.is_(None))
        .values(
            login_attempts=Account.login_attempts + 1,
            locked_until=case((Account.login_attempts + 1 >= ATTEMPTS, literal(at + LOCK, Moment()))),
        )
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if not claimed:
        return None
    return session.scalars(select(Account).where(named).execution_options(populate_existing=True)).one()


def record_failure(session: AnySession, account: Account) -> None:
    """The try itself is counted already; this is the count of the last failures in a row that administrators see."""
    _set(session, account, fail_login_count=Account.login_attempts)


def record_success(session: AnySession, account: Account, *, at: datetime) -> None:
    _set(
        session,
        account,
        login_attempts=0,
        fail_login_count=0,
        locked_until=None,
        last_login=at.astimezone(UTC).replace(tzinfo=None),
        login_count=func.coalesce(Account.login_count, 0) + 1,
    )


def _set(session: AnySession, account: Account, **values: object) -> None:
    """Whatever parallel log-ins have written meanwhile."""
    statement = update(Account).where(Account.id == account.id).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))


def unlock(account: Account) -> None:
    account.login_attempts = 0
    account.locked_until = None


def end_sessions(account: Account) -> None:
    """Of this account, everywhere, from its next request on."""
    account.session_version = (account.session_version or 0) + 1


def disable(account: Account, *, by: Actor | None) -> None:
    """`by` is None on the command line."""
    if by and by.user_id == account.id:
        raise RuleBroken(N_("不能停用自己的帳號,請由其他管理者處理。"))
    account.active = False
    end_sessions(account)


def enable(account: Account) -> None:
    account.active = True
    unlock(account)


def check_own_roles(account: Account, *, by: Actor) -> None:
    """Nobody takes the administration of accounts away from himself: there is always one who has it."""
    granted = {pair for role in account.roles for pair in role.permissions}
    pairs = {(pair.permission.name, pair.view_menu.name) for pair in granted}
    if by.user_id == account.id and Permission.USER_WRITE.pair not in pairs:
        raise FieldFault("roles", N_("不能移除自己維護使用者的角色,請由其他管理者處理。"))


def touch(session: AnySession, account: Account, *, by: Actor, at: datetime) -> None:
    """Counts the account's version up for a change of its data. Raises StaleVersion when somebody was faster.

    By hand, not by the mapper: a log-in or a lock changes the row too and must not refuse an administrator's form.
    """
    changed = session.execute(
        update(Account)
        .where(Account.id == account.id, Account.version == account.version)
        .values(version=Account.version + 1, changed_at=at, changed_by_id=by.user_id, changed_by_name=by.name)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if not changed:
        raise StaleVersion(N_("此筆資料剛被其他人修改,請重新整理後再試一次。"))


def edit_own(
    session: AnySession, account: Account, values: Mapping[str, str], *, by: Actor, at: datetime
) -> None:
    """What a user may change of his own account; nothing else of `values` is looked at."""
    for field in OWN_FIELDS:
        setattr(account, field, values[field] or "")
    with session.no_autoflush:
        check_data(session, account)
        touch(session, account, by=by, at=at)


def check_data(session: AnySession, account: Account) -> None:
    """Tidies what was typed. Raises FieldFault at the field that cannot be kept so."""
    limits = {"name": 64, "english_name": 64, "job_title": 64, "phone": 32, "extension": 16, "email": 320}
    missing = {"name": N_("請輸入中文名字。"), "email": N_("請輸入電子信箱。")}
    for field, limit in limits.items():
        typed = getattr(account, field) or ""
        setattr(account, field, check_line(typed, field=field, limit=limit, missing=missing.get(field, "")))
    others = select(Account.id).where(
        func.lower(Account.email) == account.email.lower(), Account.id != (account.id or 0)
    )
    if session.scalar(others):
        raise FieldFault("email", N_("這個電子信箱已由其他帳號使用,請改用自己的信箱。"))


def take_turn(session: AnySession, user_id: int) -> None:
    """Locks the user's own row until the transaction ends: what one user sends twice at once goes one after the other."""
    session.execute(select(Account.id).where(Account.id == user_id).with_for_update(key_share=True))
