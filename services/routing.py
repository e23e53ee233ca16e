"""Which receiving unit serves an address: the rule of `rules.routing` over the administrators' tables."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import select

from models.organisation import CountyDefault, ServiceArea, Unit
from rules.addresses import Resolution
from rules.addresses.normalise import fold
from rules.routing import PREFIX_LENGTHS, Routing, route
from rules.routing import ServiceArea as Area
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
    return route(
        postal_code,
        _areas(session, postal_code),
        _county_default(session, _county(session, postal_code, address)),
    )


def trial(session: AnySession, address_or_code: str) -> Trial:
    """For a road with several codes the district's three digits decide, as far as they are one."""
    typed = unicodedata.normalize("NFKC", address_or_code).strip()
    resolution = None if typed.isdecimal() else postal.resolve(session, typed)
    code = typed if resolution is None else resolution.code or resolution.zip3
    routing = assign_unit(session, code or "", typed)
    unit = session.get(Unit, routing.unit_id) if routing.unit_id else None
    return Trial(code, resolution, _county(session, code or "", typed), routing, unit)


def _areas(session: AnySession, code: str) -> list[Area]:
    """The rows that could match, of units that still receive."""
    prefixes = [code[:length] for length in PREFIX_LENGTHS if len(code) >= length]
    rows = session.execute(
        select(ServiceArea.prefix, ServiceArea.unit_id)
        .join(Unit, Unit.id == ServiceArea.unit_id)
        .where(ServiceArea.prefix.in_(prefixes), Unit.active, Unit.receives)
    )
    return [Area(prefix, unit_id) for prefix, unit_id in rows]


def _county(session: AnySession, code: str, address: str) -> str | None:
    directory = postal.directory(session)
    return (directory.county_of_code(code) if code else None) or directory.county_of_address(address)


def _county_default(session: AnySession, county: str | None) -> int | None:
    if county is None:
        return None
    rows = session.execute(
        select(CountyDefault.county, CountyDefault.unit_id)
        .join(Unit, Unit.id == CountyDefault.unit_id)
        .where(Unit.active, Unit.receives)
    )
    return next((unit_id for name, unit_id in rows if fold(name) == county), None)
