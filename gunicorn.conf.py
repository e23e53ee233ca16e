"""Gunicorn in production and under `make run`, whose options on the command line win.

Sync workers: one request at a time in each, as many as WEB_CONCURRENCY says. The application is loaded once and forked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

wsgi_app = "run:app"
bind = f"127.0.0.1:{os.environ.get('PORT') or 8080}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2 * (os.cpu_count() or 1) + 1)
preload_app = True
# A worker sends an export of a million rows in one request; nginx has the patience for slow readers.
timeout = 120
graceful_timeout = 30
# Memory that a library leaks comes back, and not from all workers at once.
max_requests = 5000
max_requests_jitter = 500
# The heartbeat file in memory: a busy disk must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
# The path without the query, which may hold a name.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'


def post_fork(_server: Any, _worker: Any) -> None:
    """The parent's database connections are the parent's: two processes on one socket would read each other's rows."""
    from app.extensions import db
    from run import app

    with app.app_context():
        db.engine.dispose(close=False)
