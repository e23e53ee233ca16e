"""The list for both sides of a succession: which persons went from the officer who left to whom."""

from __future__ import annotations

from sqlalchemy.orm import aliased

from models.account import Account
from models.desk_rules import BusinessType
from models.ownership import OwnerChange
from models.person import Person
from reports.columns import Column
from reports.pages import Listing
from rules import national_id
from rules.texts import N_

TO = aliased(Account, name="to_account")

HANDED_OVER = Listing(
    key=OwnerChange.id,
    select_from=OwnerChange.__table__.join(Person.__table__, Person.id == OwnerChange.person_id)
    .join(BusinessType.__table__, BusinessType.id == OwnerChange.business_type_id)
    .join(TO, TO.id == OwnerChange.to_id),
    columns=(
        Column("name", N_("姓名"), Person.name, 14),
        Column(
            "national_id",
            N_("身分證字號"),
            Person.national_id,
            14,
            show=lambda number, _context: national_id.mask(number),
        ),
        Column("phone", N_("連絡電話"), Person.phone, 16),
        Column(
            "business_type",
            N_("業務類型"),
            BusinessType.name,
            14,
            show=lambda name, translate: translate(name),
        ),
        Column("to", N_("接續的就服員"), TO.name, 14),
        Column("at", N_("移轉時間"), OwnerChange.at, 18, kind="roc_time", sort=(OwnerChange.at,)),
    ),
    order=(OwnerChange.id,),
    person=OwnerChange.person_id,
)
