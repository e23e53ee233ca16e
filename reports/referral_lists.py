"""轉介狀態查詢 and 個管員查詢作業: the same referrals, each side with the other's name and telephone (spec 1 §4.4, §5.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, String, case, cast, func, select
from sqlalchemy.orm import aliased

from models.account import Account
from models.case import Case, ServiceRecord
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from reports.columns import Column
from reports.criteria import DATE_FROM, DATE_TO, NAME, NATIONAL_ID, STATE, of_case
from reports.pages import Listing
from rules.referral_flow import State, status_text
from rules.texts import N_


@dataclass(frozen=True)
class Reader:
    """Who reads: on which day, and in which language (`translate` takes a msgid)."""

    today: date
    translate: Callable[[str], str] = str


def status_sentence(state: str, due: date | None, reader: Reader) -> str:
    return status_text(State(state), due, reader.translate)


def status_value() -> ColumnElement[str]:
    """What the status needs in one value: the due date of an open referral, else the state."""
    due = func.coalesce(cast(Case.due_date, String), State.OPEN.value)
    return case((Referral.state == State.OPEN, due), else_=Referral.state)


def state_of(value: str) -> State:
    """The state behind a `status_value`."""
    return State(value) if value in set(State) else State.OPEN


def show_status(value: str, reader: Reader) -> str:
    due = None if value in set(State) else date.fromisoformat(value)
    return status_sentence(state_of(value), due, reader)


def service_count() -> ColumnElement[int]:
    """服務次數, counted for the rows of the page only."""
    counted = select(func.count(ServiceRecord.id)).where(ServiceRecord.case_id == Case.id).correlate(Case)
    return counted.scalar_subquery()


def _other_than_empty(*texts: SQLColumnExpression[str]) -> ColumnElement[str]:
    return func.coalesce(*(func.nullif(text, "") for text in texts), "")


referring, receiving = aliased(Unit), aliased(Unit)
sender, supervisor, manager = aliased(Account), aliased(Account), aliased(Account)

NUMBER = Column("number", N_("轉介單號"), Referral.id, 10, kind="number", sort=(Referral.id,))
DATE = Column(
    "referral_date",
    N_("轉介日期"),
    Referral.referral_date,
    12,
    kind="roc_date",
    sort=(Referral.referral_date,),
)
PERSON_NAME = Column("name", N_("姓名"), Person.name, 14)
STATUS = Column("status", N_("服務狀態"), status_value(), 30, show=show_status)
SERVICE_COUNT = Column("services", N_("服務次數"), service_count(), 10, kind="number")

# The receiving side's contact: the case manager's own number; before intake, the unit's.
STATUS_QUERY = Listing(
    key=Referral.id,
    select_from=Referral.__table__.join(Person.__table__, Person.id == Referral.person_id)
    .outerjoin(receiving, receiving.id == Referral.receiving_unit_id)
    .outerjoin(Case, Case.referral_id == Referral.id)
    .outerjoin(supervisor, supervisor.id == Case.supervisor_id)
    .outerjoin(manager, manager.id == Case.case_manager_id),
    columns=(
        NUMBER,
        DATE,
        PERSON_NAME,
        Column("unit", N_("收案單位"), receiving.name, 28),
        Column("supervisor", N_("收案督導"), supervisor.name, 12),
        Column("manager", N_("個管員姓名"), manager.name, 12),
        Column("phone", N_("連絡電話"), _other_than_empty(manager.phone, receiving.phone), 16),
        Column("extension", N_("分機號碼"), manager.extension, 10),
        STATUS,
        SERVICE_COUNT,
    ),
    order=(Referral.referral_date.desc(),),
    person=Referral.person_id,
)

STATUS_CRITERIA = (NATIONAL_ID, NAME, DATE_FROM, DATE_TO, STATE)

# The referring side's contact: the one who sent the referral.
CASE_QUERY = Listing(
    key=Case.id,
    select_from=Case.__table__.join(Referral.__table__, Referral.id == Case.referral_id)
    .join(Person.__table__, Person.id == Referral.person_id)
    .join(referring, referring.id == Referral.referring_unit_id)
    .join(sender, sender.id == Referral.submitted_by_id),
    columns=(
        Column("number", N_("轉介單號"), Referral.id, 10, kind="number", sort=(Case.referral_id,)),
        Column("referral_date", N_("轉介日期"), Referral.referral_date, 12, kind="roc_date"),
        PERSON_NAME,
        Column("unit", N_("轉介單位"), referring.name, 28),
        Column("sender", N_("轉介人員"), sender.name, 12),
        Column("phone", N_("連絡電話"), _other_than_empty(sender.phone, referring.phone), 16),
        Column("extension", N_("分機號碼"), sender.extension, 10),
        STATUS,
        SERVICE_COUNT,
        Column("closed_on", N_("結案日期"), Case.closed_on, 12, kind="roc_date", sort=(Case.closed_on,)),
    ),
    order=(Case.id.desc(),),
    person=Referral.person_id,
)

CASE_CRITERIA = tuple(of_case(each) for each in STATUS_CRITERIA)
