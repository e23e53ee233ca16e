"""Shortly before closing the front desk works as at any other hour (接待台 rule 十一, 櫃台 rule 五)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from rules.actor import Actor
from rules.calendar import TAIPEI
from rules.visit_flow import State
from services.reception import find_person
from services.transaction import transaction
from tests.factories import make_desk, make_person
from tests.services.desk_helpers import arrive

ActAs = Callable[[str], Actor]
MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=TAIPEI)
CLOSING = datetime(2026, 11, 20, 16, 55, tzinfo=TAIPEI)


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_five_minutes_before_closing_a_visitor_is_dispatched_as_always(
    session: Session, act_as: ActAs, letter: str
) -> None:
    make_desk(session)
    by = act_as("reception")
    for hour in (MORNING, CLOSING):
        person = make_person(session)
        session.commit()
        with transaction(session):
            find_person(session, person.national_id, by=by, at=hour, screen="test")
        visit = arrive(session, by, person, letter, at=hour)
        assert (visit.state, visit.counted) == (State.WAITING, True)
        assert visit.counter_id is not None
