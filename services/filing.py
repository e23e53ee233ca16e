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
from models.crypto import KEYS
from models.person import Person
from models.referral import Attachment, Referral
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import Faults, FieldFault, NotFound, RuleBroken, StaleVersion
from rules.gather import Gather
from rules.identities import needs_guardian_document
from rules.national_id import inspect
from rules.permissions import Permission
from rules.person import PersonFields
from rules.referral_form import ReferralFields, check_referral
from rules.texts import N_
from rules.uploads import UploadType, check_upload, safe_display_name
from services import accounts, people, referral_check, referrals
from services.drafts import GUARDIAN, Upload
from services.file_changes import FileChanges
from services.people import LookUp
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
    together: bool = False,
    skip_faulty: bool = False,
    screen: str,
    base_url: str,
    by: Actor,
    at: datetime,
) -> list[Filed | RuleBroken]:
    """What became of each, in order; a refusal among `applications` stays one. With a refusal among them none is written, or with `skip_faulty` the others.

    Refusals are handed back and not raised, lest the trace of the look-ups go with the transaction. `key` is the sender's
    own name of this request. `together`: looked up as a batch, which has the batch's limit. `screen`: for the trail.
    Raises `TooMany` when the look-ups exceed what one user has, `NotFound` without permission.
    """
    if not by.may(Permission.REFERRAL_SUBMIT) or by.unit_id is None:
        raise NotFound(people.NO_PERSON)
    accounts.take_turn(session, by.user_id)
    found = _without_doubles([_checked(session, each, today=local_date(at)) for each in applications])
    find = _look_up_together if together else _look_up_each
    asked = [each for each in found if isinstance(each, _Checked)]
    known = find(session, [each.person for each in asked], screen=screen, by=by, at=at)
    found = [each if isinstance(each, RuleBroken) else _against(known, each) for each in found]
    if not skip_faulty and any(isinstance(each, RuleBroken) for each in found):
        return [each if isinstance(each, RuleBroken) else _not_written() for each in found]
    good = [each for each in found if isinstance(each, _Checked)]
    persons = _save_persons(session, good, by=by, at=at)
    return [
        each
        if isinstance(each, RuleBroken)
        else _write(
            session,
            files,
            each,
            persons[each.person.national_id],
            key=_row_key(key, row, by),
            base_url=base_url,
            by=by,
            at=at,
        )
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


def _look_up_each(
    session: AnySession, told: Sequence[PersonFields], *, screen: str, by: Actor, at: datetime
) -> Mapping[str, LookUp]:
    return {
        each.national_id: people.look_up(
            session, name=each.name, national_id=each.national_id, screen=screen, by=by, at=at
        )
        for each in told
    }


def _look_up_together(
    session: AnySession, told: Sequence[PersonFields], *, screen: str, by: Actor, at: datetime
) -> Mapping[str, LookUp]:
    numbers = [inspect(each.national_id) for each in told]
    found = people.look_up_together(session, numbers, screen=screen, ground=people.GROUND, by=by, at=at)
    return {each.national_id: people.fitting(found.get(each.national_id), each.name) for each in told}


def _against(known: Mapping[str, LookUp], each: _Checked) -> _Checked | RuleBroken:
    found = known[each.person.national_id]
    if found.refusal:
        return Faults([FieldFault("national_id", found.refusal.template)])
    if found.person is None:
        return each
    unsaid = {
        name: getattr(found.person, name) for name in OPTIONAL_PHONES if name not in each.application.raw
    }
    return replace(each, known=found.person, person=replace(each.person, **unsaid))


def _save_persons(
    session: AnySession, checked: Sequence[_Checked], *, by: Actor, at: datetime
) -> Mapping[str, Person]:
    """By number. In the order of `batch_write`, whatever the rows' is: known ones by id, then new ones by hash, so that
    two batches about the same people never wait for each other."""
    known = {each.known.id: (each.known.version, each.person) for each in checked if each.known}
    new = {KEYS.search_hash(each.person.national_id): each.person for each in checked if not each.known}
    saved = [
        people.update(session, person_id, fields, opened_version=version, by=by, at=at)
        for person_id, (version, fields) in sorted(known.items())
    ]
    for _digest, fields in sorted(new.items()):
        added = people.add(session, fields, by=by, at=at)
        if added is None:  # registered by somebody else since we looked: sent again, it is seen
            raise StaleVersion(N_("此筆資料剛被其他人修改,請重新整理後再試一次。"))
        saved.append(added)
    return {person.national_id: person for person in saved}


def _write(
    session: AnySession,
    files: FileChanges,
    each: _Checked,
    person: Person,
    *,
    key: str,
    base_url: str,
    by: Actor,
    at: datetime,
) -> Filed:
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
