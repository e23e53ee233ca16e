"""工作提醒: who is reminded of what, once a day, whoever runs it and however often."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from models.account import Account
from models.outbox import Mail
from rules.actor import Actor
from rules.referral_flow import State
from services import digest
from services.timeline import add_entry
from services.transaction import AnySession, transaction
from tests.factories import close_case, make_case, make_person, make_referral
from tests.races import race

BASE = "https://jieli.example/"
AT = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # Friday 115/11/20, 07:30 in Taipei
TODAY = date(2026, 11, 20)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def due(session: AnySession, days: int, manager: str = "manager") -> int:
    return make_case(session, manager=manager, due_date=TODAY + timedelta(days=days)).id


def told(session: AnySession, at: datetime = AT) -> dict[str, str]:
    """What everybody would be told then."""
    return {each.username: each.letter.body for each in digest.digests(session, at=at, base_url=BASE)}


def test_who_has_nothing_to_do_gets_no_mail(session: Session) -> None:
    due(session, 11)
    make_referral(session, at=noon(date(2026, 11, 17)))
    close_case(session, make_case(session, due_date=date(2026, 11, 1)))
    assert told(session) == {}


def test_a_case_manager_is_told_what_is_overdue_and_what_is_due_soon(session: Session) -> None:
    late, today, soon = due(session, -1), due(session, 0), due(session, 10)
    due(session, 5, manager="manager2")
    body = told(session)["manager"]
    assert "■ 我的個案已逾期：1 件" in body and f"・服務單 {late}（115/11/19 應結案）" in body
    assert "■ 我的個案 10 天內到期：2 件" in body
    assert body.index(f"服務單 {today}（115/11/20") < body.index(f"服務單 {soon}（115/11/30")
    assert "https://jieli.example/cases/mine/?urgency=overdue" in body
    assert "收案的轉介單" not in body and "本單位" not in body


def test_a_supervisor_is_told_of_late_intakes_and_of_the_units_overdue_cases(session: Session) -> None:
    late = make_referral(session, at=noon(date(2026, 11, 16)))
    make_referral(session, at=noon(date(2026, 11, 17)))
    make_referral(session, at=noon(date(2026, 11, 2)), state=State.RETURNED)
    make_referral(session, at=noon(date(2026, 11, 2)), unit="08")
    due(session, -1)
    due(session, -2, manager="manager2")
    found = told(session)
    body = found["supervisor"]
    assert "■ 超過 3 個工作天未收案的轉介單：1 件" in body and f"・轉介單 {late.id}（115/11/16 轉介）" in body
    assert "■ 本單位已逾期的個案：2 件" in body
    assert "https://jieli.example/roster/?state=open&due_to=115/11/19" in body
    assert "未收案的轉介單：1 件" in found["supervisor3"] and "已逾期" not in found["supervisor3"]


def test_a_referral_sent_again_is_late_only_from_then_on(session: Session) -> None:
    referral = make_referral(session, at=noon(date(2026, 11, 2)))
    by = Actor(referral.submitted_by_id, "誰", None)
    moved = noon(date(2026, 11, 17))
    add_entry(session, referral.id, "resubmit", by=by, at=moved, before=State.RETURNED, after=State.SUBMITTED)
    session.flush()
    assert told(session) == {}
    assert f"轉介單 {referral.id}" in told(session, AT + timedelta(days=3))["supervisor"]


def test_the_working_days_over_new_year_do_not_count(session: Session) -> None:
    """Of 115/2/13, the last working day before the new year; the office opens again on 115/2/23."""
    make_referral(session, at=noon(date(2026, 2, 13)))

    def reminded(day: date) -> bool:
        at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        return bool(digest.digests(session, at=at, base_url=BASE))

    assert not reminded(date(2026, 2, 25))
    assert reminded(date(2026, 2, 26))


def test_a_mail_has_numbers_and_no_names(session: Session) -> None:
    person = make_person(session, name="唐三藏")
    make_case(session, referral=make_referral(session, person=person, at=noon(date(2026, 8, 1))))
    make_referral(session, person=person, at=noon(date(2026, 11, 2)))
    for body in told(session).values():
        assert "唐三藏" not in body and "唐" not in body and person.phone not in body


def test_a_neglected_unit_makes_no_endless_mail(session: Session) -> None:
    for _ in range(23):
        due(session, -3)
    body = told(session)["manager"]
    assert "我的個案已逾期：23 件" in body and body.count("・服務單") == 20 and "・另有 3 件" in body


def test_a_disabled_account_gets_none_and_neither_does_who_moved_away(session: Session) -> None:
    due(session, -1)
    due(session, -1, manager="manager2")
    gone = session.scalars(select(Account).where(Account.username == "manager")).one()
    moved = session.scalars(select(Account).where(Account.username == "manager2")).one()
    gone.active = False
    moved.unit_id = session.scalars(select(Account.unit_id).where(Account.username == "manager3")).one()
    session.flush()
    found = told(session)
    assert "manager" not in found and "manager2" not in found
    assert "本單位已逾期的個案：2 件" in found["supervisor"]


def test_two_runs_on_a_day_make_one_mail_and_the_next_day_makes_another(session: Session) -> None:
    due(session, -1)
    first = digest.send_digests(session, at=AT, base_url=BASE)
    assert first == 2  # the case manager and the supervisor
    assert digest.send_digests(session, at=AT + timedelta(hours=9), base_url=BASE) == 0
    assert digest.send_digests(session, at=AT + timedelta(days=3), base_url=BASE) == 2
    keys = session.scalars(select(Mail.key).where(Mail.key.like("digest:%"))).all()
    assert len(keys) == 4 and all(key.endswith(("2026-11-20", "2026-11-23")) for key in keys)


def test_processes_that_run_at_the_same_moment_make_one_mail_each(both: Flask) -> None:
    with transaction(db.session):
        due(db.session, -1)
        due(db.session, -1, manager="manager2")
        due(db.session, -1, manager="supervisor")

    def press(session: AnySession, _lane: int) -> None:
        with transaction(session):
            digest.send_digests(session, at=AT, base_url=BASE)

    outcomes = race(both, [(lane,) for lane in range(4)], press, lanes=4)
    assert [error for _args, error in outcomes if error] == []
    recipients = db.session.scalars(select(Mail.recipient).where(Mail.key.like("digest:%"))).all()
    assert len(recipients) == len(set(recipients)) == 3


def test_the_number_of_statements_does_not_grow_with_the_people(session: Session) -> None:
    from tests.views.statements import counted

    taken = []
    for _ in range(2):
        for manager in ("manager", "manager2", "supervisor"):
            due(session, -1, manager=manager)
        with counted() as sent:
            told(session)
        taken.append(len(sent))
    assert taken[0] == taken[1] <= 8
