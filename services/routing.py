"""Which receiving unit serves an address: the rule of `rules.routing` over the administrators' tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select, union_all

from models.organisation import CountyDefault, ServiceArea, Unit
from rules.addresses import Directory, Resolution
from rules.addresses.normalise import fold
from rules.errors import FieldFault
from rules.routing import PREFIX_LENGTHS, Routing, route
from rules.routing import ServiceArea as Area
from rules.texts import N_
from services import postal
from services.transaction import AnySession


@dataclass(frozen=True)
class Trial:
    """What would happen to an address or a code, by which row. `resolution`: None where a code was given."""

    code: str | None
    resolution: Resolution | None
    county: str | None
    routing: Routing
    unit: Unit | None


def assign_unit(session: AnySession, postal_code: str, address: str) -> Routing:
    return assign_units(session, [(postal_code, address)], postal.directory(session))[0]


def assign_units(
    session: AnySession, places: Sequence[tuple[str, str]], directory: Directory
) -> list[Routing]:
    """The routing of each postal code and address, in one statement however many there are."""
    areas, defaults = _table(session, {code for code, _address in places})
    return [
        route(code, areas, defaults.get(_county(directory, code, address) or "")) for code, address in places
    ]


def trial(session: AnySession, address_or_code: str) -> Trial:
    """For a road with several codes the district's three digits decide, as far as they are one."""
    typed = unicodedata.normalize("NFKC", address_or_code).strip()
    resolution = None if typed.isdecimal() else postal.resolve(session, typed)
    code = typed if resolution is None else resolution.code or resolution.zip3
    routing = assign_unit(session, code or "", typed)
    unit = session.get(Unit, routing.unit_id) if routing.unit_id else None
    county = _county(postal.directory(session), code or "", typed)
    return Trial(code, resolution, county, routing, unit)


def receiving_units(session: AnySession) -> Sequence[Unit]:
    """What a choice by hand may choose from, agency by agency."""
    receives = select(Unit).where(Unit.active, Unit.receives)
    return session.scalars(receives.order_by(Unit.agency_id, Unit.code)).all()


def chosen_unit(session: AnySession, unit_id: int) -> Unit:
    """The unit, if a referral can be sent there by hand; raises FieldFault at `unit_id`."""
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.active or not unit.receives:
        raise FieldFault("unit_id", N_("請從名單中選擇使用中的收案單位。"))
    return unit


def _table(session: AnySession, codes: Collection[str]) -> tuple[list[Area], dict[str, int]]:
    """The service areas that could match one of the codes, and the default unit by county, of units that still receive."""
    prefixes = {code[:length] for code in codes for length in PREFIX_LENGTHS if len(code) >= length}
    areas = (
        select(literal(True), ServiceArea.prefix, ServiceArea.unit_id)
        .join(Unit, Unit.id == ServiceArea.unit_id)
        .where(ServiceArea.prefix.in_(sorted(prefixes)), Unit.active, Unit.receives)
    )
    defaults = (
        select(literal(False), CountyDefault.county, CountyDefault.unit_id)
        .join(Unit, Unit.id == CountyDefault.unit_id)
        .where(Unit.active, Unit.receives)
    )
    rows = session.execute(union_all(areas, defaults)).all()
    return (
        [Area(prefix, unit_id) for is_area, prefix, unit_id in rows if is_area],
        {fold(county): unit_id for is_area, county, unit_id in rows if not is_area},
    )


def _county(directory: Directory, code: str, address: str) -> str | None:
    return (directory.county_of_code(code) if code else None) or directory.county_of_address(address)
