"""Which receiving unit a referral goes to, and why: the longest prefix decides. Spec 1-referral §4.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rules.texts import N_

PREFIX_LENGTHS = range(3, 7)


class Basis(StrEnum):
    """分派方式."""

    POSTAL_CODE = "postal_code"
    COUNTY_DEFAULT = "county_default"
    MANUAL = "manual"
    UNROUTED = "unrouted"

    @property
    def text(self) -> str:
        return _TEXTS[self]


_TEXTS = {
    Basis.POSTAL_CODE: N_("一般郵遞區號核對分派"),
    Basis.COUNTY_DEFAULT: N_("縣市預設單位分派"),
    Basis.MANUAL: N_("人工指定分派"),
    Basis.UNROUTED: N_("尚無收案單位,待人工指定"),
}


@dataclass(frozen=True)
class ServiceArea:
    """A row of the service-area table: postal codes that begin with `prefix` belong to the unit."""

    prefix: str
    unit_id: int


@dataclass(frozen=True)
class Routing:
    """The answer with its reason; `deciding_prefix` is the row an administrator would have to change."""

    unit_id: int | None
    basis: Basis
    deciding_prefix: str | None = None


def route(zip_code: str | None, areas: Iterable[ServiceArea], county_default: int | None) -> Routing:
    """`county_default` is the default unit of the address's county, None where it has none."""
    deciding = _longest_match(zip_code or "", areas)
    if deciding is not None:
        return Routing(deciding.unit_id, Basis.POSTAL_CODE, deciding.prefix)
    if county_default is not None:
        return Routing(county_default, Basis.COUNTY_DEFAULT)
    return Routing(None, Basis.UNROUTED)


def _longest_match(zip_code: str, areas: Iterable[ServiceArea]) -> ServiceArea | None:
    matching = (
        area for area in areas if len(area.prefix) in PREFIX_LENGTHS and zip_code.startswith(area.prefix)
    )
    return max(matching, key=lambda area: len(area.prefix), default=None)
