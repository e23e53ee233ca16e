"""Referrals: filed one by one or up to 30 at once, listed, asked about. For the referring agencies' own systems."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import current_app, request, url_for
from flask_appbuilder import expose

from models.scopes import sent_referrals
from models.trail import Act
from reports.case_timeline import happenings
from reports.referral_detail import referral_detail
from reports.referral_lists import STATUS_CRITERIA, STATUS_QUERY, Reader, status_sentence
from rules.errors import Faults, FieldFault, RuleBroken
from rules.permissions import Permission as P
from services import api_answers, filing
from services.drafts import KINDS, Upload
from services.filing import Application, Filed, NotWritten
from services.transaction import transaction
from views.access import actor, database, now, today
from views.api import answers, shapes
from views.api.answer_schemas import Batch, FiledReferral, ReferralDetailAnswer, ReferralPage
from views.api.listing import listed
from views.api.operation import Answer, ApiResource, checked, operation
from views.api.schemas import BatchRequest, ReferralQuery, ReferralRequest
from views.referral.keeping import files_of_request
from views.texts import translated, translator
from views.trail import SENT, ground_of_referral, shown

Verdicts = Sequence[Filed | RuleBroken]
REPLAYED = "Idempotent-Replayed"


class ReferralApi(ApiResource):
    resource_name = "referrals"
    openapi_spec_tag = "Referrals"

    @expose("", methods=["POST"])
    @operation(
        P.REFERRAL_SUBMIT,
        summary="File a referral.",
        description="Sent again with the same key and content, it is answered with 200 and what was answered first.",
        answers={201: FiledReferral, 200: FiledReferral},
        body=ReferralRequest,
        idempotent=True,
        errors=(409,),
    )
    def file_referral(self, key: str, body: dict[str, Any]) -> Answer:
        return _file(key, [_application(body)], tell=_told_alone)

    @expose("/batch", methods=["POST"])
    @operation(
        P.REFERRAL_SUBMIT,
        summary="File up to 30 referrals in one transaction.",
        description="All or none, unless skip_faulty is true. A refusal names fields as referrals[3].birthday.",
        answers={201: Batch, 200: Batch},
        body=BatchRequest,
        idempotent=True,
        errors=(409,),
    )
    def file_batch(self, key: str, body: dict[str, Any]) -> Answer:
        applications = [_row(each) for each in body["referrals"]]
        return _file(key, applications, together=True, skip_faulty=body["skip_faulty"], tell=_told_together)

    @expose("")
    @operation(
        P.REFERRAL_FOLLOW,
        summary="The referrals that the own unit sent, newest first.",
        answers={200: ReferralPage},
        query=ReferralQuery,
    )
    def list_referrals(self, query: dict[str, Any]) -> Answer:
        page = listed(STATUS_QUERY, STATUS_CRITERIA, query, sent_referrals(actor()), ground=SENT)
        return Answer(shapes.page(page, [_listed(row) for row in page.rows], name="referrals"))

    @expose("/<int:number>")
    @operation(
        P.REFERRAL_FOLLOW,
        summary="One referral: its state, its case, everything that happened.",
        answers={200: ReferralDetailAnswer},
    )
    def read_referral(self, number: int) -> Answer:
        found = referral_detail(database(), number, actor())
        referral, case = found.referral, found.case
        shown([referral.person_id], act=Act.API, ground=ground_of_referral(referral, case))
        due = case.due_date if case else None
        return Answer(
            {
                "number": referral.id,
                "referral_date": shapes.day(referral.referral_date),
                "submitted_at": shapes.moment(referral.submitted_at),
                "state": str(referral.state),
                "status": status_sentence(referral.state, due, Reader(today(), translator())),
                "person": shapes.person(referral.person),
                "referring_unit": shapes.unit(referral.referring_unit),
                "receiving_unit": shapes.unit(referral.receiving_unit),
                "routing_basis": referral.routing_basis,
                **shapes.account_of(referral),
                "case": shapes.case(case, found.service_count) if case else None,
                "timeline": [shapes.happening(each) for each in happenings(database(), number, translated)],
            }
        )


def _file(
    key: str,
    applications: Sequence[Application | RuleBroken],
    *,
    together: bool = False,
    skip_faulty: bool = False,
    tell: Callable[[Verdicts], dict[str, Any]],
) -> Answer:
    """Raises `Faults` when nothing was filed; then the key is free for the mended content."""
    content = json.dumps([request.path, request.get_json()], sort_keys=True).encode()
    with files_of_request() as files, transaction(database()):
        known = api_answers.known(database(), key, content, by=actor())
        if known is not None:
            return Answer(known, headers={REPLAYED: "true"})
        verdicts = filing.file_referrals(
            database(),
            files,
            applications,
            key=key,
            together=together,
            skip_faulty=skip_faulty,
            screen=request.endpoint or "",
            base_url=current_app.config["PUBLIC_URL"],
            by=actor(),
            at=now(),
        )
        filed = [each.referral.id for each in verdicts if isinstance(each, Filed)]
        if filed:
            told = tell(verdicts)
            api_answers.keep(database(), key, content, told, by=actor(), at=now())
    if not filed:
        raise _refusal(verdicts, rows="referrals" in request.get_json())
    address = url_for("ReferralApi.read_referral", number=filed[0]) if len(applications) == 1 else None
    return Answer(told, HTTPStatus.CREATED, {"Location": address or url_for("ReferralApi.list_referrals")})


def _application(body: Mapping[str, Any]) -> Application:
    raw = dict(body, birthday=body["birthday"].isoformat())
    sent = {kind: raw.pop(f"{kind}_file", None) for kind in KINDS}
    return Application(raw, [Upload(kind, **file) for kind, file in sent.items() if file])


def _row(sent: Mapping[str, Any]) -> Application | RuleBroken:
    try:
        return _application(checked(ReferralRequest, sent))
    except Faults as faults:
        return faults


def _told_alone(verdicts: Verdicts) -> dict[str, Any]:
    (filed,) = (each for each in verdicts if isinstance(each, Filed))
    return shapes.filed(filed.referral, filed.warnings)


def _told_together(verdicts: Verdicts) -> dict[str, Any]:
    results = [
        {"row": row, "referral": shapes.filed(each.referral, each.warnings), "error": None}
        if isinstance(each, Filed)
        else {"row": row, "referral": None, "error": answers.refusal_body(each)}
        for row, each in enumerate(verdicts)
    ]
    filed = sum(isinstance(each, Filed) for each in verdicts)
    return {"filed": filed, "refused": len(results) - filed, "results": results}


def _refusal(verdicts: Verdicts, *, rows: bool) -> RuleBroken:
    refused = [each for each in verdicts if isinstance(each, RuleBroken)]
    if not rows:
        return refused[0]
    found: list[FieldFault] = []
    for row, each in enumerate(refused):
        if not isinstance(each, NotWritten):
            faults = each.faults if isinstance(each, Faults) else []
            found += [
                FieldFault(f"referrals[{row}].{fault.field}", fault.template, **fault.values)
                for fault in faults
            ]
    return Faults(found)


def _listed(row: Any) -> dict[str, Any]:
    return {
        "number": row.key,
        "referral_date": shapes.day(row.referral_date),
        "name": row.name,
        **shapes.status_of(row.status),
        "receiving_unit": row.unit,
        "supervisor": row.supervisor,
        "case_manager": row.manager,
        "phone": row.phone,
        "extension": row.extension,
        "service_count": row.services,
    }
