"""Cases and the roster: for the receiving units' own systems."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import expose

from models.scopes import received_referrals, worked_cases
from models.trail import Act
from reports import roster, roster_batch
from reports.case_list import CASES
from reports.referral_lists import CASE_CRITERIA, Reader
from rules.calendar import age_on
from rules.permissions import Permission as P
from views.access import actor, database, today
from views.api import shapes
from views.api.answer_schemas import CaseDetailAnswer, CasePage, RosterPage
from views.api.listing import listed
from views.api.operation import Answer, ApiResource, operation
from views.api.schemas import ReferralQuery, RosterQuery
from views.case_pages import worked_case
from views.texts import translator
from views.trail import OWN_CASE, RECEIVED, UNIT_CASE


class CaseApi(ApiResource):
    resource_name = "cases"
    openapi_spec_tag = "Cases"

    @expose("")
    @operation(
        P.CASE_WORK,
        summary="The cases, newest first.",
        description="The account's own ones; with the scope `ROSTER_READ` too, those of its unit.",
        answers={200: CasePage},
        query=ReferralQuery,
    )
    def list_cases(self, query: dict[str, Any]) -> Answer:
        ground = UNIT_CASE if actor().may(P.ROSTER_READ) else OWN_CASE
        page = listed(CASES, CASE_CRITERIA, query, worked_cases(actor()), ground=ground)
        return Answer(shapes.page(page, [_case(row) for row in page.rows], name="cases"))

    @expose("/<int:number>")
    @operation(
        P.CASE_WORK,
        summary="One case: the person, what the referring unit wrote, the service records.",
        answers={200: CaseDetailAnswer},
    )
    def read_case(self, number: int) -> Answer:
        case = worked_case(number, act=Act.API)
        referral = case.referral
        return Answer(
            {
                **shapes.case(case, len(case.service_records)),
                "referral_number": referral.id,
                "referral_date": shapes.day(referral.referral_date),
                "referring_unit": shapes.unit(referral.referring_unit),
                "person": shapes.person(referral.person),
                **shapes.account_of(referral),
                "service_records": [shapes.service_record(each) for each in case.service_records],
            }
        )


class RosterApi(ApiResource):
    resource_name = "roster"
    openapi_spec_tag = "Cases"

    @expose("")
    @operation(
        P.ROSTER_READ,
        summary="The roster: what was sent to the own unit and what became of it, newest first.",
        answers={200: RosterPage},
        query=RosterQuery,
    )
    def read_roster(self, query: dict[str, Any]) -> Answer:
        page = listed(roster.LISTING, roster.CRITERIA, query, received_referrals(actor()), ground=RECEIVED)
        batch = roster_batch.load(database(), page.rows, Reader(today(), translator()))
        return Answer(shapes.page(page, [_roster_row(row, batch) for row in page.rows], name="roster"))


def _case(row: Any) -> dict[str, Any]:
    return {
        "number": row.key,
        "referral_number": row.referral_number,
        "referral_date": shapes.day(row.referral_date),
        "name": row.name,
        "referring_unit": row.referring_unit,
        "case_manager": row.case_manager,
        "due_date": shapes.day(row.due_date),
        "closed_on": shapes.day(row.closed_on),
        "service_count": row.service_count,
    }


def _roster_row(row: Any, batch: roster_batch.Batch) -> dict[str, Any]:
    return {
        "number": row.key,
        "referring_agency": row.referring_agency,
        "referring_unit": row.referring_unit,
        "referral_date": shapes.day(row.referral_date),
        "name": row.name,
        "identities": roster.show_identities(row.key, batch),
        "sex": row.sex,
        "age": age_on(row.age, batch.today),
        "receiving_agency": row.receiving_agency,
        "receiving_unit": row.receiving_unit,
        **shapes.status_of(row.status),
        "closed_on": shapes.day(row.closed_on),
        "history": list(batch.histories.get(row.history or 0, ())),
        "outcome": roster.show_outcome(row.outcome, batch),
    }
