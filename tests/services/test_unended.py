"""未結束服務 and the desk's watches: told once, explained by the officer, signed by the supervisor, never closed by a job."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.desk import Deputy, Post
from models.desk_review import OvertimeDecision, Refusal, UnendedExplanation
from models.notice import Notice
from models.outbox import Mail
from models.visit import TicketBook, Visit
from reports.appointment_rate import month_to_date
from reports.overtime import undecided
from reports.tally_check import differences
from reports.unended import to_explain
from rules.desk import Outcome
from rules.desk_days import overtime_minutes, review_of
from rules.errors import AlreadyDone, Faults, FieldFault, NotFound, RuleBroken
from rules.refusals import Ground
from rules.visit_flow import State
from services import counter, desk_review, desk_watch, reception, succession, unended
from services.transaction import transaction
from tests.desk_days import Act, arrive, officer_of, serve
from tests.factories import AT, make_desk

DAY = date(2026, 11, 20)
EVENING = datetime(2026, 11, 20, 8, 45, tzinfo=UTC)  # 16:45 in Taipei
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08:00, the next working day


@pytest.fixture(autouse=True)
def desk(session: Session) -> None:
    make_desk(session)


def left_open(session: Session, act_as: Act) -> Visit:
    with transaction(session):
        return serve(session, act_as, arrive(session, act_as, at=AT), at=AT, minutes=None)


def watch(session: Session, at: datetime) -> int:
    with transaction(session):
        return sum(
            desk_watch.run(session, unit_id, at=at, base_url="https://jieli.example")
            for unit_id in desk_watch.centres(session)
        )


def test_before_closing_the_officer_and_the_supervisors_are_told_once(session: Session, act_as: Act) -> None:
    visit = left_open(session, act_as)
    assert watch(session, EVENING - timedelta(minutes=10)) == 0
    assert watch(session, EVENING) == 1
    assert watch(session, EVENING + timedelta(minutes=5)) == 0
    notices = session.scalars(
        select(Notice).where(Notice.template.in_((unended.CHECKED, unended.CHECKED_FOR_SUPERVISOR)))
    )
    assert sorted((each.to_id, each.to_permission) for each in notices if each.to_id) == [
        (visit.officer_id, "")
    ]
    mails = session.scalars(select(Mail).where(Mail.key.like("unended-evening%"))).all()
    assert len(mails) == 1 and "/desk/unended/" in mails[0].body
    assert session.get_one(Visit, visit.id).state == State.SERVING.value


def test_what_stayed_open_over_night_is_asked_about_explained_and_signed(
    session: Session, act_as: Act
) -> None:
    visit = left_open(session, act_as)
    me = act_as(officer_of(session, visit))
    assert watch(session, MONDAY) == 1
    assert watch(session, MONDAY) == 0
    with pytest.raises(FieldFault), transaction(session):
        unended.explain(session, visit.id, "  ", by=me, at=MONDAY)
    with pytest.raises(NotFound), transaction(session):
        unended.sign(session, visit.id, by=act_as("supervisor"), at=MONDAY)
    with transaction(session):
        unended.explain(session, visit.id, "當日協助民眾填表後忘記點選。", by=me, at=MONDAY)
        unended.sign(session, visit.id, by=act_as("supervisor"), at=MONDAY)
    with pytest.raises(AlreadyDone), transaction(session):
        unended.sign(session, visit.id, by=act_as("supervisor"), at=MONDAY)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        unended.explain(session, visit.id, "另一個說法", by=me, at=MONDAY)
    assert refused.value.template == unended.SIGNED_ALREADY
    assert session.get_one(Visit, visit.id).ended_at is None


def test_nobody_explains_for_another_officer_or_what_is_of_today(session: Session, act_as: Act) -> None:
    visit = left_open(session, act_as)
    me = officer_of(session, visit)
    other = "counter7" if me != "counter7" else "counter1"
    with pytest.raises(NotFound), transaction(session):
        unended.explain(session, visit.id, "不是我的", by=act_as(other), at=MONDAY)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        unended.explain(session, visit.id, "還沒過夜", by=act_as(me), at=EVENING)
    assert refused.value.template == unended.NOT_OVERNIGHT


def explanation(session: Session, visit: Visit) -> tuple[str, int]:
    row = session.get_one(UnendedExplanation, visit.id, populate_existing=True)
    return row.explanation, row.explained_by_id


def test_who_ended_anothers_service_the_next_day_may_explain_it(session: Session, act_as: Act) -> None:
    visit = left_open(session, act_as)
    name = officer_of(session, visit)
    other = act_as("counter7" if name != "counter7" else "counter1")
    post = session.scalars(select(Post).where(Post.officer_id == visit.officer_id)).one()
    seat = session.scalars(select(Post).where(Post.officer_id == other.user_id)).one()
    post.officer_id, seat.officer_id = seat.officer_id, post.officer_id
    session.commit()
    with transaction(session):
        counter.end(session, visit.id, outcome=Outcome.CONSULTED, by=other, at=MONDAY)
    assert visit.officer_id == act_as(name).user_id
    mine = to_explain(session, visit.unit_id, date(2026, 11, 23), officer_id=other.user_id)
    assert [each.visit_id for each in mine] == [visit.id]
    with transaction(session):
        unended.explain(session, visit.id, "前一天漏按，由接手的櫃台結束。", by=other, at=MONDAY)
    assert explanation(session, visit) == ("前一天漏按，由接手的櫃台結束。", other.user_id)


@pytest.mark.parametrize("how", ["departed", "closed", "other unit", "no counter any more"])
def test_for_an_officer_who_is_gone_the_supervisor_explains(session: Session, act_as: Act, how: str) -> None:
    visit = left_open(session, act_as)
    name, boss = officer_of(session, visit), act_as("supervisor")
    account = session.scalars(select(Account).where(Account.username == name)).one()
    with pytest.raises(RuleBroken) as refused, transaction(session):
        unended.explain(session, visit.id, "代為說明", by=boss, at=MONDAY)
    assert refused.value.template == unended.STILL_HERE
    with transaction(session):
        if how == "departed":
            counter.end(session, visit.id, outcome=Outcome.CONSULTED, by=act_as(name), at=MONDAY)
            succession.depart(
                session,
                account.id,
                left_on=date(2026, 11, 23),
                benefit_officer_id=None,
                by=act_as("itstaff"),
                at=MONDAY,
            )
        elif how == "closed":
            account.active = False
        elif how == "other unit":
            account.unit_id = act_as("supervisor3").unit_id
        else:
            account.roles = session.get_one(Account, act_as("reception").user_id).roles
    with transaction(session):
        unended.explain(session, visit.id, "離職前漏按，電話確認已服務完畢。", by=boss, at=MONDAY)
        unended.sign(session, visit.id, by=boss, at=MONDAY)
    assert explanation(session, visit) == ("離職前漏按，電話確認已服務完畢。", boss.user_id)
    told = session.scalars(select(Notice).where(Notice.template == unended.EXPLAINED_FOR)).one()
    assert (told.values["speaker"], told.values["who"]) == (boss.name, account.get_full_name())
    assert to_explain(session, visit.unit_id, date(2026, 11, 23)) == []


def test_the_words_of_the_officer_himself_are_not_replaced(session: Session, act_as: Act) -> None:
    visit = left_open(session, act_as)
    me = act_as(officer_of(session, visit))
    with transaction(session):
        unended.explain(session, visit.id, "忘記點選。", by=me, at=MONDAY)
        session.get_one(Account, me.user_id).active = False
    with pytest.raises(RuleBroken) as refused, transaction(session):
        unended.explain(session, visit.id, "代為說明", by=act_as("supervisor"), at=MONDAY)
    assert refused.value.template == unended.HAS_SPOKEN
    assert explanation(session, visit) == ("忘記點選。", me.user_id)


def test_the_supervisor_of_another_centre_explains_nothing(session: Session, act_as: Act) -> None:
    visit = left_open(session, act_as)
    session.get_one(Account, visit.officer_id).active = False
    session.commit()
    with pytest.raises(NotFound), transaction(session):
        unended.explain(session, visit.id, "代為說明", by=act_as("supervisor3"), at=MONDAY)


def test_a_deputy_of_the_it_staff_may_check_and_notify_while_it_lasts(session: Session, act_as: Act) -> None:
    visit = left_open(session, act_as)
    deputy = act_as("counter8")
    with pytest.raises(NotFound), transaction(session):
        unended.notify(session, visit.officer_id or 0, by=deputy, at=EVENING)
    session.add(
        Deputy(
            unit_id=deputy.unit_id,
            officer_id=act_as("itstaff").user_id,
            deputy_id=deputy.user_id,
            rank=1,
            starts_on=DAY,
            ends_on=DAY,
        )
    )
    session.commit()
    with transaction(session):
        told = unended.notify(session, visit.officer_id or 0, by=deputy, at=EVENING)
    assert [each.visit_id for each in told.visits] == [visit.id]
    assert not unended.may_check(session, deputy, DAY + timedelta(days=1))


def test_who_stands_in_for_an_officer_may_not_check(session: Session, act_as: Act) -> None:
    assert not unended.may_check(session, act_as("counter2"), DAY)


def test_the_rate_counts_served_old_cases_that_came_by_appointment(session: Session, act_as: Act) -> None:
    with transaction(session):
        first = arrive(session, act_as, at=AT)
        person = first.person
        serve(session, act_as, first, at=AT)
        serve(
            session,
            act_as,
            arrive(session, act_as, at=AT + timedelta(hours=1), person=person),
            at=AT + timedelta(hours=1),
        )
    unit_id = act_as("reception").unit_id or 0
    seeking, benefit = month_to_date(session, unit_id, DAY)
    assert (seeking.kept, seeking.served, seeking.percent, seeking.below) == (0, 1, 0, True)
    assert (benefit.served, benefit.percent, benefit.below) == (0, None, False)


def test_a_missed_target_is_mailed_once_on_the_review_day_and_on_no_other(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        first = arrive(session, act_as, at=AT)
        serve(session, act_as, first, at=AT)
        again = arrive(session, act_as, at=AT + timedelta(hours=1), person=first.person)
        serve(session, act_as, again, at=AT + timedelta(hours=1))
    assert watch(session, MONDAY) == 0
    review = MONDAY + timedelta(days=2)  # 25 November, a Wednesday
    assert watch(session, review) == 1
    assert watch(session, review + timedelta(hours=2)) == 0
    mail = session.scalars(select(Mail).where(Mail.key.like("appointment-rate%"))).one()
    assert "一般求職　0%" in mail.body


@pytest.mark.parametrize(
    ("day", "review"),
    [
        (date(2026, 11, 16), date(2026, 11, 15)),  # the 15th was a Sunday
        (date(2026, 11, 25), date(2026, 11, 25)),
        (date(2026, 11, 15), None),
        (date(2026, 11, 17), None),
    ],
)
def test_the_review_moves_to_the_next_working_day(day: date, review: date | None) -> None:
    assert review_of(day, lambda asked: asked.weekday() < 5) == review


@pytest.mark.parametrize(
    ("start", "minutes", "over"),
    [
        ((11, 50), 20, 10),
        ((12, 50), 20, 10),
        ((16, 50), 10, 0),
        ((16, 50), 35, 25),
        ((11, 0), 180, 60),
        ((16, 0), 960, 0),
    ],
)
def test_overtime_is_what_lies_outside_of_the_hours(start: tuple[int, int], minutes: int, over: int) -> None:
    began = datetime(2026, 11, 20, start[0] - 8, start[1], tzinfo=UTC)
    assert overtime_minutes(began, began + timedelta(minutes=minutes)) == over


def test_overtime_is_granted_once(session: Session, act_as: Act) -> None:
    late = datetime(2026, 11, 20, 8, 50, tzinfo=UTC)
    with transaction(session):
        visit = serve(session, act_as, arrive(session, act_as, at=AT), at=late, minutes=30)
        desk_review.grant_overtime(session, visit.id, minutes=20, note="", by=act_as("supervisor"), at=MONDAY)
    with pytest.raises(AlreadyDone), transaction(session):
        desk_review.grant_overtime(session, visit.id, minutes=30, note="", by=act_as("supervisor"), at=MONDAY)
    assert session.get_one(OvertimeDecision, visit.id).minutes == 20


def test_what_ended_late_on_the_last_of_a_month_is_still_to_be_decided_on_the_first(
    session: Session, act_as: Act
) -> None:
    last = datetime(2026, 10, 30, 8, 50, tzinfo=UTC)
    with transaction(session):
        first = serve(session, act_as, arrive(session, act_as, at=last), at=last, minutes=30)
        late = datetime(2026, 11, 2, 8, 50, tzinfo=UTC)
        serve(session, act_as, arrive(session, act_as, at=late), at=late, minutes=30)
    unit_id = act_as("supervisor").unit_id or 0
    open_ones = undecided(session, unit_id, date(2026, 11, 3))
    assert [each.day for each in open_ones] == [date(2026, 10, 30), date(2026, 11, 2)]
    with transaction(session):
        desk_review.grant_overtime(session, first.id, minutes=20, note="", by=act_as("supervisor"), at=MONDAY)
    assert [each.day for each in undecided(session, unit_id, date(2026, 11, 3))] == [date(2026, 11, 2)]
    assert undecided(session, unit_id, date(2027, 1, 1)) == []


def test_a_refusal_is_reviewed_once_and_an_inadequate_one_with_a_remark(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        me = act_as(officer_of(session, visit))
        counter.refuse(session, visit.id, ground=Ground.OTHER, explanation="臨時外出", by=me, at=AT)
    row, boss = session.scalars(select(Refusal)).one(), act_as("supervisor")
    with pytest.raises(Faults) as refused, transaction(session):
        desk_review.review_refusal(session, row.id, adequate=False, remark="", by=boss, at=AT)
    assert [fault.field for fault in refused.value.faults] == ["remark"]
    with transaction(session):
        desk_review.review_refusal(session, row.id, adequate=False, remark="應先請職代協助", by=boss, at=AT)
    with pytest.raises(AlreadyDone), transaction(session):
        desk_review.review_refusal(session, row.id, adequate=True, remark="", by=boss, at=AT)
    with pytest.raises(NotFound), transaction(session):
        desk_review.review_refusal(session, row.id, adequate=True, remark="", by=act_as("supervisor3"), at=AT)


def test_the_check_knows_who_called_a_visit_that_was_sent_to_somebody_else(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
    seats = session.scalars(select(Post).order_by(Post.id)).all()
    left = next(post for post in seats if post.officer_id == visit.officer_id)
    right = next(post for post in seats if post.officer_id != visit.officer_id)
    left.officer_id, right.officer_id = right.officer_id, left.officer_id
    session.commit()
    me = act_as(session.get_one(Account, left.officer_id).username)
    with transaction(session):
        counter.call(session, visit.id, by=me, at=AT)
    assert visit.officer_id == me.user_id
    assert list(differences(session, visit.unit_id, DAY)) == []
    with transaction(session):
        counter.undo(session, visit.id, by=me, at=AT)
    assert visit.officer_id != me.user_id
    assert list(differences(session, visit.unit_id, DAY)) == []


def test_the_check_finds_what_was_changed_behind_the_services(session: Session, act_as: Act) -> None:
    with transaction(session):
        served = serve(session, act_as, arrive(session, act_as, at=AT), at=AT)
        arrive(session, act_as, at=AT, letter="B")
    unit_id = act_as("reception").unit_id or 0
    assert list(differences(session, unit_id, DAY)) == []
    served.ended_at = EVENING
    served.counted = False
    other = session.scalars(select(Account.id).where(Account.username == "counter7")).one()
    served.officer_id = other
    session.get_one(TicketBook, (unit_id, DAY)).last = 3
    session.commit()
    found = {each.what for each in differences(session, unit_id, DAY)}
    name = f"visit {served.id} (ticket {served.number})"
    assert {
        f"{name} ended at",
        f"{name} counted",
        f"{name} officer_id",
        "tickets drawn",
        "ticket numbers missing",
    } <= found
    assert any(each.startswith("tally: counter") for each in found)


@pytest.mark.parametrize(("late", "found"), [(timedelta(seconds=2), 0), (timedelta(minutes=2), 1)])
def test_the_check_knows_that_of_two_presses_at_once_the_later_may_get_its_turn_first(
    session: Session, act_as: Act, late: timedelta, found: int
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        reception.send(session, visit.id, by=act_as("reception"), at=AT + timedelta(minutes=5))
        pressed = AT + timedelta(minutes=5) - late
        reception.leave(session, visit.id, reason="另有要事", by=act_as("reception"), at=pressed)
    assert len(list(differences(session, visit.unit_id, DAY))) == found
