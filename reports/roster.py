"""清冊: the supervisor's filtered list of the unit's referrals with their service history, and the same as a file.

What its rows show beyond their columns is loaded by `reports.roster_batch`.

結案資訊 is the outcome of a closed case in the manual's form: what its last service record says, the services provided
or the reasons why none could be, each as a sentence; 「無服務紀錄」 if there was none. An open case has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, exists, literal, select, union_all
from sqlalchemy.orm import aliased

from models.account import Account
from models.case import Case
from models.codes import Identity
from models.organisation import Agency, Unit
from models.person import Person
from models.referral import Referral, ReferralIdentity
from reports.columns import Column
from reports.criteria import (
    DATE_FROM,
    DATE_TO,
    STATE,
    STATES,
    Choices,
    Criterion,
    day,
    whole_number,
)
from reports.pages import Listing
from reports.referral_lists import DATE, show_status, status_value
from reports.roster_batch import IN_CELL, Batch
from reports.session import ReadSession
from reports.waiting import waiting_since
from rules.actor import Actor
from rules.calendar import age_on
from rules.texts import N_

SEX = {"M": N_("男"), "F": N_("女")}


def show_identities(referral_id: int, batch: Batch) -> str:
    return batch.translate(N_("、")).join(batch.identities.get(referral_id, ()))


def show_history(case_id: int | None, batch: Batch) -> str:
    return IN_CELL.join(batch.histories.get(case_id or 0, ()))


def show_outcome(closed_case_id: int | None, batch: Batch) -> str:
    if closed_case_id is None:
        return ""
    return batch.outcomes.get(closed_case_id) or batch.translate(N_("無服務紀錄"))


referring, receiving = aliased(Unit), aliased(Unit)
referring_agency, receiving_agency = aliased(Agency), aliased(Agency)

LISTING = Listing(
    key=Referral.id,
    select_from=Referral.__table__.join(Person.__table__, Person.id == Referral.person_id)
    .join(referring, referring.id == Referral.referring_unit_id)
    .join(referring_agency, referring_agency.id == referring.agency_id)
    .outerjoin(receiving, receiving.id == Referral.receiving_unit_id)
    .outerjoin(receiving_agency, receiving_agency.id == receiving.agency_id)
    .outerjoin(Case, Case.referral_id == Referral.id),
    columns=(
        Column("referring_agency", N_("轉介機關"), referring_agency.name, 14),
        Column("referring_unit", N_("轉介單位"), referring.name, 28),
        DATE,
        Column("name", N_("個案姓名"), Person.name, 14),
        Column("identities", N_("個案身分別"), Referral.id, 28, show=show_identities),
        Column("sex", N_("性別"), Person.sex, 6, show=lambda sex, batch: batch.translate(SEX[sex])),
        Column(
            "age",
            N_("年齡"),
            Person.birthday,
            6,
            kind="number",
            show=lambda birthday, batch: age_on(birthday, batch.today),
        ),
        Column("receiving_agency", N_("收案機關"), receiving_agency.name, 20),
        Column("receiving_unit", N_("收案單位"), receiving.name, 24),
        Column("status", N_("狀態"), status_value(), 30, show=show_status),
        Column("closed_on", N_("結案日期"), Case.closed_on, 12, kind="roc_date"),
        Column("history", N_("服務歷程"), Case.id, 60, show=show_history),
        Column(
            "outcome",
            N_("結案資訊"),
            case((Case.closed_on.is_not(None), Case.id)),
            40,
            show=show_outcome,
        ),
    ),
    order=(Referral.referral_date.desc(),),
    person=Referral.person_id,
)


def _in_units_of_agency(text: str, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return column.in_(select(Unit.id).where(Unit.agency_id == whole_number(text)))


def _has_identity(text: str) -> ColumnElement[bool]:
    chosen = ReferralIdentity.referral_id == Referral.id, ReferralIdentity.code == whole_number(text)
    return exists(select(ReferralIdentity.code).where(*chosen))


def _with_manager(text: str) -> ColumnElement[bool]:
    chosen = Case.referral_id == Referral.id, Case.case_manager_id == whole_number(text)
    return exists(select(Case.id).where(*chosen))


def _of_case(name: str, label: str, condition: Callable[[date], ColumnElement[bool]]) -> Criterion:
    """By a day of the case: for the numbers of the dashboard, which lead here."""
    return Criterion(
        name,
        label,
        lambda text: condition(day(text)),
        kind="date",
        path=((Referral.id, Case.referral_id),),
        on_demand=True,
    )


CRITERIA = (
    replace(DATE_FROM, label=N_("通報日期起")),
    replace(DATE_TO, label=N_("通報日期迄")),
    Criterion(
        "referring_agency",
        N_("轉介機關"),
        lambda text: _in_units_of_agency(text, Referral.referring_unit_id),
        kind="choice",
    ),
    Criterion(
        "referring_unit",
        N_("轉介單位"),
        lambda text: Referral.referring_unit_id == whole_number(text),
        kind="choice",
    ),
    Criterion(
        "receiving_agency",
        N_("收案機關"),
        lambda text: _in_units_of_agency(text, Referral.receiving_unit_id),
        kind="choice",
    ),
    Criterion(
        "receiving_unit",
        N_("收案單位"),
        lambda text: Referral.receiving_unit_id == whole_number(text),
        kind="choice",
    ),
    replace(STATE, label=N_("狀態")),
    Criterion(
        "waiting_to",
        N_("等候收案起始日迄"),
        lambda text: waiting_since() <= day(text),
        kind="date",
        on_demand=True,
    ),
    Criterion("identity", N_("個案身分別"), _has_identity, kind="choice"),
    Criterion("manager", N_("個管員姓名"), _with_manager, kind="choice"),
    _of_case("due_from", N_("應結案日期起"), lambda day: Case.due_date >= day),
    _of_case("due_to", N_("應結案日期迄"), lambda day: Case.due_date <= day),
    _of_case("closed_from", N_("結案日期起"), lambda day: Case.closed_on >= day),
    _of_case("closed_to", N_("結案日期迄"), lambda day: Case.closed_on <= day),
)


def choices(session: ReadSession, actor: Actor) -> dict[str, Choices]:
    """All choices of the query row in one statement: a list of its own for each would double the page's statements."""
    own = Unit.id == actor.unit_id
    has_cases = exists(select(Case.id).where(Case.case_manager_id == Account.id))
    offered = {
        "referring_agency": select(Agency.id, Agency.name).where(
            exists(select(Unit.id).where(Unit.agency_id == Agency.id, Unit.refers))
        ),
        "referring_unit": select(Unit.id, Unit.name).where(Unit.refers),
        "receiving_agency": select(Agency.id, Agency.name).join(Unit, Unit.agency_id == Agency.id).where(own),
        "receiving_unit": select(Unit.id, Unit.name).where(own),
        "identity": select(Identity.code, Identity.label),
        "manager": select(Account.id, Account.name).where(Account.unit_id == actor.unit_id, has_cases),
    }
    every = union_all(*(each.add_columns(literal(name).label("field")) for name, each in offered.items()))
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in offered}
    for key, label, name in session.execute(every.order_by("field", every.selected_columns[0])):
        found[name].append((str(key), label))
    return {**found, "state": tuple(STATES.items())}
