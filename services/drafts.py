"""The unsent referral form of one user: it survives a lost session and remembers whom the user looked up.

The key comes with the form and becomes that of the referral. A form left open in another window has an
old key and can neither overwrite the draft nor send it again. A returned referral that is corrected has a form
of its own (`referral_id`), which `services.resubmission` begins.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, select

from models.person import Person
from models.referral import Attachment, Referral, ReferralDraft
from rules import roc_dates
from rules.actor import Actor
from rules.errors import AlreadyDone, NotFound, StaleVersion
from rules.permissions import Permission
from rules.texts import N_
from rules.uploads import check_upload, safe_display_name
from services import accounts
from services.file_changes import FileChanges
from services.transaction import AnySession

CONSENT, GUARDIAN = "consent", "guardian"
KINDS = (CONSENT, GUARDIAN)

_GONE = N_("找不到這個檔案,可能已移除。")
NOT_IN_HAND = N_("這次的補正已在另一個視窗送出或取消。請回轉介單查看目前的狀態。")

Typed = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Draft:
    """`person_id` and `person_version`: the person as looked up or registered; only the server sets them.

    Of a correction: the referral with the version that was opened, its date, and the files it has already.
    """

    id: int
    key: str
    saved_at: datetime
    typed: dict[str, Any]
    person_id: int | None = None
    person_version: int = 0
    files: dict[str, Attachment] = field(default_factory=dict)
    referral_id: int | None = None
    opened_version: int = 0
    referral_date: date | None = None
    kept: dict[str, Attachment] = field(default_factory=dict)

    @property
    def kinds(self) -> set[str]:
        """Of the files that the referral would have if it was sent now."""
        return {*self.files, *self.kept}


@dataclass(frozen=True)
class Upload:
    """`content`: of a longer file one byte more than is allowed is enough."""

    kind: str
    name: str
    content: bytes


def load(session: AnySession, *, by: Actor, referral_id: int | None = None) -> Draft | None:
    """The user's form of a new referral, or of the returned one."""
    row = session.scalars(_in_hand(by, referral_id)).one_or_none()
    return read(session, row) if row else None


def save(
    session: AnySession,
    key: str,
    typed: Typed,
    *,
    by: Actor,
    at: datetime,
    referral_id: int | None = None,
) -> Draft:
    """Keeps what was typed, checked or not.

    Raises `AlreadyDone` when the form was sent, `StaleVersion` when the user has another one in hand, `NotFound` when
    it is somebody else's.
    """
    row = _own(session, key, by=by, at=at, referral_id=referral_id)
    _write(row, {**json.loads(row.form), "typed": dict(typed)}, at)
    session.flush()
    return read(session, row)


def choose_person(session: AnySession, key: str, person: Person, *, by: Actor, at: datetime) -> Draft:
    """The form is about this person from now on, and filled with what is known of him."""
    row = _own(session, key, by=by, at=at)
    held = json.loads(row.form)
    held["person"] = {"id": person.id, "version": person.version}
    held["typed"] = {**held["typed"], **known_fields(person)}
    _write(row, held, at)
    session.flush()
    return read(session, row)


def claim(session: AnySession, key: str, *, by: Actor, at: datetime) -> None:
    """The form is the user's and not yet sent: to be known before anything is looked up for it. Raises as `save` does."""
    _own(session, key, by=by, at=at)


def forget_person(session: AnySession, key: str, *, by: Actor, at: datetime) -> None:
    """After a look-up that found nobody: the form is about no one, whatever was looked up before."""
    row = _own(session, key, by=by, at=at)
    held = json.loads(row.form)
    held.pop("person", None)
    _write(row, held, at)
    session.flush()


def renew_person(
    session: AnySession, key: str, *, by: Actor, at: datetime, referral_id: int | None = None
) -> Draft:
    """The form is about the person as he is stored now, and keeps what was typed: for whom the difference is shown."""
    row = _own(session, key, by=by, at=at, referral_id=referral_id)
    held = json.loads(row.form)
    person = session.get_one(Person, held["person"]["id"], populate_existing=True)
    held["person"] = {"id": person.id, "version": person.version}
    _write(row, held, at)
    session.flush()
    return read(session, row)


def known_fields(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "national_id": person.national_id,
        "birthday": roc_dates.show_birthday(person.birthday),
        "phone": person.phone,
        "home_phone": person.home_phone or "",
        "other_phone": person.other_phone or "",
        "address": person.address,
        "postal_code": person.postal_code,
    }


def put_file(
    session: AnySession,
    files: FileChanges,
    key: str,
    upload: Upload,
    *,
    by: Actor,
    at: datetime,
    referral_id: int | None = None,
) -> Attachment:
    """Takes the place of the former file of this kind. Raises the sentence that names the file."""
    if upload.kind not in KINDS:
        raise NotFound(_GONE)
    found = check_upload(upload.name, upload.content)
    row = _own(session, key, by=by, at=at, referral_id=referral_id)
    for former in _files(session, row.id):
        if former.kind == upload.kind:
            drop(session, files, former)
    attachment = Attachment(
        draft_id=row.id,
        kind=upload.kind,
        name=safe_display_name(upload.name),
        extension=found.value,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        storage_name=files.save(upload.content),
        uploaded_at=at,
        uploaded_by_id=by.user_id,
    )
    session.add(attachment)
    session.flush()
    return attachment


