"""Who calls: by API key or by a token made with one. Cookies count for nothing here, so there is no CSRF to guard against."""

from __future__ import annotations

from flask import current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from models.api_key import ApiKey
from rules.permissions import Permission
from services import api_keys, api_tokens
from services.transaction import transaction
from views.access import actor, database, now, today

KEY_HEADER = "X-API-Key"
CHALLENGE = WWWAuthenticate("bearer", {"realm": "jieli"})


def identify() -> None:
    """Before each request of the API: the caller becomes the actor of the request. An unknown one is refused later, so that
    the limit counts him."""
    g.api_key = key = _key_sent() or _key_of_token()
    if key is None:
        return
    g.actor = api_keys.actor_of(database(), key, address=request.remote_addr or "")
    if api_keys.is_first_use(key, on=today()):
        with transaction(database()):
            api_keys.note_use(database(), key, on=today())


def require(*permissions: Permission, key_itself: bool = False) -> None:
    """Any one of `permissions`, besides the right to use the API at all. `key_itself`: a token will not do."""
    if g.get("api_key") is None or (key_itself and KEY_HEADER not in request.headers):
        raise Unauthorized(www_authenticate=CHALLENGE)
    if not actor().may(Permission.API_USE) or not any(actor().may(each) for each in permissions):
        raise Forbidden


def has_sent_credentials() -> bool:
    return KEY_HEADER in request.headers or "Authorization" in request.headers


def counted_as() -> str:
    """Whose requests the limit adds up: a key's, wherever it calls from; without one, an address's."""
    key = g.get("api_key")
    return f"key {key.id}" if key else f"address {request.remote_addr}"


def _key_sent() -> ApiKey | None:
    text = request.headers.get(KEY_HEADER)
    return api_keys.with_text(database(), text, at=now()) if text else None


def _key_of_token() -> ApiKey | None:
    if (
        KEY_HEADER in request.headers
        or request.authorization is None
        or request.authorization.type != "bearer"
    ):
        return None
    claims = api_tokens.read(
        request.authorization.token or "", secret_key=current_app.config["SECRET_KEY"], at=now()
    )
    if claims is None:
        return None
    key = api_keys.with_id(database(), claims.key_id, at=now())
    owner = (key.account_id, key.account.session_version) if key else None
    return key if owner == (claims.account_id, claims.session_version) else None
