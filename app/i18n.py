"""The language of a request: of the session on pages, by Accept-Language for programs; WTForms' own messages in it too.

Flask-WTF looks WTForms' catalogue up under `zh_Hant_TW`, which WTForms calls `zh_TW`, and falls back to Simplified Chinese.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from views.api.answers import asked_by_program

CHINESE, ENGLISH = "zh_Hant_TW", "en"
OFFERED = {"zh-TW": CHINESE, "zh": CHINESE, "en": ENGLISH}


def init() -> None:
    FlaskForm.Meta.get_translations = _translations


def _translations(_meta: Any, _form: Any) -> Any:
    locale = get_locale()
    return get_translations(("en",) if locale and locale.language == "en" else ("zh_TW",))


def init_app(app: Flask) -> None:
    """After AppBuilder, which asks the session."""
    babel = app.extensions["babel"]
    of_session = babel.locale_selector
    babel.locale_selector = lambda: _of_program() if asked_by_program() else of_session()


def _of_program() -> str:
    return OFFERED[request.accept_languages.best_match(OFFERED) or "zh"]
