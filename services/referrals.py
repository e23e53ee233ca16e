"""Submission: a form becomes a referral, routed, with its files, a timeline entry and a mail to the unit.

However often the form is sent, its key makes one referral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from models.codes import CodeItem, Identity, Indicator
from models.organisation import Unit
from models.person import Person
from models.referral import Attachment, Referral
from models.timeline import TimelineEntry
from reports import mails
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import FieldFault, NotFound, StaleVersion
from rules.identities import needs_guardian_document
from rules.names import mask_name
from rules.permissions import Permission
from rules.person import PersonFields
from rules.referral_flow import State
from rules.referral_form import ReferralFields
from rules.routing import Routing
from rules.texts import N_
from services import accounts, drafts, people, postal, routing
from services.correspondence import write_to_supervisors
from services.file_changes import FileChanges
from services.timeline import entry_values
from services.transaction import AnySession

Item = TypeVar("Item", bound=CodeItem)

SUBMIT = "submit"
UNFINISHED = (State.SUBMITTED, State.OPEN)
NOBODY_CHOSEN = N_("請先輸入姓名與身分證字號並按「查詢」,確認或新增個案基本資料。")


@dataclass(frozen=True)
class Submitted:
    """`first` is False when the same form had been sent before."""

    referral: Referral
    first: bool


def submit(
    session: AnySession,
    files: FileChanges,
    *,
    key: str,
    person: PersonFields,
    fields: ReferralFields,
    base_url: str,
    by: Actor,
    at: datetime,
) -> Submitted:
    """Sends the actor's draft with this key: its person, looked up or registered before, and its files.

    Raises `FieldFault`, `StaleVersion` when somebody changed the person meanwhile, `NotFound` without the
    permission or for a form of somebody else.
    """
    _require(by)
    accounts.take_turn(session, by.user_id)
    if known := sent_with(session, key, by=by):
        return Submitted(known, first=False)
    draft = drafts.load(session, by=by)
    if draft is None or draft.key != key:
        raise StaleVersion(N_("這份表單已在另一個視窗取消,沒有送出。請重新整理後再填寫。"))
    chosen = chosen_person(session, draft, person.national_id)
    check_guardian(draft, person.birthday, local_date(at))
    attachments = _attachments(session, files, draft, person.birthday, local_date(at))
    saved = people.update(session, chosen.id, person, opened_version=draft.person_version, by=by, at=at)
    referral = create(session, saved, fields, key=key, base_url=base_url, by=by, at=at)
    for attachment in attachments:
        attachment.draft_id, attachment.referral_id = None, referral.id
    session.flush()
    drafts.remove(session, draft)
    return Submitted(referral, first=True)


def create(
    session: AnySession,
    person: Person,
    fields: ReferralFields,
    *,
    key: str,
    base_url: str,
    by: Actor,
    at: datetime,
) -> Referral:
    """The referral alone, of whatever form: for a person whose row is saved already. `key` is new."""
    _require(by)
    postal.require_code(session, person.postal_code)
    routed = routing.assign_unit(session, person.postal_code, person.address)
    referral = Referral(
        **values_of(person.id, person.postal_code, fields, routed, key=key, consent_at=at, by=by, at=at),
        person=person,
        indicators=chosen_codes(session, Indicator, fields.indicators),
        identities=chosen_codes(session, Identity, fields.identities),
    )
    session.add(referral)
    session.flush()
    unit = session.get(Unit, routed.unit_id) if routed.unit_id else None
    entry = submitted_entry(referral.id, routed, unit.name if unit else "", by=by, at=at)
    session.add(TimelineEntry(**entry))
    if unit:
        _write_to_supervisors(session, referral, unit, base_url=base_url, at=at)
    return referral


def values_of(
    person_id: int,
    postal_code: str,
    fields: ReferralFields,
    routed: Routing,
    *,
    key: str,
    consent_at: datetime,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    """The columns of a new referral, for one and for many in one statement."""
    return {
        "person_id": person_id,
        "referring_unit_id": by.unit_id,
        "receiving_unit_id": routed.unit_id,
        "routing_basis": routed.basis.value,
        "routing_prefix": routed.deciding_prefix,
        "postal_code": postal_code,
        "referral_date": local_date(at),
        "submitted_at": at,
        "submitted_by_id": by.user_id,
        "state": State.SUBMITTED.value,
        "other_identity": fields.other_identity,
        "brief": fields.brief,
        "expectation": fields.expectation,
        "consent_at": consent_at,
        "submission_key": key,
    }


def submitted_entry(
    referral_id: int, routed: Routing, unit_name: str, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """The columns of the first entry of its timeline."""
    detail = {"unit_id": routed.unit_id, "unit": unit_name, "basis": routed.basis.value}
    return entry_values(referral_id, SUBMIT, by=by, at=at, before=None, after=State.SUBMITTED, detail=detail)


def chosen_person(session: AnySession, draft: drafts.Draft, national_id: str) -> Person:
    """Raises `FieldFault` unless the number on the form is that of the person looked up or registered."""
    person = session.get(Person, draft.person_id) if draft.person_id else None
    if person is None or person.national_id != national_id:
        raise FieldFault("national_id", NOBODY_CHOSEN)
    return person


def check_guardian(draft: drafts.Draft, birthday: date, on: date) -> None:
    if needs_guardian_document(birthday, on) and drafts.GUARDIAN not in draft.kinds:
        raise FieldFault("guardian_file", "個案未滿18歲,請上傳法定監護人同意書或轉介單位相關佐證文件。")


def sent_with(session: AnySession, key: str, *, by: Actor) -> Referral | None:
    """The referral this form has become already. Another unit's key is no key."""
    found = session.scalars(select(Referral).where(Referral.submission_key == key)).one_or_none()
    if found is not None and found.referring_unit_id != by.unit_id:
        raise NotFound(people.NO_PERSON)
    return found


def open_referral_of(session: AnySession, person_id: int) -> Referral | None:
    """The newest one that is waiting for intake or being served."""
    return session.scalars(
        select(Referral)
        .where(Referral.person_id == person_id, Referral.state.in_(UNFINISHED))
        .order_by(Referral.id.desc())
        .limit(1)
    ).first()


def offered_codes(session: AnySession, model: type[CodeItem]) -> list[CodeItem]:
    return list(session.scalars(select(model).where(model.active).order_by(model.code)))


def _attachments(
    session: AnySession, files: FileChanges, draft: drafts.Draft, birthday: date, on: date
) -> list[Attachment]:
    """What goes with the referral. A guardian's document of an adult does not: it is deleted."""
    going = dict(draft.files)
    if drafts.GUARDIAN in going and not needs_guardian_document(birthday, on):
        drafts.drop(session, files, going.pop(drafts.GUARDIAN))
    return list(going.values())


def _write_to_supervisors(
    session: AnySession, referral: Referral, unit: Unit, *, base_url: str, at: datetime
) -> None:
    referring = session.get_one(Unit, referral.referring_unit_id)
    letter = mails.referral_received(
        referral_id=referral.id,
        masked_name=mask_name(referral.person.name),
        referring_unit=referring.name,
        base_url=base_url,
    )
    write_to_supervisors(
        session, referral.id, unit.id, letter, occasion=f"referral-submitted:{referral.id}", at=at
    )


def chosen_codes(session: AnySession, model: type[Item], codes: Sequence[int]) -> list[Item]:
    return list(session.scalars(select(model).where(model.code.in_(codes)))) if codes else []


def _require(by: Actor) -> None:
    if not by.may(Permission.REFERRAL_SUBMIT) or by.unit_id is None:
        raise NotFound(people.NO_PERSON)
