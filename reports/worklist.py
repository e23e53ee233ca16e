"""個管員服務作業: the open cases of one case manager, most urgent first (spec 1 §5.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from models.case import Case
from models.person import Person
from models.referral import Referral
from reports.columns import Column
from reports.pages import Listing
from reports.referral_lists import service_count
from rules.texts import N_


def _by(column: InstrumentedAttribute[Any]) -> tuple[ColumnElement[Any], ...]:
    """Sorts the cases by something of their referral or person, without joining them while paging."""
    found = select(column).select_from(Referral).join(Person, Person.id == Referral.person_id)
    return (found.where(Referral.id == Case.referral_id).correlate(Case).scalar_subquery(),)


WORKLIST = Listing(
    key=Case.id,
    select_from=Case.__table__.join(Referral.__table__, Referral.id == Case.referral_id).join(
        Person.__table__, Person.id == Referral.person_id
    ),
    columns=(
        Column("number", N_("個案服務單號"), Case.id, 12, kind="number", sort=(Case.id,)),
        Column(
            "referral_date",
            N_("轉介日期"),
            Referral.referral_date,
            12,
            kind="roc_date",
            sort=_by(Referral.referral_date),
        ),
        Column("due", N_("應結案日期"), Case.due_date, 14, kind="roc_date", sort=(Case.due_date,)),
        Column("name", N_("個案姓名"), Person.name, 14, sort=_by(Person.name)),
        Column("phone", N_("連絡電話"), Person.phone, 16),
        Column("address", N_("個案地址"), Person.address, 40),
        Column("postal_code", N_("郵遞區號"), Person.postal_code, 10, sort=_by(Person.postal_code)),
        Column("services", N_("服務次數"), service_count(), 10, kind="number", sort=(service_count(),)),
    ),
    order=(Case.due_date,),
    person=Referral.person_id,
)
