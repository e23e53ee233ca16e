"""Jobs beside the web processes: `flask jobs` runs them, the web only rings the bell.

Each job is idempotent and safe when two processes run it. Storage is Redis when REDIS_URL is set, else a SQLite file.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import event

from app import mailer
from app.extensions import db
from reports.office_days import office_days
from rules.calendar import local_date
from rules.office_days import digest_due
from services import batch, desk_watch, digest, housekeeping, outbox, retention, trail_watch
from services.retention import Schedule
from services.transaction import transaction

log = logging.getLogger("jieli.jobs")
DIGEST_DAY = "digest_day"


def init_app(app: Flask) -> None:
    huey = _storage(app)
    app.extensions["huey"] = huey

    @huey.task(name="send_outbox")
    def send_outbox() -> int:
        with app.app_context():
            return outbox.send_due(db.session, mailer.send, at=datetime.now(UTC))

    @huey.periodic_task(crontab(minute="*"), name="send_outbox_each_minute")
    def send_outbox_each_minute() -> None:
        send_outbox()

    @huey.periodic_task(crontab(minute="*/5"), name="daily_digest")
    def daily_digest() -> int:
        with app.app_context():
            return digest_of_today(huey, at=datetime.now(UTC))

    @huey.periodic_task(crontab(minute="*/5"), name="watch_front_desks")
    def watch_front_desks() -> int:
        with app.app_context():
            return watch_all(app, at=datetime.now(UTC))

    @huey.task(name="check_trail")
    def check_trail() -> None:
        with app.app_context():
            base_url = app.config["PUBLIC_URL"]
            trail_watch.check_and_seal(db.session, base_url=base_url, at=datetime.now(UTC))

    # Nights of Taipei; huey counts in UTC.
    @huey.periodic_task(crontab(minute="30", hour="18"), name="check_trail_each_night")
    def check_trail_each_night() -> None:
        check_trail()

    @huey.periodic_task(crontab(minute="0", hour="20"), name="retention_each_night")
    def retention_each_night() -> None:
        with app.app_context():
            anonymise_due(app)
            clear_away(app)

    @huey.periodic_task(crontab(minute="15"), name="discard_uploads_each_hour")
    def discard_uploads_each_hour() -> None:
        with app.app_context(), transaction(db.session):
            batch.discard_old(db.session, at=datetime.now(UTC))

    app.extensions["send_outbox"] = send_outbox
    app.extensions["check_trail"] = check_trail


def watch_all(app: Flask, *, at: datetime) -> int:
    """Each centre in a transaction of its own: one that fails is logged and keeps nobody else from being told."""
    told = 0
    for unit_id in desk_watch.centres(db.session):
        try:
            with transaction(db.session):
                told += desk_watch.run(db.session, unit_id, at=at, base_url=app.config["PUBLIC_URL"])
        except Exception as error:  # its text may quote what was typed about a person
            log.error("watching the front desk of unit %s failed: %s", unit_id, type(error).__name__)
    return told


def anonymise_due(app: Flask) -> int:
    """What the retention schedule says for today; gives the number of persons."""
    at = datetime.now(UTC)
    schedule = Schedule(app.config["RETENTION_MONTHS"], local_date(at))
    done = retention.run(db.session, app.extensions["file_store"], schedule, at=at)
    if done:
        log.info("%s persons anonymised, nothing since %s", done, schedule.limit)
    return done


def clear_away(app: Flask) -> housekeeping.Cleared:
    at = datetime.now(UTC)
    schedule = Schedule(app.config["RETENTION_MONTHS"], local_date(at))
    done = housekeeping.run(db.session, app.extensions["file_store"], schedule, at=at)
    if done.told:
        log.info("cleared away: %s", done.told)
    return done


def digest_of_today(huey: Huey, *, at: datetime) -> int:
    """Once on a working day, at 07:30 in Taipei or as soon after it as the jobs run again; gives the number of mails.

    The day is remembered where the jobs are kept, so that nobody is reminded at noon of what came up in the morning.
    Were it lost, the outbox would still let nobody have two mails.
    """
    day = local_date(at)
    if not digest_due(at, office_days(day, day)) or huey.get(DIGEST_DAY, peek=True) == day:
        return 0
    with transaction(db.session):
        written = digest.send_digests(db.session, at=at, base_url=current_app.config["PUBLIC_URL"])
    huey.put(DIGEST_DAY, day)
    return written


@event.listens_for(db.session, "after_commit")
def ring(session: Any) -> None:
    """After the commit that queued a mail. If the bell is broken the mail still leaves within a minute."""
    if not session.info.pop(outbox.QUEUED_MARK, False) or not current_app.config.get("JOBS_BELL", True):
        return
    try:
        current_app.extensions["send_outbox"]()
    except Exception as error:
        log.warning(
            "the jobs' storage cannot be reached, mails wait for the next minute: %s", type(error).__name__
        )


def _storage(app: Flask) -> Huey:
    if url := app.config["REDIS_URL"]:
        return RedisHuey("jieli", url=url)
    return SqliteHuey("jieli", filename=str(app.config["INSTANCE"] / "jobs.db"))
