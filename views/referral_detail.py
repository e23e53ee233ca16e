"""個案詳細資料: a referral whole, for who decides about it; and the full national ID on demand, each time logged."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from models.referral import Referral
from services.transaction import transaction
from views.access import database
from views.steps import not_found
from views.trail import revealed, shown


def referral_within(*scope: ColumnElement[bool], ground: str) -> Referral:
    """With everything the detail shows, in two statements; 404 outside of the scope. `ground`: for the trail."""
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
    shown([found.person_id], ground=ground)
    return found


def reveal(referral: Referral, *, ground: str) -> str:
    with transaction(database()):
        return revealed(referral.person, ground=ground)
