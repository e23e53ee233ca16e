"""What every request of the form does first: keep what was typed and uploaded, lest a refusal lose it."""

from __future__ import annotations

from flask import current_app, request
from wtforms import FileField

from rules.errors import FieldFault, RuleBroken
from rules.uploads import MAX_BYTES
from services import drafts
from services.drafts import CONSENT, GUARDIAN, Draft, Upload
from services.file_changes import FileChanges
from services.file_store import FileStore
from services.transaction import transaction
from views.access import actor, database, now
from views.referral.form import ReferralForm, key_of, typed

FIELDS = {CONSENT: "consent_file", GUARDIAN: "guardian_file"}


def files_of_request() -> FileChanges:
    store: FileStore = current_app.extensions["file_store"]
    return FileChanges(store)


def wants_json() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def keep(form: ReferralForm, referral_id: int | None = None) -> tuple[Draft, list[FieldFault]]:
    """The draft as it is now, and what was wrong with the files that came along. `referral_id`: of a correction."""
    key, faults = key_of(form), []
    with files_of_request() as files, transaction(database()):
        drafts.save(database(), key, typed(form), by=actor(), at=now(), referral_id=referral_id)
        for kind, name in FIELDS.items():
            upload = uploaded(kind, form[name])
            if upload is None:
                continue
            try:
                drafts.put_file(database(), files, key, upload, by=actor(), at=now(), referral_id=referral_id)
            except RuleBroken as refused:
                faults.append(FieldFault(name, refused.template, **refused.values))
    draft = drafts.load(database(), by=actor(), referral_id=referral_id)
    if draft is None:
        raise AssertionError("a draft just saved is there")
    return draft, faults


def uploaded(kind: str, field: FileField) -> Upload | None:
    """The file of this field, if one was chosen: no more of it is read than it takes to refuse it."""
    sent = request.files.get(field.name)
    if sent is None or not sent.filename:
        return None
    return Upload(kind, sent.filename, sent.stream.read(MAX_BYTES + 1))
