"""The one page of the reception, for all the addresses that answer with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.errors import RuleBroken
from views.access import Screen
from views.desk.reception_forms import Refused
from views.desk.reception_page import frame


class ReceptionScreen(Screen):
    class_permission_name = "Visit"

    def page(self, card: Mapping[str, Any], refused: Refused | None = None) -> str:
        return self.render("desk/reception.html", **{**frame(refused), **card})

    def refuse(self, form: str, error: RuleBroken, card: Mapping[str, Any] | None = None) -> tuple[str, int]:
        """The page again, with what was typed."""
        return self.page(card or {}, Refused.of(form, error)), 422
