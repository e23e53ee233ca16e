"""Roles in FAB's tables, written from `rules.permissions`. Roles that an administrator made himself are left alone."""

from __future__ import annotations

from collections.abc import Collection

from flask_appbuilder.security.sqla.models import Permission as PermissionRow
from flask_appbuilder.security.sqla.models import PermissionView, ViewMenu
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select

from rules.permissions import ROLES, Permission
from services.transaction import AnySession


class PermissionMismatch(Exception):
    """The table and the screens disagree: a grant that opens nothing, or a screen that nobody can be granted."""


def sync(session: AnySession, asked: Collection[tuple[str, str]]) -> int:
    """`asked`: the (can_act, resource) pairs that screens and code ask for. Gives the number of permissions."""
    table = {permission.pair for permission in Permission}
    if unasked := table - set(asked):
        raise PermissionMismatch(
            f"no screen asks for {sorted(unasked)}: register it or remove it from the table"
        )
    if unknown := set(asked) - table:
        raise PermissionMismatch(f"screens ask for {sorted(unknown)}: add it to rules.permissions")
    pairs = {permission: _pair(session, permission) for permission in Permission}
    for role, permissions in ROLES.items():
        row = session.scalar(select(RoleRow).where(RoleRow.name == role.value))
        if row is None:
            row = RoleRow(name=role.value)
            session.add(row)
        row.permissions = [pairs[each] for each in Permission if each in permissions]
    session.flush()
    return len(pairs)


def _pair(session: AnySession, permission: Permission) -> PermissionView:
    act, resource = permission.pair
    found = session.scalar(
        select(PermissionView)
        .join(PermissionView.permission)
        .join(PermissionView.view_menu)
        .where(PermissionRow.name == act, ViewMenu.name == resource)
    )
    if found:
        return found
    pair = PermissionView(
        permission=session.scalar(select(PermissionRow).where(PermissionRow.name == act))
        or PermissionRow(name=act),
        view_menu=session.scalar(select(ViewMenu).where(ViewMenu.name == resource))
        or ViewMenu(name=resource),
    )
    session.add(pair)
    session.flush()
    return pair
