"""`flask jobs`: the jobs' own process."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command(
    "jobs", help="Run the jobs: send the outbox, and what else is due. Ends with SIGINT or SIGTERM."
)
@click.option("--workers", default=2, show_default=True, help="Threads that work at the same time.")
@with_appcontext
def jobs(workers: int) -> None:
    # Short pauses between looks: a user waits up to 1.5 seconds to read whether his mail has left.
    consumer = current_app.extensions["huey"].create_consumer(
        workers=workers, initial_delay=0.05, max_delay=0.25, backoff=1.15, periodic=True
    )
    consumer.run()
