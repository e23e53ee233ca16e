"""Agencies, units and service areas as administrators keep them: what a row must be before it is saved."""

from __future__ import annotations

import re

from sqlalchemy import select

from models.organisation import Agency, CountyDefault, ServiceArea, Unit
from models.postal import PostalArea, PostalDirectory
from rules.errors import FieldFault
from rules.phones import check_phone
from rules.routing import PREFIX_LENGTHS
from rules.texts import N_, check_line
from services.transaction import AnySession

CODE = re.compile(r"[0-9A-Z]{1,8}")
POSTAL_CODE = re.compile(r"[0-9]{3}|[0-9]{5,6}")
PREFIX = re.compile(rf"[0-9]{{{min(PREFIX_LENGTHS)},{max(PREFIX_LENGTHS)}}}")


def check_agency(agency: Agency) -> None:
    agency.name = check_line(agency.name or "", field="name", limit=100, missing=N_("請輸入機關名稱。"))


def check_unit(unit: Unit) -> None:
    """A receiving unit has the number by which batches and manuals name it."""
    unit.name = check_line(unit.name or "", field="name", limit=100, missing=N_("請輸入單位名稱。"))
    unit.code = (unit.code or "").strip().upper() or None
    if not (unit.refers or unit.receives):
        raise FieldFault("receives", N_("請勾選轉介、收案其中至少一項。"))
    if unit.receives and not unit.code:
        raise FieldFault("code", N_("收案單位須有單位代碼。"))
    if unit.code and not CODE.fullmatch(unit.code):
        raise FieldFault("code", N_("單位代碼為1到8個數字或英文大寫字母。"))
    if unit.phone:
        unit.phone = check_phone(unit.phone, field="phone")
    unit.address = check_line(unit.address or "", field="address", limit=200)
    unit.note = check_line(unit.note or "", field="note", limit=200)
    unit.postal_code = (unit.postal_code or "").strip()
    if unit.postal_code and not POSTAL_CODE.fullmatch(unit.postal_code):
        raise FieldFault("postal_code", N_("郵遞區號為3、5或6碼數字。"))


def check_service_area(area: ServiceArea) -> None:
    area.prefix = (area.prefix or "").strip()
    area.source = check_line(area.source or "", field="source", limit=200)
    if not PREFIX.fullmatch(area.prefix):
        raise FieldFault("prefix", N_("郵遞區號開頭為3到6碼數字,例如 300 或 30041。"))
    check_receives(area.unit)


def check_receives(unit: Unit | None) -> None:
    if unit is None or not unit.receives or not unit.active:
        raise FieldFault("unit", N_("請選擇使用中的收案單位。"))


def check_county_default(session: AnySession, default: CountyDefault) -> None:
    if default.county not in counties(session):
        raise FieldFault("county", N_("請選擇縣市。"))
    check_receives(default.unit)


def counties(session: AnySession) -> list[str]:
    """As the active postal directory writes them."""
    cities = select(PostalArea.city).join(PostalDirectory).where(PostalDirectory.active).distinct()
    return sorted(session.scalars(cities))
