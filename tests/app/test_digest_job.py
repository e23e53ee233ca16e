"""The reminders' time of day, and `flask digest send`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from huey import MemoryHuey
from sqlalchemy import func, select

from app import jobs
from app.extensions import db
from models.outbox import Mail
from services import digest
from services.transaction import transaction
from tests.factories import make_case

FRIDAY = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # 115/11/20 07:30 in Taipei


@pytest.fixture
def huey() -> MemoryHuey:
    return MemoryHuey("test")


@pytest.fixture
def overdue(app: Flask) -> None:
    with transaction(db.session):
        make_case(db.session, due_date=(FRIDAY - timedelta(days=9)).date())


def mails() -> int:
    return db.session.scalar(select(func.count()).select_from(Mail).where(Mail.key.like("digest:%"))) or 0


@pytest.mark.usefixtures("overdue")
def test_reminders_leave_at_half_past_seven_and_once_a_day(huey: MemoryHuey) -> None:
    assert jobs.digest_of_today(huey, at=FRIDAY - timedelta(minutes=5)) == 0
    assert jobs.digest_of_today(huey, at=FRIDAY) == 2
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(minutes=5)) == 0
    assert mails() == 2


@pytest.mark.usefixtures("overdue")
def test_what_was_missed_in_the_morning_is_caught_up_later_the_same_day(huey: MemoryHuey) -> None:
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(hours=8)) == 2


@pytest.mark.usefixtures("overdue")
def test_a_weekend_is_quiet(huey: MemoryHuey) -> None:
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(days=1)) == 0
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(days=2)) == 0
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(days=3)) == 2


def test_nobody_is_reminded_at_noon_of_what_came_up_in_the_morning(app: Flask, huey: MemoryHuey) -> None:
    assert jobs.digest_of_today(huey, at=FRIDAY) == 0
    with transaction(db.session):
        make_case(db.session, due_date=(FRIDAY - timedelta(days=9)).date())
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(hours=4)) == 0


@pytest.mark.usefixtures("overdue")
def test_a_run_that_failed_is_run_again(huey: MemoryHuey, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_named: object) -> int:
        raise OSError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(digest, "send_digests", fail)
        with pytest.raises(OSError):
            jobs.digest_of_today(huey, at=FRIDAY)
    assert jobs.digest_of_today(huey, at=FRIDAY + timedelta(minutes=5)) == 2


@pytest.mark.usefixtures("overdue")
def test_the_command_looks_before_it_sends(app: Flask) -> None:
    runner = app.test_cli_runner()
    looked = runner.invoke(args=["digest", "send", "--dry-run"])
    assert looked.exit_code == 0 and "mails would be queued" in looked.output
    assert "manager: " in looked.output and mails() == 0
    sent = runner.invoke(args=["digest", "send"])
    assert sent.exit_code == 0 and mails() > 0
    assert runner.invoke(args=["digest", "send"]).output == "0 mails queued\n"


def test_the_jobs_look_for_reminders_every_five_minutes(app: Flask) -> None:
    periodic = app.extensions["huey"]._registry.periodic_tasks
    (task,) = [each for each in periodic if each.name == "daily_digest"]
    assert task.validate_datetime(datetime(2026, 11, 20, 7, 30))
    assert not task.validate_datetime(datetime(2026, 11, 20, 7, 31))
