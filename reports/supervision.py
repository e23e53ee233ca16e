"""The lists on which a supervisor assigns and transfers, and an administrator's list of what no rule could route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import aliased

from models.account import Account
from models.case import Case
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from reports.absence import Whereabouts, why_uncovered
from reports.columns import Column
from reports.pages import Listing
from rules.texts import N_

referring = aliased(Unit)
sender, manager = aliased(Account), aliased(Account)


def phone_with_extension(account: type[Account]) -> ColumnElement[str]:
    """`07-6617-464分機3333`, as the manual writes it."""
    with_extension = account.phone + "分機" + account.extension
    return case((account.extension == "", account.phone), else_=with_extension)


DATE = Column(
    "referral_date",
    N_("轉介日期"),
    Referral.referral_date,
    12,
    kind="roc_date",
    sort=(Referral.referral_date,),
)
NAME = Column("name", N_("個案姓名"), Person.name, 14)
REFERRING_UNIT = Column("referring_unit", N_("轉介單位"), referring.name, 28)
REFERRER = Column("referrer", N_("轉介人員"), sender.name, 12)
REFERRER_PHONE = Column("referrer_phone", N_("轉介人員分機"), phone_with_extension(sender), 20)

_referrals = (
    Referral.__table__.join(Person.__table__, Person.id == Referral.person_id)
    .join(referring, referring.id == Referral.referring_unit_id)
    .join(sender, sender.id == Referral.submitted_by_id)
)

# Who has waited longest comes first.
INTAKE = Listing(
    key=Referral.id,
    select_from=_referrals,
    columns=(
        Column("number", N_("轉介單號"), Referral.id, 10, kind="number", sort=(Referral.id,)),
        DATE,
        NAME,
        Column("address", N_("個案地址"), Person.address, 32),
        Column("postal_code", N_("郵遞區號"), Referral.postal_code, 10),
        REFERRING_UNIT,
        REFERRER,
        REFERRER_PHONE,
    ),
    order=(Referral.referral_date.asc(),),
    person=Referral.person_id,
)

TRANSFERS = Listing(
    key=Case.id,
    select_from=_referrals.join(Case.__table__, Case.referral_id == Referral.id).join(
        manager, manager.id == Case.case_manager_id
    ),
    columns=(
        Column("number", N_("編號"), Case.id, 8, kind="number", sort=(Case.id,)),
        Column("referral_date", N_("轉介日期"), Referral.referral_date, 12, kind="roc_date"),
        NAME,
        Column("manager_account", N_("個管員帳號"), manager.username, 14),
        Column("manager_name", N_("個管員姓名"), manager.name, 12, sort=(Case.case_manager_id,)),
        REFERRING_UNIT,
        REFERRER,
        REFERRER_PHONE,
    ),
    order=(Case.id.desc(),),
    person=Referral.person_id,
)


@dataclass(frozen=True)
class Absences:
    """Where the case managers of a page are, seen from one unit, and how a msgid is put into the reader's language."""

    of_manager: Mapping[int, Whereabouts]
    unit_id: int | None
    translate: Callable[[str], str] = str

    def has_left(self, manager_id: int) -> bool:
        return self.of_manager[manager_id].has_left(self.unit_id)


def _why_uncovered(manager_id: int, absences: Absences) -> str:
    return why_uncovered(absences.of_manager[manager_id], absences.unit_id, absences.translate)


UNCOVERED = Listing(
    key=Case.id,
    person=Referral.person_id,
    select_from=TRANSFERS.select_from,
    columns=(
        Column("number", N_("編號"), Case.id, 8, kind="number", sort=(Case.id,)),
        Column("due", N_("應結案日期"), Case.due_date, 12, kind="roc_date", sort=(Case.due_date,)),
        NAME,
        Column("manager_name", N_("個管員姓名"), manager.name, 12, sort=(Case.case_manager_id,)),
        Column("reason", N_("原因"), Case.case_manager_id, 16, show=_why_uncovered),
        REFERRING_UNIT,
    ),
    order=(Case.due_date.asc(),),
)


@dataclass(frozen=True)
class Counties:
    """The counties of a page's postal codes, and how a msgid is put into the reader's language."""

    of_code: Mapping[str, str | None]
    translate: Callable[[str], str] = str


def why_unrouted(code: str, counties: Counties) -> str:
    """As it was when the referral was sent: which table lacked a row."""
    county = counties.of_code.get(code)
    if county is None:
        return counties.translate(N_("送出時郵遞區號 %(code)s 不在任何服務區域,也查不到所屬縣市")) % {
            "code": code
        }
    sentence = counties.translate(N_("送出時郵遞區號 %(code)s 不在任何服務區域,%(county)s也沒有預設單位"))
    return sentence % {"code": code, "county": county}


# No name, address, telephone or ID: an administrator routes by the postal code and serves nobody.
UNROUTED = Listing(
    key=Referral.id,
    select_from=Referral.__table__.join(referring, referring.id == Referral.referring_unit_id),
    columns=(
        Column("number", N_("轉介單號"), Referral.id, 10, kind="number", sort=(Referral.id,)),
        DATE,
        REFERRING_UNIT,
        Column("postal_code", N_("郵遞區號"), Referral.postal_code, 10, sort=(Referral.postal_code,)),
        Column("why", N_("無收案單位的原因"), Referral.postal_code, 44, show=why_unrouted),
    ),
    order=(Referral.id.asc(),),
)
