"""CAPTCHA: digits in a picture and spoken. The answer stays in the database and counts once, right or wrong."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta
from functools import cache

from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha
from sqlalchemy import delete, or_

from models.account import CaptchaChallenge
from services.transaction import AnySession

DIGITS = 5
LIFETIME = timedelta(minutes=10)


def issue(session: AnySession, *, at: datetime, instead_of: str = "") -> str:
    """A new challenge; gives its token. Clears the one it replaces and those that have run out."""
    over = or_(CaptchaChallenge.made_at < at - LIFETIME, CaptchaChallenge.token == instead_of)
    session.execute(delete(CaptchaChallenge).where(over))
    token = secrets.token_urlsafe(32)
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    session.add(CaptchaChallenge(token=token, answer=digits, made_at=at))
    return token


def answer(session: AnySession, token: str, *, at: datetime) -> str | None:
    """None when there is no such challenge or it has run out."""
    challenge = session.get(CaptchaChallenge, token) if token else None
    return challenge.answer if challenge and challenge.made_at >= at - LIFETIME else None


def redeem(session: AnySession, token: str, typed: str, *, at: datetime) -> bool:
    """Whoever deletes the row has used it: one try for each challenge, also under parallel requests."""
    expected = answer(session, token, at=at)
    deleted = session.execute(
        delete(CaptchaChallenge).where(
            CaptchaChallenge.token == token, CaptchaChallenge.made_at >= at - LIFETIME
        )
    ).rowcount  # type: ignore[attr-defined]
    digits = unicodedata.normalize("NFKC", typed).strip()  # a Chinese keyboard may type full-width digits
    return (
        bool(deleted) and expected is not None and secrets.compare_digest(expected.encode(), digits.encode())
    )


def picture(digits: str) -> bytes:
    return _image().generate(digits, format="png").getvalue()


def speech(digits: str) -> bytes:
    return bytes(_audio().generate(digits))


@cache
def _image() -> ImageCaptcha:
    return ImageCaptcha(width=160, height=56)


@cache
def _audio() -> AudioCaptcha:
    return AudioCaptcha()
