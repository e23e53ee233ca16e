"""What reception confirmed of a visitor, and the columns of the visit's judgement that follow. 接待台 rules 一, 四.

Confirmed when the visitor checks in, and once more when the judgement is corrected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.codes import Identity
from models.desk_rules import BusinessType
from models.person import Person
from models.visit import Visit
from reports.desk_now import ticket
from rules.calendar import local_date
from rules.codes import check_codes
from rules.desk import Disability, DisabilityEvidence
from rules.errors import FieldFault, RuleBroken
from rules.judgement import PhoneCheck, settle
from rules.texts import N_
from rules.visit_flow import OPEN_STATES
from services.judgement import judge
from services.transaction import AnySession

NO_OFFICER = N_("沒有這位就服員，請重新選擇去電核對的對象。")
NO_ANSWER = N_("請選擇櫃台的回答：是其個案，或不是。")
ALREADY_HERE = N_("這位民眾今天的「%(business_type)s」已經報到，號碼牌 %(ticket)s，尚未結束。")
HOW_KNOWN = N_("判別為身障請選擇依據：已查看身障手冊，或就服系統身分別勾稽。若僅為疑似，請選「疑似身障」。")


@dataclass(frozen=True)
class CheckIn:
    """A check-in as reception confirmed it. `new_case` None follows the evidence; otherwise `note` says why not.

    `asked_officer_id` with `known`, the answer: the phone check. `visitor`: the name of who has no person (an employer, no
    papers).
    """

    business_type_id: int
    submission_key: str
    person_id: int | None = None
    visitor: str = ""
    new_case: bool | None = None
    note: str = ""
    asked_officer_id: int | None = None
    known: bool | None = None
    identities: tuple[int, ...] = ()
    disability: Disability = Disability.NONE
    disability_evidence: DisabilityEvidence | None = None
    section: str = ""
    volunteer: str = ""

    @property
    def answer(self) -> dict[str, Any]:
        """The phone check as the visit's history keeps it, whatever the judgement came to rest on."""
        return {"asked": self.asked_officer_id, "known": self.known} if self.asked_officer_id else {}


def judged(
    session: AnySession,
    unit_id: int,
    person: Person | None,
    business_type: BusinessType,
    data: CheckIn,
    at: datetime,
) -> dict[str, Any]:
    """The columns of the judgement, as plain values."""
    asked = _phone_check(session, unit_id, data)
    proposed = judge(session, unit_id, person, business_type, at=at, phone_check=asked)
    settled, note = settle(proposed, data.new_case, data.note)
    return {
        "new_case": settled.new_case,
        "basis": settled.basis.value,
        "basis_note": note,
        "asked_officer_id": asked.officer_id if asked else None,
        "identities": _identities(session, data.identities),
        **_disability(data),
    }


def refuse_second(
    session: AnySession, unit_id: int, person: Person, business_type: BusinessType, at: datetime
) -> None:
    """Raises `RuleBroken` with the ticket of an open visit of the same business today."""
    number = session.scalar(
        select(Visit.number).where(
            Visit.person_id == person.id,
            Visit.unit_id == unit_id,
            Visit.business_type_id == business_type.id,
            Visit.day == local_date(at),
            Visit.state.in_([state.value for state in OPEN_STATES]),
        )
    )
    if number is not None:
        raise RuleBroken(
            ALREADY_HERE, business_type=business_type.name, ticket=ticket(business_type.letter, number)
        )


def _phone_check(session: AnySession, unit_id: int, data: CheckIn) -> PhoneCheck | None:
    if data.asked_officer_id is None:
        return None
    officer = session.get(Account, data.asked_officer_id)
    if officer is None or officer.unit_id != unit_id or not officer.active:
        raise FieldFault("asked_officer_id", NO_OFFICER)
    if data.known is None:
        raise FieldFault("known", NO_ANSWER)
    return PhoneCheck(officer.id, officer.get_full_name(), data.known)


def _identities(session: AnySession, typed: Iterable[int]) -> list[int]:
    chosen = set(typed)
    if not chosen:
        return []
    offered = session.scalars(select(Identity.code).where(Identity.active.is_(True)))
    return list(check_codes(chosen, field="identities", known=offered))


def _disability(data: CheckIn) -> dict[str, Any]:
    """接待台 rule 四: confirmed only by the handbook or a system match; anything else is suspected."""
    if data.disability is not Disability.CONFIRMED:
        return {"disability": data.disability.value, "disability_evidence": None}
    if data.disability_evidence is None:
        raise FieldFault("disability_evidence", HOW_KNOWN)
    return {"disability": data.disability.value, "disability_evidence": data.disability_evidence.value}
