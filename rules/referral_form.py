"""What a referral says beyond the person: codes, texts, consent. Spec 1-referral §4.1."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.errors import FieldFault
from rules.gather import Gather
from rules.identities import check_identities, check_indicators
from rules.texts import check_block

MAX_TEXT = 2000


@dataclass(frozen=True)
class ReferralFields:
    indicators: tuple[int, ...] = ()
    identities: tuple[int, ...] = ()
    other_identity: str = ""
    brief: str = ""
    expectation: str = ""


def check_referral(
    raw: Mapping[str, Any], *, indicators: Collection[int], identities: Collection[int]
) -> ReferralFields:
    """`raw` has the field names of `ReferralFields` and `consent`; the collections are the codes on offer.

    Raises `Faults`.
    """
    gather = Gather()
    ticked: tuple[int, ...] = ()
    chosen: tuple[int, ...] = ()
    other = brief = expectation = ""
    with gather:
        if not raw.get("consent"):
            raise FieldFault("consent", "個資同意未勾選")
    with gather:
        ticked = check_indicators(_codes(raw, "indicators"), known=indicators)
    with gather:
        chosen, other = check_identities(
            _codes(raw, "identities"), str(raw.get("other_identity") or ""), known=identities
        )
    with gather:
        brief = check_block(str(raw.get("brief") or ""), field="brief", limit=MAX_TEXT)
    with gather:
        expectation = check_block(str(raw.get("expectation") or ""), field="expectation", limit=MAX_TEXT)
    gather.raise_any()
    return ReferralFields(ticked, chosen, other, brief, expectation)


def _codes(raw: Mapping[str, Any], field: str) -> Sequence[object]:
    typed = raw.get(field) or ()
    return typed if isinstance(typed, list | tuple) else ()
