"""角色與權限: what each role may do, for reading. The table itself is in `rules.permissions`."""

from __future__ import annotations

from collections.abc import Iterable

from flask_appbuilder.security.sqla.models import PermissionView, Role
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from rules.permissions import Permission
from views.generated.base import GeneratedView
from views.generated.interface import RowAccess


def _sentences(granted: Iterable[PermissionView]) -> Markup:
    """In the order of the table, which follows the day's work."""
    pairs = {(row.permission.name, row.view_menu.name) for row in granted}
    meanings = [_(permission.meaning) for permission in Permission if permission.pair in pairs]
    return Markup('<ul class="sentences">{}</ul>').format(
        Markup("").join(Markup("<li>{}</li>").format(each) for each in meanings)
    )


class RoleView(GeneratedView):
    datamodel = RowAccess(Role, apart=("permissions",))
    route_base = "/roles"
    class_permission_name = "Role"
    read_only = True
    list_title = _l("角色與權限")
    show_title = _l("角色")
    list_columns = ["name", "permissions"]
    show_columns = ["name", "permissions"]
    order_columns: list[str] = []
    base_order = ("id", "asc")
    formatters_columns = {"name": _, "permissions": _sentences}
    label_columns = {"name": _l("角色"), "permissions": _l("可以做的事")}
