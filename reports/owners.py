"""一案到底: who serves a person at a centre, per business type."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.desk_rules import BusinessType
from models.ownership import Owner
from reports.session import ReadSession


def owners_of(session: ReadSession, unit_id: int, person_id: int) -> Sequence[Owner]:
    """With officer and business type loaded, in the order of the business types."""
    return session.scalars(
        select(Owner)
        .join(BusinessType, BusinessType.id == Owner.business_type_id)
        .where(Owner.unit_id == unit_id, Owner.person_id == person_id)
        .order_by(BusinessType.position, BusinessType.id)
        .options(joinedload(Owner.officer), joinedload(Owner.business_type))
    ).all()
