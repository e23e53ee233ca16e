"""What the pages of a case share: finding it in the actor's reach, and the urgency it shows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from models.case import Case, ServiceRecord
from models.referral import Referral
from models.scopes import detailed_cases, worked_cases
from models.trail import Act
from rules.errors import NotFound
from rules.texts import N_
from views.access import actor, database
from views.trail import ground_of, shown

# A page and the reply form read all of it: one statement for each list, however many records there are.
WITH = (
    joinedload(Case.referral).options(
        joinedload(Referral.person),
        joinedload(Referral.referring_unit),
        joinedload(Referral.submitted_by),
        selectinload(Referral.identities),
        selectinload(Referral.indicators),
        selectinload(Referral.attachments),
    ),
    joinedload(Case.unit),
    joinedload(Case.case_manager),
    selectinload(Case.extensions),
    selectinload(Case.service_records).options(
        joinedload(ServiceRecord.author),
        selectinload(ServiceRecord.services),
        selectinload(ServiceRecord.reasons),
    ),
)


def readable_case(case_id: int, *, act: Act = Act.VIEW) -> Case:
    """A case whose reply form and timeline the actor may read, be it as the referring unit. `act`: for the trail."""
    return _find(case_id, detailed_cases(actor()), act)


def worked_case(case_id: int, *, act: Act = Act.VIEW) -> Case:
    """A case that the actor serves, or that a supervisor answers for."""
    return _find(case_id, worked_cases(actor()), act)


def serves(case: Case) -> bool:
    found = select(Case.id).where(Case.id == case.id, worked_cases(actor()))
    return database().scalar(found) is not None


def _find(case_id: int, scope: ColumnElement[bool], act: Act) -> Case:
    case = database().scalar(select(Case).where(Case.id == case_id, scope).options(*WITH))
    if case is None:
        raise NotFound(N_("找不到這筆個案,可能已轉給其他個管員,或不在您可查看的範圍。"))
    shown([case.referral.person_id], act=act, ground=ground_of(case))
    return case
