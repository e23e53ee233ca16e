"""What a dispatch decision is made from, read from the database: a fixed number of statements, however many counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ScalarSelect, func, select

from models.account import Account
from models.desk import Counter, CounterGroup, Post
from models.desk_review import Refusal
from models.desk_rules import IdentityGroup, MassLayoffOrder, RatioShare
from models.ownership import Departure, Owner
from models.visit import Visit
from reports.debts import debts
from reports.desk_now import CounterNow, counters_now, departed
from reports.desk_waits import deputies_of, estimated_wait, usual_services, wait_limit
from rules.calendar import local_date
from rules.debt import POOL, Debts
from rules.desk import Disability, Distribution, Kind
from rules.dispatch import Candidate, Facts, Group
from rules.in_force import whole_table_in_force
from rules.texts import N_
from rules.visit_flow import TAKEN_STATES
from services.judgement import officer_by_evidence
from services.transaction import AnySession

HAS_REFUSED = N_("已說明無法接此案。")
WAITED_TOO_LONG = N_("等候過久，改請其他櫃台協助。")

Excluded = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class _Owner:
    """Whose case it is. `group_id`: where he sits, or sat last. `named_id`: who was named for the cases of one who has left
    (櫃台 rule 三)."""

    id: int | None = None
    name: str = ""
    group_id: int | None = None
    departed: bool = False
    named_id: int | None = None


def facts_of(
    session: AnySession, visit: Visit, *, at: datetime, redirected: bool = False, excluded: Excluded = ()
) -> Facts:
    """All that the decision looks at, now. Officers who refused this visit are excluded besides `excluded`.

    A visit that is `redirected` goes to the deputies of the officer who has it (接待台 rule 六), a new case too. The caller
    holds the desk.
    """
    day = local_date(at)
    business_type = visit.business_type
    owner = _owner(session, visit, day)
    stood_in_for = visit.officer_id if redirected else owner.id
    owed = debts(session, visit.unit_id, visit.business_type_id, day)
    groups = _groups(session, visit.unit_id, day, owed)
    counters = counters_now(session, visit.unit_id, at)
    return Facts(
        business_type=business_type.name,
        kind=business_type.kind,
        distribution=business_type.distribution,
        new_case=visit.new_case,
        disability=visit.disability == Disability.CONFIRMED,
        programme_groups=_programmes(session, visit),
        owner_id=owner.id,
        owner=owner.name,
        deputies=deputies_of(session, visit.unit_id, day).get(stood_in_for or 0, ()),
        departed=owner.departed,
        named_id=owner.named_id,
        appointment_with=visit.appointment.officer_id if visit.appointment else None,
        mass_layoff=_mass_layoff(session, visit.unit_id, day),
        wait_limit=wait_limit(session, visit.unit_id, day),
        redirected=redirected,
        excluded=_refused(session, visit) + excluded,
        groups=groups,
        candidates=_candidates(session, visit, counters, {group.id for group in groups}, owed, at),
        suspected=visit.disability == Disability.SUSPECTED,
        owner_group_id=owner.group_id,
    )


def _owner(session: AnySession, visit: Visit, day: date) -> _Owner:
    """Of an old case; where nobody is written down, the officer whom the evidence names."""
    if visit.new_case or visit.person_id is None:
        return _Owner()
    officer_id = session.scalar(
        select(Owner.officer_id).where(
            Owner.unit_id == visit.unit_id,
            Owner.person_id == visit.person_id,
            Owner.business_type_id == visit.business_type_id,
        )
    ) or officer_by_evidence(session, visit)
    if officer_id is None:
        return _Owner()
    name, group_id = session.execute(
        select(Account.name, _last_group(visit.unit_id, day)).where(Account.id == officer_id)
    ).one()
    if officer_id not in departed(session, visit.unit_id, day):
        return _Owner(officer_id, name or "", group_id)
    departure = session.scalars(
        select(Departure)
        .where(
            Departure.unit_id == visit.unit_id,
            Departure.officer_id == officer_id,
            Departure.left_on <= day,
        )
        .order_by(Departure.left_on.desc())
        .limit(1)
    ).one()
    benefit = departure.benefit_officer_id if visit.business_type.kind == Kind.BENEFIT else None
    return _Owner(officer_id, name or "", group_id, True, benefit or departure.successor_id)


def _last_group(unit_id: int, day: date) -> ScalarSelect[int | None]:
    """The group of the account's latest post that has begun: who is on a long leave may have none today."""
    return (
        select(Counter.group_id)
        .join(Post, Post.counter_id == Counter.id)
        .where(Post.unit_id == unit_id, Post.officer_id == Account.id, Post.starts_on <= day)
        .order_by(Post.starts_on.desc(), Post.id.desc())
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )


