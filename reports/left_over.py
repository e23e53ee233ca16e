"""Who was left behind on an earlier day: still waiting or called in the system, and no longer in the hall.

Nobody counts them today, and each screen shows them apart until somebody says what became of them: gone, or another day.
A service that was left open is not among them: it keeps its officer from the next one (櫃台 rule 十一).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_

from models.visit import Visit
from rules.calendar import day_begins
from rules.visit_flow import State

NOT_SERVED = (State.CHECKED_IN.value, State.WAITING.value)


def left_over(today: date) -> ColumnElement[bool]:
    """Of a visit. Who is called today is here, whatever the ticket's day."""
    called_before = func.coalesce(Visit.called_at, Visit.queue_from) < day_begins(today)
    return and_(
        Visit.day < today,
        or_(Visit.state.in_(NOT_SERVED), and_(Visit.state == State.CALLED.value, called_before)),
    )
