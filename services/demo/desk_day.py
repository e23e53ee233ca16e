"""A day at a demo centre's front desk, told with the services of the application: who arrives, and what the counters do.

Things happen in the order of their times, as in life: an officer calls the next of the queue when his hands are free. What
lies beyond the end of the story is left as it stands: somebody waits, somebody is being served.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy import select

from models.account import Account
from models.desk_rules import BusinessType
from models.visit import Visit
from reports.appointments import next_free
from rules.actor import Actor
from rules.desk import Disability, DisabilityEvidence, Kind, Outcome
from rules.refusals import Ground
from rules.visit_flow import State
from services import accounts, counter, notices, reception
from services.counter import NextTime
from services.demo.teller import key
from services.reception import CheckIn
from services.transaction import AnySession

OUTCOMES: Mapping[str, tuple[Outcome, ...]] = {
    Kind.JOB_SEEKING: (Outcome.REGISTERED, Outcome.REFERRED, Outcome.REFERRED, Outcome.CONSULTED),
    Kind.BENEFIT: (Outcome.BENEFIT_HANDLED, Outcome.BENEFIT_HANDLED, Outcome.INCOMPLETE),
    Kind.TRAINING: (Outcome.TRAINING_ADVISED, Outcome.CONSULTED),
    Kind.EMPLOYER: (Outcome.EMPLOYER_SERVED,),
}
MATERIALS = ("身分證、存摺影本", "離職證明書", "履歷表", "")
REFUSED_BECAUSE = "印表機故障,維修人員處理中,民眾同意由其他櫃台服務。"
NOT_COME = "叫號三次未到,大廳也找不到人。"


class Fate(StrEnum):
    """What happens when the visitor is called."""

    SERVED = "served"
    REFUSED = "refused"
    COMES_LATE = "comes_late"
    GONE = "gone"
    BOOKED = "booked"


@dataclass(frozen=True)
class Arrival:
    """`letter` of the business type; `minutes` of service. Without a person it is an employer, or somebody without papers."""

    letter: str
    person_id: int | None = None
    visitor: str = ""
    minutes: int = 12
    fate: Fate = Fate.SERVED
    identities: tuple[int, ...] = ()
    disability: Disability = Disability.NONE
    section: str = ""
    volunteer: str = ""
    comes_again: bool = False


class Staff:
    """The people of the front desk as actors, and the business types by letter."""

    def __init__(self, session: AnySession, unit_id: int) -> None:
        self.unit_id = unit_id
        members = session.scalars(select(Account).where(Account.unit_id == unit_id)).all()
        self._by_name = {account.username: actor_of(session, account) for account in members}
        self._by_id = {actor.user_id: actor for actor in self._by_name.values()}
        types = session.scalars(select(BusinessType).where(BusinessType.unit_id == unit_id)).all()
        self.types = {each.letter: each.id for each in types}
        self.kinds = {each.id: each.kind for each in types}

    def named(self, username: str) -> Actor:
        return self._by_name[username]

    def officer(self, account_id: int) -> Actor:
        return self._by_id[account_id]


def actor_of(session: AnySession, account: Account) -> Actor:
    granted = accounts.grants(session, account.id).permissions
    return Actor(account.id, account.get_full_name(), account.unit_id, granted)


class Day:
    """`name` makes the keys of its forms; `pace` below 1 shortens what takes time, for a story that begins after midnight."""

    def __init__(
        self,
        session: AnySession,
        staff: Staff,
        random: Random,
        name: str,
        *,
        until: datetime,
        pace: float = 1.0,
    ) -> None:
        self.session, self.staff, self.random, self.name = session, staff, random, name
        self.until, self.pace = until, pace
        self.visits: list[int] = []
        self._events: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._order = itertools.count()
        self._busy: set[int] = set()
        self._plans: dict[int, Arrival] = {}
        self._fates: dict[int, Fate] = {}

    def at(self, moment: datetime, step: Callable[[datetime], object]) -> None:
        """`step` is done at this moment, with it as argument."""
        heapq.heappush(self._events, (moment, next(self._order), step))

    def arrive(self, moment: datetime, arrival: Arrival) -> None:
        self.at(moment, lambda at: self._check_in(arrival, at))

    def run(self) -> None:
        while self._events and self._events[0][0] <= self.until:
            moment, _order, step = heapq.heappop(self._events)
            step(moment)

    def read(self, by: Actor, at: datetime) -> None:
        """知道了 on what was told to this officer himself."""
        for notice in notices.unread(self.session, by):
            if notice.to_id == by.user_id:
                notices.acknowledge(self.session, notice.id, by=by, at=at)

    def _check_in(self, arrival: Arrival, at: datetime) -> None:
        confirmed = arrival.disability is Disability.CONFIRMED
        data = CheckIn(
            business_type_id=self.staff.types[arrival.letter],
            submission_key=key(f"{self.name}-{len(self.visits)}"),
            person_id=arrival.person_id,
            visitor=arrival.visitor,
            identities=arrival.identities,
            disability=arrival.disability,
            disability_evidence=DisabilityEvidence.HANDBOOK if confirmed else None,
            section=arrival.section,
            volunteer=arrival.volunteer,
        )
        visit = reception.check_in(self.session, data, by=self.staff.named("reception"), at=at)
        self.visits.append(visit.id)
        self._plans[visit.id], self._fates[visit.id] = arrival, arrival.fate
        self._look(visit.officer_id, at)

    def _look(self, officer_id: int | None, at: datetime) -> None:
        """An officer whose hands are free calls the next one within a minute or so."""
        if officer_id is None or officer_id in self._busy:
            return
        self._busy.add(officer_id)
        self.at(self._after(at, 0.4 + self.random.random()), lambda then: self._call(officer_id, then))

    def _call(self, officer_id: int, at: datetime) -> None:
        by = self.staff.officer(officer_id)
        visit = self._next(officer_id)
        if visit is None:
            self._busy.discard(officer_id)
            return
        fate, self._fates[visit.id] = self._fates.get(visit.id, Fate.SERVED), Fate.SERVED
        if fate is Fate.REFUSED:
            self._refuse(visit, by, at)
            return
        counter.call(self.session, visit.id, by=by, at=at)
        follow = {
            Fate.COMES_LATE: self._wait_again,
            Fate.GONE: self._give_up,
            Fate.BOOKED: self._book,
        }.get(fate, self._start)
        visit_id = visit.id
        self.at(self._after(at, 1.5 + 2 * (fate is not Fate.SERVED)), lambda then: follow(visit_id, by, then))

    def _next(self, officer_id: int) -> Visit | None:
        return self.session.scalars(
            select(Visit)
            .where(
                Visit.unit_id == self.staff.unit_id,
                Visit.officer_id == officer_id,
                Visit.state == State.WAITING.value,
            )
            .order_by(Visit.queue_from, Visit.id)
            .limit(1)
        ).first()

    def _start(self, visit_id: int, by: Actor, at: datetime) -> None:
        counter.start(self.session, visit_id, by=by, at=at)
        self.read(by, at)
        minutes = self._plans[visit_id].minutes if visit_id in self._plans else 12
        self.at(self._after(at, minutes), lambda then: self.end(visit_id, by, then))

    def end(self, visit_id: int, by: Actor, at: datetime) -> None:
        """服務結束, unless the story has ended it earlier."""
        visit = self.session.get_one(Visit, visit_id)
        if visit.state != State.SERVING:
            return
        outcome = self.random.choice(OUTCOMES[self.staff.kinds[visit.business_type_id]])
        counter.end(
            self.session,
            visit_id,
            outcome=outcome,
            next_time=self._next_time(visit, at) if self._plans[visit_id].comes_again else None,
            by=by,
            at=at,
        )
        self._done(by.user_id, at)

    def _refuse(self, visit: Visit, by: Actor, at: datetime) -> None:
        decision = counter.refuse(
            self.session, visit.id, ground=Ground.EQUIPMENT, explanation=REFUSED_BECAUSE, by=by, at=at
        )
        self._done(by.user_id, at)
        self._look(decision.officer_id, at)

    def _wait_again(self, visit_id: int, by: Actor, at: datetime) -> None:
        counter.call_again(self.session, visit_id, by=by, at=at)
        counter.no_show(self.session, visit_id, left=False, by=by, at=self._after(at, 1))
        self._done(by.user_id, self._after(at, 1))

    def _give_up(self, visit_id: int, by: Actor, at: datetime) -> None:
        counter.call_again(self.session, visit_id, by=by, at=at)
        gone = self._after(at, 1)
        counter.no_show(self.session, visit_id, left=True, reason=NOT_COME, by=by, at=gone)
        self._done(by.user_id, gone)

    def _book(self, visit_id: int, by: Actor, at: datetime) -> None:
        when = self._next_time(self.session.get_one(Visit, visit_id), at)
        if when is None:
            self._start(visit_id, by, at)
            return
        counter.book(
            self.session,
            visit_id,
            starts_at=when.starts_at,
            key=when.key,
            material=when.material,
            by=by,
            at=at,
        )
        self._done(by.user_id, at)

    def _done(self, officer_id: int, at: datetime) -> None:
        self._busy.discard(officer_id)
        self._look(officer_id, at)

    def _next_time(self, visit: Visit, at: datetime) -> NextTime | None:
        """A free slot of the officer some days from now; none for who has no papers."""
        if visit.person_id is None or visit.officer_id is None:
            return None
        after = at + timedelta(days=self.random.randint(1, 8))
        free = next_free(self.session, self.staff.unit_id, visit.officer_id, after, 8)
        if not free:
            return None
        chosen = self.random.choice(free)
        return NextTime(chosen.starts_at, key(f"{self.name}-{visit.id}-again"), self.random.choice(MATERIALS))

    def _after(self, at: datetime, minutes: float) -> datetime:
        return at + timedelta(seconds=round(60 * minutes * self.pace))
