"""Cases as another system reads them: plain values, nothing made for the eye."""

from __future__ import annotations

from sqlalchemy.orm import aliased

from models.account import Account
from models.case import Case
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from reports.columns import Column
from reports.pages import Listing
from reports.referral_lists import service_count
from rules.texts import N_

referring, manager = aliased(Unit), aliased(Account)

CASES = Listing(
    key=Case.id,
    person=Referral.person_id,
    select_from=Case.__table__.join(Referral.__table__, Referral.id == Case.referral_id)
    .join(Person.__table__, Person.id == Referral.person_id)
    .join(referring, referring.id == Referral.referring_unit_id)
    .join(manager, manager.id == Case.case_manager_id),
    columns=(
        Column("referral_number", N_("轉介單號"), Referral.id, kind="number"),
        Column("referral_date", N_("轉介日期"), Referral.referral_date, kind="roc_date"),
        Column("name", N_("個案姓名"), Person.name),
        Column("referring_unit", N_("轉介單位"), referring.name),
        Column("case_manager", N_("個管員姓名"), manager.name),
        Column("due_date", N_("應結案日期"), Case.due_date, kind="roc_date"),
        Column("closed_on", N_("結案日期"), Case.closed_on, kind="roc_date"),
        Column("service_count", N_("服務次數"), service_count(), kind="number"),
    ),
    order=(Case.id.desc(),),
)
