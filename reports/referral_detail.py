"""One referral whole, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from models.case import Case, ServiceRecord
from models.referral import Referral
from models.scopes import detailed_referrals
from models.timeline import TimelineEntry
from reports.session import ReadSession
from rules.actor import Actor
from rules.errors import NotFound
from rules.referral_flow import State
from rules.texts import N_

ENDED = (State.RETURNED, State.WITHDRAWN)


@dataclass(frozen=True)
class ReferralDetail:
    """`service_count` tells whether there is a reply form to read. `ended`: by whom and why it was returned or withdrawn."""

    referral: Referral
    case: Case | None
    service_count: int
    ended: TimelineEntry | None = None


def referral_detail(session: ReadSession, referral_id: int, actor: Actor) -> ReferralDetail:
    """Raises NotFound for a referral whose personal data the actor may not open."""
    referral = session.scalars(
        select(Referral)
        .where(Referral.id == referral_id, detailed_referrals(actor))
        .options(
            joinedload(Referral.person),
            joinedload(Referral.referring_unit),
            joinedload(Referral.receiving_unit),
            joinedload(Referral.submitted_by),
            selectinload(Referral.indicators),
            selectinload(Referral.identities),
            selectinload(Referral.attachments),
        )
    ).one_or_none()
    if referral is None:
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    case = session.scalars(
        select(Case)
        .where(Case.referral_id == referral_id)
        .options(joinedload(Case.case_manager), joinedload(Case.supervisor))
    ).one_or_none()
    counted = select(func.count(ServiceRecord.id)).where(ServiceRecord.case_id == case.id) if case else None
    return ReferralDetail(
        referral,
        case,
        service_count=(session.scalar(counted) or 0) if counted is not None else 0,
        ended=_last_entry(session, referral) if referral.state in ENDED else None,
    )


def _last_entry(session: ReadSession, referral: Referral) -> TimelineEntry | None:
    """The move that led to the state it is in."""
    moved = select(TimelineEntry).where(
        TimelineEntry.referral_id == referral.id, TimelineEntry.to_state == referral.state
    )
    return session.scalars(moved.order_by(TimelineEntry.id.desc()).limit(1)).first()
