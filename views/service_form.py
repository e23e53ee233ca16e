"""The fields of 轉介服務單 as typed: from the request, or from a stored entry that is to be corrected."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import abort, request

from reports.service_entries import Entry
from rules.errors import Faults, FieldFault
from rules.roc_dates import show
from rules.service_record import Provided

TEXTS = (
    "training_unit",
    "training_course",
    "training_from",
    "training_to",
    "training_allowance",
    "other_service",
    "remark",
)


def posted() -> dict[str, Any]:
    """What `rules.service_record.check` reads, and what the form shows again after a refusal."""
    form = request.form
    return {
        "provided": form.get("provided", ""),
        "services": form.getlist("services"),
        "reasons": form.getlist("reasons"),
        **{name: form.get(name, "") for name in TEXTS},
    }


def as_typed(entry: Entry) -> dict[str, Any]:
    if not isinstance(entry, Provided):
        return {"provided": "N", "reasons": [str(code) for code in entry.reasons], "remark": entry.remark}
    typed = {
        "provided": "Y",
        "services": [str(code) for code in entry.services],
        "other_service": entry.other_service,
        "remark": entry.remark,
    }
    if training := entry.training:
        typed |= {
            "training_unit": training.unit,
            "training_course": training.course,
            "training_from": show(training.starts),
            "training_to": show(training.ends),
            "training_allowance": "Y" if training.allowance else "N",
        }
    return typed


def posted_key() -> str:
    """The idempotency key that the form was opened with. A form without one is none of ours."""
    try:
        return str(uuid.UUID(request.form.get("submission_key", "")))
    except ValueError:
        abort(400)


def faults_of(refusal: Faults | FieldFault) -> Sequence[FieldFault]:
    return refusal.faults if isinstance(refusal, Faults) else [refusal]