def _groups(session: AnySession, unit_id: int, day: date, owed: Debts) -> tuple[Group, ...]:
    """The active groups with their share of the ratio table in force."""
    table = session.scalars(select(RatioShare).where(RatioShare.unit_id == unit_id)).all()
    shares = {row.group_id: row.registrations for row in whole_table_in_force(table, day)}
    rows = session.scalars(
        select(CounterGroup)
        .where(CounterGroup.unit_id == unit_id, CounterGroup.active.is_(True))
        .order_by(CounterGroup.position, CounterGroup.id)
    )
    return tuple(
        Group(
            row.id,
            row.name,
            row.kind,
            row.takes_benefit,
            row.queue_limit,
            shares.get(row.id, 0),
            owed.group(row.id),
        )
        for row in rows
    )


def _programmes(session: AnySession, visit: Visit) -> tuple[int, ...]:
    """The groups of the visitor's identities, first priority first, each once."""
    if not visit.identities:
        return ()
    found = session.scalars(
        select(IdentityGroup.group_id)
        .where(
            IdentityGroup.unit_id == visit.unit_id, IdentityGroup.identity_code.in_(sorted(visit.identities))
        )
        .order_by(IdentityGroup.priority, IdentityGroup.identity_code)
    )
    return tuple(dict.fromkeys(found))


def _mass_layoff(session: AnySession, unit_id: int, day: date) -> bool:
    order = select(MassLayoffOrder.id).where(
        MassLayoffOrder.unit_id == unit_id, MassLayoffOrder.starts_on <= day, MassLayoffOrder.ends_on >= day
    )
    return session.scalar(order.limit(1)) is not None


def _refused(session: AnySession, visit: Visit) -> Excluded:
    officers = session.scalars(
        select(Refusal.officer_id).where(Refusal.visit_id == visit.id).distinct().order_by(Refusal.officer_id)
    )
    return tuple((officer_id, HAS_REFUSED) for officer_id in officers)


def _candidates(
    session: AnySession,
    visit: Visit,
    counters: Sequence[CounterNow],
    groups: set[int],
    owed: Debts,
    at: datetime,
) -> tuple[Candidate, ...]:
    """Every counter with an officer, whether on duty or not: the decision says why it passes over the others."""
    usual = usual_services(session, visit.unit_id, local_date(at))
    last = _last_cases(session, visit)
    pooled = visit.business_type.distribution != Distribution.RATIO
    return tuple(
        Candidate(
            officer_id=counter.officer_id,
            officer=counter.officer,
            counter_id=counter.counter_id,
            counter=counter.number,
            group_id=counter.group_id,
            presence=counter.presence,
            queue=len(counter.waiting) + (counter.called is not None),
            wait_minutes=estimated_wait(counter, usual, at),
            last_case_at=last.get(counter.officer_id, ""),
            debt=owed.officer(POOL if pooled else counter.group_id, counter.officer_id),
        )
        for counter in counters
        if counter.officer_id is not None and counter.group_id in groups
    )


def _last_cases(session: AnySession, visit: Visit) -> Mapping[int, str]:
    """When each officer last got a new case of the business type that day."""
    rows = session.execute(
        select(Visit.officer_id, func.max(Visit.dispatched_at))
        .where(
            Visit.unit_id == visit.unit_id,
            Visit.day == visit.day,
            Visit.business_type_id == visit.business_type_id,
            Visit.counted.is_(True),
            Visit.id != visit.id,
            Visit.state.in_([state.value for state in TAKEN_STATES]),
        )
        .group_by(Visit.officer_id)
    )
    return {
        officer_id: last.astimezone(UTC).isoformat()
        for officer_id, last in rows
        if officer_id is not None and last is not None
    }
