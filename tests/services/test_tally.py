"""派案量表: confirmed, signed, approved, corrected; exactly once, and never other than the visits say."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.extensions import db
from models.desk import Counter
from models.desk_rules import BusinessType
from models.desk_staff import ReceptionShift
from models.notice import Notice
from models.tally import TallySignature
from models.visit import Visit
from reports.tally import sheet
from reports.tally_check import differences
from reports.tally_figures import changes, from_json, to_json
from rules.desk import NoticeKind
from rules.errors import AlreadyDone, Faults, FieldFault, NotFound, RuleBroken
from rules.refusals import Ground
from rules.visit_flow import State
from services import counter, guiding, tally
from services.transaction import transaction
from tests.desk_days import Act, arrive, officer_of, serve
from tests.factories import AT, make_desk
from tests.races import race

DAY = date(2026, 11, 20)
NOON, EVENING = time(12), time(17)
LATER = AT + timedelta(hours=7)


@pytest.fixture(autouse=True)
def desk(session: Session) -> None:
    make_desk(session)


def unit_of(act_as: Act) -> int:
    unit_id = act_as("reception").unit_id
    assert unit_id is not None
    return unit_id


def confirm_all(session: Session, act_as: Act) -> None:
    """Every officer reports what the tally says."""
    found = sheet(session, unit_of(act_as), DAY)
    for line in found.lines:
        if line.cases:
            name = f"counter{line.number}"
            tally.confirm(session, DAY, found.of_officer(line.officer_id), note="", by=act_as(name), at=AT)


def sign_all(session: Session, act_as: Act) -> None:
    for until in (NOON, EVENING):
        tally.sign(session, DAY, until, by=act_as("reception"), at=LATER)


def test_the_sheet_counts_each_visit_where_it_is_now(session: Session, act_as: Act) -> None:
    with transaction(session):
        first = arrive(session, act_as, at=AT)
        taken = officer_of(session, first)
        arrive(session, act_as, at=AT, letter="B")
        refused = counter.refuse(
            session, first.id, ground=Ground.EQUIPMENT, explanation="讀卡機故障", by=act_as(taken), at=AT
        )
    found = sheet(session, unit_of(act_as), DAY)
    by_officer = {line.officer_id: line for line in found.lines}
    assert sum(line.new.get(first.business_type_id, 0) for line in found.lines) == 1
    assert by_officer[refused.officer_id].new[first.business_type_id] == 1
    assert by_officer[act_as(taken).user_id].new.get(first.business_type_id, 0) == 0
    assert by_officer[act_as(taken).user_id].refused == 1
    assert found.totals.cases == found.arrivals["taken"] == 2


def test_overrides_are_counted_and_who_left_is_no_case(session: Session, act_as: Act) -> None:
    with transaction(session):
        moved, gone = arrive(session, act_as, at=AT), arrive(session, act_as, at=AT)
        third = session.scalars(select(Counter).where(Counter.number == 3)).one()
        second = session.scalars(select(Counter).where(Counter.number == 2)).one()
        wanted = second if moved.counter_id == third.id else third
        guiding.override(
            session, moved.id, counter_id=wanted.id, reason="原櫃台設備故障", by=act_as("reception"), at=AT
        )
        guiding.leave(session, gone.id, reason="民眾改天再來", by=act_as("reception"), at=AT)
    found = sheet(session, unit_of(act_as), DAY)
    assert {line.number: line.overridden for line in found.lines if line.overridden} == {wanted.number: 1}
    assert found.arrivals == {"taken": 1, "checked_in": 0, "booked": 0, "left": 1}
    assert found.tickets == 2


def test_who_was_sent_against_the_rule_and_then_left_is_still_counted_there(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        first = visit.counter_id
        ways = session.scalars(
            select(Counter).where(Counter.number.in_([1, 2, 3]), Counter.id != first)
        ).all()
        for wanted in ways:
            guiding.override(
                session, visit.id, counter_id=wanted.id, reason="設備故障", by=act_as("reception"), at=AT
            )
        guiding.leave(session, visit.id, reason="民眾改天再來", by=act_as("reception"), at=AT)
    found = sheet(session, unit_of(act_as), DAY)
    assert {line.counter_id: line.overridden for line in found.lines if line.overridden} == {
        each.id: 1 for each in ways
    }
    assert (found.totals.overridden, found.totals.cases) == (2, 0)
    assert list(differences(session, unit_of(act_as), DAY)) == []


def test_the_check_counts_the_overrides_of_live_and_signed_sheets_again(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        wanted = session.scalars(select(Counter).where(Counter.id != visit.counter_id, Counter.number < 4))
        decision = guiding.override(
            session,
            visit.id,
            counter_id=wanted.all()[0].id,
            reason="設備故障",
            by=act_as("reception"),
            at=AT,
        )
        confirm_all(session, act_as)
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    assert list(differences(session, unit_of(act_as), DAY)) == []
    with transaction(session):
        session.add(
            TallySignature(
                unit_id=visit.unit_id,
                day=DAY,
                role="reception",
                until=time(13),
                figures=without_overrides(to_json(sheet(session, visit.unit_id, DAY))),
                signed_at=LATER,
                signed_by_id=act_as("reception").user_id,
                signer_name="偽造",
            )
        )
    (found,) = differences(session, unit_of(act_as), DAY)
    assert found.what.startswith("sheet signed by reception until 13:00: counter")
    assert (found.what.endswith("overridden"), found.stored, found.rebuilt) == (True, 0, 1)
    assert decision.counter_id == visit.counter_id


def without_overrides(figures: dict[str, Any]) -> dict[str, Any]:
    return {**figures, "lines": [{**line, "overridden": 0} for line in figures["lines"]]}


def test_the_debts_of_each_group_of_officers_add_up_to_nothing(session: Session, act_as: Act) -> None:
    with transaction(session):
        for _turn in range(7):
            arrive(session, act_as, at=AT)
            arrive(session, act_as, at=AT, letter="B")
    found = sheet(session, unit_of(act_as), DAY)
    for kind in session.scalars(select(BusinessType).where(BusinessType.letter.in_(["A", "B"]))):
        owed = [line.debts[kind.id] for line in found.lines if kind.id in line.debts]
        assert owed and sum(owed) == 0


def test_a_shift_is_signed_only_after_every_counter_with_visits_confirmed(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    assert refused.value.template == tally.NOT_CONFIRMED
    assert act_as(officer_of(session, visit)).name in str(refused.value)
    with transaction(session):
        confirm_all(session, act_as)
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)


def test_a_confirmation_is_stale_as_soon_as_there_is_another_case(session: Session, act_as: Act) -> None:
    with transaction(session):
        arrive(session, act_as, at=AT, letter="D")
        confirm_all(session, act_as)
        arrive(session, act_as, at=AT, letter="D")
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    assert refused.value.template == tally.NOT_CONFIRMED


def test_a_case_that_was_confirmed_and_then_left_keeps_nobody_from_signing(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        me = act_as(officer_of(session, visit))
        tally.confirm(session, DAY, {visit.business_type_id: 1}, note="", by=me, at=AT)
        guiding.leave(session, visit.id, reason="民眾離開", by=act_as("reception"), at=LATER)
        sign_all(session, act_as)
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)


def test_who_has_confirmed_may_say_that_nothing_is_left_or_insist(session: Session, act_as: Act) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        me, case = act_as(officer_of(session, visit)), {visit.business_type_id: 1}
        other = act_as("counter2" if me.name != act_as("counter2").name else "counter3")
        tally.confirm(session, DAY, case, note="", by=me, at=AT)
        guiding.leave(session, visit.id, reason="民眾離開", by=act_as("reception"), at=LATER)
        tally.confirm(session, DAY, case, note="A001 是我的", by=me, at=LATER)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    assert refused.value.template == tally.DIFFERENT
    with transaction(session):
        tally.confirm(session, DAY, {}, note="", by=me, at=LATER)
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.confirm(session, DAY, {}, note="", by=other, at=LATER)
    assert refused.value.template == tally.NO_VISITS


def test_a_mismatch_is_told_to_the_reception_and_keeps_it_from_signing(session: Session, act_as: Act) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        me = act_as(officer_of(session, visit))
        tally.confirm(session, DAY, {visit.business_type_id: 2}, note="A001 也是我的", by=me, at=AT)
    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.TALLY.value)).one()
    assert (notice.to_permission, notice.values["who"]) == ("TALLY_SIGN", me.name)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    assert refused.value.template == tally.DIFFERENT
    with transaction(session):
        tally.confirm(session, DAY, {visit.business_type_id: 1}, note="", by=me, at=AT)
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)


def test_a_count_must_be_a_number_of_cases(session: Session, act_as: Act) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
    me = act_as(officer_of(session, visit))
    with pytest.raises(Faults) as refused, transaction(session):
        tally.confirm(session, DAY, {visit.business_type_id: -1}, note="", by=me, at=AT)
    assert [fault.field for fault in refused.value.faults] == [f"reported-{visit.business_type_id}"]


def test_nobody_signs_somebody_elses_shift_or_one_that_has_not_begun(session: Session, act_as: Act) -> None:
    other = act_as("counter8")
    session.execute(
        update(ReceptionShift).where(ReceptionShift.ends == NOON).values(receptionist_id=other.user_id)
    )
    session.commit()
    with pytest.raises(RuleBroken, match=other.name), transaction(session):
        tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.sign(session, DAY, EVENING, by=act_as("reception"), at=AT)
    assert refused.value.template == tally.TOO_EARLY


def test_a_signed_sheet_stays_as_it_was_and_the_page_can_say_what_changed(
    session: Session, act_as: Act
) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        confirm_all(session, act_as)
        signed = tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
        guiding.leave(session, visit.id, reason="民眾離開", by=act_as("reception"), at=LATER)
    kept = from_json(session.get_one(TallySignature, signed.id, populate_existing=True).figures)
    assert kept.totals.new == {visit.business_type_id: 1}
    found = changes(kept, sheet(session, unit_of(act_as), DAY))
    assert [(change.what, change.then, change.now) for change in found] == [("new", 1, 0)]


def test_figures_read_back_are_the_figures_that_were_signed(session: Session, act_as: Act) -> None:
    with transaction(session):
        for letter in "AABCD":
            arrive(session, act_as, at=AT, letter=letter)
        confirm_all(session, act_as)
        signed = tally.sign(session, DAY, NOON, by=act_as("reception"), at=LATER)
    found = sheet(session, unit_of(act_as), DAY)
    kept = from_json(session.get_one(TallySignature, signed.id, populate_existing=True).figures)
    assert changes(kept, found) == []
    assert [line.debts for line in kept.lines] == [line.debts for line in found.lines]
    assert (kept.types, kept.arrivals, kept.group_debts) == (found.types, found.arrivals, found.group_debts)


def test_the_supervisor_approves_when_every_shift_has_signed_and_once(session: Session, act_as: Act) -> None:
    with transaction(session):
        arrive(session, act_as, at=AT)
        confirm_all(session, act_as)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)
    assert refused.value.values == {"when": "12:00、17:00"}
    with transaction(session):
        sign_all(session, act_as)
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)
    with pytest.raises(AlreadyDone), transaction(session):
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)


def test_after_the_approval_there_are_only_corrections(session: Session, act_as: Act) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        confirm_all(session, act_as)
        sign_all(session, act_as)
        tally.approve(session, DAY, by=act_as("supervisor"), at=LATER)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        me = act_as(officer_of(session, visit))
        tally.confirm(session, DAY, {visit.business_type_id: 1}, note="", by=me, at=LATER)
    assert refused.value.template == tally.APPROVED
    values = {"counter_id": visit.counter_id, "business_type_id": visit.business_type_id, "new_case": True}
    with transaction(session):
        row = tally.correct(
            session, DAY, **values, difference=-1, reason="誤判為新案", by=act_as("supervisor"), at=LATER
        )
    assert (row.difference, row.by_name) == (-1, act_as("supervisor").name)
    for wrong, field in (({"difference": 0}, "difference"), ({"reason": " "}, "reason")):
        with pytest.raises(FieldFault) as fault, transaction(session):
            tally.correct(
                session,
                DAY,
                **{**values, "difference": 1, "reason": "原因", **wrong},
                by=act_as("supervisor"),
                at=LATER,
            )
        assert fault.value.field == field


def test_a_day_that_is_not_signed_needs_no_correction(session: Session, act_as: Act) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
    with pytest.raises(RuleBroken) as refused, transaction(session):
        tally.correct(
            session,
            DAY,
            counter_id=visit.counter_id or 0,
            business_type_id=visit.business_type_id,
            new_case=True,
            difference=1,
            reason="原因",
            by=act_as("supervisor"),
            at=LATER,
        )
    assert refused.value.template == tally.UNSIGNED_DAY


@pytest.mark.parametrize("act", ["confirm", "sign", "approve"])
def test_without_the_permission_there_is_no_tally(act: str, session: Session, act_as: Act) -> None:
    by = act_as("itstaff")
    with pytest.raises(NotFound), transaction(session):
        if act == "confirm":
            tally.confirm(session, DAY, {}, note="", by=by, at=LATER)
        elif act == "sign":
            tally.sign(session, DAY, NOON, by=by, at=LATER)
        else:
            tally.approve(session, DAY, by=by, at=LATER)


def test_two_who_sign_the_same_shift_at_once_sign_one_sheet(
    both: Flask, session: Session, act_as: Act
) -> None:
    with transaction(session):
        arrive(session, act_as, at=AT)
        confirm_all(session, act_as)
    by = act_as("reception")

    def press(own: Session, _lane: int) -> None:
        with transaction(own):
            tally.sign(own, DAY, NOON, by=by, at=LATER)

    outcomes = race(both, [(lane,) for lane in range(4)], press, lanes=4)
    errors = [error for _args, error in outcomes if error]
    assert len(errors) == 3 and all(isinstance(error, AlreadyDone) for error in errors)
    assert len(db.session.scalars(select(TallySignature)).all()) == 1


def test_another_centre_has_its_own_sheet(session: Session, act_as: Act) -> None:
    with transaction(session):
        visit = arrive(session, act_as, at=AT)
        serve(session, act_as, visit, at=AT)
    assert session.get_one(Visit, visit.id).state == State.SERVED.value
    other = act_as("supervisor3").unit_id
    assert other is not None and not sheet(session, other, DAY).lines
