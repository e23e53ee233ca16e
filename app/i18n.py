"""WTForms' own messages in the reader's language.

Flask-WTF looks WTForms' catalogue up under `zh_Hant_TW`, which WTForms calls `zh_TW`, and falls back to Simplified Chinese.
"""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms.i18n import get_translations


def init() -> None:
    FlaskForm.Meta.get_translations = _translations


def _translations(_meta: Any, _form: Any) -> Any:
    locale = get_locale()
    return get_translations(("en",) if locale and locale.language == "en" else ("zh_TW",))
