"""What reception says word for word stands on its page (接待台 rules 八, 九)."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.extensions import db
from tests.factories import make_desk

# As the rule has it; not imported from the code, which could change it.
WHY_A_TICKET = "預約民眾仍須至接待台報到，以利櫃台就服員提前調閱資料，縮短業務申辦時間。"


def test_why_a_ticket_is_answered_on_the_receptions_page(app: Flask, as_: Any) -> None:
    make_desk(db.session)
    page = as_("reception").get("/desk/reception/").text
    assert "「已預約，為何還要抽號碼牌？」" in page
    assert WHY_A_TICKET in page
