"""What the page of the reception is made of: the check-in, the visitor at hand, the live parts (`reception_live`).

Everything personal on it is recorded when the page is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from models.case import Case
from models.codes import Identity
from models.desk_rules import IdentityGroup
from models.person import Person
from models.scopes import detailed_cases, visits
from models.trail import Act
from models.visit import Visit
from reports import reception as watch
from reports.appointments import of_day
from reports.desk_now import counters_now, ticket
from reports.visitor_picture import DISABLED
from rules import desk as words
from rules.errors import NotFound
from rules.talking_points import WHY_A_TICKET, WHY_ONE_OFFICER
from rules.visit_flow import MOVES, STATE_TEXT, Move, State
from services import transfers
from services.judgement import picture
from services.visit_moves import NO_VISIT
from views import trail
from views.access import actor, database, now, today
from views.desk.reception_forms import Refused
from views.desk.reception_judgement import judged, nameless
from views.desk.reception_live import board, status_values, unit_with_desk
from views.desk.words import PRESENCE_TEXT, spoken


def frame(refused: Refused | None = None) -> dict[str, Any]:
    """What is on the page whoever is at hand."""
    unit_id = unit_with_desk()
    refused = refused or Refused()
    appointments = of_day(database(), unit_id, today())
    pending = transfers.pending(database(), unit_id)
    persons = {each.person_id for each in appointments} | {each.person_id for each in pending}
    if persons:
        trail.shown(sorted(persons), act=Act.LIST, ground=trail.VISIT)
    return {
        "types": watch.business_types(database(), unit_id),
        "appointments": appointments,
        "transfers": pending,
        "officers": [each for each in counters_now(database(), unit_id, now()) if each.officer_id],
        "identities": _identities(unit_id),
        "refused": refused,
        "page_faults": len(refused.faults),
        "words": words,
        "presences": PRESENCE_TEXT,
        "states": STATE_TEXT,
        "why_a_ticket": WHY_A_TICKET,
        "why_one_officer": WHY_ONE_OFFICER,
        "person": None,
        "visit": None,
        "identity": None,
        "found": None,
        "number": "",
        **board(debts=False),
    }


def person_values(person: Person) -> dict[str, Any]:
    """The decision card before the check-in."""
    trail.shown([person.id], ground=trail.VISIT)
    seen = picture(database(), person, by=actor(), at=now())
    first = next((each.business_type_id for each in seen.appointments if each.state == "booked"), None)
    return {
        "person": person,
        "picture": seen,
        "first_type": first or next(iter(seen.owners), None) or next(iter(seen.proposals), None),
        "opens": _cases_that_open([case.case_id for case in seen.cases]),
    }


def visit_values(visit: Visit) -> dict[str, Any]:
    """The card after the check-in: where to, why, and what can be done about it."""
    if visit.person_id:
        trail.shown([visit.person_id], ground=trail.VISIT)
    decision = watch.last_decision(database(), visit.id)
    seen = picture(database(), visit.person, by=actor(), at=now()) if visit.person else None
    status = status_values(visit)
    return {
        "visit": visit,
        "picture": seen,
        "ticket": ticket(visit.business_type.letter, visit.number),
        "decision": decision,
        "reason": spoken(decision.reason) if decision else "",
        "passed": [(each["counter"], spoken([each["why"]])) for each in decision.passed] if decision else [],
        "can": _can(visit, left_over=status["is_left_over"]),
        "nameless": nameless(visit),
        "judged": judged(visit),
        **status,
    }


def _can(visit: Visit, *, left_over: bool) -> set[str]:
    """The moves that the card offers. Of whom an earlier day left behind there is only to say that he has gone."""
    possible = {move for move, way in MOVES.items() if State(visit.state) in way.from_states}
    return {move.value for move in possible & ({Move.LEAVE} if left_over else set(Move))}


def visit_of(visit_id: int | None) -> Visit:
    """Raises `NotFound` for another centre's."""
    found = database().scalars(select(Visit).where(Visit.id == visit_id, visits(actor()))).first()
    if found is None:
        raise NotFound(NO_VISIT)
    return found


def _identities(unit_id: int) -> Sequence[Identity]:
    """Those that have a counter group here: others make no difference to the dispatch. Disability is asked apart."""
    return (
        database()
        .scalars(
            select(Identity)
            .join(IdentityGroup, IdentityGroup.identity_code == Identity.code)
            .where(IdentityGroup.unit_id == unit_id, Identity.active.is_(True), Identity.code != DISABLED)
            .order_by(IdentityGroup.priority, Identity.code)
        )
        .all()
    )


def _cases_that_open(ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    return set(database().scalars(select(Case.id).where(Case.id.in_(ids), detailed_cases(actor()))))
