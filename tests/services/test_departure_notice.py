"""Whoever dispatches and whoever supervises hears that an officer leaves (櫃台 rule 三)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from rules.actor import Actor
from services import notices, succession
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk

Who = Callable[[str], Actor]


def test_reception_and_the_supervisor_are_told_of_a_departure(session: Session, act_as: Who) -> None:
    make_desk(session)
    officer = act_as("counter1")
    with transaction(session):
        succession.depart(
            session,
            officer.user_id,
            left_on=date(2026, 11, 20),
            benefit_officer_id=None,
            by=act_as("itstaff"),
            at=NOW,
        )
    for reader in ("reception", "supervisor"):
        told = notices.unread(session, act_as(reader))
        assert [(one.template, one.values) for one in told] == [
            (succession.TOLD_DEPARTURE, {"officer": officer.name, "day": "115/11/20"})
        ]
    assert not notices.unread(session, act_as("counter2"))
