"""Since when a referral has waited for the centre where it is: not since it was referred, if it came there later.

Who gets a referral rerouted, routed by hand or sent again has the working days of its intake from then on.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select

from models.referral import Referral
from models.timeline import TimelineEntry
from reports.sql_dates import TaipeiDate
from rules.referral_flow import Move

ROUTE = "route"
"""An administrator's choice of the unit; no move of the flow, for the state stays."""


def waiting_since() -> ColumnElement[date]:
    """The day in Taipei, never before `Referral.referral_date`; in a statement that selects from `Referral`."""
    arrived = (
        select(func.max(TimelineEntry.at))
        .where(
            TimelineEntry.referral_id == Referral.id,
            TimelineEntry.move.in_((Move.RESUBMIT, Move.REROUTE, ROUTE)),
        )
        .correlate(Referral)
        .scalar_subquery()
    )
    return TaipeiDate(func.coalesce(arrived, Referral.submitted_at))
