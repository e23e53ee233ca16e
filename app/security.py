"""FAB's security manager with our user, our permissions and our sessions.

Of FAB's security screens none is registered but the log-in, as a view of ours; its log-in API stays away, since it
would pass by the CAPTCHA. UserView and RoleView are screens like others: FAB would put its own data access into them.
"""

from __future__ import annotations

from flask import current_app, g
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_login import current_user

from app.extensions import db
from models.account import Account
from rules.permissions import Permission
from services import accounts
from views.access import grants_of_request
from views.login import LoginView

PAIRS = {permission.pair: permission for permission in Permission}


class SecurityManager(FabSecurityManager):
    user_model = Account
    authdbview = LoginView

    def register_views(self) -> None:
        config = current_app.config
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self._limit("LoginView.login", config["LOGIN_LIMIT"], methods=["POST"])
        for endpoint in ("LoginView.login", "LoginView.captcha_image", "LoginView.captcha_audio"):
            self._limit(endpoint, config["CAPTCHA_LIMIT"], methods=["GET"])

    def _limit(self, endpoint: str, limit: str, methods: list[str]) -> None:
        """For each network address. An office shares one, so the limits are those of an office, not of a person."""
        views = current_app.view_functions
        shared = self.limiter.shared_limit(limit, scope=f"{limit} {methods}", methods=methods)
        views[endpoint] = shared(views[endpoint])

    def load_user(self, pk: str) -> Account | None:
        """`pk` is `id.session_version`: a session begun before the last password change or disabling is over."""
        user_id, _, version = str(pk).partition(".")
        if not user_id.isdigit():
            return None
        found = accounts.with_grants(db.session, int(user_id))
        if found is None:
            return None
        user, g.grants = found
        return user if user.is_active and version == str(user.session_version) else None

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """One statement a request answers every question; a right revoked elsewhere is gone at the next request."""
        permission = PAIRS.get((permission_name, view_name))
        return bool(
            permission and current_user.is_authenticated and permission in grants_of_request().permissions
        )
