"""Stored sentences (template and values) and the words for states, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from rules.dispatch import Presence
from rules.texts import N_
from rules.visit_flow import Move
from views.texts import translated

PRESENCE_TEXT: Mapping[str, str] = {
    Presence.FREE: N_("空閒"),
    Presence.CALLED: N_("叫號中"),
    Presence.SERVING: N_("正在服務"),
    Presence.BREAK: N_("暫離"),
    Presence.AWAY: N_("不在勤"),
    Presence.UNSTAFFED: N_("無人值台"),
}

# The step that can be taken back, as its bar says it.
UNDO_TEXT: Mapping[Move, str] = {
    Move.CALL: N_("已叫號 %(ticket)s。"),
    Move.START: N_("已開始服務 %(ticket)s。"),
    Move.END: N_("已結束服務 %(ticket)s。"),
    Move.SEND: N_("已引導 %(ticket)s。"),
}


def spoken(sentences: Iterable[Mapping[str, Any]]) -> str:
    """What a decision gave as its reason, read one after the other. Names among the values are translated where they
    are texts as delivered (a group, a business type)."""
    return "".join(_one(each["template"], each["values"]) for each in sentences)


def _one(template: str, values: Mapping[str, Any]) -> str:
    if not values:
        return gettext(template)
    known = {name: translated(value) if isinstance(value, str) else value for name, value in values.items()}
    return gettext(template) % known
