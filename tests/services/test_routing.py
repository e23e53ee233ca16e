"""Routing over the administrators' tables: longest prefix, county default, nobody; and the administrators' try-out."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisation import CountyDefault, ServiceArea, Unit
from rules.routing import Basis
from services import routing
from services.transaction import transaction

ADDRESS = "新竹市東區東大路二段60號"


def unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def without_area(session: Session) -> None:
    session.delete(session.scalars(select(ServiceArea).where(ServiceArea.prefix == "300")).one())


def test_the_districts_unit_takes_the_referral(session: Session) -> None:
    found = routing.assign_unit(session, "30054", ADDRESS)
    assert (found.unit_id, found.basis, found.deciding_prefix) == (
        unit(session, "13").id,
        Basis.POSTAL_CODE,
        "300",
    )


@pytest.mark.parametrize("code", ["300", "30054", "300541"])
def test_codes_of_three_five_and_six_digits_are_routed(session: Session, code: str) -> None:
    assert routing.assign_unit(session, code, ADDRESS).unit_id == unit(session, "13").id


def test_the_longest_prefix_wins(session: Session) -> None:
    with transaction(session):
        session.add(ServiceArea(prefix="3005", unit=unit(session, "08")))
        session.add(ServiceArea(prefix="30054", unit=unit(session, "17")))
    assert routing.assign_unit(session, "30054", ADDRESS).deciding_prefix == "30054"
    assert routing.assign_unit(session, "30051", ADDRESS).deciding_prefix == "3005"


def test_a_closed_unit_gets_nothing_and_the_county_default_steps_in(session: Session) -> None:
    with transaction(session):
        unit(session, "13").active = False
        session.add(CountyDefault(county="新竹市", unit=unit(session, "17")))
    found = routing.assign_unit(session, "30054", ADDRESS)
    assert (found.unit_id, found.basis) == (unit(session, "17").id, Basis.COUNTY_DEFAULT)


def test_a_county_default_may_be_written_with_the_other_tai(session: Session) -> None:
    with transaction(session):
        session.delete(session.scalars(select(ServiceArea).where(ServiceArea.prefix == "407")).one())
        session.add(CountyDefault(county="台中市", unit=unit(session, "17")))
    assert routing.assign_unit(session, "40756", "臺中市西屯區").basis is Basis.COUNTY_DEFAULT


def test_another_countys_default_does_not_step_in(session: Session) -> None:
    with transaction(session):
        without_area(session)
        session.add(CountyDefault(county="臺中市", unit=unit(session, "17")))
    assert routing.assign_unit(session, "30054", ADDRESS).basis is Basis.UNROUTED


def test_a_try_out_names_code_row_and_unit(session: Session) -> None:
    trial = routing.trial(session, ADDRESS)
    assert (trial.code, trial.county, trial.routing.deciding_prefix) == ("30054", "新竹市", "300")
    assert trial.unit is not None and trial.unit.name == "新竹就業中心"


def test_a_try_out_takes_a_code_in_full_width_digits(session: Session) -> None:
    trial = routing.trial(session, "３００５４")
    assert trial.resolution is None and trial.unit is not None and trial.unit.code == "13"


def test_a_try_out_of_a_road_with_several_codes_decides_by_the_district(session: Session) -> None:
    trial = routing.trial(session, "新竹市北區東大路二段")
    assert (trial.code, trial.routing.basis) == ("300", Basis.POSTAL_CODE)
    assert trial.resolution is not None and trial.resolution.code is None
