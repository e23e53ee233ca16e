"""Referrals filed by another system: checked, looked up, then written, several in one transaction. Spec 3-platform §8.

The same rules as the form, without its steps: the data of a person come whole, so there is no draft. All look-ups come
before the first referral is written: what one of them refuses can be answered while its trace stays.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from models.codes import Identity, Indicator
from models.person import Person
from models.referral import Attachment, Referral
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import Faults, FieldFault, NotFound, RuleBroken
from rules.gather import Gather
from rules.identities import needs_guardian_document
from rules.permissions import Permission
from rules.person import PersonFields
from rules.referral_form import ReferralFields, check_referral
from rules.texts import N_
from rules.uploads import UploadType, check_upload, safe_display_name
from services import accounts, people, referral_check, referrals
from services.drafts import GUARDIAN, Upload
from services.file_changes import FileChanges
from services.transaction import AnySession

MOST_ROWS = 30
OPTIONAL_PHONES = ("home_phone", "other_phone")
_NAMESPACE = uuid.UUID("5b0f4b0a-6c3f-4c57-9a53-3d5c2f6f2f10")


@dataclass(frozen=True)
class Application:
    """`raw` has the field names of the form; a telephone it lacks stays as it is known."""

    raw: Mapping[str, Any]
    uploads: Sequence[Upload] = ()


@dataclass(frozen=True)
class Filed:
    referral: Referral
    warnings: Sequence[RuleBroken] = ()


@dataclass
class _Checked:
    application: Application
    person: PersonFields
    fields: ReferralFields
    kinds: Mapping[str, UploadType] = field(default_factory=dict)
    known: Person | None = None


def file_referrals(
    session: AnySession,
    files: FileChanges,
    applications: Sequence[Application | RuleBroken],
    *,
    key: str,
    skip_faulty: bool = False,
    base_url: str,
    by: Actor,
    at: datetime,
) -> list[Filed | RuleBroken]:
    """What became of each, in order; a refusal among `applications` stays one. With a refusal among them none is written, or with `skip_faulty` the others.

    Refusals are handed back and not raised, lest the trace of the look-ups go with the transaction. `key` is the sender's
    own name of this request. Raises `TooMany` when the look-ups exceed what one user has, `NotFound` without permission.
    """
    if not by.may(Permission.REFERRAL_SUBMIT) or by.unit_id is None:
        raise NotFound(people.NO_PERSON)
    accounts.take_turn(session, by.user_id)
    found = [_checked(session, each, today=local_date(at)) for each in applications]
    found = [_looked_up(session, each, by=by, at=at) for each in _without_doubles(found)]
    if not skip_faulty and any(isinstance(each, RuleBroken) for each in found):
        return [each if isinstance(each, RuleBroken) else _not_written() for each in found]
    return [
        each
        if isinstance(each, RuleBroken)
        else _write(session, files, each, key=_row_key(key, row, by), base_url=base_url, by=by, at=at)
        for row, each in enumerate(found)
    ]


class NotWritten(RuleBroken):
    """Nothing wrong with this one: another one of the batch was refused."""


def _not_written() -> NotWritten:
    return NotWritten(N_("同一批中有其他筆未通過檢查,因此這一筆也沒有送出。"))


def _checked(
    session: AnySession, application: Application | RuleBroken, *, today: date
) -> _Checked | RuleBroken:
    if isinstance(application, RuleBroken):
        return application
    gather, raw = Gather(), application.raw
    kinds: dict[str, UploadType] = {}
    with gather:
        person = referral_check.check_person_form(session, raw, today=today)
    with gather:
        fields = check_referral(
            raw,
            indicators=[item.code for item in referrals.offered_codes(session, Indicator)],
            identities=[item.code for item in referrals.offered_codes(session, Identity)],
        )
    for upload in application.uploads:
        try:
            kinds[upload.kind] = check_upload(upload.name, upload.content)
        except RuleBroken as refused:
            gather.faults.append(FieldFault(f"{upload.kind}_file", refused.template, **refused.values))
    if gather.faults:
        return Faults(gather.faults)
    sent = {upload.kind for upload in application.uploads}
    try:
        _check_guardian(sent, person.birthday, today)
    except FieldFault as fault:
        return Faults([fault])
    return _Checked(application, person, fields, kinds)


def _check_guardian(sent: set[str], birthday: date, today: date) -> None:
    minor = needs_guardian_document(birthday, today)
    if minor and GUARDIAN not in sent:
        raise FieldFault("guardian_file", N_("個案未滿18歲,請上傳法定監護人同意書或轉介單位相關佐證文件。"))
    if GUARDIAN in sent and not minor:
        raise FieldFault("guardian_file", N_("個案已滿18歲,不需要法定監護人的文件,請勿附上。"))


def _without_doubles(found: Sequence[_Checked | RuleBroken]) -> list[_Checked | RuleBroken]:
    counted = Counter(each.person.national_id for each in found if isinstance(each, _Checked))
    double = Faults([FieldFault("national_id", N_("同一批中有兩筆以上是這個身分證字號,請只留一筆。"))])
    return [
        double if isinstance(each, _Checked) and counted[each.person.national_id] > 1 else each
        for each in found
    ]


def _looked_up(
    session: AnySession, each: _Checked | RuleBroken, *, by: Actor, at: datetime
) -> _Checked | RuleBroken:
    if isinstance(each, RuleBroken):
        return each
    told = each.person
    found = people.look_up(session, name=told.name, national_id=told.national_id, by=by, at=at)
    if found.refusal:
        return Faults([FieldFault("national_id", found.refusal.template)])
    if found.person:
        unsaid = {
            name: getattr(found.person, name) for name in OPTIONAL_PHONES if name not in each.application.raw
        }
        return replace(each, known=found.person, person=replace(told, **unsaid))
    return each


def _write(
    session: AnySession,
    files: FileChanges,
    each: _Checked,
    *,
    key: str,
    base_url: str,
    by: Actor,
    at: datetime,
) -> Filed:
    if each.known is None:
        added = people.add(session, each.person, by=by, at=at)
        if added.person is None:  # registered by somebody else under another name since we looked
            raise FieldFault("national_id", people.DOES_NOT_FIT)
        person = added.person
    else:
        version = each.known.version
        person = people.update(session, each.known.id, each.person, opened_version=version, by=by, at=at)
    warnings = referral_check.warnings(
        session, person, birthday=person.birthday, identities=each.fields.identities, on=local_date(at)
    )
    referral = referrals.create(session, person, each.fields, key=key, base_url=base_url, by=by, at=at)
    for upload in each.application.uploads:
        referral.attachments.append(_attachment(files, upload, each.kinds[upload.kind], by=by, at=at))
    session.flush()
    return Filed(referral, warnings)


def _attachment(
    files: FileChanges, upload: Upload, kind: UploadType, *, by: Actor, at: datetime
) -> Attachment:
    return Attachment(
        kind=upload.kind,
        name=safe_display_name(upload.name),
        extension=kind.value,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        storage_name=files.save(upload.content),
        uploaded_at=at,
        uploaded_by_id=by.user_id,
    )


def _row_key(key: str, row: int, by: Actor) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{by.user_id} {row} {key}"))
