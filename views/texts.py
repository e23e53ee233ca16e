"""Sentences of rules, and texts that are data, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from flask_babel import get_locale, gettext

from rules.errors import RuleBroken


def sentence(error: RuleBroken) -> str:
    """The rule's template is the msgid; its values are filled in after the translation."""
    return gettext(error.template) % error.values if error.values else gettext(error.template)


def translated(text: object) -> str:
    """A stored text that may be a msgid: a label of a code list as delivered, the name of a role. Others stay as they are.

    Templates use it as a filter, since their `_()` takes a `%` for a place to be filled. An empty msgid would give the
    catalogue's header.
    """
    return translator()(str(text) if text else "")


def translator() -> Callable[[str], str]:
    """`translated` for the thousands of texts of one file: the reader's language is asked for once."""
    return partial(_known, str(get_locale()))


def listed(texts: Iterable[object]) -> str:
    """Such texts in one line."""
    return gettext("、").join(map(translated, texts))


@lru_cache(maxsize=4096)
def _known(_locale: str, text: str) -> str:
    """A list offers hundreds of units, and asking the catalogue for each costs more than the list's rows."""
    return gettext(text) if text else ""
