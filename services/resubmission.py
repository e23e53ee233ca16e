"""重新送出: a returned referral is corrected by its unit and sent again, routed anew. Spec 1-referral §2.

It keeps its number and its date: the due date goes on counting from the day the person was referred.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.codes import Identity, Indicator
from models.organisation import Unit
from models.referral import Referral, ReferralDraft
from models.scopes import sent_referrals
from models.timeline import TimelineEntry
from reports import mails
from rules.actor import Actor
from rules.errors import NotFound, StaleVersion
from rules.identities import needs_guardian_document
from rules.names import mask_name
from rules.permissions import Permission
from rules.person import PersonFields
from rules.referral_flow import Move, State
from rules.referral_form import ReferralFields
from rules.texts import N_
from services import accounts, drafts, people, postal, routing
from services.correspondence import write_to_supervisors
from services.drafts import Draft
from services.file_changes import FileChanges
from services.referrals import check_guardian, chosen_codes, chosen_person
from services.retention import require_identified
from services.timeline import add_entry, change_state, refusal
from services.transaction import AnySession


class PersonChanged(StaleVersion):
    """Somebody else saved the person since the form was begun: shown what is stored now, the user may send again."""


def begin(session: AnySession, files: FileChanges, referral_id: int, *, by: Actor, at: datetime) -> Draft:
    """The referral as a form in the user's hands, filled as it was sent; begun before, it is as he left it.

    Raises `AlreadyDone` naming who has sent it again, `NotFound` outside of the actor's unit.
    """
    accounts.take_turn(session, by.user_id)
    referral = _sent(session, referral_id, by)
    if referral.state != State.RETURNED:
        raise refusal(session, referral_id, Move.RESUBMIT)
    require_identified(referral.person)
    draft = drafts.load(session, by=by, referral_id=referral_id)
    if draft is not None and draft.opened_version == referral.version:
        return draft
    if draft is not None:  # of an earlier return
        drafts.remove_with_files(session, files, draft)
    person = referral.person
    held = {
        "typed": _as_typed(referral),
        "person": {"id": person.id, "version": person.version},
        "opened": referral.version,
    }
    row = ReferralDraft(
        user_id=by.user_id,
        referral_id=referral_id,
        form=drafts.packed(held),
        submission_key=str(uuid.uuid4()),
        saved_at=at,
    )
    session.add(row)
    session.flush()
    return drafts.read(session, row)


def resubmit(
    session: AnySession,
    files: FileChanges,
    referral_id: int,
    *,
    key: str,
    person: PersonFields,
    fields: ReferralFields,
    base_url: str,
    by: Actor,
    at: datetime,
) -> Referral:
    """Sends the form with this key; the same form again finds the referral sent.

    Raises `AlreadyDone` naming who was first, `StaleVersion` when the referral changed since the form was begun,
    `PersonChanged` when the person did and `drafts.renew_person` has not been told that the user saw it, `FieldFault`, `NotFound` outside of the actor's unit.
    """
    accounts.take_turn(session, by.user_id)
    referral = _sent(session, referral_id, by)
    if was_sent_with(session, referral_id, key):
        return referral
    opened = referral.version
    before, after = change_state(session, referral_id, Move.RESUBMIT, by=by)
    draft = drafts.load(session, by=by, referral_id=referral_id)
    if draft is None or draft.key != key or draft.opened_version != opened:
        raise StaleVersion(drafts.NOT_IN_HAND)
    session.refresh(referral)
    check_guardian(draft, person.birthday, referral.referral_date)
    was = _content(referral)
    _save_person(session, draft, person, by=by, at=at)
    changed_files = _exchange_files(session, files, draft, referral, person)
    _write(session, referral, fields, at=at)
    former = referral.receiving_unit
    unit = _route(session, referral)
    content = _content(referral)
    detail: dict[str, Any] = {
        "key": key,
        "unit_id": unit.id if unit else None,
        "unit": unit.name if unit else "",
        "basis": referral.routing_basis,
        "changed": [name for name in content if content[name] != was[name]] + changed_files,
    }
    if former is not None and former is not unit:
        detail |= {"from_id": former.id, "from": former.name}
    add_entry(session, referral_id, Move.RESUBMIT, by=by, at=at, before=before, after=after, detail=detail)
    for row in session.scalars(select(ReferralDraft).where(ReferralDraft.referral_id == referral_id)):
        drafts.remove_with_files(session, files, drafts.read(session, row))
    if unit:
        _tell(session, referral, unit, base_url=base_url, at=at)
    return referral


def _sent(session: AnySession, referral_id: int, by: Actor) -> Referral:
    """The referral, locked, if it is one that the actor may correct and send."""
    referral = session.scalar(
        select(Referral)
        .where(Referral.id == referral_id, sent_referrals(by))
        .with_for_update(of=Referral)
        .execution_options(populate_existing=True)
    )
    if referral is None or not by.may(Permission.REFERRAL_SUBMIT):
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    return referral


def was_sent_with(session: AnySession, referral_id: int, key: str) -> bool:
    details = select(TimelineEntry.detail).where(
        TimelineEntry.referral_id == referral_id, TimelineEntry.move == Move.RESUBMIT
    )
    return any(detail.get("key") == key for detail in session.scalars(details))


def _as_typed(referral: Referral) -> dict[str, Any]:
    """The national ID is left out: it says whom the referral is about and cannot be corrected."""
    typed: dict[str, Any] = drafts.known_fields(referral.person)
    del typed["national_id"]
    return typed | {
        "consent": True,
        "indicators": [str(item.code) for item in referral.indicators],
        "identities": [str(item.code) for item in referral.identities],
        "other_identity": referral.other_identity,
        "brief": referral.brief,
        "expectation": referral.expectation,
    }


def _content(referral: Referral) -> Mapping[str, Any]:
    """What a correction may change, by the names that the timeline has words for."""
    return {
        **{field: getattr(referral.person, field) for field in people.LABELS},
        "indicators": [item.code for item in referral.indicators],
        "identities": ([item.code for item in referral.identities], referral.other_identity),
        "brief": referral.brief,
        "expectation": referral.expectation,
    }


def _save_person(session: AnySession, draft: Draft, fields: PersonFields, *, by: Actor, at: datetime) -> None:
    person = chosen_person(session, draft, fields.national_id)
    try:
        people.update(session, person.id, fields, opened_version=draft.person_version, by=by, at=at)
    except StaleVersion as stale:
        raise PersonChanged(
            N_(
                "個案資料在您開啟後已由 %(who)s 於 %(when)s 修改,與您填寫的不同:%(fields)s。"
                "您填寫的內容都還在,請對照後再按一次「重新送出」。"
            ),
            **stale.values,
        ) from stale


def _exchange_files(
    session: AnySession, files: FileChanges, draft: Draft, referral: Referral, person: PersonFields
) -> list[str]:
    """Gives the kinds that changed. A guardian's document of an adult does not go with the referral."""
    minor = needs_guardian_document(person.birthday, referral.referral_date)
    unwanted = set() if minor else {drafts.GUARDIAN}
    going = {kind: each for kind, each in draft.files.items() if kind not in unwanted}
    gone = {kind: each for kind, each in draft.kept.items() if kind in unwanted or kind in going}
    for former in gone.values():
        drafts.drop(session, files, former)
    for attachment in going.values():
        attachment.draft_id, attachment.referral_id = None, referral.id
    session.flush()
    session.refresh(referral, ["attachments"])
    return sorted({*going, *gone})


