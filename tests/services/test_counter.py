"""The steps at a counter: in order, exactly once, taken back within two minutes."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from models.appointment import Appointment
from models.desk import Counter, Post
from models.desk_review import Refusal
from models.notice import Notice
from models.ownership import Owner
from models.visit import Visit, VisitEntry
from rules.actor import Actor
from rules.calendar import TAIPEI
from rules.desk import AppointmentState, NoticeKind, Outcome
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.refusals import INADMISSIBLE, Ground
from rules.visit_flow import UNDO_WITHIN, Move, State
from services import counter
from services.desk import hold
from services.guiding import send
from services.notices import tell
from services.ownership import Cause, give
from services.transaction import transaction
from services.visit_moves import make_move
from tests.conftest import NOW
from tests.factories import make_desk, make_visit
from tests.races import race
from tests.services.desk_helpers import away
from tests.staff import account_id

SOON = NOW + timedelta(seconds=30)
MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=TAIPEI)


@pytest.fixture
def desk(session):
    return make_desk(session)


@pytest.fixture
def officer(act_as, desk) -> Actor:
    return act_as("counter1")


def waiting(session, **values) -> int:
    with transaction(session):
        return make_visit(session, **values).id


def do(session, step, *args, at=NOW, **values):
    with transaction(session):
        return step(session, *args, at=at, **values)


def visit(session, visit_id: int) -> Visit:
    session.expire_all()
    return session.get_one(Visit, visit_id)


def entries(session, visit_id: int) -> list[VisitEntry]:
    found = select(VisitEntry).where(VisitEntry.visit_id == visit_id).order_by(VisitEntry.id)
    return list(session.scalars(found))


def next_time(**values) -> counter.NextTime:
    return counter.NextTime(
        **{"starts_at": MONDAY_NINE, "key": str(uuid.uuid4()), "material": "離職證明"} | values
    )


def without(actor: Actor, *permissions: P) -> Actor:
    return Actor(actor.user_id, actor.name, actor.unit_id, actor.permissions - set(permissions))


def serve(session, visit_id: int, *, by: Actor, at=NOW) -> None:
    do(session, counter.call, visit_id, by=by, at=at)
    do(session, counter.start, visit_id, by=by, at=at)


def test_a_visit_is_called_served_and_ended_with_its_times(session, officer):
    visit_id = waiting(session)
    do(session, counter.call, visit_id, by=officer)
    do(session, counter.start, visit_id, by=officer, at=SOON)
    done = NOW + timedelta(minutes=12)
    do(session, counter.end, visit_id, outcome="consulted", note="  說明給付資格  ", by=officer, at=done)
    seen = visit(session, visit_id)
    assert (seen.state, seen.called_at, seen.calls) == (State.SERVED, NOW, 1)
    assert (seen.started_at, seen.ended_at) == (SOON, done)
    assert (seen.outcome, seen.outcome_note) == (Outcome.CONSULTED, "說明給付資格")
    told = [
        (each.move, each.from_state, each.to_state, each.actor_name) for each in entries(session, visit_id)
    ]
    assert told == [
        ("call", "waiting", "called", "李佳蓉"),
        ("start", "called", "serving", "李佳蓉"),
        ("end", "serving", "served", "李佳蓉"),
    ]


def test_the_history_of_a_visit_keeps_no_personal_data(session, officer):
    visit_id = waiting(session)
    serve(session, visit_id, by=officer)
    do(session, counter.end, visit_id, outcome="consulted", note="家暴個案", by=officer)
    do(session, counter.undo, visit_id, by=officer)
    assert "家暴" not in str([(each.reason, each.detail) for each in entries(session, visit_id)])


def test_a_new_case_belongs_to_the_officer_when_its_service_starts(session, officer):
    visit_id = waiting(session)
    do(session, counter.call, visit_id, by=officer)
    assert session.scalars(select(Owner)).all() == []
    do(session, counter.start, visit_id, by=officer)
    (owner,) = session.scalars(select(Owner))
    assert (owner.officer_id, owner.person_id, owner.since) == (
        officer.user_id,
        visit(session, visit_id).person_id,
        NOW,
    )


def test_an_old_case_that_a_deputy_serves_stays_with_its_owner(session, officer, act_as):
    visit_id = waiting(session, new_case=False, counted=False)
    seen = visit(session, visit_id)
    with transaction(session):
        give(
            session,
            unit_id=seen.unit_id,
            person_id=seen.person_id,
            business_type_id=seen.business_type_id,
            to_id=account_id(session, "counter2"),
            cause=Cause.NEW_CASE,
            by=act_as("counter2"),
            at=NOW,
        )
    serve(session, visit_id, by=officer)
    assert session.scalars(select(Owner.officer_id)).one() == account_id(session, "counter2")


# in order


def test_the_next_of_the_queue_is_called_without_any_special_right(session, officer):
    first = waiting(session)
    waiting(session, queue_from=SOON)
    do(session, counter.call, first, by=without(officer, P.VISIT_PICK))
    assert not visit(session, first).picked


def test_calling_out_of_order_needs_its_right_and_is_counted(session, officer):
    first = waiting(session)
    second = waiting(session, queue_from=SOON)
    with pytest.raises(RuleBroken, match="前面還有 A001 在等候"):
        do(session, counter.call, second, by=without(officer, P.VISIT_PICK))
    assert visit(session, second).state == State.WAITING
    do(session, counter.call, second, by=officer)
    assert visit(session, second).picked and not visit(session, first).picked
    assert entries(session, second)[-1].detail["picked"] is True


def test_who_waits_at_another_counter_is_not_before_mine(session, officer):
    waiting(session, officer="counter2")
    mine = waiting(session, queue_from=SOON)
    do(session, counter.call, mine, by=officer)
    assert not visit(session, mine).picked


def test_nobody_is_called_while_another_one_is_called_or_served(session, officer):
    first, second = waiting(session), waiting(session, queue_from=SOON)
    do(session, counter.call, first, by=officer)
    with pytest.raises(RuleBroken, match="A001 已經叫號"):
        do(session, counter.call, second, by=officer)
    do(session, counter.start, first, by=officer)
    with pytest.raises(RuleBroken, match="A001 還在服務中"):
        do(session, counter.call, second, by=officer)


def test_a_second_start_names_the_open_ticket(session, officer):
    opened = waiting(session)
    called = waiting(session, state=State.CALLED)
    with transaction(session):
        session.execute(update(Visit).where(Visit.id == opened).values(state="serving", started_at=NOW))
    with pytest.raises(RuleBroken) as refused:
        do(session, counter.start, called, by=officer)
    assert str(refused.value) == "A001 還在服務中，請先按「服務結束」，再接下一位。"
    assert visit(session, called).state == State.CALLED


def test_a_service_left_open_since_another_day_is_named_with_its_day(session, officer):
    waiting(session, state=State.SERVING, at=NOW - timedelta(days=1))
    called = waiting(session, state=State.CALLED)
    with pytest.raises(RuleBroken, match="115/11/19 的 A001 還沒有按「服務結束」"):
        do(session, counter.start, called, by=officer)


def test_a_service_left_open_over_night_is_ended_by_its_officer_with_the_time_it_is(session, officer):
    visit_id = waiting(session, state=State.SERVING, at=NOW - timedelta(days=1))
    do(session, counter.end, visit_id, outcome="consulted", by=officer)
    assert visit(session, visit_id).ended_at == NOW


@pytest.mark.parametrize("shared", ["counter_id", "officer_id"])
def test_the_database_refuses_a_second_service_at_a_counter_and_of_an_officer(session, desk, shared):
    opened = waiting(session, state=State.SERVING)
    other = waiting(session, officer="counter2", state=State.CALLED)
    with pytest.raises(IntegrityError), transaction(session):
        taken = getattr(visit(session, opened), shared)
        session.execute(
            update(Visit).where(Visit.id == other).values(state="serving", started_at=NOW, **{shared: taken})
        )


def test_of_two_starts_at_once_one_is_served_and_one_is_told(both, desk, officer, session):
    ids = [waiting(session, state=State.CALLED) for _ in range(2)]

    def press(own, visit_id):
        with transaction(own):
            counter.start(own, visit_id, by=officer, at=NOW)

    outcomes = race(both, [(each,) for each in ids], press, lanes=2)
    lost = [error for _, error in outcomes if error]
    assert len(lost) == 1 and isinstance(lost[0], RuleBroken) and "還在服務中" in str(lost[0])
    assert session.scalar(select(func.count()).select_from(Visit).where(Visit.state == "serving")) == 1


def test_of_two_calls_of_one_visit_the_second_learns_who_was_first(both, desk, act_as, session):
    visit_id = waiting(session)
    officer = act_as("counter1")

    def press(own, _lane):
        with transaction(own):
            counter.call(own, visit_id, by=officer, at=NOW, expected=State.WAITING)

    outcomes = race(both, [(1,), (2,)], press, lanes=2)
    (lost,) = [error for _, error in outcomes if error]
    assert isinstance(lost, AlreadyDone) and lost.values == {"who": "李佳蓉"}
    assert [each.move for each in entries(session, visit_id)] == ["call"]


def test_of_two_starts_of_one_visit_the_second_learns_who_was_first(both, desk, act_as, session):
    """An officer who takes over the counter, and the one who had it."""
    visit_id = waiting(session, state=State.CALLED)
    seats = {each.officer_id: each for each in session.scalars(select(Post))}
    mine, other = (seats[account_id(session, name)] for name in ("counter1", "counter2"))
    other.counter_id = mine.counter_id
    session.commit()

    def press(own, username):
        with transaction(own):
            counter.start(own, visit_id, by=act_as(username), at=NOW, expected=State.CALLED)

    outcomes = race(both, [("counter1",), ("counter2",)], press, lanes=2)
    ((loser,), lost), *others = [each for each in outcomes if each[1]]
    first = {"counter1": "黃志偉", "counter2": "李佳蓉"}[loser]
    assert not others and isinstance(lost, AlreadyDone) and lost.values == {"who": first}
    assert [each.move for each in entries(session, visit_id)] == ["start"]


def test_the_database_refuses_a_ticket_number_twice_on_a_day(session, desk):
    known = visit(session, waiting(session))
    taken = known.number, known.day
    other = waiting(session)
    with pytest.raises(IntegrityError), transaction(session):
        session.execute(update(Visit).where(Visit.id == other).values(number=taken[0], day=taken[1]))


# whose visit


def test_another_counter_s_visitor_is_not_called(session, officer):
    visit_id = waiting(session, officer="counter2")
    with pytest.raises(RuleBroken, match="A001 派在 2 號櫃台"):
        do(session, counter.call, visit_id, by=officer)


def test_another_centre_s_visit_does_not_exist(session, officer, act_as):
    visit_id = waiting(session)
    elsewhere = act_as("manager3")
    stranger = Actor(elsewhere.user_id, elsewhere.name, elsewhere.unit_id, officer.permissions)
    for step in (counter.call, counter.start, counter.call_again, counter.undo):
        with pytest.raises(NotFound):
            do(session, step, visit_id, by=stranger)


def test_reception_serves_nobody(session, desk, act_as):
    visit_id = waiting(session)
    with pytest.raises(NotFound):
        do(session, counter.call, visit_id, by=act_as("reception"))


def test_without_a_post_nobody_is_called(session, officer):
    visit_id = waiting(session)
    with transaction(session):
        session.execute(
            update(Post).where(Post.officer_id == officer.user_id).values(ends_on=date(2026, 11, 19))
        )
    with pytest.raises(RuleBroken, match="您今天沒有排定櫃台"):
        do(session, counter.call, visit_id, by=officer)


def test_who_takes_over_the_counter_serves_its_queue(session, desk, act_as):
    """The post changed while somebody waited there: the case moves to whoever serves it."""
    visit_id = waiting(session)
    with transaction(session):
        posts = {post.officer.username: post for post in session.scalars(select(Post))}
        posts["counter2"].counter_id, posts["counter1"].ends_on = (
            posts["counter1"].counter_id,
            date(2026, 11, 19),
        )
    new = act_as("counter2")
    serve(session, visit_id, by=new)
    assert visit(session, visit_id).officer_id == new.user_id


def test_a_visit_that_reception_took_away_meanwhile_says_who_did_it(session, officer, act_as):
    visit_id = waiting(session)
    boss = act_as("reception")
    with transaction(session):
        hold(session, boss.unit_id)
        make_move(session, session.get_one(Visit, visit_id), Move.LEAVE, by=boss, at=NOW, reason="趕火車")
    with pytest.raises(AlreadyDone) as late:
        do(session, counter.call, visit_id, by=officer, expected=State.WAITING)
    assert late.value.values == {"who": boss.name}


# called


def test_calling_again_counts_and_lights_up_anew(session, officer):
    visit_id = waiting(session)
    do(session, counter.call, visit_id, by=officer)
    do(session, counter.call_again, visit_id, by=officer, at=SOON)
    seen = visit(session, visit_id)
    assert (seen.state, seen.calls, seen.called_at) == (State.CALLED, 2, SOON)


def test_who_does_not_come_goes_to_the_end_of_the_queue(session, officer):
    first, second = waiting(session), waiting(session, queue_from=SOON)
    do(session, counter.call, first, by=officer)
    later = NOW + timedelta(minutes=3)
    do(session, counter.no_show, first, left=False, by=officer, at=later)
    seen = visit(session, first)
    assert (seen.state, seen.queue_from, seen.called_at) == (State.WAITING, later, None)
    do(session, counter.call, second, by=without(officer, P.VISIT_PICK), at=later)


def test_who_has_gone_leaves_with_a_reason(session, officer):
    visit_id = waiting(session)
    do(session, counter.call, visit_id, by=officer)
    with pytest.raises(FieldFault, match="請填寫原因"):
        do(session, counter.no_show, visit_id, left=True, by=officer)
    do(session, counter.no_show, visit_id, left=True, reason="叫號三次未到", by=officer)
    assert visit(session, visit_id).state == State.LEFT
    assert entries(session, visit_id)[-1].reason == "叫號三次未到"


def ring(session, visit_id: int, officer: Actor) -> None:
    with transaction(session):
        session.execute(update(Visit).where(Visit.id == visit_id).values(sent_at=NOW))
        tell(
            session,
            officer.unit_id,
            NoticeKind.RING,
            "x",
            to=officer.user_id,
            at=NOW,
            by=None,
            visit_id=visit_id,
        )


@pytest.mark.parametrize("answer", [counter.acknowledge, counter.call])
def test_a_ring_is_answered_by_a_press_or_by_calling(session, officer, answer):
    visit_id = waiting(session)
    ring(session, visit_id, officer)
    do(session, answer, visit_id, by=officer, at=SOON)
    assert visit(session, visit_id).acknowledged_at == SOON
    (notice,) = session.scalars(select(Notice))
    assert (notice.acknowledged_at, notice.acknowledged_by_id) == (SOON, officer.user_id)


def test_what_does_not_ring_is_not_answered(session, officer):
    visit_id = waiting(session)
    with pytest.raises(RuleBroken, match="接待台沒有通知"):
        do(session, counter.acknowledge, visit_id, by=officer)


# the end


def test_a_service_without_a_result_does_not_end(session, officer):
    visit_id = waiting(session)
    serve(session, visit_id, by=officer)
    with pytest.raises(FieldFault) as fault:
        do(session, counter.end, visit_id, outcome="", by=officer)
    assert fault.value.field == "outcome" and visit(session, visit_id).state == State.SERVING


def test_the_next_appointment_is_made_in_the_same_press(session, officer):
    visit_id = waiting(session)
    serve(session, visit_id, by=officer)
    do(session, counter.end, visit_id, outcome="referred", next_time=next_time(), by=officer)
    (made,) = session.scalars(select(Appointment))
    seen = visit(session, visit_id)
    assert (made.officer_id, made.person_id, made.starts_at) == (officer.user_id, seen.person_id, MONDAY_NINE)
    assert (made.business_type_id, made.material) == (seen.business_type_id, "離職證明")


def test_a_slot_that_is_gone_keeps_the_service_open(session, officer):
    first, second = waiting(session), waiting(session, queue_from=SOON)
    serve(session, first, by=officer)
    do(session, counter.end, first, outcome="referred", next_time=next_time(), by=officer)
    serve(session, second, by=officer)
    with pytest.raises(AlreadyDone, match="這個時段剛被 李佳蓉 預約走了"):
        do(session, counter.end, second, outcome="referred", next_time=next_time(), by=officer)
    assert visit(session, second).state == State.SERVING


def test_a_visitor_without_papers_gets_no_appointment(session, officer):
    visit_id = waiting(session, visitor="王老闆")
    with transaction(session):
        session.execute(update(Visit).where(Visit.id == visit_id).values(person_id=None))
    serve(session, visit_id, by=officer)
    with pytest.raises(RuleBroken, match="沒有身分資料的來賓不能預約"):
        do(session, counter.end, visit_id, outcome="consulted", next_time=next_time(), by=officer)


def test_a_second_press_on_the_end_learns_that_it_has_ended(session, officer):
    visit_id = waiting(session)
    serve(session, visit_id, by=officer)
    do(session, counter.end, visit_id, outcome="consulted", by=officer, expected=State.SERVING)
    with pytest.raises(AlreadyDone):
        do(session, counter.end, visit_id, outcome="other", by=officer, expected=State.SERVING)
    assert visit(session, visit_id).outcome == Outcome.CONSULTED


# refusing


@pytest.mark.parametrize("ground", sorted(INADMISSIBLE))
def test_routine_and_a_full_month_are_no_grounds(session, officer, ground):
    visit_id = waiting(session)
    with pytest.raises(FieldFault) as fault:
        do(session, counter.refuse, visit_id, ground=ground, explanation="很忙", by=officer)
    assert (fault.value.field, str(fault.value)) == ("ground", INADMISSIBLE[ground])
    assert visit(session, visit_id).state == State.WAITING


@pytest.mark.parametrize(
    ("ground", "explanation", "field"),
    [("", "說明", "ground"), ("x", "說明", "ground"), ("unwell", " ", "explanation")],
)
def test_a_refusal_needs_a_ground_and_an_explanation(session, officer, ground, explanation, field):
    visit_id = waiting(session)
    with pytest.raises(FieldFault) as fault:
        do(session, counter.refuse, visit_id, ground=ground, explanation=explanation, by=officer)
    assert fault.value.field == field


def test_a_refused_visit_goes_to_somebody_else_at_once(session, officer):
    visit_id = waiting(session)
    counter_id = visit(session, visit_id).counter_id
    do(
        session,
        counter.refuse,
        visit_id,
        ground=Ground.UNWELL,
        explanation="頭暈,須就醫",
        by=officer,
        at=SOON,
    )
    seen = visit(session, visit_id)
    assert seen.state == State.WAITING and seen.officer_id != officer.user_id
    assert seen.queue_from == NOW
    (kept,) = session.scalars(select(Refusal))
    assert (kept.visit_id, kept.counter_id, kept.officer_id) == (visit_id, counter_id, officer.user_id)
    assert (kept.ground, kept.explanation, kept.refused_at) == ("unwell", "頭暈,須就醫", SOON)
    assert (kept.business_type_id, kept.adequate) == (seen.business_type_id, None)


def test_the_supervisor_is_told_of_a_refusal_without_its_explanation(session, officer):
    visit_id = waiting(session)
    do(session, counter.refuse, visit_id, ground=Ground.RECUSAL, explanation="是我表哥", by=officer)
    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.REFUSAL)).one()
    assert notice.to_permission == P.DESK_SUPERVISE.name
    assert notice.template % notice.values == "1 號櫃台 李佳蓉 無法接 A001，已重新派案，請審閱說明。"


def test_it_never_comes_back_to_who_refused_it(session, desk, act_as):
    visit_id = waiting(session)
    refused = []
    for _ in range(3):
        holder = visit(session, visit_id)
        if holder.state != State.WAITING:
            break
        name = holder.officer.username
        assert name not in refused
        refused.append(name)
        do(session, counter.refuse, visit_id, ground=Ground.EQUIPMENT, explanation="當機", by=act_as(name))
    assert len(refused) == 3


# another day, and gone


def test_another_day_is_booked_instead_of_a_service(session, officer):
    visit_id = waiting(session)
    made = do(session, counter.book, visit_id, starts_at=MONDAY_NINE, key="k", material="", by=officer)
    seen = visit(session, visit_id)
    assert (seen.state, seen.booked_id) == (State.BOOKED, made.id)


def test_the_supervisor_books_for_whom_no_counter_could_take(session, desk, act_as):
    visit_id = waiting(session, officer=None)
    boss = act_as("supervisor")
    with pytest.raises(FieldFault, match="請選擇預約的就服員"):
        do(session, counter.book, visit_id, starts_at=MONDAY_NINE, key="k", by=boss)
    taker = account_id(session, "counter4")
    do(session, counter.book, visit_id, starts_at=MONDAY_NINE, key="k", officer_id=taker, by=boss)
    assert visit(session, visit_id).booked.officer_id == taker


def test_nobody_leaves_without_a_reason(session, officer):
    visit_id = waiting(session)
    with pytest.raises(FieldFault):
        do(session, counter.leave, visit_id, reason=" ", by=officer)
    do(session, counter.leave, visit_id, reason="改天再來", by=officer)
    assert visit(session, visit_id).state == State.LEFT


# taking back


def test_a_call_is_taken_back_with_all_it_set(session, officer):
    waiting(session)
    second = waiting(session, queue_from=SOON)
    do(session, counter.call, second, by=officer)
    do(session, counter.undo, second, by=officer, at=SOON)
    seen = visit(session, second)
    assert (seen.state, seen.called_at, seen.calls, seen.picked) == (State.WAITING, None, 0, False)
    last = entries(session, second)[-1]
    assert (last.move, last.detail["move"], last.from_state, last.to_state) == (
        "undo",
        "call",
        "called",
        "waiting",
    )


def test_a_start_is_taken_back_with_the_ownership(session, officer):
    visit_id = waiting(session)
    serve(session, visit_id, by=officer)
    do(session, counter.undo, visit_id, by=officer, at=SOON)
    seen = visit(session, visit_id)
    assert (seen.state, seen.started_at, seen.called_at) == (State.CALLED, None, NOW)
    assert session.scalars(select(Owner)).all() == []


def test_an_end_is_taken_back_with_its_appointment_and_what_was_written_stays(session, officer):
    visit_id = waiting(session)
    serve(session, visit_id, by=officer)
    do(session, counter.end, visit_id, outcome="referred", note="晶片廠", next_time=next_time(), by=officer)
    do(session, counter.undo, visit_id, by=officer, at=SOON)
    seen = visit(session, visit_id)
    assert (seen.state, seen.started_at, seen.ended_at) == (State.SERVING, NOW, None)
    assert (seen.outcome, seen.outcome_note) == ("referred", "晶片廠")
    assert session.scalars(select(Appointment.state)).all() == [AppointmentState.CANCELLED]


def test_an_end_is_not_taken_back_over_the_next_service(session, officer):
    first, second = waiting(session), waiting(session, queue_from=SOON)
    serve(session, first, by=officer)
    do(session, counter.end, first, outcome="consulted", by=officer)
    serve(session, second, by=officer)
    with pytest.raises(RuleBroken, match="A002 還在服務中"):
        do(session, counter.undo, first, by=officer, at=SOON)


def test_a_step_is_taken_back_once_in_time_by_who_made_it(session, officer, act_as):
    visit_id = waiting(session)
    do(session, counter.call, visit_id, by=officer)
    with pytest.raises(RuleBroken, match="不是您做的"):
        do(session, counter.undo, visit_id, by=act_as("counter2"))
    with pytest.raises(RuleBroken, match="超過兩分鐘"):
        do(session, counter.undo, visit_id, by=officer, at=NOW + UNDO_WITHIN + timedelta(seconds=1))
    do(session, counter.undo, visit_id, by=officer, at=NOW + UNDO_WITHIN)
    with pytest.raises(RuleBroken):
        do(session, counter.undo, visit_id, by=officer, at=NOW + UNDO_WITHIN)
    assert visit(session, visit_id).state == State.WAITING


def test_a_sending_is_taken_back_by_reception(session, desk, act_as):
    visit_id, host = waiting(session), act_as("reception")
    do(session, send, visit_id, by=host)
    assert session.scalars(select(Notice.acknowledged_at)).all() == [None]
    do(session, counter.undo, visit_id, by=host, at=SOON)
    assert visit(session, visit_id).sent_at is None
    assert session.scalars(select(Notice.acknowledged_at)).all() == [SOON], "nothing rings any more"


def test_a_second_sending_taken_back_leaves_the_first_one_with_its_answer(session, officer, act_as):
    visit_id, host = waiting(session), act_as("reception")
    do(session, send, visit_id, by=host)
    do(session, counter.acknowledge, visit_id, by=officer, at=SOON)
    do(session, send, visit_id, by=host, at=SOON + timedelta(minutes=1))
    do(session, counter.undo, visit_id, by=host, at=SOON + timedelta(minutes=2))
    seen = visit(session, visit_id)
    assert (seen.sent_at, seen.acknowledged_at) == (NOW, SOON)


def test_a_sending_that_the_counter_has_answered_stays(session, officer, act_as):
    visit_id, host = waiting(session), act_as("reception")
    do(session, send, visit_id, by=host)
    do(session, counter.acknowledge, visit_id, by=officer, at=SOON)
    with pytest.raises(RuleBroken, match="不是您做的"):
        do(session, counter.undo, visit_id, by=host, at=SOON)


# the alarm


def readers(session) -> set[object]:
    return {each.to_id or each.to_permission for each in session.scalars(select(Notice))}


def test_an_alarm_calls_reception_the_supervisors_and_the_neighbours_with_the_number(session, desk, act_as):
    do(session, counter.emergency, by=act_as("counter3"))
    beside = {account_id(session, "counter2"), account_id(session, "counter4")}
    assert readers(session) == {P.VISIT_RECEIVE.name, P.DESK_SUPERVISE.name, *beside}
    assert {each.template % each.values for each in session.scalars(select(Notice))} == {
        "3 號櫃台 吳淑芬 請求緊急協助，請立即前往。"
    }


def test_who_sits_alone_upstairs_has_no_neighbour(session, desk, act_as):
    do(session, counter.emergency, by=act_as("counter8"))
    assert readers(session) == {P.VISIT_RECEIVE.name, P.DESK_SUPERVISE.name}


def test_an_unstaffed_counter_between_is_passed_over(session, desk, act_as):
    with transaction(session):
        session.execute(
            update(Post)
            .where(Post.officer_id == account_id(session, "counter2"))
            .values(ends_on=date(2026, 1, 1))
        )
    do(session, counter.emergency, by=act_as("counter3"))
    assert account_id(session, "counter1") in readers(session)


def test_a_neighbour_on_leave_is_passed_over_for_the_next_who_is_there(session, desk, act_as):
    away(session, 2, 4)
    do(session, counter.emergency, by=act_as("counter3"))
    beside = {account_id(session, "counter1"), account_id(session, "counter5")}
    assert readers(session) == {P.VISIT_RECEIVE.name, P.DESK_SUPERVISE.name, *beside}


def test_who_serves_in_a_neighbours_place_is_called_as_well(session, desk, act_as):
    waiting(session, officer="counter2", state=State.SERVING, officer_id=account_id(session, "counter7"))
    do(session, counter.emergency, by=act_as("counter3"))
    assert account_id(session, "counter7") in readers(session)


def test_pressed_again_in_fright_it_is_one_alarm(session, desk, act_as):
    do(session, counter.emergency, by=act_as("counter1"))
    do(session, counter.emergency, by=act_as("counter1"), at=NOW + timedelta(seconds=10))
    told = session.scalar(select(func.count()).select_from(Notice))
    do(session, counter.emergency, by=act_as("counter1"), at=NOW + timedelta(minutes=1))
    assert told == 3 and session.scalar(select(func.count()).select_from(Notice)) == 6


def test_an_alarm_is_heard_without_a_post_too(session, desk, act_as):
    officer = act_as("counter1")
    with transaction(session):
        session.execute(
            update(Post).where(Post.officer_id == officer.user_id).values(ends_on=date(2026, 1, 1))
        )
    do(session, counter.emergency, by=officer)
    assert {each.template % each.values for each in session.scalars(select(Notice))} == {
        "李佳蓉 請求緊急協助，請立即前往。"
    }
    assert session.scalars(select(Counter)).first() is not None


def test_reception_has_no_alarm_of_a_counter(session, desk, act_as):
    with pytest.raises(NotFound):
        do(session, counter.emergency, by=act_as("reception"))
