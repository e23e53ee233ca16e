"""督導認可: where an officer cannot confirm the tally's number, or honestly counts otherwise, the supervisor lets it stand.

The officer's own count stays as it is; who, when and why stand on the sheet. 櫃台 rule 十六.
"""

from __future__ import annotations

from datetime import date, datetime

from models.tally import TallyAcceptance
from reports.tally_standing import UNSETTLED, Standing
from rules.actor import Actor
from rules.errors import AlreadyDone, RuleBroken
from rules.permissions import Permission
from rules.texts import N_, check_line
from services.tally import NOTE_LIMIT, begin, officers_of, refuse_approved
from services.transaction import AnySession

NOTHING_TO_ACCEPT = N_("這個櫃台不需要認可，請看最新的量表。")
ACCEPTED_BY = N_("這個櫃台的件數已由 %(who)s 認可。")
NO_REASON = N_("請填寫認可的原因，例如「已離職，依到訪紀錄核對」。")


def accept(
    session: AnySession, day: date, officer_id: int, *, reason: str, by: Actor, at: datetime
) -> TallyAcceptance:
    """Holds until there are more cases or the officer counts anew. Raises `FieldFault` at `reason`."""
    now = begin(session, Permission.TALLY_APPROVE, day, by, at)
    assert by.unit_id is not None
    refuse_approved(session, day, by)
    found = next((each for each in officers_of(session, now, by) if each.officer_id == officer_id), None)
    if found is not None and found.standing is Standing.ACCEPTED and found.acceptance is not None:
        raise AlreadyDone(ACCEPTED_BY, who=found.acceptance.by_name)
    if found is None or found.standing not in UNSETTLED:
        raise RuleBroken(NOTHING_TO_ACCEPT)
    row = TallyAcceptance(
        unit_id=by.unit_id,
        day=day,
        officer_id=officer_id,
        standing=found.standing.value,
        reported=found.confirmation.reported if found.confirmation else None,
        counted={str(key): number for key, number in now.of_officer(officer_id).items()},
        reason=check_line(reason, field="reason", limit=NOTE_LIMIT, missing=NO_REASON),
        at=at,
        by_id=by.user_id,
        by_name=by.name,
    )
    session.add(row)
    session.flush()
    return row
