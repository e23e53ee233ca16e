"""The demo world: some eighty referrals around today, in every state, at three centres. Everybody in it is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random

from sqlalchemy import delete, insert, select, update

from models.organisation import ServiceArea
from models.outbox import Mail, MailState
from models.referral import Referral
from rules.calendar import local_date
from services.demo import notices
from services.demo.people import FIRST_DEMO_SERIAL, MadeUpPerson, Population
from services.demo.plots import OF_EACH_CENTRE, OF_EACH_MANAGER, OF_SOME, Plot, Stage
from services.demo.roads import Road, roads
from services.demo.situations import SITUATIONS, Situation
from services.demo.teller import Teller, key
from services.file_changes import FileChanges
from services.outbox import QUEUED_MARK
from services.transaction import AnySession

# 琉球: in the demo world nobody had decided yet who serves it when its one referral was sent.
UNDECIDED = "929"


@dataclass(frozen=True)
class Centre:
    """`code` of the receiving unit; `prefixes`: the postal codes where its people live."""

    code: str
    prefixes: tuple[str, ...]
    supervisor: str
    managers: tuple[str, ...]
    referrers: tuple[str, ...]


CENTRES = (
    Centre(
        "13",
        ("300",),
        "supervisor",
        ("manager", "manager2"),
        ("referrer2", "referrer4", "referrer", "referrer5"),
    ),
    Centre(
        "08", ("220",), "supervisor3", ("manager3", "supervisor3"), ("referrer3", "referrer", "referrer2")
    ),
    Centre(
        "17",
        ("402", "403", "407", "408"),
        "supervisor4",
        ("manager4", "supervisor4"),
        ("referrer7", "referrer6"),
    ),
)


@dataclass(frozen=True)
class Story:
    filed: date
    plot: Plot
    stage: Stage
    prefixes: tuple[str, ...]


def seed(session: AnySession, changes: FileChanges, *, at: datetime, base_url: str) -> int:
    """Gives the number of referrals told; 0 where the world stands already. Needs the cast and the reference data."""
    if session.scalar(select(Referral.id).where(Referral.submission_key == _key(0))) is not None:
        return 0
    notices.publish(session, changes, at=at)
    random = Random("接力")
    people = _Inhabitants(random, list(roads(session)))
    told = []
    for number, (story, situation) in enumerate(
        zip(_stories(local_date(at)), cycle(SITUATIONS), strict=False)
    ):
        teller = Teller(session, changes, random, _name(number), now=at, base_url=base_url)
        person = people.draw(situation, story.prefixes, story.filed)
        referral = teller.submit(person, situation, by=story.stage.referrer, on=story.filed)
        story.plot.tell(teller, referral, story.stage)
        told.append(referral.id)
    teller = Teller(session, changes, random, _name(len(told)), now=at, base_url=base_url)
    told.append(_unrouted(session, teller, people, on=local_date(at)))
    _mark_sent(session, told)
    return len(told)


def _stories(today: date) -> Sequence[Story]:
    """In the order in which they were filed, as the numbers of referrals are."""
    return sorted(_all_stories(today), key=lambda story: story.filed)


def _all_stories(today: date) -> Iterator[Story]:
    shifts = cycle(range(4))
    for number, centre in enumerate(CENTRES):
        referrers = cycle(centre.referrers)
        managers = cycle(centre.managers)

        def story(
            plot: Plot,
            manager: str,
            colleague: str,
            centre: Centre = centre,
            referrers: Iterator[str] = referrers,
        ) -> Story:
            after = CENTRES[(CENTRES.index(centre) + 1) % len(CENTRES)].code
            stage = Stage(centre.supervisor, manager, colleague, next(referrers), after, today)
            return Story(_spread(plot.filed(today), today, next(shifts)), plot, stage, centre.prefixes)

        first, second = centre.managers
        yield from (story(plot, next(managers), second) for plot in OF_EACH_CENTRE)
        yield from (story(plot, first, second) for plot in OF_EACH_MANAGER)
        yield from (story(plot, second, first) for plot in OF_EACH_MANAGER)
        yield from (story(plot, first, second) for plot in OF_SOME[number:])
        if centre.supervisor not in centre.managers:
            yield story(OF_EACH_MANAGER[0], centre.supervisor, first)


def _spread(filed: date, today: date, days: int) -> date:
    """Not everything happened on the same days at all centres; what is of this month stays where it is."""
    return filed - timedelta(days=days) if (today - filed).days > 30 else filed


class _Inhabitants:
    """Draws the people of the situations; a name that a situation wants is given once."""

    def __init__(self, random: Random, known_roads: Sequence[Road]) -> None:
        self._population = Population(random)
        self._roads = known_roads
        self._given: set[str] = set()
        self._serial = FIRST_DEMO_SERIAL + random.randrange(10_000)

    def draw(self, situation: Situation, prefixes: tuple[str, ...], filed: date) -> MadeUpPerson:
        random = self._population.random
        road = random.choice([road for road in self._roads if road.code.startswith(prefixes)])
        self._serial += 1 + random.randrange(10_000)
        name = "" if situation.name in self._given else situation.name
        self._given.add(situation.name)
        return self._population.draw(
            road,
            serial=self._serial,
            today=filed,
            ages=situation.ages,
            second=random.choice(situation.second),
            name=name,
        )


def _unrouted(session: AnySession, teller: Teller, people: _Inhabitants, *, on: date) -> int:
    """For a district that is on no list yet; the list is as before afterwards."""
    area = ServiceArea.__table__
    rows = session.execute(select(area).where(area.c.prefix == UNDECIDED)).mappings().all()
    session.execute(delete(area).where(area.c.prefix == UNDECIDED))
    situation = SITUATIONS[4]
    person = people.draw(situation, (UNDECIDED,), on)
    referral = teller.submit(person, situation, by="referrer6", on=on)
    if rows:
        session.execute(insert(area), [dict(row) for row in rows])
    return referral.id


def _mark_sent(session: AnySession, referral_ids: Sequence[int]) -> None:
    """The mails of these stories went out on their days; nobody gets a hundred of them at the first start."""
    session.execute(
        update(Mail)
        .where(Mail.referral_id.in_(referral_ids), Mail.state == MailState.QUEUED)
        .values(state=MailState.SENT, tries=1, sent_at=Mail.queued_at)
        .execution_options(synchronize_session=False)
    )
    session.info.pop(QUEUED_MARK, None)


def _name(number: int) -> str:
    return f"demo-{number}"


def _key(number: int) -> str:
    return key(_name(number))
