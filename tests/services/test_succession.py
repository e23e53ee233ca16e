"""An officer leaves, on both databases: nothing that was hers is lost, and everybody knows where it went."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.appointment import Appointment
from models.desk import Deputy, Post
from models.desk_rules import BusinessType
from models.notice import Notice
from models.ownership import Departure, Owner, OwnerChange
from models.visit import Visit, VisitEntry
from reports.desk_now import counters_now
from rules.actor import Actor
from rules.desk import Disability
from rules.dispatch import Presence
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.visit_flow import State
from services import appointments, counter, handing_over, ownership, reception, succession
from services.reception import CheckIn
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person
from tests.services.desk_helpers import make_owner

Who = Callable[[str], Actor]
TODAY = date(2026, 11, 20)
# The next Monday, 10:00 in Taipei.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=NOW.tzinfo)
# Hours after it: 10:00, 11:00, 13:00; nobody is booked over noon.
HOURS = (0, 1, 3)


@pytest.fixture
def kinds(session: Session) -> dict[str, BusinessType]:
    make_desk(session)
    return {kind.letter: kind for kind in session.scalars(select(BusinessType))}


@pytest.fixture
def owned(session: Session, kinds: dict[str, BusinessType], act_as: Who) -> list[Owner]:
    """counter1 owns two job seekers and a benefit claimant."""
    officer = act_as("counter1")
    with transaction(session):
        for letter in "AAB":
            ownership.give(
                session,
                unit_id=officer.unit_id or 0,
                person_id=make_person(session).id,
                business_type_id=kinds[letter].id,
                to_id=officer.user_id,
                cause="new_case",
                by=officer,
                at=NOW,
            )
    return list(session.scalars(select(Owner).order_by(Owner.id)))


def leave(
    session: Session,
    act_as: Who,
    *,
    on: date = TODAY,
    benefit: str | None = "counter2",
    successors: dict[int, int] | None = None,
) -> int:
    with transaction(session):
        moved = succession.depart(
            session,
            act_as("counter1").user_id,
            left_on=on,
            benefit_officer_id=act_as(benefit).user_id if benefit else None,
            successors=successors,
            by=act_as("itstaff"),
            at=NOW,
        )
        return moved.departure.id


def arrive(session: Session, owner: Owner, act_as: Who) -> Visit:
    with transaction(session):
        return reception.check_in(
            session,
            CheckIn(
                business_type_id=owner.business_type_id,
                submission_key=str(uuid.uuid4()),
                person_id=owner.person_id,
                new_case=False,
                note="原就服員服務中",
                disability=Disability.NONE,
            ),
            by=act_as("reception"),
            at=NOW,
        )


def test_the_post_ends_and_nobody_is_dispatched_there_any_more(
    session: Session, owned: list[Owner], act_as: Who
) -> None:
    leave(session, act_as)
    post = session.scalars(select(Post).where(Post.officer_id == act_as("counter1").user_id)).one()
    assert post.ends_on == TODAY - timedelta(days=1)
    one = counters_now(session, post.unit_id, NOW)[0]
    assert (one.number, one.presence) == (1, Presence.UNSTAFFED)


def test_a_departure_to_come_changes_nothing_today(session: Session, owned: list[Owner], act_as: Who) -> None:
    visit = arrive(session, owned[0], act_as)
    leave(session, act_as, on=TODAY + timedelta(days=10))
    session.refresh(visit)
    assert visit.officer_id == act_as("counter1").user_id


def test_who_waits_at_the_counter_is_dispatched_anew_in_the_same_transaction(
    session: Session, owned: list[Owner], act_as: Who
) -> None:
    visit = arrive(session, owned[0], act_as)
    assert visit.officer_id == act_as("counter1").user_id
    leave(session, act_as)
    session.refresh(visit)
    # The first deputy of counter 1 sits at counter 2.
    assert (visit.state, visit.officer_id) == (State.WAITING, act_as("counter2").user_id)
    moves = session.scalars(select(VisitEntry.move).where(VisitEntry.visit_id == visit.id)).all()
    assert list(moves)[-2:] == ["recall", "dispatch"]


def test_somebody_who_is_serving_cannot_leave(session: Session, owned: list[Owner], act_as: Who) -> None:
    visit = arrive(session, owned[0], act_as)
    with transaction(session):
        counter.call(session, visit.id, by=act_as("counter1"), at=NOW)
        counter.start(session, visit.id, by=act_as("counter1"), at=NOW)
    with pytest.raises(RuleBroken, match="正在服務 A001"):
        leave(session, act_as)
    assert session.scalars(select(Departure)).all() == []
    leave(session, act_as, on=TODAY + timedelta(days=10))
    assert session.get_one(Visit, visit.id).state == State.SERVING


def test_benefit_goes_to_the_named_officer_and_counts_as_no_new_case(
    session: Session, owned: list[Owner], act_as: Who
) -> None:
    with pytest.raises(FieldFault) as refused:
        leave(session, act_as, benefit=None)
    assert refused.value.field == "benefit_officer_id"
    leave(session, act_as, benefit="counter3")
    visit = arrive(session, owned[2], act_as)
    assert (visit.officer_id, visit.counted) == (act_as("counter3").user_id, False)


def test_job_seeking_goes_to_the_deputies_until_the_successor_is_named(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    departure = leave(session, act_as)
    assert arrive(session, owned[0], act_as).officer_id == act_as("counter2").user_id
    with transaction(session):
        went = handing_over.hand_over(
            session,
            departure,
            successors={kinds["A"].id: act_as("counter5").user_id},
            by=act_as("supervisor"),
            at=NOW,
        )
    assert went == {kinds["A"].id: 2}
    assert arrive(session, owned[1], act_as).officer_id == act_as("counter5").user_id


def test_who_waits_because_nobody_is_named_is_dispatched_once_somebody_is(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    departure = leave(session, act_as)
    session.get_one(Departure, departure).benefit_officer_id = None
    session.commit()
    visit = arrive(session, owned[2], act_as)
    assert visit.state == State.CHECKED_IN
    with transaction(session):
        handing_over.hand_over(
            session,
            departure,
            successors={kinds["B"].id: act_as("counter5").user_id},
            by=act_as("itstaff"),
            at=NOW,
        )
    assert (visit.state, visit.officer_id) == (State.WAITING, act_as("counter5").user_id)


def test_the_departure_is_settled_when_nobody_is_left(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    departure = leave(session, act_as)
    for letter, taker in (("A", "counter5"), ("B", "counter2")):
        with transaction(session):
            assert session.get_one(Departure, departure).handed_over_at is None
            handing_over.hand_over(
                session,
                departure,
                successors={kinds[letter].id: act_as(taker).user_id},
                by=act_as("itstaff"),
                at=NOW,
            )
    assert session.get_one(Departure, departure).handed_over_at == NOW
    changes = session.scalars(select(OwnerChange.cause).where(OwnerChange.cause == "departure")).all()
    assert len(changes) == 3
    told = session.scalars(select(Notice.to_id).where(Notice.to_id.is_not(None))).all()
    assert sorted(set(told)) == sorted({act_as("counter5").user_id, act_as("counter2").user_id})


def test_appointments_go_to_whoever_keeps_the_hour_and_the_rest_is_listed(
    session: Session, owned: list[Owner], act_as: Who
) -> None:
    one = act_as("counter1")
    made = [
        _book(
            session,
            owned[index].person_id,
            owned[index].business_type_id,
            one,
            MONDAY + timedelta(hours=HOURS[index]),
        )
        for index in range(3)
    ]
    # Both deputies of counter 1 have somebody else at the first hour.
    for deputy in ("counter2", "counter3"):
        other = make_owner(session, make_person(session), 5)
        _book(session, other.person_id, owned[0].business_type_id, act_as(deputy), MONDAY)
    leave(session, act_as, benefit="counter3")
    rows = {row.id: row for row in session.scalars(select(Appointment))}
    assert rows[made[0]].state == "booked"
    after = [rows[rows[number].moved_to_id or 0] for number in made[1:]]
    assert [each.officer_id for each in after] == [act_as("counter2").user_id, act_as("counter3").user_id]
    assert [each.starts_at for each in after] == [MONDAY + timedelta(hours=n) for n in HOURS[1:]]


def test_the_successor_of_the_business_type_has_the_first_word_at_the_appointments(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    one, five = act_as("counter1"), act_as("counter5")
    for index in (0, 2):
        when = MONDAY + timedelta(hours=HOURS[index])
        _book(session, owned[index].person_id, owned[index].business_type_id, one, when)
    leave(session, act_as, benefit="counter3", successors={kinds["A"].id: five.user_id})
    coming = select(Appointment.officer_id).where(Appointment.state == "booked")
    assert list(session.scalars(coming.order_by(Appointment.starts_at))) == [
        five.user_id,
        act_as("counter3").user_id,
    ]


def test_nobody_who_cannot_take_over_gets_the_appointments(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    with pytest.raises(FieldFault) as refused:
        leave(session, act_as, successors={kinds["A"].id: act_as("manager3").user_id})
    assert refused.value.field == f"successor-{kinds['A'].id}"
    session.rollback()
    assert session.scalars(select(Departure)).all() == []


def test_appointments_without_a_deputy_wait_for_the_successor(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    one, five = act_as("counter1"), act_as("counter5")
    with transaction(session):
        session.execute(delete(Deputy).where(Deputy.officer_id == one.user_id))
    made = _book(session, owned[0].person_id, owned[0].business_type_id, one, MONDAY)
    other = _book(session, owned[2].person_id, kinds["C"].id, one, MONDAY + timedelta(hours=1))
    departure = leave(session, act_as)
    assert session.get_one(Appointment, made).state == "booked"
    with transaction(session):
        handing_over.hand_over(
            session, departure, successors={kinds["A"].id: five.user_id}, by=act_as("itstaff"), at=NOW
        )
    session.expire_all()
    moved = session.get_one(Appointment, made)
    new = session.get_one(Appointment, moved.moved_to_id)
    assert (moved.state, new.officer_id, new.starts_at) == ("moved", five.user_id, MONDAY)
    assert session.get_one(Appointment, other).state == "booked", "of that business nobody has taken over"


def _book(session: Session, person_id: int, type_id: int, officer: Actor, at: datetime) -> int:
    with transaction(session):
        return appointments.book(
            session,
            person_id=person_id,
            business_type_id=type_id,
            officer_id=officer.user_id,
            starts_at=at,
            material="",
            key=str(uuid.uuid4()),
            by=officer,
            at=NOW,
        ).id


def test_the_one_who_left_stands_in_for_nobody(session: Session, owned: list[Owner], act_as: Who) -> None:
    leave(session, act_as)
    still = select(Deputy).where(Deputy.deputy_id == act_as("counter1").user_id, Deputy.ends_on.is_(None))
    assert session.scalars(still).all() == []


def test_a_departure_is_for_those_who_may_and_for_the_own_centre(
    session: Session, owned: list[Owner], act_as: Who
) -> None:
    for wrong in ("counter2", "reception", "manager", "supervisor3"):
        with pytest.raises(NotFound), transaction(session):
            succession.depart(
                session,
                act_as("counter1").user_id,
                left_on=TODAY,
                benefit_officer_id=act_as("counter2").user_id,
                by=act_as(wrong),
                at=NOW,
            )
    departure = leave(session, act_as)
    with pytest.raises(NotFound), transaction(session):
        handing_over.hand_over(session, departure, successors={}, by=act_as("supervisor3"), at=NOW)


@pytest.mark.parametrize("wrong", ["counter1", "manager3", "manager"])
def test_a_successor_is_another_officer_of_the_centre(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who, wrong: str
) -> None:
    departure = leave(session, act_as)
    with pytest.raises(FieldFault), transaction(session):
        handing_over.hand_over(
            session,
            departure,
            successors={kinds["A"].id: act_as(wrong).user_id},
            by=act_as("itstaff"),
            at=NOW,
        )


def test_a_departure_does_not_rewrite_the_past(session: Session, owned: list[Owner], act_as: Who) -> None:
    with pytest.raises(FieldFault) as refused:
        leave(session, act_as, on=TODAY - timedelta(days=1))
    assert refused.value.field == "left_on"


def test_who_came_back_can_be_a_successor_and_leave_again(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    departure = leave(session, act_as)
    back = act_as("counter1")
    counter_id = session.scalars(select(Post.counter_id).where(Post.officer_id == back.user_id)).first()
    with transaction(session):
        session.add(
            Post(
                unit_id=back.unit_id or 0,
                counter_id=counter_id or 0,
                officer_id=back.user_id,
                starts_on=TODAY,
            )
        )
    assert counters_now(session, back.unit_id or 0, NOW)[0].presence is Presence.FREE
    leave(session, act_as, on=TODAY + timedelta(days=1))
    assert len(session.scalars(select(Departure)).all()) == 2
    assert departure


def test_nobody_leaves_twice(session: Session, owned: list[Owner], act_as: Who) -> None:
    leave(session, act_as)
    with pytest.raises(RuleBroken, match="已登錄於 115/11/20 離職"):
        leave(session, act_as)


def come_back(session: Session, act_as: Who, *, on: date = TODAY) -> None:
    back = act_as("counter1")
    seat = session.scalars(select(Post.counter_id).where(Post.officer_id == back.user_id)).first()
    with transaction(session):
        session.add(
            Post(unit_id=back.unit_id or 0, counter_id=seat or 0, officer_id=back.user_id, starts_on=on)
        )


def test_who_came_back_the_same_day_may_leave_on_it_again(
    session: Session, owned: list[Owner], act_as: Who
) -> None:
    leave(session, act_as)
    come_back(session, act_as)
    leave(session, act_as, benefit="counter3")
    (departure,) = session.scalars(select(Departure)).all()
    assert departure.benefit_officer_id == act_as("counter3").user_id
    assert counters_now(session, departure.unit_id, NOW)[0].presence is Presence.UNSTAFFED


def test_the_persons_of_who_came_back_stay(
    session: Session, owned: list[Owner], kinds: dict[str, BusinessType], act_as: Who
) -> None:
    departure = leave(session, act_as)
    come_back(session, act_as)
    with pytest.raises(RuleBroken, match="已回任"), transaction(session):
        handing_over.hand_over(
            session,
            departure,
            successors={kinds["A"].id: act_as("counter5").user_id},
            by=act_as("itstaff"),
            at=NOW,
        )
    assert {row.officer_id for row in session.scalars(select(Owner))} == {act_as("counter1").user_id}


def test_who_only_stands_in_stops_it_too(session: Session, owned: list[Owner], act_as: Who) -> None:
    """An officer whose post has ended before owns persons and may be a deputy still."""
    with transaction(session):
        post = session.scalars(select(Post).where(Post.officer_id == act_as("counter1").user_id)).one()
        post.ends_on = TODAY - timedelta(days=30)
    leave(session, act_as)
    still = select(Deputy).where(Deputy.deputy_id == act_as("counter1").user_id, Deputy.ends_on.is_(None))
    assert session.scalars(still).all() == []
