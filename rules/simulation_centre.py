"""A made-up centre and its month: counters, who is away when, slow counters, who comes with what. The same seed, the same month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from rules.desk import Distribution, GroupKind, Kind
from rules.dispatch_facts import Group

DAY = 24 * 60
HALVES = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))  # the working hours (櫃台 rule 四), in minutes of the day
USUAL_MINUTES = 20
_NO_DEBT = Fraction()
MOST_DAYS = 22
SHARES = (1, 1, 2, 3, 5, 10, 20, 40)
SUSPECTED = 0.15  # of the visitors without a confirmed disability
PACES = (0.5, 0.8, 1, 1, 1, 1.3, 2, 5)  # how long a service takes at a counter, against the usual
TYPES = (
    ("一般求職", Kind.JOB_SEEKING, Distribution.RATIO, 11),
    ("失業給付", Kind.BENEFIT, Distribution.EVEN, 7),
    ("求才", Kind.EMPLOYER, Distribution.EMPLOYER, 2),
)
NAMES = ("一般", "身障", "原住民", "個管", "更生", "求才")
GROUP_KINDS = (
    GroupKind.GENERAL,
    GroupKind.DISABILITY,
    GroupKind.PROGRAMME,
    GroupKind.CASE_MANAGEMENT,
    GroupKind.PROGRAMME,
    GroupKind.EMPLOYER,
)


@dataclass(frozen=True)
class Officer:
    """`away`: the half days of leave, trips and training, counted from the first of the month."""

    id: int
    counter: int
    group_id: int
    pace: float
    deputies: tuple[int, ...]
    away: frozenset[int]


@dataclass(frozen=True)
class Arrival:
    """`minute`: since the month began. `owner_id`: of an old case; one that is no officer's has left the centre."""

    minute: float
    type: int
    new_case: bool
    disability: bool
    suspected: bool
    programme_groups: tuple[int, ...]
    owner_id: int | None
    named_id: int | None
    appointment_with: int | None
    minutes: float  # of the service at a counter of the usual pace


@dataclass(frozen=True)
class Centre:
    groups: tuple[Group, ...]
    officers: tuple[Officer, ...]
    days: int
    layoff: bool
    arrivals: tuple[Arrival, ...] = field(repr=False)


def make_up(visits: int, seed: int, *, absence: float | None = None, directed: float = 0) -> Centre:
    """`absence`: the chance of a half day away, by the seed when None. `directed`: how many new cases have an identity or an
    appointment that directs them. Old cases have them always.
    """
    random = Random(seed)  # noqa: S311 a made-up month is no secret
    groups = tuple(_groups(random))
    chance = random.choice((0.0, 0.1, 0.3, 0.5)) if absence is None else absence
    sizes = [random.randint(1, 4) for _ in groups]
    work = visits * USUAL_MINUTES * sum(PACES) / len(PACES)
    load = random.uniform(0.2, 1.2)
    days = min(MOST_DAYS, max(1, round(work / (sum(sizes) * 8 * 60 * load))))
    officers = tuple(_officers(random, groups, sizes, days, chance))
    arrivals = tuple(_arrivals(random, groups, officers, visits, days, directed))
    return Centre(groups, officers, days, random.random() < 0.2, arrivals)


def half_day(minute: float) -> int:
    """Which half day since the month began; the noon break belongs to the morning."""
    return int(minute // DAY) * 2 + (minute % DAY >= HALVES[1][0])


def _groups(random: Random) -> Iterator[Group]:
    others = sorted(random.sample(range(1, len(NAMES)), random.randint(2, 5)))
    for number in (0, *others):
        kind = GROUP_KINDS[number]
        spared = kind in {GroupKind.DISABILITY, GroupKind.CASE_MANAGEMENT}
        share = 0 if kind is GroupKind.EMPLOYER else random.choice(SHARES)
        limit = random.choice((None, 2, 4)) if kind is GroupKind.PROGRAMME else None
        yield Group(number + 1, NAMES[number], kind.value, not spared, limit, share, _NO_DEBT)


def _officers(
    random: Random, groups: tuple[Group, ...], sizes: list[int], days: int, chance: float
) -> Iterator[Officer]:
    ids = range(1, sum(sizes) + 1)
    homes = [group.id for group, size in zip(groups, sizes, strict=True) for _ in range(size)]
    for officer_id, home in zip(ids, homes, strict=True):
        others = [one for one in ids if one != officer_id]
        yield Officer(
            officer_id,
            officer_id,
            home,
            random.choice(PACES),
            tuple(random.sample(others, min(2, len(others)))),
            frozenset(_away(random, days, chance)),
        )


def _away(random: Random, days: int, chance: float) -> Iterator[int]:
    """Single half days, and now and then a week."""
    for half in range(days * 2):
        if random.random() < chance:
            yield half
    if random.random() < chance:
        first = random.randrange(days * 2)
        yield from range(first, first + 10)


def _arrivals(
    random: Random,
    groups: tuple[Group, ...],
    officers: tuple[Officer, ...],
    visits: int,
    days: int,
    directed: float,
) -> Iterator[Arrival]:
    types = [
        number for number, (_, kind, *_) in enumerate(TYPES) if kind is not Kind.EMPLOYER or _receives(groups)
    ]
    weights = [TYPES[number][3] for number in types]
    programmes = [group.id for group in groups if group.kind == GroupKind.PROGRAMME]
    ids = [one.id for one in officers]
    for minute in sorted(_minute(random, days) for _ in range(visits)):
        kind = random.choices(types, weights)[0]
        new = random.random() < 0.6
        marked = TYPES[kind][1] is not Kind.EMPLOYER and random.random() < (directed if new else 0.3)
        disability = marked and random.random() < 0.4
        suspected = TYPES[kind][1] is not Kind.EMPLOYER and not disability and random.random() < SUSPECTED
        left = not new and random.random() < 0.1
        yield Arrival(
            minute=minute,
            type=kind,
            new_case=new,
            disability=disability,
            suspected=suspected,
            programme_groups=tuple(random.sample(programmes, 1)) if marked and programmes else (),
            owner_id=None if new else len(ids) + 1 if left else random.choice(ids),
            named_id=random.choice(ids) if left and random.random() < 0.7 else None,
            appointment_with=random.choice(ids) if marked and random.random() < 0.3 else None,
            minutes=USUAL_MINUTES * random.uniform(0.4, 1.6),
        )


def _receives(groups: tuple[Group, ...]) -> bool:
    return any(group.kind == GroupKind.EMPLOYER for group in groups)


def _minute(random: Random, days: int) -> float:
    start, end = random.choice(HALVES)
    return random.randrange(days) * DAY + random.uniform(start, end)
