"""Production starts with every setting right, and with none of them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import create_app
from app.extensions import db
from config import Misconfigured, settings
from models.crypto import KEYS
from tests.databases import PostgresTemplate
from tests.production import PRODUCTION


def test_production_starts_and_answers_even_while_redis_is_down(
    postgresql_template: PostgresTemplate, tmp_path: Path
) -> None:
    app = create_app(
        **PRODUCTION | {"DATABASE_URL": postgresql_template.fresh(), "JIELI_INSTANCE": str(tmp_path)}
    )
    assert not app.debug
    assert not (tmp_path / "secrets.json").exists(), "production makes no key of its own"
    assert app.test_client().get("/healthz").data == b"ok\n"
    assert "帳號" in app.test_client().get("/login/", base_url="https://jieli.example").text
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIELI_ENV", "prod"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DATA_KEYS", ""),
        ("DATA_KEYS", "c2hvcnQ="),
        ("DATA_HASH_KEY", ""),
        ("DATA_HASH_KEY", "c2hvcnQ="),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:////var/lib/jieli/jieli.db"),
        ("REDIS_URL", ""),
        ("PUBLIC_URL", "http://jieli.example"),
        ("DEMO", "1"),
    ],
)
def test_an_unsafe_setting_is_refused_by_its_name(name: str, value: str, tmp_path: Path) -> None:
    before = (dict(KEYS.ciphers), KEYS.current, KEYS.hash_key)
    try:
        with pytest.raises(Misconfigured, match=name):
            create_app(**PRODUCTION | {"JIELI_INSTANCE": str(tmp_path), name: value})
    finally:
        KEYS.ciphers, KEYS.current, KEYS.hash_key = before


def test_the_debugger_is_refused(tmp_path: Path) -> None:
    environ = PRODUCTION | {"JIELI_INSTANCE": str(tmp_path)}
    assert settings(environ)["PRODUCTION"]
    with pytest.raises(Misconfigured, match="FLASK_DEBUG"):
        settings(environ | {"FLASK_DEBUG": "1"})


def test_without_a_database_the_health_check_says_so(
    postgresql_template: PostgresTemplate, tmp_path: Path
) -> None:
    gone = postgresql_template.fresh().replace("/test_", "/gone_")
    app = create_app(**PRODUCTION | {"DATABASE_URL": gone, "JIELI_INSTANCE": str(tmp_path)})
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.data) == (503, b"no database\n")
    assert "Set-Cookie" not in answer.headers
