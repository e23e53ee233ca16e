from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from werkzeug.security import check_password_hash

from app.extensions import db
from models.account import Account
from models.desk import Counter
from models.referral import Referral
from models.visit import Visit
from rules.visit_flow import State
from services.demo.load import LargeWorld
from services.transaction import transaction
from tests.conftest import Clock, application
from tests.databases import Template

REFERRALS = 120


def test_seeding_prints_the_accounts_with_a_password_that_works(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "seed"])
    assert result.exit_code == 0, result.output
    password = result.output.partition("all with the password ")[2].split()[0]
    asked = select(Account).where(Account.username.in_(["referrer", "manager", "admin"]))
    accounts = db.session.scalars(asked).all()
    assert len(accounts) == 3
    assert all(f"  {account.username} " in result.output for account in accounts)
    assert all(check_password_hash(account.password, password) for account in accounts)


def test_seeding_again_keeps_the_password_and_says_that_nothing_was_added(app: Flask) -> None:
    first, second = (app.test_cli_runner().invoke(args=["demo", "seed"]).output for _ in range(2))
    assert "referrals made up" in first
    assert "nothing added" in second
    assert first.splitlines()[2:] == second.splitlines()[2:]


def test_both_commands_refuse_where_the_demo_is_off(app: Flask) -> None:
    app.config["DEMO"] = False
    for command in (["demo", "seed"], ["demo", "load", "--referrals", "1"]):
        result = app.test_cli_runner().invoke(args=command)
        assert result.exit_code == 1
        assert "DEMO is off" in result.output


def test_visits_are_loaded_behind_the_demo_centres_morning_at_as_many_counters_as_wanted(app: Flask) -> None:
    told = [
        app.test_cli_runner().invoke(args=["demo", *command])
        for command in (["seed"], ["load", "--referrals", "20", "--visits", "400", "--counters", "12"])
    ]
    assert [result.exit_code for result in told] == [0, 0], told[-1].output
    assert "/board/" in told[0].output
    loaded = select(Visit).where(Visit.counter_id.in_(select(Counter.id).where(Counter.number > 8)))
    visits = db.session.scalars(loaded).all()
    assert visits and {visit.state for visit in visits} == {State.SERVED}
    assert db.session.scalar(select(func.count(Counter.id))) == 12
    assert db.session.scalar(select(func.count(Visit.id))) > 400


def test_the_same_seed_loads_the_same_and_another_one_something_else(
    sqlite_template: Template, font_dir: Path, tmp_path: Path
) -> None:
    told = []
    for seed in (1, 1, 2):
        for _app in application(sqlite_template, Clock(), font_dir, tmp_path):
            told.append(_loaded(seed))
    assert len(told[0]) == REFERRALS
    assert told[0] == told[1] != told[2]


def _loaded(seed: int) -> list[tuple[object, ...]]:
    """What a reader sees of the referrals: no ciphertexts."""
    session = db.session()
    with transaction(session):
        large = LargeWorld(session, referrals=REFERRALS, seed=seed, today=date(2026, 11, 20))
    for batch in large.batches():
        with transaction(session):
            large.write(session, batch)
    return [
        (
            each.referral_date,
            each.state,
            each.person.name,
            each.person.national_id,
            each.person.address,
            each.submitted_by.name,
        )
        for each in session.scalars(select(Referral).order_by(Referral.id))
    ]
