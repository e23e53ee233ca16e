"""The judgement of a visit as the reception's card shows it, and as the form that corrects it begins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from models.visit import Visit
from reports.phone_checks import phone_check
from rules.desk import BASIS_TEXT, Basis, Distribution
from rules.visit_flow import MOVES, Move, State
from views.access import database, today
from views.desk.words import spoken


def judged(visit: Visit) -> dict[str, Any]:
    """What reception judged itself, and the answer on the telephone, stay chosen, lest a correction of something else take
    them back."""
    asked = phone_check(database(), visit)
    own = visit.basis == Basis.RECEPTION or visit.basis_note
    return {
        "basis": BASIS_TEXT[Basis(visit.basis)],
        "phone": spoken([asdict(asked.words)]) if asked else "",
        "chosen": ("new" if visit.new_case else "old") if own else "",
        "note": visit.basis_note,
        "asked": asked.officer_id if asked else "",
        "asked_name": asked.officer if asked else "",
        "known": ("yes" if asked.known else "no") if asked else "",
        "disability": visit.disability,
        "evidence": visit.disability_evidence,
        "identities": visit.identities,
    }


def nameless(visit: Visit) -> bool:
    """Whether 登錄身分 is still to be done: came today without papers, or is being served. An employer needs none."""
    return (
        visit.person_id is None
        and visit.business_type.distribution != Distribution.EMPLOYER
        and State(visit.state) in MOVES[Move.IDENTIFY].from_states
        and (visit.day == today() or visit.state == State.SERVING)
    )
