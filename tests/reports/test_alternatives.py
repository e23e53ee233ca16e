from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from models.referral import Referral
from reports.alternatives import ordered_keys
from tests.factories import make_referral

FIRST_DAY = date(2026, 9, 1)
NEWEST_FIRST = (Referral.referral_date.desc(), Referral.id.desc())


@pytest.fixture
def referrals(session: Session) -> list[int]:
    """Twelve, one a day; the first two of the same day."""
    made = [make_referral(session) for _ in range(12)]
    for number, referral in enumerate(made):
        referral.referral_date = FIRST_DAY + timedelta(days=max(number, 1))
    session.flush()
    return [referral.id for referral in made]


def found(session: Session, *where: ColumnElement[bool]) -> list[int]:
    return list(session.scalars(ordered_keys(Referral.id, where, NEWEST_FIRST)))


def test_rows_of_two_reasons_come_in_one_order(session: Session, referrals: list[int]) -> None:
    odd, even = referrals[1::2], referrals[0::2]
    assert found(session, or_(Referral.id.in_(odd), Referral.id.in_(even))) == referrals[::-1]


def test_a_row_with_both_reasons_comes_once(session: Session, referrals: list[int]) -> None:
    assert (
        found(session, or_(Referral.id.in_(referrals[:8]), Referral.id.in_(referrals[4:]))) == referrals[::-1]
    )


def test_a_row_for_which_the_first_reason_is_unknown_comes_by_the_second(
    session: Session, referrals: list[int]
) -> None:
    session.get_one(Referral, referrals[3]).routing_prefix = None
    session.flush()
    assert found(session, or_(Referral.routing_prefix == "no such", Referral.id == referrals[3])) == [
        referrals[3]
    ]


def test_the_other_conditions_hold_for_every_reason(session: Session, referrals: list[int]) -> None:
    reasons = or_(Referral.id.in_(referrals[:6]), Referral.id.in_(referrals[6:]))
    since = FIRST_DAY + timedelta(days=5)
    assert found(session, reasons, Referral.referral_date >= since) == referrals[:4:-1]


def test_a_single_reason_stays_one_select(session: Session, referrals: list[int]) -> None:
    assert "UNION" not in str(ordered_keys(Referral.id, (Referral.id.in_(referrals),), NEWEST_FIRST))
