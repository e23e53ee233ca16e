"""The numbers beside the menu and on the home page: what waits for this user today, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, literal, select

from models.case import Case, ServiceRecord
from models.desk_review import Refusal
from models.ownership import PermanentTransfer
from models.referral import Referral
from models.scopes import own_cases, received_referrals, sent_referrals, unit_cases, visits
from models.support import SupportQuestion
from models.visit import Visit
from reports.absence import Days, not_there
from reports.left_over import left_over
from reports.session import ReadSession
from rules.actor import Actor
from rules.due_dates import SOON_DAYS
from rules.permissions import Permission as P
from rules.referral_flow import State
from rules.visit_flow import State as VisitState

AT_MY_COUNTER = (VisitState.WAITING.value, VisitState.CALLED.value)


@dataclass(frozen=True)
class WorkCounts:
    """None: not this user's work. `due_soon` counts due dates 10 days away or less that have not passed.

    At the front desk: `my_queue` waits at the officer's own counter, `undispatched` is whom no counter could take, `to_review`
    refusals, `to_execute` permanent transfers agreed upon. `uncovered`: open cases of the unit whose case manager is absent today or has left.
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
    my_queue: int | None = None
    undispatched: int | None = None
    to_review: int | None = None
    to_execute: int | None = None


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
        "my_queue": (
            P.VISIT_SERVE,
            Visit.id,
            (
                visits(actor),
                Visit.officer_id == actor.user_id,
                Visit.state.in_(AT_MY_COUNTER),
                ~left_over(today),
            ),
        ),
        "undispatched": (
            P.VISIT_RECEIVE if actor.may(P.VISIT_RECEIVE) else P.DESK_SUPERVISE,
            Visit.id,
            (visits(actor), Visit.day == today, Visit.state == VisitState.CHECKED_IN.value),
        ),
        "to_review": (
            P.DESK_SUPERVISE,
            Refusal.id,
            (Refusal.unit_id == actor.unit_id, Refusal.reviewed_at.is_(None)),
        ),
        "to_execute": (
            P.VISIT_RECEIVE,
            PermanentTransfer.id,
            (PermanentTransfer.unit_id == actor.unit_id, PermanentTransfer.state == "accepted"),
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
