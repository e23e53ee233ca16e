"""The numbers beside the menu and on the home page: what waits for this user today, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, literal, select

from models.case import Case, ServiceRecord
from models.referral import Referral
from models.scopes import own_cases, received_referrals, sent_referrals, unit_cases
from models.support import SupportQuestion
from reports.absence import Days, not_there
from reports.session import ReadSession
from rules.actor import Actor
from rules.due_dates import SOON_DAYS
from rules.permissions import Permission as P
from rules.referral_flow import State


@dataclass(frozen=True)
class WorkCounts:
    """None: not this user's work. `due_soon` counts due dates 10 days away or less that have not passed.

    `uncovered`: open cases of the unit whose case manager is absent today or has left.
    """

    to_take_in: int | None = None
    my_cases: int | None = None
    due_soon: int | None = None
    overdue: int | None = None
    without_record: int | None = None
    returned: int | None = None
    unrouted: int | None = None
    unanswered: int | None = None
    uncovered: int | None = None


def work_counts(session: ReadSession, actor: Actor, today: date) -> WorkCounts:
    """Bounded at 1,000 each, so that no number slows a page down."""
    open_case = (own_cases(actor), Case.closed_on.is_(None))
    unserved = ~select(ServiceRecord.id).where(ServiceRecord.case_id == Case.id).exists()
    questions = {
        "to_take_in": (
            P.REFERRAL_TAKE_IN,
            Referral.id,
            (received_referrals(actor), Referral.state == State.SUBMITTED),
        ),
        "my_cases": (P.CASE_WORK, Case.id, open_case),
        "due_soon": (
            P.CASE_WORK,
            Case.id,
            (*open_case, Case.due_date.between(today, today + timedelta(days=SOON_DAYS))),
        ),
        "overdue": (P.CASE_WORK, Case.id, (*open_case, Case.due_date < today)),
        "without_record": (P.CASE_WORK, Case.id, (*open_case, unserved)),
        "returned": (
            P.REFERRAL_FOLLOW,
            Referral.id,
            (sent_referrals(actor), Referral.state == State.RETURNED),
        ),
        "uncovered": (
            P.ABSENCE_WRITE,
            Case.id,
            (
                unit_cases(actor),
                Case.closed_on.is_(None),
                Case.case_manager_id.in_(not_there(actor.unit_id, Days(today, today))),
            ),
        ),
        "unrouted": (
            P.REFERRAL_ROUTE,
            Referral.id,
            (Referral.receiving_unit_id.is_(None), Referral.state == State.SUBMITTED),
        ),
        "unanswered": (P.SUPPORT_ANSWER, SupportQuestion.id, (SupportQuestion.answered_at.is_(None),)),
    }
    asked = {
        name: select(func.count())
        .select_from(select(key).where(*where).limit(1000).subquery())
        .scalar_subquery()
        for name, (permission, key, where) in questions.items()
        if actor.may(permission)
    }
    if not asked:
        return WorkCounts()
    row = session.execute(select(literal(1), *(count.label(name) for name, count in asked.items()))).one()
    return WorkCounts(**{name: getattr(row, name) for name in asked})
