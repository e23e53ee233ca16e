"""The tables every installation begins with: receiving units, service areas, county defaults, codes, postal codes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.codes import Identity, Indicator, RefusalReason, ServiceKind
from models.organisation import Agency, ServiceArea, Unit
from models.postal import PostalDirectory
from rules.identities import IDENTITIES, INDICATORS
from rules.service_record import REASONS, SERVICES
from services import postal
from services.transaction import AnySession

CODES: tuple[tuple[type[Any], tuple[tuple[int, str], ...]], ...] = (
    (Indicator, INDICATORS),
    (Identity, IDENTITIES),
    (ServiceKind, SERVICES),
    (RefusalReason, REASONS),
)


def load(session: AnySession, *, at: datetime) -> None:
    """May run twice: adds what is missing and leaves what an administrator changed."""
    load_codes(session)
    load_units(session)
    load_service_areas(session)
    if session.scalar(select(PostalDirectory.id).limit(1)) is None:
        postal.import_directory(
            session,
            postal.SHIPPED_DIRECTORY,
            name=postal.SHIPPED_NAME,
            source_date=postal.SHIPPED_DATE,
            at=at,
        )


def load_codes(session: AnySession) -> None:
    for model, items in CODES:
        known = set(session.scalars(select(model.code)))
        session.add_all(model(code=code, label=label) for code, label in items if code not in known)
    session.flush()


def load_units(session: AnySession) -> None:
    agencies = {agency.name: agency for agency in session.scalars(select(Agency))}
    known = set(session.scalars(select(Unit.code).where(Unit.code.is_not(None))))
    for row in _rows("receiving_units.csv"):
        if row["unit_code"] in known:
            continue
        agency = agencies.get(row["org_name"])
        if agency is None:
            agency = agencies[row["org_name"]] = Agency(name=row["org_name"])
            session.add(agency)
        session.add(
            Unit(
                agency=agency,
                code=row["unit_code"],
                name=row["unit_name"],
                receives=True,
                phone=row["phone"],
                address=row["address"],
                postal_code=row["zip3"],
            )
        )
    session.flush()


def load_service_areas(session: AnySession) -> None:
    units = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.receives))}
    known = set(session.scalars(select(ServiceArea.prefix)))
    session.add_all(
        ServiceArea(prefix=row["zip3"], unit=units[row["unit_code"]], source=row["source"])
        for row in _rows("service_areas.csv")
        if row["zip3"] not in known
    )
    session.flush()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (postal.REFERENCE / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
