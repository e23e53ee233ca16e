"""Sentences of rules in the reader's language."""

from __future__ import annotations

from flask_babel import gettext

from rules.errors import RuleBroken


def sentence(error: RuleBroken) -> str:
    """The rule's template is the msgid; its values are filled in after the translation."""
    return gettext(error.template) % error.values if error.values else gettext(error.template)
