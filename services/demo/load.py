"""The large world: as many referrals as wanted over five years, at every centre, the same again for the same seed.

Each batch is whole in itself, so that a load that was broken off leaves a consistent database; another one adds to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from models.case import Case, ServiceRecord
from models.crypto import KEYS
from models.person import Person
from models.referral import Referral
from rules.names import suffixes
from rules.routing import Basis
from services.demo import bulk, courses, network
from services.demo.course_rows import CourseRows, moment
from services.demo.ledger import Ledger
from services.demo.people import MAN, RESIDENT_WOMAN, WOMAN, Population, scattered
from services.demo.roads import Road, roads
from services.demo.situations import LONG_BRIEF, SITUATIONS
from services.transaction import AnySession

BATCH = 5_000
# One referral in ten is about somebody who was referred before.
KNOWN_SHARE = 0.1
SHORT_SITUATIONS = tuple(each for each in SITUATIONS if each.brief != LONG_BRIEF)
_IDS = (Person, Referral, Case, ServiceRecord)


class LargeWorld:
    """`batches` gives the work in parts; `write` each in a transaction of its own, then `finish`."""

    def __init__(self, session: AnySession, *, referrals: int, seed: int, today: date) -> None:
        self._referrals, self._seed = referrals, seed
        self._yesterday = today - timedelta(days=1)
        all_roads = list(roads(session))
        counties = sorted({road.city for road in all_roads})
        self._network = network.build(session, Random(f"{seed} offices"), counties, referrals=referrals)
        served = self._network.route
        self._roads: list[tuple[Road, str, int]] = [
            (road, *found)
            for road in all_roads
            if (found := served(road.code)) and road.city in self._network.referring
        ]
        self._ledger = Ledger()
        self._person_id, self._referral_id, case_id, record_id = (
            bulk.next_id(session, model.__table__) for model in _IDS
        )
        self._first_person_id = self._person_id
        self._rows = CourseRows(self._ledger, case_id=case_id, record_id=record_id)
        self._taken = set(session.scalars(select(Person.national_id_hash)))
        self._homes: list[tuple[str, str, int, str]] = []
        self.written = 0

    def batches(self) -> Iterator[range]:
        for first in range(0, self._referrals, BATCH):
            yield range(first, min(first + BATCH, self._referrals))

    def write(self, session: AnySession, batch: range) -> int:
        """Gives the number of referrals written."""
        random = Random(f"{self._seed} {batch.start}")
        population = Population(random)
        for number in batch:
            self._one(random, population, courses.filing_day(number, self._referrals, self._yesterday))
        self.written += bulk.write(session, self._ledger.all())
        return len(batch)

    def finish(self, session: AnySession) -> None:
        bulk.settle(session, [rows.table for rows in self._ledger.all() if "id" in rows.table.c])

    def _one(self, random: Random, population: Population, filed: date) -> None:
        situation = random.choice(SHORT_SITUATIONS)
        if self._homes and random.random() < KNOWN_SHARE:
            known = random.randrange(len(self._homes))
            person_id, (code, prefix, unit_id, county) = self._first_person_id + known, self._homes[known]
        else:
            person_id = self._person_id
            road, prefix, unit_id = random.choice(self._roads)
            code, county = road.code, road.city
            self._homes.append((code, prefix, unit_id, county))
            self._add_person(population, road, situation.ages, filed)
        office = random.choice(self._network.referring[county])
        sender, sender_name = random.choice(office.staff)
        course = courses.draw(random, filed, self._yesterday)
        referral_id = self._referral_id
        self._referral_id += 1
        sent_at = moment(filed, 1, random)
        self._ledger.referrals.add(
            referral_id, person_id, office.unit_id, unit_id, Basis.POSTAL_CODE.value, prefix, code, filed.isoformat(),
            sent_at, sender, course.state.value, situation.other, _secret(situation.brief), _secret(situation.expectation),
            sent_at, f"load-{referral_id}", 1,
        )  # fmt: skip
        for indicator in situation.indicators:
            self._ledger.indicators.add(referral_id, indicator)
        for identity in situation.identities:
            self._ledger.identities.add(referral_id, identity)
        self._rows.add(
            random, course, referral_id, (sender, sender_name), self._network.receiving[unit_id], sent_at
        )

    def _add_person(self, population: Population, road: Road, ages: tuple[int, int], filed: date) -> None:
        random, person_id = population.random, self._person_id
        self._person_id += 1
        second = RESIDENT_WOMAN if random.random() < 0.02 else random.choice((MAN, WOMAN))
        person = population.draw(road, serial=scattered(person_id), today=filed, ages=ages, second=second)
        number, hashed = person.national_id, KEYS.search_hash(person.national_id)
        if hashed in self._taken:  # somebody registered by hand
            return self._add_person(population, road, ages, filed)
        self._ledger.persons.add(
            person_id, hashed, _secret(number), "resident_new" if second == RESIDENT_WOMAN else "national", person.name,
            "M" if second == MAN else "F", person.birthday.isoformat(), _secret(person.phone),
            _secret(person.home_phone) if person.home_phone else None, _secret(person.address), person.postal_code,
            1, None, None, "",
        )  # fmt: skip
        for suffix in suffixes(person.name):
            self._ledger.suffixes.add(suffix, person_id)
        return None


def _secret(text: str) -> bytes:
    return KEYS.encrypt(text.encode())
