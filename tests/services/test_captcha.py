"""A CAPTCHA counts once, for ten minutes, and its answer never leaves the server but as picture and sound."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from models.account import CaptchaChallenge
from services import captcha
from services.transaction import transaction
from tests.conftest import NOW


def issued(session: Session) -> tuple[str, str]:
    """Token and answer."""
    with transaction(session):
        token = captcha.issue(session, at=NOW)
    answer = captcha.answer(session, token, at=NOW)
    assert answer is not None
    return token, answer


def test_the_right_digits_fit_once(session: Session) -> None:
    token, answer = issued(session)
    assert captcha.redeem(session, token, f" {answer} ", at=NOW)
    assert not captcha.redeem(session, token, answer, at=NOW)


def test_a_wrong_try_uses_it_up(session: Session) -> None:
    token, answer = issued(session)
    wrong = f"{(int(answer) + 1) % 10**captcha.DIGITS:0{captcha.DIGITS}}"
    assert not captcha.redeem(session, token, wrong, at=NOW)
    assert not captcha.redeem(session, token, answer, at=NOW)


def test_digits_of_a_chinese_keyboard_fit(session: Session) -> None:
    token, answer = issued(session)
    assert captcha.redeem(
        session, token, answer.translate({ord("0") + n: ord("０") + n for n in range(10)}), at=NOW
    )


@pytest.mark.parametrize("typed", ["", "驗證碼", "\0", "1234é"])
def test_what_is_no_digits_is_wrong_and_nothing_more(session: Session, typed: str) -> None:
    token, _answer = issued(session)
    assert not captcha.redeem(session, token, typed, at=NOW)


def test_it_ends_after_ten_minutes(session: Session) -> None:
    token, answer = issued(session)
    assert not captcha.redeem(session, token, answer, at=NOW + timedelta(minutes=10, seconds=1))


def test_an_unknown_token_fits_nothing(session: Session) -> None:
    assert not captcha.redeem(session, "", "", at=NOW)
    assert not captcha.redeem(session, "unknown", "", at=NOW)


def test_what_has_run_out_is_cleared_away(session: Session) -> None:
    issued(session)
    with transaction(session):
        captcha.issue(session, at=NOW + timedelta(minutes=11))
    assert session.scalar(select(func.count()).select_from(CaptchaChallenge)) == 1


def test_of_eight_at_once_one_fits(both: Flask) -> None:
    token, answer = issued(db.session())
    db.session.remove()
    ready = threading.Barrier(8)

    def redeem(_number: int) -> bool:
        with both.app_context():
            ready.wait()
            with transaction(db.session):
                fits = captcha.redeem(db.session, token, answer, at=NOW)
            db.session.remove()
            return fits

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeem, range(8))) == 1


def test_picture_and_sound_are_a_png_and_a_wave_file() -> None:
    assert captcha.picture("12345").startswith(b"\x89PNG")
    assert captcha.speech("12345")[:4] == b"RIFF"
