"""Settings from environment variables, each with a sentence; docs/settings.md is compared with this list by a test.

Development and tests make what is missing (keys, a database file in `instance/`); production refuses to start without.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ("development", "testing", "production")


@dataclass(frozen=True)
class Setting:
    """`default` is what an absent variable means; None: there is none, and production demands the variable."""

    name: str
    default: str | None
    meaning: str


SETTINGS = (
    Setting(
        "JIELI_ENV", "development", "development, testing or production. Production refuses unsafe settings."
    ),
    Setting(
        "JIELI_INSTANCE", str(ROOT / "instance"), "Folder for the database file, keys, attachments and fonts."
    ),
    Setting(
        "DATABASE_URL",
        "",
        "Database, e.g. postgresql+psycopg://user:password@host/name. Empty: a SQLite file.",
    ),
    Setting("SECRET_KEY", None, "Signs sessions. At least 32 random characters."),
    Setting(
        "DATA_KEYS",
        None,
        "Keys that encrypt personal data: base64 of 32 bytes each, comma-separated, newest first.",
    ),
    Setting(
        "DATA_HASH_KEY",
        None,
        "Key of the searchable hash of national IDs: base64 of 32 bytes, never changed.",
    ),
    Setting("FILE_STORE", "", "Folder or fsspec URL for attachments and downloads. Empty: instance/files."),
    Setting(
        "PUBLIC_URL",
        "http://127.0.0.1:8080",
        "Address under which users reach the system; links in mails use it.",
    ),
    Setting("PORT", "8080", "Port of `make run`."),
    Setting(
        "TRUSTED_PROXIES", "0", "Number of reverse proxies in front whose X-Forwarded headers are believed."
    ),
    Setting("REDIS_URL", "", "Redis for jobs and rate limits. Empty: SQLite for jobs, memory for limits."),
    Setting("CAPTCHA_ENABLED", "1", "0 only for a deployment behind another gate, and for automation."),
    Setting("LOGIN_LIMIT", "30 per minute", "Log-ins tried from one network address; an office shares one."),
    Setting(
        "CAPTCHA_LIMIT",
        "120 per minute",
        "Log-in pages, CAPTCHA pictures and sounds for one network address.",
    ),
    Setting("API_LIMIT", "120 per minute", "Requests of one API key; without a key, of one network address."),
    Setting("IDLE_MINUTES", "20", "Minutes without a request after which a session ends."),
    Setting("MAIL_SERVER", "", "SMTP server. Empty: mails stay in the outbox."),
    Setting("MAIL_PORT", "25", "SMTP port."),
    Setting("MAIL_USE_TLS", "0", "1: STARTTLS."),
    Setting("MAIL_USERNAME", "", "SMTP account."),
    Setting("MAIL_PASSWORD", "", "SMTP password."),
    Setting("MAIL_SENDER", "jieli@localhost", "Sender of all mails."),
    Setting("MAIL_TIMEOUT", "10", "Seconds after which a silent SMTP server counts as down."),
    Setting(
        "MAIL_REPLY_FORM_ATTACHED",
        "0",
        "1: the closing mail carries the reply form as PDF (personal data by mail).",
    ),
    Setting(
        "SUPPORT_MAIL",
        "",
        "Mailbox of the support desk, told of each question. Empty: everybody who may answer is told.",
    ),
    Setting(
        "SUPPORT_PHONE", "", "Telephone of the support desk, shown on the log-in page to who cannot log in."
    ),
    Setting(
        "PDF_FACES", "", "Paths of further TrueType faces for rare characters, comma-separated; they win."
    ),
    Setting(
        "RETENTION_MONTHS",
        "60",
        "Months after the end of the last referral, visit or appointment until a person is anonymised; support questions and "
        "mails of no referral go then too. 0: never.",
    ),
    Setting("DEMO", "", "1: the demo world may exist. Refused in production."),
    Setting("LOG_LEVEL", "INFO", "Level of the log on standard error."),
)


class Misconfigured(Exception):
    """The text names the setting that is wrong and what to do."""


def settings(environ: Mapping[str, str] = os.environ, **overrides: Any) -> dict[str, Any]:
    """Flask's configuration from the environment; `overrides` are for tests."""
    env = {one.name: environ.get(one.name) or one.default or "" for one in SETTINGS}
    env |= {key: str(value) for key, value in overrides.items() if key in env}
    instance = Path(env["JIELI_INSTANCE"]).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    if env["JIELI_ENV"] not in ENVIRONMENTS:
        raise Misconfigured(f"JIELI_ENV is {env['JIELI_ENV']!r}: it is one of {', '.join(ENVIRONMENTS)}.")
    production = env["JIELI_ENV"] == "production"
    if production:
        _refuse_unsafe(env, debug=_flag(environ.get("FLASK_DEBUG", "0")))
    else:
        env |= {key: env[key] or made for key, made in _local_secrets(instance).items()}
    config: dict[str, Any] = {
        **env,
        "PRODUCTION": production,
        "TESTING": env["JIELI_ENV"] == "testing",
        "INSTANCE": instance,
        "DATA_KEYS": [key.strip() for key in env["DATA_KEYS"].split(",")],
        "FILE_STORE": env["FILE_STORE"] or str(instance / "files"),
        "FONT_DIR": str(instance / "fonts"),
        "PDF_FACES": [face for face in env["PDF_FACES"].split(",") if face],
        "CAPTCHA_ENABLED": _flag(env["CAPTCHA_ENABLED"]),
        "DEMO": _flag(env["DEMO"]) or (not production and env["DEMO"] != "0"),
        "RETENTION_MONTHS": int(env["RETENTION_MONTHS"]),
        "TRUSTED_PROXIES": int(env["TRUSTED_PROXIES"]),
        "SQLALCHEMY_DATABASE_URI": env["DATABASE_URL"] or f"sqlite:///{instance / 'jieli.db'}",
        # Parameters are personal data: neither a log nor a page may show them.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_pre_ping": True},
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=int(env["IDLE_MINUTES"])),
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAIL_PORT": int(env["MAIL_PORT"]),
        "MAIL_USE_TLS": _flag(env["MAIL_USE_TLS"]),
        "MAIL_DEFAULT_SENDER": ("接力 轉介就業服務系統", env["MAIL_SENDER"]),
        "MAIL_TIMEOUT": float(env["MAIL_TIMEOUT"]),
        "MAIL_SUPPRESS_SEND": False,
        "MAIL_REPLY_FORM_ATTACHED": _flag(env["MAIL_REPLY_FORM_ATTACHED"]),
        "BABEL_DEFAULT_LOCALE": "zh_Hant_TW",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Taipei",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "LANGUAGES": {"zh_Hant_TW": {"flag": "tw", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
        "APP_NAME": "接力",
        "FAB_BASE_TEMPLATE": "base.html",
        # Tables come from migrations and permissions from `flask roles sync`, never from the start of a web process.
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_SECURITY_SIGNALS_ENABLED": False,
        "AUTH_ROLE_ADMIN": "管理者",
        "AUTH_ROLE_PUBLIC": "Public",
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": env["REDIS_URL"] or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1}
        if env["REDIS_URL"]
        else {},
        # Without Redis each process counts for itself: a broken limit must not lock everybody out.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "JWT_SECRET_KEY": env["SECRET_KEY"],
    }
    return config | {key: value for key, value in overrides.items() if key not in env}


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _refuse_unsafe(env: Mapping[str, str], *, debug: bool) -> None:
    for one in SETTINGS:
        if one.default is None and not env[one.name]:
            raise Misconfigured(f"{one.name} is missing. {one.meaning}")
    if len(env["SECRET_KEY"]) < 32:
        raise Misconfigured("SECRET_KEY is too short: at least 32 random characters.")
    if not env["DATABASE_URL"].startswith("postgresql"):
        raise Misconfigured(
            "DATABASE_URL is missing or not PostgreSQL's: production needs postgresql+psycopg://…"
        )
    if not env["PUBLIC_URL"].startswith("https://"):
        raise Misconfigured("PUBLIC_URL does not begin with https://: log-ins would travel in the clear.")
    if not env["REDIS_URL"]:
        raise Misconfigured("REDIS_URL is missing: rate limits would count in each process for itself.")
    if _flag(env["DEMO"]):
        raise Misconfigured("DEMO is on: demo accounts are refused in production.")
    if debug:
        raise Misconfigured("FLASK_DEBUG is on: the debugger is refused in production.")


def _local_secrets(instance: Path) -> dict[str, str]:
    """Keys of a development machine, made once and kept beside its database."""
    path = instance / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATA_KEYS": b64encode(secrets.token_bytes(32)).decode(),
            "DATA_HASH_KEY": b64encode(secrets.token_bytes(32)).decode(),
        }
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
