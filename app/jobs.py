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
from services import outbox

log = logging.getLogger("jieli.jobs")


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

    app.extensions["send_outbox"] = send_outbox


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
