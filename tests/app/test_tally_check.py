"""`flask tally check`: it agrees with a lived day, and finds each figure that somebody has bent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from app.extensions import db
from models.visit import Visit
from reports import debts
from rules.refusals import Ground
from services import counter, succession
from services.transaction import transaction
from tests.desk_days import Act, arrive, officer_of, serve
from tests.factories import AT, make_desk, make_person
from tests.services.desk_helpers import arrive as come
from tests.services.desk_helpers import make_appointment, make_owner, officer


@pytest.fixture(autouse=True)
def day(app: Flask, act_as: Act) -> None:
    """New cases by ratio and evenly, one refused, one served by appointment, one moved on when an officer left."""
    make_desk(db.session)
    with transaction(db.session):
        for letter in "AAAAABBBC":
            arrive(db.session, act_as, at=AT, letter=letter)
        first = db.session.scalars(select(Visit).order_by(Visit.id).limit(1)).one()
        by = act_as(officer_of(db.session, first))
        counter.refuse(db.session, first.id, ground=Ground.EQUIPMENT, explanation="讀卡機故障", by=by, at=AT)
    person = make_person(db.session)
    make_owner(db.session, person, 6)
    make_appointment(db.session, person, 6)
    visit = come(db.session, act_as("reception"), person, new_case=False, note="出示舊案紀錄")
    with transaction(db.session):
        serve(db.session, act_as, visit, at=AT)
        succession.depart(
            db.session,
            officer(db.session, 2).id,
            left_on=AT.date(),
            benefit_officer_id=officer(db.session, 3).id,
            by=act_as("supervisor"),
            at=AT + timedelta(minutes=30),
        )


def check(app: Flask) -> Result:
    """As a process of its own, which has read no duty list yet."""
    debts._known.clear()
    return app.test_cli_runner().invoke(args=["tally", "check", "--unit", "13"])


def bend(statement: str) -> None:
    """As somebody with the database's password could; the triggers against it are put away first."""
    for name in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        db.session.execute(text(f"DROP TRIGGER {name}"))
    assert db.session.execute(text(statement)).rowcount  # type: ignore[attr-defined]  # of a cursor's result
    db.session.commit()


def test_a_day_with_refusals_appointments_and_a_departure_agrees(app: Flask) -> None:
    recalled = db.session.scalar(text("SELECT count(*) FROM visit_entry WHERE move = 'recall'"))
    assert recalled
    result = check(app)
    assert result.exit_code == 0, result.output
    assert "all agree" in result.output


ONE = "(SELECT max(id) FROM visit WHERE counted AND state = 'waiting')"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (f"UPDATE visit SET counted = 0 WHERE id = {ONE}", "debt of group"),
        (
            "UPDATE visit SET duty_list_id = (SELECT max(id) FROM duty_list) WHERE counted AND id ="
            " (SELECT min(id) FROM visit WHERE counted AND duty_list_id <> (SELECT max(id) FROM duty_list))",
            "debt of group and officer",
        ),
        ("UPDATE duty_list SET content = '[[0, 1, [1]]]'", "debt of group"),
        ("UPDATE visit SET appointment_id = NULL WHERE appointment_id IS NOT NULL", "appointment rate of"),
        ("UPDATE visit SET new_case = 1 WHERE state = 'served'", "appointment rate of job_seeking"),
        (f"UPDATE visit SET state = 'left' WHERE id = {ONE}", "debt of group"),
        (f"UPDATE visit SET officer_id = 1 WHERE id = {ONE}", "officer_id"),
        ("DELETE FROM refusal", "refusals"),
        (f"UPDATE visit SET number = 99 WHERE id = {ONE}", "ticket numbers missing"),
        (f"DELETE FROM dispatch_decision WHERE visit_id = {ONE}", "decision"),
    ],
)
def test_a_bent_row_is_found_and_ends_with_1(statement: str, told: str, app: Flask) -> None:
    bend(statement)
    result = check(app)
    assert result.exit_code == 1
    assert told in result.output, result.output