def remove_file(session: AnySession, files: FileChanges, attachment_id: int, *, by: Actor) -> None:
    """Raises `NotFound` for a file of anybody else's draft, and of a referral that is sent."""
    accounts.take_turn(session, by.user_id)
    attachment = session.scalars(
        select(Attachment)
        .join(ReferralDraft, ReferralDraft.id == Attachment.draft_id)
        .where(Attachment.id == attachment_id, ReferralDraft.user_id == by.user_id)
    ).one_or_none()
    if attachment is None:
        raise NotFound(_GONE)
    drop(session, files, attachment)


def discard(session: AnySession, files: FileChanges, *, by: Actor, referral_id: int | None = None) -> None:
    accounts.take_turn(session, by.user_id)
    draft = load(session, by=by, referral_id=referral_id)
    if draft is not None:
        remove_with_files(session, files, draft)


def discard_old(session: AnySession, files: FileChanges, *, before: datetime) -> int:
    """What nobody has touched since; gives the number of drafts. Locks them: who saves one at this moment keeps it."""
    old = select(ReferralDraft).where(ReferralDraft.saved_at < before).order_by(ReferralDraft.id)
    rows = session.scalars(old.with_for_update(skip_locked=True)).all()
    for row in rows:
        for attachment in _files(session, row.id):
            drop(session, files, attachment)
        session.delete(row)
    session.flush()
    return len(rows)


def remove_with_files(session: AnySession, files: FileChanges, draft: Draft) -> None:
    for attachment in draft.files.values():
        drop(session, files, attachment)
    remove(session, draft)


def remove(session: AnySession, draft: Draft) -> None:
    """The row only: its files have gone over to the referral."""
    session.execute(delete(ReferralDraft).where(ReferralDraft.id == draft.id))


def _own(
    session: AnySession, key: str, *, by: Actor, at: datetime, referral_id: int | None = None
) -> ReferralDraft:
    """The user's draft with this key, made if there is none; a correction has been begun before."""
    if not by.may(Permission.REFERRAL_SUBMIT):
        raise NotFound(_GONE)
    accounts.take_turn(session, by.user_id)
    wanted = _in_hand(by, referral_id).execution_options(populate_existing=True)
    row = session.scalars(wanted).one_or_none()
    if row is not None and row.submission_key == key:
        return row
    if referral_id is not None:
        raise StaleVersion(NOT_IN_HAND)
    if session.scalar(select(Referral.id).where(Referral.submission_key == key)) is not None:
        raise AlreadyDone(N_("這份轉介單已經送出,不會再存成草稿。"))
    if row is not None:
        raise StaleVersion(N_("您在另一個視窗有尚未送出的轉介單,請先在那裡送出或取消,再重新整理本頁。"))
    if session.scalar(select(ReferralDraft.id).where(ReferralDraft.submission_key == key)) is not None:
        raise NotFound(_GONE)
    row = ReferralDraft(
        user_id=by.user_id, form=packed({"typed": {}}), submission_key=str(uuid.UUID(key)), saved_at=at
    )
    session.add(row)
    session.flush()
    return row


def _in_hand(by: Actor, referral_id: int | None) -> Select[ReferralDraft]:
    return select(ReferralDraft).where(
        ReferralDraft.user_id == by.user_id, ReferralDraft.referral_id.is_not_distinct_from(referral_id)
    )


def _write(row: ReferralDraft, held: dict[str, Any], at: datetime) -> None:
    row.form, row.saved_at = packed(held), at


def packed(held: dict[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False)


def read(session: AnySession, row: ReferralDraft) -> Draft:
    held = json.loads(row.form)
    person = held.get("person") or {}
    referral = session.get_one(Referral, row.referral_id) if row.referral_id else None
    return Draft(
        id=row.id,
        key=row.submission_key,
        saved_at=row.saved_at,
        typed=held["typed"],
        person_id=person.get("id"),
        person_version=person.get("version", 0),
        files={attachment.kind: attachment for attachment in _files(session, row.id)},
        referral_id=row.referral_id,
        opened_version=held.get("opened", 0),
        referral_date=referral.referral_date if referral else None,
        kept={attachment.kind: attachment for attachment in referral.attachments} if referral else {},
    )


def _files(session: AnySession, draft_id: int) -> list[Attachment]:
    return list(session.scalars(select(Attachment).where(Attachment.draft_id == draft_id)))


def drop(session: AnySession, files: FileChanges, attachment: Attachment) -> None:
    files.drop(attachment.storage_name)
    session.delete(attachment)
    session.flush()
