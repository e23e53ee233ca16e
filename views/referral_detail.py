"""個案詳細資料: a referral whole, for who decides about it; and the full national ID on demand, each time logged."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from models.referral import Referral
from services import people
from services.transaction import transaction
from views.access import actor, database, now
from views.steps import not_found


def referral_within(*scope: ColumnElement[bool]) -> Referral:
    """With everything the detail shows, in two statements; 404 outside of the scope."""
    found = database().scalar(
        select(Referral)
        .where(*scope)
        .options(
            joinedload(Referral.person),
            joinedload(Referral.referring_unit),
            joinedload(Referral.submitted_by),
            selectinload(Referral.identities),
        )
    )
    if found is None:
        raise not_found()
    return found


def reveal(referral: Referral, *, ground: str) -> str:
    with transaction(database()):
        return people.reveal(database(), referral.person, ground=ground, by=actor(), at=now())
