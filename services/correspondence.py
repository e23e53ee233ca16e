"""Whom a mail about a referral reaches at either end: the referring worker, the supervisors of the receiving unit."""

from __future__ import annotations

from datetime import datetime

from models.account import Account
from models.outbox import Mail
from models.referral import Referral
from reports.mails import Letter
from reports.staff import people_with
from rules.permissions import Permission
from services import outbox
from services.transaction import AnySession


def correspondent(session: AnySession, referral: Referral) -> Account | None:
    """Who sent the referral; when he has left the unit, a colleague there who follows its referrals.

    None when nobody is left: the old mailbox may be somebody else's by now.
    """
    sender = referral.submitted_by
    if sender.active and sender.unit_id == referral.referring_unit_id:
        return sender
    colleagues = people_with(session, referral.referring_unit_id, Permission.REFERRAL_FOLLOW)
    return colleagues[0] if colleagues else None


def write_to_referrer(
    session: AnySession,
    referral: Referral,
    letter: Letter,
    *,
    occasion: str,
    at: datetime,
    reply_form_of_id: int | None = None,
) -> Mail | None:
    reader = correspondent(session, referral)
    if reader is None:
        return None
    return outbox.queue(
        session,
        key=occasion,
        to=reader.email,
        subject=letter.subject,
        body=letter.body,
        at=at,
        referral_id=referral.id,
        reply_form_of_id=reply_form_of_id,
    )


def write_to_supervisors(
    session: AnySession, referral_id: int, unit_id: int, letter: Letter, *, occasion: str, at: datetime
) -> None:
    for supervisor in people_with(session, unit_id, Permission.REFERRAL_TAKE_IN):
        outbox.queue(
            session,
            key=f"{occasion}:{supervisor.id}",
            to=supervisor.email,
            subject=letter.subject,
            body=letter.body,
            at=at,
            referral_id=referral_id,
        )
