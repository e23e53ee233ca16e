"""What the dispatch decision is given and what it gives back: all of it, whole and serialisable.

A stored decision is made again from its `Facts` with the same result and the same words (`rules.dispatch`). The round trip
through JSON is exact: fractions travel as texts. Spec 2-dispatch §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Presence(StrEnum):
    """Of a counter at the moment of the decision."""

    FREE = "free"
    CALLED = "called"  # somebody was called and has not come yet
    SERVING = "serving"
    BREAK = "break"  # away for a moment: on duty, but not preferred
    AWAY = "away"  # leave, trip, training, or outside of working hours: earns nothing, gets nothing
    UNSTAFFED = "unstaffed"  # nobody sits at the counter


ON_DUTY = frozenset({Presence.FREE, Presence.CALLED, Presence.SERVING, Presence.BREAK})


class Rule(StrEnum):
    """Which line of the rules decided."""

    OWNER = "owner"
    APPOINTMENT = "appointment"  # the officer with whom the visitor has today's appointment
    DEPUTY = "deputy"
    OWNER_GROUP = "owner_group"
    NAMED = "named"  # the officer named for a departed one's benefit cases, or the successor
    DISABILITY = "disability"
    PROGRAMME = "programme"
    RATIO = "ratio"
    EVEN = "even"
    EMPLOYER = "employer"
    OVERRIDE = "override"  # reception chose, with a reason
    NOBODY = "nobody"


@dataclass(frozen=True)
class Sentence:
    """A sentence in words that reception can read out, as template and values, so that it can be translated."""

    template: str
    values: Mapping[str, str | int]

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


@dataclass(frozen=True)
class Group:
    """`share`: of the ratio table in force, whatever its scale. `debt`: entitled − taken of this month."""

    id: int
    name: str
    kind: str
    takes_benefit: bool
    queue_limit: int | None
    share: int
    debt: Fraction


@dataclass(frozen=True)
class Candidate:
    """A counter with its officer. `debt` within the group, or over all for an even distribution.

    `queue`: who waits or is called there; `wait_minutes`: the estimated wait for one more; `last_case_at`: when a new case of
    this business type was last dispatched to the officer, ISO in UTC, empty for never.
    """

    officer_id: int
    officer: str
    counter_id: int
    counter: int
    group_id: int
    presence: Presence
    queue: int
    wait_minutes: int
    last_case_at: str
    debt: Fraction


@dataclass(frozen=True)
class Facts:
    """`programme_groups`: groups of the visitor's identities, first priority first. `deputies`: of the owner, or of
    the officer from whom the visit is redirected, in order.

    `departed`: the owner has left the centre; `named_id`: who was named for such a case, which counts as no
    new one. `excluded`: officers who must not get it (they refused it, or it is redirected
    away from them), with the sentence to say so. `redirected`: a visit that waited too long is decided anew, deputies first.
    `suspected`: of a disability, which nothing confirms (接待台 rule 四). `owner_group_id`: where the owner sits, or sat last;
    asked when he is no candidate. Decisions from before these two were facts are read with their defaults.
    """

    business_type: str
    kind: str
    distribution: str
    new_case: bool
    disability: bool
    programme_groups: tuple[int, ...]
    owner_id: int | None
    owner: str
    deputies: tuple[int, ...]
    departed: bool
    named_id: int | None
    appointment_with: int | None
    mass_layoff: bool
    wait_limit: int
    redirected: bool
    excluded: tuple[tuple[int, str], ...]
    groups: tuple[Group, ...]
    candidates: tuple[Candidate, ...]
    suspected: bool = False
    owner_group_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        tuples = {name: tuple(data[name]) for name in ("programme_groups", "deputies")}
        return cls(
            **{
                **data,
                **tuples,
                "excluded": tuple((officer, why) for officer, why in data["excluded"]),
                "groups": tuple(Group(**{**one, "debt": Fraction(one["debt"])}) for one in data["groups"]),
                "candidates": tuple(
                    Candidate(**{**one, "presence": Presence(one["presence"]), "debt": Fraction(one["debt"])})
                    for one in data["candidates"]
                ),
            }
        )


@dataclass(frozen=True)
class Passed:
    """Why another candidate was passed over."""

    officer_id: int
    counter: int
    why: Sentence


@dataclass(frozen=True)
class Verdict:
    """`counted`: a new case of the group and the officer. Without an officer nobody could take the visit; `reason` says why.

    `long_wait`: the estimated wait at the owner's passes the limit, so that a redirect is proposed.
    """

    rule: Rule
    officer_id: int | None
    counter_id: int | None
    group_id: int | None
    counted: bool
    reason: tuple[Sentence, ...]
    passed: tuple[Passed, ...]
    long_wait: bool = False

    def to_json(self) -> dict[str, Any]:
        """`reason` and `passed` are what the row of a decision keeps."""
        return _plain(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        return cls(
            **{
                **data,
                "rule": Rule(data["rule"]),
                "reason": tuple(Sentence(**one) for one in data["reason"]),
                "passed": tuple(Passed(**{**one, "why": Sentence(**one["why"])}) for one in data["passed"]),
            }
        )


PLAIN = frozenset({str, int, bool, type(None)})


def _plain(thing: Any) -> Any:
    if type(thing) in PLAIN:  # nearly all there is, in facts of hundreds of counters
        return thing
    if is_dataclass(thing):
        return {name: _plain(value) for name, value in vars(thing).items()}
    if isinstance(thing, tuple):
        return [_plain(one) for one in thing]
    if isinstance(thing, Fraction):
        return str(thing)
    return thing.value if isinstance(thing, StrEnum) else thing
