"""Who works in a unit and may do what: whom a case can be given to, and whom a mail to a unit reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_appbuilder.security.sqla.models import Permission as PermissionRow
from flask_appbuilder.security.sqla.models import (
    PermissionView,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import ColumnElement, exists, select

from models.account import Account
from reports.session import ReadSession
from rules.permissions import Permission


def holds(permission: Permission) -> ColumnElement[bool]:
    """Whether one of the account's roles brings the permission."""
    act, resource = permission.pair
    granted = assoc_permissionview_role
    return exists(
        select(1)
        .select_from(assoc_user_role)
        .join(granted, granted.c.role_id == assoc_user_role.c.role_id)
        .join(PermissionView, PermissionView.id == granted.c.permission_view_id)
        .join(PermissionRow, PermissionRow.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(assoc_user_role.c.user_id == Account.id, PermissionRow.name == act, ViewMenu.name == resource)
    )


def people_with(session: ReadSession, unit_id: int, permission: Permission) -> Sequence[Account]:
    """The active accounts of the unit that hold the permission, in a fixed order."""
    return people_of(session, [unit_id], permission)


def people_of(session: ReadSession, unit_ids: Collection[int], permission: Permission) -> Sequence[Account]:
    """The same for several units at once."""
    there = Account.unit_id.in_(unit_ids), Account.active.is_(True), holds(permission)
    return session.scalars(select(Account).where(*there).order_by(Account.id)).all()


def everyone_with(session: ReadSession, permission: Permission) -> Sequence[Account]:
    """The active accounts of all units that hold the permission, in a fixed order."""
    found = select(Account).where(Account.active.is_(True), holds(permission)).order_by(Account.id)
    return session.scalars(found).all()
