"""The front desk's screens take as many statements with 60 counters as with 8, and a list as many full as nearly empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.desk import Counter, Desk, Post
from models.desk_review import Refusal
from models.evidence import EvidenceRecord
from models.ownership import ChangeRequest, OwnerChange
from models.visit import Decision, Visit
from rules.refusals import Ground
from rules.visit_flow import State
from services.transaction import transaction
from tests.factories import AT, fresh_number, make_desk, make_person, make_visit
from tests.staff import account_id, make_colleague
from tests.views.statements import counted

As = Callable[[str], FlaskClient]
# With the entry of the trail.
MOST = 9
LISTS = {
    "/desk/visit-list/list/": "supervisor",
    "/desk/decisions/": "supervisor",
    "/desk/tables/counters/list/": "supervisor",
    "/desk/tables/posts/list/": "supervisor",
    "/desk/tables/evidence/list/": "supervisor",
    "/desk/appointments/list/": "supervisor",
    "/desk/supervision/refusals/": "supervisor",
    "/desk/supervision/requests/": "supervisor",
    "/desk/handed-over/": "supervisor",
    "/desk/handed-over-to-me/": "counter1",
}
# The day at one look. How many statements at most is what each needs today; one more is a reason to look.
SCREENS = {
    "/desk/reception/": ("reception", 40),
    "/desk/reception/counters": ("reception", 25),
    "/desk/counter/": ("counter1", 30),
    "/desk/counter/queue": ("counter1", 15),
    "/desk/tally/": ("supervisor", 30),
    "/desk/attendance/": ("supervisor", 20),
    "/desk/appointments/": ("supervisor", 25),
    "/desk/transfers/": ("reception", 15),
    "/desk/departures/": ("supervisor", 15),
    "/desk/supervision/": ("supervisor", 30),
    "/desk/unended/": ("supervisor", 20),
}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk(db.session)


def more_counters(desk: Desk, number: int) -> None:
    """Each with an officer of its own, like counter 1."""
    unit_id = desk.unit_id
    with transaction(db.session):
        like = db.session.scalars(
            select(Counter).where(Counter.unit_id == unit_id, Counter.number == 1)
        ).one()
        for n in range(number):
            made = Counter(unit_id=unit_id, number=101 + n, group_id=like.group_id, place=like.place)
            officer = make_colleague(db.session, "counter1", f"officer{n}", f"就服員{n}號")
            db.session.add(made)
            db.session.flush()
            post = Post(
                unit_id=unit_id, counter_id=made.id, officer_id=officer.id, starts_on=date(2026, 1, 1)
            )
            db.session.add(post)


def officers() -> Iterator[str]:
    posted = select(Account.username).where(Account.id.in_(select(Post.officer_id)))
    return iter(db.session.scalars(posted.order_by(Account.id)).all())


def busy(*, at: str) -> None:
    """At each counter whose officer's name begins so, somebody is served and two wait."""
    with transaction(db.session):
        for username in (each for each in officers() if each.startswith(at)):
            for state in (State.SERVING, State.WAITING, State.WAITING):
                make_visit(db.session, officer=username, state=state)


def fill(desk: Desk, rows: int) -> None:
    """Visits with their decisions, and as many of each paper."""
    one, two, unit_id = account_id(db.session, "counter1"), account_id(db.session, "counter2"), desk.unit_id
    with transaction(db.session):
        for n in range(rows):
            visit: Visit = make_visit(
                db.session, state=State.SERVED, person=make_person(db.session), ended_at=AT
            )
            of = {"unit_id": unit_id, "business_type_id": visit.business_type_id}
            db.session.add_all(
                (
                    Decision(
                        visit_id=visit.id,
                        unit_id=unit_id,
                        at=AT + timedelta(seconds=n),
                        rule="nobody",
                        reason=[],
                        passed=[],
                        facts={},
                        counted=False,
                    ),
                    Refusal(
                        **of,
                        visit_id=visit.id,
                        counter_id=visit.counter_id,
                        officer_id=one,
                        refused_at=AT,
                        ground=Ground.UNWELL.value,
                        explanation="身體不適。",
                    ),
                    ChangeRequest(
                        **of,
                        person_id=visit.person_id,
                        officer_id=one,
                        reason="另有顧慮。",
                        made_at=AT,
                        made_by_id=two,
                    ),
                    OwnerChange(
                        **of,
                        person_id=visit.person_id,
                        from_id=two,
                        to_id=one,
                        cause="departure",
                        at=AT,
                        by_id=two,
                    ),
                    EvidenceRecord(
                        **of,
                        kind="introduction_card",
                        national_id=(number := fresh_number()),
                        national_id_hash=number,
                        recorded_on=date(2026, 6, 1),
                        officer_id=one,
                    ),
                )
            )


@pytest.mark.parametrize("address", LISTS)
def test_a_list_takes_as_many_statements_with_80_rows_as_with_10(as_: As, desk: Desk, address: str) -> None:
    browser = as_(LISTS[address])
    taken = []
    for more in (10, 70):
        fill(desk, more)
        with counted() as sent:
            assert browser.get(address, query_string={"size": "100"}).status_code == 200
        taken.append(len(sent))
    assert taken[0] == taken[1] <= MOST, "\n".join(sent)


@pytest.mark.parametrize("address", SCREENS)
def test_a_screen_takes_as_many_statements_with_60_counters_as_with_8(
    as_: As, desk: Desk, address: str
) -> None:
    user, most = SCREENS[address]
    browser = as_(user)

    def statements() -> list[str]:
        with counted() as sent:
            assert browser.get(address).status_code == 200
        return sent

    busy(at="counter")
    few = statements()
    more_counters(desk, 52)
    busy(at="officer")
    many = statements()
    assert len(few) == len(many) <= most, "\n".join(many)
