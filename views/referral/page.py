"""The page of the referral form, as it stands at the moment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from models.organisation import Unit
from rules.errors import FieldFault, RuleBroken
from rules.identities import needs_guardian_document
from rules.person import check_birthday, check_postal_code
from services import postal, routing
from services.drafts import Draft
from services.referral_check import unfinished_warning
from views.access import database, today
from views.fields import show_faults
from views.referral.form import SECTIONS, ReferralForm
from views.referral.keeping import FIELDS
from views.texts import sentence
from views.trail import REFERRING, shown


def page_values(
    form: ReferralForm,
    draft: Draft | None,
    *,
    faults: Sequence[FieldFault] = (),
    warnings: Sequence[RuleBroken] = (),
) -> dict[str, Any]:
    form.offer_codes()
    show_faults(form, faults)
    person_id = draft.person_id if draft else None
    unfinished = unfinished_warning(database(), person_id) if person_id else None
    if person_id:
        shown([person_id], ground=REFERRING)
    held, kept = (draft.files, draft.kept) if draft else ({}, {})
    on = draft.referral_date if draft and draft.referral_date else today()
    return {
        "form": form,
        "draft": draft,
        "files": {name: held.get(kind) for kind, name in FIELDS.items()},
        "kept": {name: kept.get(kind) for kind, name in FIELDS.items()},
        "faults": [(fault.field, sentence(fault)) for fault in faults],
        "page_faults": len(faults),
        "warnings": [sentence(warning) for warning in warnings],
        "warnings_mark": mark(warnings),
        "unfinished": sentence(unfinished) if unfinished else "",
        "sections": [_section(form, draft, *section) for section in SECTIONS],
        "routed": routed_unit(form.postal_code.data or ""),
        "minor": is_minor(form.birthday.data or "", on),
        "today_iso": on.isoformat(),
    }


def mark(warnings: Sequence[RuleBroken]) -> str:
    """What the confirmation is for: another warning needs another one."""
    return hashlib.sha256("\n".join(map(str, warnings)).encode()).hexdigest()[:16]


def routed_unit(typed: str) -> Unit | None:
    """Which unit the code on the form leads to; nothing for no code."""
    try:
        code = check_postal_code(typed)
        postal.require_code(database(), code)
    except RuleBroken:
        return None
    return routing.trial(database(), code).unit


def is_minor(typed: str, on: date) -> bool:
    """On the referral date."""
    try:
        birthday: date = check_birthday(typed, today=today())
    except RuleBroken:
        return False
    return needs_guardian_document(birthday, on)


def _section(
    form: ReferralForm, draft: Draft | None, name: str, title: Any, fields: Sequence[str]
) -> dict[str, Any]:
    faulty = any(form[field].errors for field in fields)
    if name == "person":
        done = bool(draft and draft.person_id and form.consent.data)
    else:
        done = bool(form[fields[0]].data)
    return {"name": name, "title": title, "state": "faulty" if faulty else "done" if done else ""}
