"""The forms of a referral and of a person checked whole, so that all faults are shown at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.codes import Identity, Indicator
from models.person import Person
from rules import national_id
from rules.errors import Faults, FieldFault, RuleBroken
from rules.gather import Gather
from rules.identities import contradictions
from rules.person import PersonFields, check_birthday, check_person, check_postal_code
from rules.referral_form import ReferralFields, check_referral
from services import drafts, postal, referrals
from services.transaction import AnySession


def with_postal_code(session: AnySession, raw: Mapping[str, Any]) -> dict[str, Any]:
    """An empty postal code is resolved from the address, as the page does when the field is left.

    Raises `Faults` 「無效的地址!!」 where the address has no single code.
    """
    address = str(raw.get("address") or "").strip()
    if str(raw.get("postal_code") or "").strip() or not address:
        return dict(raw)
    found = postal.resolve(session, address)
    if found.code is None:
        raise Faults([FieldFault("address", found.reason), FieldFault("postal_code", "無效的地址!!")])
    return {**raw, "postal_code": found.code}


def check_person_form(session: AnySession, raw: Mapping[str, Any], *, today: date) -> PersonFields:
    gather = Gather()
    completed = dict(raw)
    with gather:
        completed = with_postal_code(session, raw)
    with gather:
        fields = check_person(completed, today=today)
    with gather:
        postal.require_code(session, check_postal_code(str(completed.get("postal_code") or "")))
    _raise_any(gather)
    return fields


def check_form(
    session: AnySession, draft: drafts.Draft, raw: Mapping[str, Any], *, today: date
) -> tuple[PersonFields, ReferralFields]:
    """Besides the fields: that the person was looked up, and the guardian's document of a minor."""
    gather = Gather()
    with gather:
        person = check_person_form(session, raw, today=today)
    with gather:
        number = national_id.inspect(str(raw.get("national_id") or "")).number
        referrals.chosen_person(session, draft, number)
    with gather:
        birthday = check_birthday(str(raw.get("birthday") or ""), today=today)
        referrals.check_guardian(draft, birthday, draft.referral_date or today)
    with gather:
        fields = check_referral(
            raw,
            indicators=[item.code for item in referrals.offered_codes(session, Indicator)],
            identities=[item.code for item in referrals.offered_codes(session, Identity)],
        )
    _raise_any(gather)
    return person, fields


def warnings(
    session: AnySession, person: Person, *, birthday: date, identities: Sequence[int], on: date
) -> list[RuleBroken]:
    """What the sender confirms once: contradictions of identities, a referral not finished yet."""
    found = [
        RuleBroken(text)
        for text in contradictions(identities, birthday, person.sex, person.national_id_kind, on)
    ]
    if unfinished := unfinished_warning(session, person.id):
        found.append(unfinished)
    return found


def unfinished_warning(session: AnySession, person_id: int) -> RuleBroken | None:
    referral = referrals.open_referral_of(session, person_id)
    if referral is None:
        return None
    return unfinished_sentence(referral.id, referral.receiving_unit.name if referral.receiving_unit else None)


def unfinished_sentence(number: int, unit: str | None) -> RuleBroken:
    """`unit` is None where the referral waits for one."""
    if unit is None:
        return RuleBroken(
            "此個案已有轉介單 %(number)s 號尚未結案(待指定收案單位),請確認是否需要再次轉介。",
            number=number,
        )
    return RuleBroken(
        "此個案已有轉介單 %(number)s 號尚未結案(%(unit)s),請確認是否需要再次轉介。",
        number=number,
        unit=unit,
    )


def _raise_any(gather: Gather) -> None:
    """One sentence for each field: the first one found."""
    first = {fault.field: fault for fault in reversed(gather.faults)}
    gather.faults = [first[field] for field in dict.fromkeys(fault.field for fault in gather.faults)]
    gather.raise_any()