def _write(session: AnySession, referral: Referral, fields: ReferralFields, *, at: datetime) -> None:
    referral.indicators = chosen_codes(session, Indicator, fields.indicators)
    referral.identities = chosen_codes(session, Identity, fields.identities)
    referral.other_identity = fields.other_identity
    referral.brief = fields.brief
    referral.expectation = fields.expectation
    referral.submitted_at = at


def _route(session: AnySession, referral: Referral) -> Unit | None:
    person = referral.person
    postal.require_code(session, person.postal_code)
    routed = routing.assign_unit(session, person.postal_code, person.address)
    referral.postal_code = person.postal_code
    referral.receiving_unit = session.get(Unit, routed.unit_id) if routed.unit_id else None
    referral.routing_basis = routed.basis.value
    referral.routing_prefix = routed.deciding_prefix
    session.flush()
    return referral.receiving_unit


def _tell(session: AnySession, referral: Referral, unit: Unit, *, base_url: str, at: datetime) -> None:
    letter = mails.referral_sent_again(
        referral_id=referral.id,
        masked_name=mask_name(referral.person.name),
        referring_unit=referral.referring_unit.name,
        base_url=base_url,
    )
    occasion = f"referral-{Move.RESUBMIT}:{referral.id}:{referral.version}"
    write_to_supervisors(session, referral.id, unit.id, letter, occasion=occasion, at=at)
